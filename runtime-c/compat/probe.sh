#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Writes the header with one KTR_HAVE_... for each file of a directory that compiles.
# usage: probe.sh HEADER DIRECTORY COMPILER [FLAG...]
set -eu

header=$1
probes=$2
shift 2

work=$header.tmp
rm -rf "$work"
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT

# Warnings are no answer, a call of something undeclared or of another shape is.
strict="-Wno-error -Werror=implicit-function-declaration -Werror=incompatible-pointer-types -Werror=int-conversion"

# _empty.c must compile: else it is the flags that are wrong, and every answer would be no.
for file in "$probes"/*.c; do
	name=$(basename "$file" .c)
	"$@" $strict -fsyntax-only "$file" 2>"$work/$name.log" && : >"$work/$name.yes" &
done
wait

if [ ! -e "$work/_empty.yes" ]; then
	echo "probe.sh: cannot compile anything for this kernel:" >&2
	cat "$work/_empty.log" >&2
	exit 1
fi

{
	echo "/* SPDX-License-Identifier: GPL-2.0 */"
	echo "/* Made by compat/probe.sh: what this kernel has. */"
	for file in "$probes"/*.c; do
		name=$(basename "$file" .c)
		if [ "$name" = _empty ]; then
			continue
		fi
		macro=KTR_HAVE_$(echo "$name" | tr '[:lower:]' '[:upper:]')
		if [ -e "$work/$name.yes" ]; then
			echo "#define $macro 1"
		else
			echo "#define $macro 0"
		fi
	done
} >"$work/header"
mv "$work/header" "$header"
