#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Gets Debian's other kernels of this architecture, generic and PREEMPT_RT: installs their headers, and unpacks their images
# into build/kernels, where tests/vm finds them. This machine goes on booting what it boots. Does nothing when all is there.
# Needs root or sudo.
#
# usage: scripts/flavours.sh
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
kernels=${KT2KO_BUILD:-$root/build}/kernels
metas=(amd64 rt-amd64 6.12-amd64 6.12-rt-amd64)
sudo=
[ "$(id -u)" -eq 0 ] || sudo=sudo

is_installed() {
	dpkg-query -W -f='${Status}\n' "$1" 2>/dev/null | grep -q '^install ok installed$'
}

# The kernel whose headers an installed meta package has brought; the archive may have a newer one by now.
installed_release() {
	dpkg-query -W -f='${Depends}\n' "linux-headers-$1" | sed -n 's/^linux-headers-\([^ ,]*\).*/\1/p'
}

headers=()
for meta in "${metas[@]}"; do
	is_installed "linux-headers-$meta" || headers+=("linux-headers-$meta")
done
if [ "${#headers[@]}" -gt 0 ]; then
	$sudo apt-get update -q
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${headers[@]}"
fi

mkdir -p "$kernels/packages"
cd "$kernels/packages"
for meta in "${metas[@]}"; do
	release=$(installed_release "$meta")
	[ ! -e "$kernels/boot/vmlinuz-$release" ] || continue
	apt-get download "linux-image-$release"
	dpkg-deb --fsys-tarfile "linux-image-$release"_*.deb | tar -x -C "$kernels" ./boot
	rm -f "linux-image-$release"_*.deb
done
