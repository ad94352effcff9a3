#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Builds the hand-written "emitted" scripts of this folder as modules, the runtime being compiled once for all of them.
# usage: build.sh KERNEL_BUILD_DIR OUTPUT_DIR [MAKE_ARGUMENT...]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
kernel=$1
out=$2
shift 2

copy_if_changed() {
	cmp -s "$1" "$2" || cp "$1" "$2"
}

# The runtime, as the translator copies it next to a script.
mkdir -p "$out"
while read -r file; do
	mkdir -p "$out/$(dirname "$file")"
	copy_if_changed "$root/$file" "$out/$file"
done < <(cd "$root" && find runtime-c/{include,core,port,kernel,compat,units} -type f)
wire=$(sed -n 's/^#define KTR_WIRE_VERSION //p' "$root/runtime-c/include/ktr_wire.h")

# A module to be traced, and one that delays what others do.
for file in "$here"/traced/*; do
	copy_if_changed "$file" "$out/$(basename "$file")"
done

objects=$(cd "$root" && find runtime-c/units -maxdepth 1 -name "*.c" | sort | sed 's/\.c$/.o/' | tr '\n' ' ')

kbuild=$(mktemp)
trap 'rm -f "$kbuild" "$kbuild".*' EXIT
echo "runtime := $objects" >"$kbuild"
echo "ktr-objects := \$(runtime)" >>"$kbuild"
for script in "$here"/*.c; do
	name=$(basename "$script" .c)
	sed -e "s/{{module}}/$name/g; s/{{script}}/$name.kp/g; s/{{version}}/tests/g; s/{{wire}}/$wire/g" \
		"$root/templates/module.c.mustache" >"$kbuild.module"
	copy_if_changed "$kbuild.module" "$out/${name}_module.c"
	copy_if_changed "$script" "$out/${name}_script.c"
	cat >>"$kbuild" <<-END
		obj-m += $name.o
		$name-y := ${name}_module.o ${name}_script.o \$(runtime)
		ktr-objects += ${name}_module.o ${name}_script.o
		ktr-module += $name
	END
done
cat >>"$kbuild" <<-'END'
	obj-m += kt_traced.o kt_delays.o
	CFLAGS_kt_traced.o := -I$(src)
	ifneq ($(shell grep -s 'define __assign_str(dst, src)' $(srctree)/include/trace/stages/stage6_event_callback.h),)
	CFLAGS_kt_traced.o += -DKT_ASSIGN_STR_HAS_SOURCE
	endif
END
echo 'include $(src)/runtime-c/compat/Kbuild.include' >>"$kbuild"
copy_if_changed "$kbuild" "$out/Kbuild"

make -C "$kernel" M="$out" "$@" modules
