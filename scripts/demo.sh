#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# From a fresh clone to a trace: installs what is missing, builds kt2ko, translates a sample to a kernel module and runs
# that in a virtual machine of an installed kernel. Nothing is loaded into the running kernel.
#
# usage: scripts/demo.sh [SCRIPT.kp [-- CMD...]]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${KT2KO_BUILD:-$root/build}
if [ $# -gt 0 ]; then
	script=$(realpath "$1")
	shift
else
	script=$root/samples/syscalls/reads.kp
	set -- -- md5sum /bin/busybox
fi
cd "$root"

say() {
	printf '\n== %s\n' "$*"
}

say "packages"
scripts/setup.sh

say "build"
cmake -S . -B "$build" -G Ninja >/dev/null
cmake --build "$build" -j "$(nproc)" --target kt2ko ktrun

say "the script: ${script#"$root"/}"
sed '/^#@/,$d' "$script"

say "the module"
module=$(mktemp -d)
trap 'rm -rf "$module"' EXIT
name=$(basename "${script%.kp}")
kernel=$(ls /boot/vmlinuz-* | sed 's/.*vmlinuz-//' | sort -V | while read -r release; do
	[ ! -d "/lib/modules/$release/build" ] || echo "$release"
done | tail -n 1)
"$build/bin/kt2ko" -v -k "$kernel" -o "$module/$name.ko" "$script"
ls -l "$module/$name.ko"

say "kt2ko vm -k $kernel ${script#"$root"/} $*"
"$build/bin/kt2ko" vm -k "$kernel" "$script" "$@"
