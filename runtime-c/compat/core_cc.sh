#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Makes core for a kernel, one object: from the compiler's command line as kbuild has it, without what core does not need.
# usage: core_cc.sh COMPILER [FLAG...] -c -o OBJECT runtime-c/units/core.c      environment: LD, OBJCOPY
#
# Core includes no header of the kernel, so its object is the same for all kernels whose code is made with the same flags by the
# same compiler. KTR_CORE_OBJECTS names a directory of such objects, made by core_objects.sh from these sources; where one of
# its folders has our flags, nothing is compiled.
# KTR_CORE_FLAGS, if set, is a file that gets compiler and flags as core_objects.sh reads them: for scripts/core_flags.sh.
set -eu

compiler=
while [ $# -gt 0 ]; do
	case $1 in -*) break ;; esac
	compiler="$compiler${compiler:+ }$1"	# such as ccache, and what it calls
	shift
done
flags= warnings= depfile= object= source=
while [ $# -gt 0 ]; do
	case $1 in
	-Wp,-MMD,* | -Wp,-MD,*) depfile=${1##*,} ;;
	-fmacro-prefix-map=* | -ffile-prefix-map=* | -fdebug-prefix-map=*) ;;	# names of directories; none ends up in core
	-fplugin=/*) flags="$flags $1" ;;
	-fplugin=*) flags="$flags -fplugin=$PWD/${1#-fplugin=}" ;;	# kbuild names them from the kernel's directory
	-W*) warnings="$warnings $1" ;;
	-D__KERNEL__ | -std=* | -nostdinc | -f* | -m* | -O* | -g* | -Q* | --param=* | --target=*) flags="$flags $1" ;;
	--param) flags="$flags --param=$2"; shift ;;
	-include | -isystem | -I | -D | -x) shift ;;
	-o) object=$2; shift ;;
	*.c) source=$1 ;;
	esac
	shift
done
[ -z "${KTR_CORE_FLAGS:-}" ] || printf '%s\n' "$compiler" "${flags# }" >"$KTR_CORE_FLAGS"

# The first line of what the compiler says of itself, without the name that it was called by.
version=$($compiler --version)
version=${version%%
*}
version=${version#* }

for set in "${KTR_CORE_OBJECTS:-/nonexistent}"/*/flags; do
	[ -e "$set" ] || continue
	read -r line <"$set"
	if [ "$line" = "$version$flags" ]; then
		[ -z "$depfile" ] || echo "$object: $source" >"$depfile"
		exec cp "${set%flags}core.o" "$object"
	fi
done

case $object in /*) ;; *) object=$PWD/$object ;; esac
case $source in /*) ;; *) source=$PWD/$source ;; esac
units=${source%/*}
runtime=${units%/*}
[ -z "$depfile" ] || echo "$object: $source" "$units"/core/*.c "$runtime"/core/*.[ch] "$runtime"/include/* "$runtime"/port/* >"$depfile"

# Its units at once, each in its directory, so that no path ends up in the object.
cd "$units/core"
parts= jobs=
trap 'rm -f $parts' EXIT
for unit in *.c; do
	part=$object.${unit%.c}.o
	parts="$parts $part"
	$compiler $flags $warnings -I../../include -I../../port -I../../core -c -o "$part" "$unit" &
	jobs="$jobs $!"
done
for job in $jobs; do
	wait "$job"
done
# Without the names of the parts: objtool takes two files in an object for a mistake.
$LD -r -o "$object" $parts
$OBJCOPY --wildcard --strip-symbol="*.c" "$object"
