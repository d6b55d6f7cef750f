#!/bin/sh
# Renders, trains, writes and evaluates fastvlm-nano: train.sh DATA_DIR STATE_DIR OUT_DIR [options of train.py]
# Environment: PYTHON (default python3), PICTURES (default 48128), HELDOUT (default 2048).
set -eu
here=$(dirname "$0")
python=${PYTHON:-python3}
data=$1 states=$2 out=$3
shift 3
export OMP_WAIT_POLICY=passive
"$python" "$here/data.py" --folder "$data/train" --count "${PICTURES:-48128}" --seed 1000000
"$python" "$here/data.py" --folder "$data/heldout" --count "${HELDOUT:-2048}" --seed 900000000 --heldout --h264-share 0.4
"$python" "$here/train.py" --stage all --data "$data" --work "$states" --out "$out" "$@"
"$python" "$here/evaluate.py" --model "$out" --data "$data/heldout" --count "${HELDOUT:-2048}" --all-styles
