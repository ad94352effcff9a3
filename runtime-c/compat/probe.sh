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

names=
for file in "$probes"/*.c; do
	name=${file##*/}
	names="$names ${name%.c}"
done

# Writes the names of those that do not compile into `failed`. Fails when there is an error that no probe's file is named with, or
# after which nothing was looked at.
together() {
	for name in $names; do
		printf '#define probe probe_%s\n#include "%s/%s.c"\n#undef probe\n' "$name" "$probes" "$name"
	done >"$work/all.c"
	"$@" $strict -fsyntax-only -fdiagnostics-color=never "$work/all.c" >"$work/log" 2>&1 && clean=1 || clean=0
	awk -v names="$names" -v probes="$probes" -v clean=$clean '
		/(^|: )(fatal )?error: / {
			errors++
			if (/fatal error: /)
				unclear = 1
			whose = ""
			for (i = split(names, name, " "); i > 0; i--)
				if (index($0, probes "/" name[i] ".c:"))
					whose = name[i]
			if (whose == "")
				unclear = 1
			else if (!failed[whose]++)
				print whose
		}
		END { exit unclear || (!clean && !errors) }' "$work/log" >"$work/failed"
}

alone() {
	for name in $names; do
		"$@" $strict -fsyntax-only "$probes/$name.c" 2>"$work/$name.log" || echo "$name" >>"$work/$name.failed" &
	done
	wait
	cat "$work"/*.failed >"$work/failed" 2>/dev/null || :
}

[ -z "${KTR_PROBE_ALONE:-}" ] && together "$@" || alone "$@"

failed=" "
while read -r name; do
	failed="$failed$name "
done <"$work/failed"

# _empty.c must compile: else it is the flags that are wrong, and every answer would be no.
case $failed in *" _empty "*)
	echo "probe.sh: cannot compile anything for this kernel:" >&2
	cat "$work/_empty.log" >&2 2>/dev/null || cat "$work/log" >&2
	exit 1
	;;
esac

{
	echo "/* SPDX-License-Identifier: GPL-2.0 */"
	echo "/* Made by compat/probe.sh: what this kernel has. */"
	awk -v names="$names" -v failed="$failed" 'BEGIN {
		n = split(names, name, " ")
		for (i = 1; i <= n; i++)
			if (name[i] != "_empty")
				printf "#define KTR_HAVE_%s %d\n", toupper(name[i]), !index(failed, " " name[i] " ")
	}'
} >"$work/header"
mv "$work/header" "$header"
