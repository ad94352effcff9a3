#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Gets what it takes to build modules for Debian's arm64 kernels, and to try them, on an amd64 machine: cross compiler,
# emulator, and, unpacked into a directory and not installed, headers and images of the kernels, a static busybox, and
# the libraries that ktrun is linked with; from these, ktrun itself. Safe to run again: what is unpacked stays as it is, unless
# --update asks for what the archive has now.
#
# usage: scripts/arm64.sh [--update] [DIR]      default: $XDG_CACHE_HOME/kt2ko/arm64; the last line printed is DIR
#
# DIR looks like the root of an arm64 machine, so it is what KT2KO_KERNEL_DIR names. Headers are in
# DIR/usr/src/linux-headers-RELEASE, programs in DIR/usr/bin.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
update=
if [ "${1:-}" = --update ]; then
	update=1
	shift
fi
dir=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/kt2ko/arm64}
tools=(qemu-system-arm gcc-aarch64-linux-gnu libc6-dev-arm64-cross)
metas=(linux-headers-cloud-arm64 linux-headers-6.12-cloud-arm64 linux-image-cloud-arm64 linux-image-6.12-cloud-arm64)
others=(busybox-static libelf-dev zlib1g-dev libarchive-dev libjansson-dev libmd-dev)

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		echo "arm64.sh: run as root: $*" >&2
		exit 3
	fi
}

install_tools() {
	local p need=()
	for p in "${tools[@]}"; do
		dpkg-query -W -f='${Status}\n' "$p" 2>/dev/null | grep -q '^install ok installed$' || need+=("$p")
	done
	if ! dpkg --print-foreign-architectures | grep -qx arm64; then
		as_root dpkg --add-architecture arm64
		as_root apt-get update -q
	fi
	if [ "${#need[@]}" -gt 0 ]; then
		as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${need[@]}"
	fi
}

# What a package of the archive depends on: names that match the pattern, without their architecture.
depends() {
	apt-cache depends "$1" | sed -n 's/^[ |]*Depends: <*\([^:>]*\).*/\1/p' | grep -x -- "$2" | sort -u
}

# The packages to unpack. What kernels share is for all architectures; what kbuild runs has to be for this machine.
packages() {
	local meta name
	for meta in "${metas[@]}"; do
		name=$(depends "$meta:arm64" 'linux-\(headers\|image\)-[0-9].*-cloud-arm64')
		echo "$name:arm64"
		case $name in
		linux-headers-*) depends "$name:arm64" 'linux-headers-.*-common\|linux-kbuild-.*' ;;
		esac
	done
	printf '%s:arm64\n' "${others[@]}"
}

# Debian's headers include their common part by its full path.
move_headers() {
	local makefile
	for makefile in "$1"/usr/src/linux-headers-*/Makefile; do
		sed -i "s|^include /usr/src/|include $dir/usr/src/|" "$makefile"
	done
}

unpack() {
	local part=$dir.part deb
	rm -rf "$part"
	mkdir -p "$part/debs"
	(cd "$part/debs" && apt-get download -q "$@")
	for deb in "$part"/debs/*.deb; do
		dpkg -x "$deb" "$part"
	done
	rm -rf "$part/debs"
	mkdir -p "$part/usr/bin"
	[ -e "$part/usr/bin/busybox" ] || ln "$part/bin/busybox" "$part/usr/bin/busybox"
	move_headers "$part"
	echo "$*" >"$part/packages"
	rm -rf "$dir"
	mv "$part" "$dir"
}

# The files of modules are not listed before a package is installed.
list_modules() {
	local modules
	for modules in "$dir"/lib/modules/*/kernel; do
		modules=${modules%/kernel}
		[ -e "$modules/modules.dep" ] || depmod -b "$dir" "${modules##*/}"
	done
}

build_ktrun() {
	# a build directory belongs to one source directory, and another clone may have made this one
	grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$dir/build/CMakeCache.txt" || rm -rf "$dir/build"
	cmake -S "$root" -B "$dir/build" -G Ninja -DKT2KO_ONLY_KTRUN=ON -DKT2KO_ARM64_DIR="$dir" \
		-DCMAKE_TOOLCHAIN_FILE="$root/cmake/arm64.cmake" >/dev/null
	cmake --build "$dir/build" --target ktrun
	install "$dir/build/bin/ktrun" "$dir/usr/bin/ktrun"
}

mkdir -p "$(dirname "$dir")"
dir=$(cd "$(dirname "$dir")" && pwd)/$(basename "$dir")
install_tools
if [ -n "$update" ] || [ ! -e "$dir/packages" ]; then
	mapfile -t wanted < <(packages | sort -u)
	if [ "$(cat "$dir/packages" 2>/dev/null)" != "${wanted[*]}" ]; then
		unpack "${wanted[@]}"
	fi
fi
list_modules
build_ktrun
echo "$dir"
