#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Compiles core for kernels that are known by their flags alone, see core_cc.sh; no kernel's headers are needed.
# usage: core_objects.sh DIRECTORY
#
# core_flags/NAME-ARCHITECTURE has the compiler's command and the flags. Sets whose compiler is not here, or is one for another
# architecture, are left out. The objects are in a folder named after the sources, as the translator looks for it: those of other
# sources must not be taken.
set -eu
export LC_ALL=C	# the order of files

out=$1
compat=$(cd "${0%/*}" && pwd)
runtime=${compat%/*}
cd "$runtime"
sources=$(cat include/* port/* core/*.c core/*.h units/core/*.c compat/core_cc.sh | sha256sum)
sources=${sources%% *}

work=$out/.$$
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"
for file in compat/core_flags/*; do
	{ read -r compiler; read -r flags; } <"$file"
	command -v "$compiler" >/dev/null || continue
	case ${file##*-}:$("$compiler" -dumpmachine) in
	amd64:x86_64-* | arm64:aarch64-*) ;;
	*) continue ;;
	esac
	set=$work/${file##*/}
	mkdir "$set"
	tools=${compiler%gcc*}
	LD=${tools}ld OBJCOPY=${tools}objcopy sh compat/core_cc.sh "$compiler" $flags -w -c -o "$set/core.o" "$runtime/units/core.c"
	version=$("$compiler" --version | head -1)
	echo "${version#* } $flags" >"$set/flags"
done
rm -rf "$out"/[0-9a-f]*
mv "$work" "$out/$sources"
