#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Writes the header with one KTR_HAVE_... for each file of a directory that compiles.
# usage: probe.sh HEADER DIRECTORY COMPILER [FLAG...]
#
# All are compiled as one file, as reading the kernel's headers takes nearly all of the time; which of them do not compile is
# told by the places of the errors. Where these do not say it, each is compiled alone: KTR_PROBE_ALONE=1 wants that always.
set -eu

header=$1
probes=$2
shift 2

work=$header.tmp
rm -rf "$work"
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
export LC_ALL=C	# the compiler's messages are read

# Warnings are no answer, a call of something undeclared or of another shape is.
strict="-Wno-error -Werror=implicit-function-declaration -Werror=incompatible-pointer-types -Werror=int-conversion"

names=$(cd "$probes" && for file in *.c; do echo "${file%.c}"; done)

together() {
	for name in $names; do
		printf '#define probe probe_%s\n#include "%s/%s.c"\n#undef probe\n' "$name" "$probes" "$name"
	done >"$work/all.c"
	"$@" $strict -fsyntax-only -fdiagnostics-color=never "$work/all.c" >"$work/log" 2>&1 && clean=1 || clean=0
	grep -E '(^|: )(fatal )?error: ' "$work/log" >"$work/errors" || [ $clean = 1 ] || return 1
	! grep -q 'fatal error: ' "$work/errors" || return 1	# what comes after it was not looked at
	for name in $names; do
		grep -vF "$probes/$name.c:" "$work/errors" >"$work/others" || :
		cmp -s "$work/others" "$work/errors" && : >"$work/$name.yes"
		mv "$work/others" "$work/errors"
	done
	[ ! -s "$work/errors" ]
}

alone() {
	rm -f "$work"/*.yes
	for name in $names; do
		"$@" $strict -fsyntax-only "$probes/$name.c" 2>"$work/$name.log" && : >"$work/$name.yes" &
	done
	wait
}

[ -z "${KTR_PROBE_ALONE:-}" ] && together "$@" || alone "$@"

# _empty.c must compile: else it is the flags that are wrong, and every answer would be no.
if [ ! -e "$work/_empty.yes" ]; then
	echo "probe.sh: cannot compile anything for this kernel:" >&2
	cat "$work/_empty.log" >&2 2>/dev/null || cat "$work/log" >&2
	exit 1
fi

{
	echo "/* SPDX-License-Identifier: GPL-2.0 */"
	echo "/* Made by compat/probe.sh: what this kernel has. */"
	for name in $names; do
		[ "$name" != _empty ] || continue
		[ -e "$work/$name.yes" ] && have=1 || have=0
		echo "#define KTR_HAVE_$(echo "$name" | tr '[:lower:]' '[:upper:]') $have"
	done
} >"$work/header"
mv "$work/header" "$header"
