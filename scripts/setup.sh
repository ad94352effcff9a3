#!/usr/bin/env bash
# Installs every Debian package that building, running and testing kt2ko needs. Safe to run again: does nothing when all
# is there. Needs root or sudo, Debian 12 (bookworm) with its updates, security and backports-free standard archive.
set -euo pipefail

packages=(
	# build
	build-essential cmake ninja-build pkg-config ccache git
	antlr4 libantlr4-runtime-dev libcli11-dev libfmt-dev nlohmann-json3-dev libkainjow-mustache-dev
	libelf-dev libdw-dev zlib1g-dev libbpf-dev libarchive-dev libjansson-dev libmd-dev catch2
	# sanitizers and fuzzing
	clang
	# kernels: headers to build against, images to boot
	linux-headers-cloud-amd64 linux-image-cloud-amd64
	linux-headers-6.12-cloud-amd64 linux-image-6.12-cloud-amd64
	# virtual machines
	qemu-system-x86 busybox-static cpio kmod xz-utils zstd lz4
	# packages, and the machines that they are tried on
	dkms dpkg-dev mmdebstrap e2fsprogs
	# reports of the test drivers
	python3 openssl
)

# Prints the packages of the list that are not installed.
missing() {
	local p
	for p in "${packages[@]}"; do
		dpkg-query -W -f='${Status}\n' "$p" 2>/dev/null | grep -q '^install ok installed$' || echo "$p"
	done
}

mapfile -t need < <(missing)
if [ "${#need[@]}" -eq 0 ]; then
	exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "setup: these packages are missing and there is no sudo: ${need[*]}" >&2
		echo "setup: run as root: apt-get install ${need[*]}" >&2
		exit 3
	fi
	as_root=(sudo)
fi

echo "setup: installing ${need[*]}"
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${need[@]}"
