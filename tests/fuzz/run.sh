#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Builds a fuzz target with clang and the sanitizers and runs it.
#   run.sh parse_fuzz [SECONDS]
#   run.sh translate_fuzz keep      puts what is worth keeping of the inputs into tests/fuzz/corpus/TARGET.tar.xz
# New inputs are kept in build-fuzz/corpus/TARGET; the language cases, the samples and tapsets are the seeds, and what
# tests/fuzz/corpus has. A crash leaves its input in build-fuzz/ and gives exit status 1.
set -euo pipefail

target=${1:?usage: run.sh TARGET [SECONDS]}
seconds=${2:-60}
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${KT2KO_FUZZ_BUILD:-$root/build-fuzz}

cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DKT2KO_FUZZ=ON -DKT2KO_SANITIZE=ON \
	-DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ >"$build.log" 2>&1 || { cat "$build.log"; exit 1; }
cmake --build "$build" --target "$target"

corpus=$build/corpus/$target
seeds=$build/seeds
mkdir -p "$corpus" "$seeds"
kept=$root/tests/fuzz/corpus/$target.tar.xz
[ ! -f "$kept" ] || tar -C "$corpus" -xJf "$kept"
find "$root/tests/lang" "$root/samples" "$root/tapsets" -name '*.kp' -exec cp -f {} "$seeds" \; 2>/dev/null || true

# Trees of the permitted depth need more stack with the sanitizers than the usual 8 MiB.
ulimit -s 65536
cd "$build"
program=$(find "$build" -name "$target" -type f -perm -u+x | head -n 1)
if [ "$seconds" = keep ]; then
	rm -rf "$build/least"
	mkdir "$build/least"
	"$program" -merge=1 -max_len=4096 "$build/least" "$corpus" "$seeds"
	tar -C "$build/least" --sort=name --mtime=@0 --owner=0 --group=0 -cJf "$kept" .
	exit
fi
exec "$program" -max_total_time="$seconds" -max_len=4096 -timeout=20 -rss_limit_mb=4096 -dict="$root/tests/fuzz/ktap.dict" \
	-print_final_stats=1 "$corpus" "$seeds"
