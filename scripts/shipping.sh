#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Makes the Debian machines that tests/shipping boots, as disk images in build/shipping/RELEASE: packages.ext4, an archive of all
# the packages that they install; bare.ext4, a system with apt and little else; builder.ext4, one with the kernel, its headers and
# DKMS. Does nothing when they are there. Needs root or sudo.
#
# usage: scripts/shipping.sh FOLDER RELEASE      FOLDER: kt2ko's and ktrun's packages, whose dependencies go to the archive
set -euo pipefail

if [ $# -ne 2 ]; then
	sed -n 's/^# usage: /usage: /p' "$0" >&2
	exit 2
fi
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
ours=$(cd "$1" && pwd)
release=$2
out=${KT2KO_BUILD:-$root/build}/shipping/$release
archive=$out/archive
sudo=
[ "$(id -u)" -eq 0 ] || sudo=sudo

# What the images are made from: when it changes, they are made anew.
recipe() {
	cat "$root/scripts/shipping.sh"
	dpkg-deb -f "$ours"/kt2ko_*.deb Depends
}

# As for a machine on which nothing is installed yet, so that all dependencies come.
get_packages() {
	local wanted=(
		"?and(?essential,?architecture($(dpkg --print-architecture)))"
		apt mount dkms qemu-system-x86 busybox-static linux-headers-cloud-amd64 linux-image-cloud-amd64
		"linux-headers-$release" "linux-image-$release"
	)
	mkdir -p "$archive/partial"
	$sudo apt-get update -q
	$sudo apt-get install -y -q --download-only --no-install-recommends -o Dir::State::status=/dev/null \
		-o Dir::Cache::archives="$archive" "$ours"/kt2ko_*.deb "$ours"/ktrun_*.deb "${wanted[@]}"
	(cd "$archive" && dpkg-scanpackages --multiversion . >Packages)
}

# make_tree DIR PACKAGE...: a root file system. It has no manuals and makes no initramfs: guests boot without one.
make_tree() {
	local tree=$1
	shift
	$sudo rm -rf "$tree"
	$sudo mmdebstrap --mode=root --variant=apt --include="$*" \
		--aptopt='APT::Install-Recommends "false"' --aptopt='APT::Get::Assume-Yes "true"' --dpkgopt=force-unsafe-io \
		--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
		--essential-hook='chroot "$1" dpkg-divert --quiet --local --rename --add /usr/sbin/update-initramfs' \
		--essential-hook='ln -s /bin/true "$1/usr/sbin/update-initramfs"' \
		--customize-hook='echo "deb [trusted=yes] file:/archive ./" >"$1/etc/apt/sources.list"' \
		--customize-hook='mkdir "$1/archive"' \
		bookworm "$tree" "deb [trusted=yes] copy:$archive ./"
}

# make_image NAME TREE MIB
make_image() {
	$sudo rm -f "$out/$1.ext4"
	$sudo mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$2" "$out/$1.ext4" "$3M"
	$sudo chmod a+r "$out/$1.ext4"
}

if recipe | cmp -s - "$out/recipe"; then
	exit 0
fi
mkdir -p "$out"
rm -f "$out/recipe"
get_packages
make_image packages "$archive" 1024
make_tree "$out/tree" mount # which every system has, though no package asks for it
make_image bare "$out/tree" 3072
make_tree "$out/tree" dkms "linux-headers-$release" "linux-image-$release"
make_image builder "$out/tree" 3072
$sudo rm -rf "$out/tree"
recipe >"$out/recipe"
