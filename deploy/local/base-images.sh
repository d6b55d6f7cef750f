#!/usr/bin/env bash
# Base images where no registry can be reached: Debian 12 by debootstrap, with the .NET and the Node.js of this machine.
# Makes fastvlm-base-build:local (SDK, Node.js) and fastvlm-base-runtime:local. Run as root; needs docker and debootstrap.
#   DEBIAN_MIRROR  default http://deb.debian.org/debian
set -euo pipefail

dotnet_root="$(dirname "$(readlink -f "$(command -v dotnet)")")"
node_program="$(readlink -f "$(command -v node)")"
npm_folder="$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
tree="$work/debian"

debootstrap --variant=minbase --include=ca-certificates,libssl3,libstdc++6,zlib1g,libgcc-s1 \
  bookworm "$tree" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}"
rm -rf "$tree"/var/cache/apt/archives/*.deb "$tree"/var/lib/apt/lists/*

# Authorities that this machine trusts beside the public ones, e.g. that of a company's proxy.
if compgen -G "/usr/local/share/ca-certificates/*.crt" >/dev/null; then
  cp /usr/local/share/ca-certificates/*.crt "$tree/usr/local/share/ca-certificates/"
  env -u TMPDIR chroot "$tree" update-ca-certificates >/dev/null
fi

mkdir -p "$tree/usr/share/dotnet"
cp -a "$dotnet_root"/{dotnet,host,shared} "$tree/usr/share/dotnet/"
ln -s ../share/dotnet/dotnet "$tree/usr/bin/dotnet"
tar -C "$tree" -c . | docker import - fastvlm-base-runtime:local >/dev/null

cp -a "$dotnet_root"/{packs,sdk,sdk-manifests,templates} "$tree/usr/share/dotnet/"
cp "$node_program" "$tree/usr/bin/node"
mkdir -p "$tree/usr/lib/node_modules"
cp -a "$npm_folder" "$tree/usr/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$tree/usr/bin/npm"
tar -C "$tree" -c . | docker import \
  --change "ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1" \
  --change "ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt" \
  --change "ENV NUGET_CERT_REVOCATION_MODE=${NUGET_CERT_REVOCATION_MODE:-online}" \
  - fastvlm-base-build:local >/dev/null
docker images --format '{{.Repository}}:{{.Tag}} {{.Size}}' | grep '^fastvlm-base'
