#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Writes ktr_ffi_calls.h, which ffi.c includes: which of the functions that it calls (each is named in a comment ktr-call)
# the kernel does not export. They are looked up when the module is loaded. Where ffi.c does not compile none is named: its
# real compilation tells why.
# usage: ffi.sh HEADER FFI.c MODULE.SYMVERS COMPILER [FLAG...]     in the kernel's build directory
set -eu
export LC_ALL=C

out=$1
source=$2
symvers=$3
shift 3
work=$out.tmp
rm -rf "$work"
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT

echo '/* Made by compat/ffi.sh: functions that are not exported. */' >"$work/ktr_ffi_calls.h"
cp "$work/ktr_ffi_calls.h" "$work/result"
sed -nE 's/^\/\* ktr-call: ([A-Za-z0-9_]+) \*\/$/\1/p' "$source" | sort -u >"$work/called"
cut -f2 "$symvers" | sort -u >"$work/exported"
if "$@" -I"$work" -c -o "$work/ffi.o" "$source" 2>/dev/null </dev/null; then
	nm -u "$work/ffi.o" | sed 's/^ *[Uw] //' | sort -u | comm -12 - "$work/called" | comm -23 - "$work/exported" |
		sed 's/.*/#define KTR_FIND_&/' >>"$work/result"
fi
mv "$work/result" "$out"
