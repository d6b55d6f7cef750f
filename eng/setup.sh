# Set-up shared by ./run and ./test. Sourced, not executed. Every step is skipped when its result is already there.
# Needs: .NET SDK 10, Node with npm. Installs the rest on Debian as root; elsewhere it says what to install.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
CACHE="$ROOT/.cache"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# missing_packages reads its messages.
export DOTNET_CLI_UI_LANGUAGE=en
# Compiler and MSBuild servers would outlive the command and hold its output pipe open.
export MSBUILDDISABLENODEREUSE=1

say() { printf '%s\n' "$*" >&2; }

# Runs a command quietly; on failure shows what it printed and ends.
quietly() {
  local what="$1" log; shift
  mkdir -p "$CACHE"
  log="$(mktemp "$CACHE/setup.XXXXXX.log")"
  if ! "$@" >"$log" 2>&1; then
    say "$what failed: $*"
    tail -n 40 "$log" >&2
    exit 1
  fi
  rm -f "$log"
}

require_sdk() {
  local missing=()
  command -v dotnet >/dev/null || missing+=(".NET SDK 10 (https://dot.net)")
  command -v npm >/dev/null || missing+=("Node.js 20 or later with npm (https://nodejs.org)")
  if ((${#missing[@]})); then
    say "Missing: ${missing[*]}. Install it and run this again."
    exit 1
  fi
}

# has_library NAME : whether the loader finds a shared library. macOS keeps those of the system in a cache, not in files.
has_library() {
  [[ "$(uname)" == Darwin ]] || compgen -G "/usr/lib/*/$1" >/dev/null || compgen -G "/usr/lib*/$1" >/dev/null \
    || compgen -G "/lib*/$1" >/dev/null || compgen -G "/usr/local/lib/$1" >/dev/null
}

# require_programs PROGRAM:DEBIAN-PACKAGE... : installs the packages of the programs (or files, or lib….so….) that are absent.
require_programs() {
  local packages=() names=() entry program
  for entry in "$@"; do
    program="${entry%%:*}"
    case "$program" in
      /*) [[ -e "$program" ]] && continue ;;
      lib*.so*) has_library "$program" && continue ;;
      *) command -v "$program" >/dev/null && continue ;;
    esac
    names+=("$program")
    [[ " ${packages[*]} " == *" ${entry#*:} "* ]] || packages+=("${entry#*:}")
  done
  ((${#packages[@]})) || return 0
  if [[ -e /etc/debian_version && $EUID -eq 0 ]]; then
    say "Installing ${packages[*]} …"
    quietly "apt-get update" apt-get update
    # shellcheck disable=SC2086
    quietly "apt-get install" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${packages[*]}
  elif [[ -e /etc/debian_version ]]; then
    say "Missing: ${names[*]}. Install with: sudo apt-get install -y --no-install-recommends ${packages[*]}"
    exit 1
  elif [[ "$(uname)" == Darwin ]]; then
    say "Missing: ${names[*]}. Install with Homebrew, e.g.: brew install ffmpeg"
    exit 1
  else
    say "Missing: ${names[*]}. Install them with your system's package manager (Debian names: ${packages[*]})."
    exit 1
  fi
}

# npm_packages FOLDER : installs a folder's locked packages when its lock file is newer than what is installed.
npm_packages() {
  local folder="$ROOT/$1"
  [[ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ]] && return 0
  say "Fetching npm packages of $1 …"
  quietly "npm ci" npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund
  touch "$folder/node_modules/.package-lock.json"
}

# Builds the dashboard into the web project's wwwroot when one of its sources is newer than that.
dashboard_build() {
  local folder="$ROOT/src/FastVlm.Web/dashboard" page="$ROOT/src/FastVlm.Web/wwwroot/index.html"
  [[ -e "$page" && -z "$(find "$folder" -name node_modules -prune -o -type f -newer "$page" -print -quit)" ]] && return 0
  npm_packages src/FastVlm.Web/dashboard
  say "Building the dashboard …"
  quietly "npm run build" npm run build --prefix "$folder"
}

# missing_packages LOG : the packages that a build did not find on any feed (NU1101, NU1102, NU1103), in one line.
missing_packages() {
  sed -nE 's/.*error NU110[123]: Unable to find (a stable )?package ([A-Za-z0-9._-]*[A-Za-z0-9])\.? .*/\2/p' "$1" | sort -u | paste -sd ' '
}

# dotnet_build TARGET : builds; where feeds lack packages it names them in MISSING_PACKAGES and returns 1, any other failure ends.
dotnet_build() {
  local log
  MISSING_PACKAGES=
  mkdir -p "$CACHE"
  log="$(mktemp "$CACHE/setup.XXXXXX.log")"
  if ! dotnet build "$ROOT/$1" -c Release -v quiet -p:UseSharedCompilation=false >"$log" 2>&1; then
    MISSING_PACKAGES="$(missing_packages "$log")"
    if [[ -z "$MISSING_PACKAGES" ]]; then
      say "dotnet build failed: $1"
      tail -n 40 "$log" >&2
      exit 1
    fi
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

# needs_orleans PROJECT : whether it belongs to the cluster edition, whose packages not every feed serves.
needs_orleans() { ! grep -q "$1.csproj" "$ROOT/FastVlm.Embedded.slnf"; }

# The CUDA provider comes only where a device is: it is 180 MB.
gpu_packages() {
  local folder="$ROOT/eng/onnxruntime/node_modules/com.github.asus4.onnxruntime.linux-x64-gpu"
  { command -v nvidia-smi >/dev/null && nvidia-smi -L >/dev/null 2>&1; } || return 0
  [[ -e "$folder/package.json" ]] && return 0
  say "Fetching ONNX Runtime's CUDA provider …"
  quietly "npm install" npm install --prefix "$ROOT/eng/onnxruntime" --no-save --ignore-scripts --no-audit --no-fund \
    com.github.asus4.onnxruntime.linux-x64-gpu@0.4.9
}
