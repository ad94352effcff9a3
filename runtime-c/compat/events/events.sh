#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Writes ktr_events.h, which events.c includes: the records and probes of those of its events that this kernel's headers
# allow. An event that has no header, does not compile, has a record of no fixed size, or needs what the kernel does not
# export is left out; its record is then had in another way.
# usage: events.sh HEADER EVENTS.c MODULE.SYMVERS COMPILER [FLAG...]     in the kernel's build directory
set -eu
export LC_ALL=C

out=$1
source=$2
symvers=$3
compiler=$4
shift 4
here=$(cd "$(dirname "$0")" && pwd)

work=$out.tmp
rm -rf "$work"
mkdir -p "$work"
: >"$work/log"
trap 'rm -rf "$work"' EXIT

# Directories in which <...> is looked for.
include_dirs() {
	next=
	for flag in "$@"; do
		case $flag in
		-I) next=yes; continue ;;
		-I*) echo "${flag#-I}" ;;
		*) [ -z "$next" ] || echo "$flag" ;;
		esac
		next=
	done
}

# find_event SYSTEM EVENT: "HEADER CLASS", or nothing.
find_event() {
	for dir in $dirs; do
		for file in $(grep -lsE "^#[ 	]*define[ 	]+TRACE_SYSTEM[ 	]+$1[ 	]*\$" "$dir"/trace/events/*.h \
			      "$dir"/asm/trace/*.h); do
			tr '\n\t' '  ' <"$file" >"$work/flat"
			class=
			if grep -qE "TRACE_EVENT[A-Z_]*\( *$2 *," "$work/flat"; then
				class=$2
			else
				class=$(sed -nE "s/.*DEFINE_EVENT[A-Z_]*\( *([A-Za-z0-9_]+) *, *$2 *,.*/\1/p" "$work/flat")
			fi
			[ -z "$class" ] || { echo "${file#"$dir"/} $class"; return; }
		done
	done
}

# again PASS: the header of the event, read for one more pass.
again() {
	echo "#define KTR_NOW_$class ~, KTR_$(echo "$1" | tr '[:lower:]' '[:upper:]')"
	echo "#include <$header>"
	echo "#undef KTR_NOW_$class"
}

# The passes that make something for each event, or for each class.
each() {
	echo "#include \"events/$1.h\""
	cut -d' ' -f"$2" "$work/chosen" | uniq | while read -r number header class event; do
		[ -n "$class" ] || { class=$header; header=$number; number=; }
		[ -z "$number" ] || echo "#define KTR_N $number"
		again "$1"
		[ -z "$number" ] || echo "#undef KTR_N"
	done
}

# generate NUMBER...: the text for these events.
generate() {
	for n in "$@"; do
		grep "^$n " "$work/found"
	done | sort -k2,3 >"$work/chosen"
	echo "/* Made by compat/events/events.sh: events whose records are built here. */"
	echo "#include \"events/begin.h\""
	for system in $(cut -d' ' -f5 "$work/chosen" | sort -u); do
		for file in $(sed -n "s/^$system //p" "$here/includes"); do
			echo "#if __has_include(<$file>)"
			echo "#include <$file>"
			echo "#endif"
		done
	done
	cut -d' ' -f2 "$work/chosen" | sort -u | sed 's/.*/#include <&>/'
	if [ -s "$work/chosen" ]; then
		echo '#include "events/again.h"'
		each struct 2,3
		each layout 1-4
		each values 1-4
		each probe 1-4
	fi
	echo "const struct ktr_typed_event ktr_typed_events[] = {"
	while read -r number header class event system; do
		echo "	KTR_TYPED($number, $system, $event),"
	done <"$work/chosen"
	echo "	{ }"
	echo "};"
}

# works FLAG...: whether events.c can be built with the events of $chosen.
works() {
	generate $chosen >"$work/ktr_events.h"
	"$compiler" -I"$work" "$@" -c -o "$work/events.o" "$source" 2>>"$work/log" </dev/null || return 1
	nm -u "$work/events.o" | sed 's/^ *U //' | grep -v '^ktr_\|^ktg_' | sort -u >"$work/needed"
	[ -z "$(comm -23 "$work/needed" "$work/exported")" ]
}

dirs=$(include_dirs "$@")
cut -f2 "$symvers" | sort -u >"$work/exported"
sed -nE 's/^#define KTR_EVENT_([0-9]+)[ 	]+([A-Za-z0-9_]+), ([A-Za-z0-9_]+)$/\1 \2 \3/p' "$source" >"$work/wanted"
while read -r number system event; do
	found=$(find_event "$system" "$event")
	[ -z "$found" ] || echo "$number $found $event $system"
done <"$work/wanted" >"$work/found"

# All at once; if that is too much, each by itself, then those that are good.
all=$(cut -d' ' -f1 "$work/found")
chosen=$all
if [ -n "$all" ] && ! works "$@"; then
	good=
	for chosen in $all; do
		! works "$@" || good="$good $chosen"
	done
	chosen=$good
	[ -z "$good" ] || works "$@" || chosen=
fi
[ -z "${KTR_EVENTS_LOG:-}" ] || cat "$work/log" >&2
generate $chosen >"$work/ktr_events.h"
mv "$work/ktr_events.h" "$out"
