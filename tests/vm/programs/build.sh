#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Builds the programs that the cases probe. usage: build.sh OUTPUT_DIR
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
out=$1
mkdir -p "$out/other/.debug"
cd "$out"

# what is there stays as it is: a guest may be about to read it
sources=$(cat "$here"/* | sha256sum)
if [ "$(cat sources 2>/dev/null)" = "$sources" ]; then
	exit 0
fi
rm -f sources

flags=(-O1 -g -fno-omit-frame-pointer -fcf-protection=none)

gcc "${flags[@]}" -fPIE -pie -o calls_pie "$here/calls.c"
gcc "${flags[@]}" -static -o calls_static "$here/calls.c"
# code at addresses that have nothing to do with its place in the file
gcc "${flags[@]}" -no-pie -static -Wl,-Ttext=0x5000000 -o calls_odd "$here/calls.c"
gcc "${flags[@]}" -no-pie -static -Wl,--build-id=none -o calls_no_id "$here/calls.c"

gcc -m32 -O1 -fno-pic -no-pie -static -nostdlib -ffreestanding -fcf-protection=none -o calls32 "$here/calls32.c"

# no symbols, but a file with debug information
gcc "${flags[@]}" -fPIE -pie -o other/calls_stripped "$here/calls.c"
objcopy --only-keep-debug other/calls_stripped other/.debug/calls_stripped.debug
(cd other/.debug && objcopy --strip-all --add-gnu-debuglink=calls_stripped.debug ../calls_stripped)

gcc "${flags[@]}" -DBUILD=1 -shared -fPIC -o libtimes.so "$here/times.c"
gcc "${flags[@]}" -DBUILD=2 -shared -fPIC -o other/libtimes.so "$here/times.c"
gcc "${flags[@]}" -o uses_times "$here/uses_times.c" -L. -ltimes "-Wl,-rpath,$out"

gcc "${flags[@]}" -fPIE -pie -o marks "$here/marks.c"
gcc "${flags[@]}" -no-pie -static -o marks_static "$here/marks.c"

gcc -O2 -static -o registers "$here/registers.c"
gcc "${flags[@]}" -static -o tcp_info "$here/tcp_info.c"
gcc "${flags[@]}" -static -o futex "$here/futex.c"
gcc "${flags[@]}" -static -o ids "$here/ids.c"
gcc "${flags[@]}" -static -o loads "$here/loads.c"
gcc "${flags[@]}" -static -o sip "$here/sip.c"
gcc "${flags[@]}" -fPIE -pie -o spins "$here/spins.c"
gcc "${flags[@]}" -static -o storm "$here/storm.c"
gcc "${flags[@]}" -static -o faults "$here/faults.c"
gcc -O1 -static -o wakes "$here/wakes.c"
gcc "${flags[@]}" -static -pthread -o threads "$here/threads.c"

# What another program says about where functions are: the linker keeps addresses and offsets equal in these.
for name in add3 many hidden name_of; do
	nm calls_pie | sed -n "s/^0*\([0-9a-f]*\) [tT] $name\$/$name 0x\1/p"
done >calls_pie.offsets
echo "$sources" >sources
