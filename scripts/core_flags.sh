#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Writes the compiler and the flags of kernels into runtime-c/compat/core_flags, for which kt2ko brings the objects of core along.
# usage: core_flags.sh NAME KERNEL [WORD...]    WORD: for kt2ko, such as --arch; kt2ko has to be built
set -eu

name=$1
kernel=$2
shift 2
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
KTR_CORE_FLAGS=$root/runtime-c/compat/core_flags/$name "$root/build/bin/kt2ko" --kbuild -k "$kernel" "$@" \
	-o "$work/hello.ko" "$root/samples/helloworld/hello.kp"
