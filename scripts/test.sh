#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Builds everything and climbs the ladder of tests, cheapest rung first.
#
# usage: scripts/test.sh [RUNG...]      rungs: unit lang run differential golden kbuild package vm shipping flavours arm64, and debug where
#                                       ../shared/debug-kernel is; default: all of them
#
# A rung is tests/RUNG/run.py (unit: ctest); its last line is "RUNG: N passed, M failed". The last line printed here is
# the sum. Fails when a test fails, when a rung cannot run, and when no test ran at all. Variables: KT2KO_BUILD, the
# build directory (default: build).
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1
export KT2KO_BUILD=${KT2KO_BUILD:-$root/build}
all_rungs=(unit lang run differential golden kbuild package vm shipping flavours arm64)
[ ! -d ../shared/debug-kernel ] || all_rungs+=(debug)
rungs=("$@")
[ "${#rungs[@]}" -gt 0 ] || rungs=("${all_rungs[@]}")
for rung in "${rungs[@]}"; do
	if [[ " ${all_rungs[*]} " != *" $rung "* ]]; then
		echo "test.sh: no rung $rung; there are: ${all_rungs[*]}" >&2
		exit 2
	fi
done

passed=0
failed=0
summary=()

# count RUNG PASSED FAILED SECONDS
count() {
	passed=$((passed + $2))
	failed=$((failed + $3))
	summary+=("$(printf '%-12s %5d passed %5d failed  %4d s' "$1" "$2" "$3" "$4")")
}

finish() {
	echo
	printf '%s\n' "${summary[@]}"
	if [ $((passed + failed)) -eq 0 ]; then
		echo "no test ran"
		failed=1
	fi
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
	exit
}

build() {
	scripts/setup.sh &&
		cmake -S . -B "$KT2KO_BUILD" -G Ninja &&
		cmake --build "$KT2KO_BUILD" -j "$(nproc)"
}

# run_unit LOG: ctest; its summary line is put into the shape of the other rungs.
run_unit() {
	ctest --test-dir "$KT2KO_BUILD" -j "$(nproc)" --output-on-failure 2>&1 | tee "$1"
	local status=${PIPESTATUS[0]}
	local bad total
	read -r bad total < <(sed -n 's/^.*% tests passed, \([0-9]*\) tests failed out of \([0-9]*\).*$/\1 \2/p' "$1")
	echo "unit: $((${total:-0} - ${bad:-0})) passed, ${bad:-0} failed" >>"$1"
	return "$status"
}

run_rung() {
	local rung=$1 log=$2
	if [ "$rung" = unit ]; then
		run_unit "$log"
	else
		python3 "tests/$rung/run.py" 2>&1 | tee "$log"
		return "${PIPESTATUS[0]}"
	fi
}

start=$SECONDS
echo "== build"
if ! build; then
	count build 0 1 $((SECONDS - start))
	finish
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for rung in "${rungs[@]}"; do
	echo "== $rung"
	start=$SECONDS
	run_rung "$rung" "$log"
	status=$?
	good=0
	bad=0
	read -r good bad < <(sed -n "s/^$rung: \([0-9]*\) passed, \([0-9]*\) failed\$/\1 \2/p" "$log" | tail -n 1)
	# A rung that failed without saying how many, or that ran nothing, counts as one failure.
	if { [ "$status" -ne 0 ] && [ "${bad:-0}" -eq 0 ]; } || [ $((${good:-0} + ${bad:-0})) -eq 0 ]; then
		bad=$((${bad:-0} + 1))
	fi
	count "$rung" "${good:-0}" "${bad:-0}" $((SECONDS - start))
done
finish
