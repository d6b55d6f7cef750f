#!/usr/bin/env bash
# Makes the secrets of docker-compose.yml as files in deploy/secrets (or the folder given); those that exist are kept.
# Compose shows a file to a container as it is, and the containers' users differ: so the folder is closed, the files are not.
set -euo pipefail
umask 077
folder="${1:-$(dirname "${BASH_SOURCE[0]}")/secrets}"
mkdir -p "$folder"
chmod 700 "$folder"

random() { head -c 24 /dev/urandom | base64 | tr '+/' '-_'; }
secret() {
  [[ -s "$folder/$1" ]] || cat >"$folder/$1"
  chmod 444 "$folder/$1"
}

secret postgres-password < <(random)
secret database < <(printf 'Host=postgres;Database=fastvlm;Username=fastvlm;Password=%s\n' "$(cat "$folder/postgres-password")")
secret secrets-key < <(head -c 32 /dev/urandom)
secret access-token < <(random)
secret grafana-password < <(random)
printf 'The access token is in %s\n' "$folder/access-token"
