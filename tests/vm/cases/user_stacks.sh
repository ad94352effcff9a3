# SPDX-License-Identifier: GPL-2.0
# User stacks: places in files, to which ktrun gives names when the processes have gone.
#@ limit 120
. /cases/lib.sh
M=/modules

# Names, from a debug file too; the same code is the same stack in every process.
run 0 -q $M/user_stacks.ko -- sh -c "$PROGRAMS/calls_pie 2; $PROGRAMS/calls_pie 3; $PROGRAMS/other/calls_stripped 1" >/dev/null
[ "$(grep -c '^ => hidden+0x0 \[calls_pie\]$' out)" -eq 5 ] || fail 'not five innermost frames'
[ "$(grep -c '^ => hidden+0x[1-9a-f][0-9a-f]* \[calls_pie\]$' out)" -eq 15 ] || fail 'not fifteen callers'
[ "$(grep -c '^ => main+0x[1-9a-f][0-9a-f]* \[calls_pie\]$' out)" -eq 5 ] || fail 'not five times main'
grep -qE '^calls_pie;(.*;)?main;hidden;hidden;hidden;hidden 5$' out || fail 'not one stack of all calls'
grep -qE '^calls_stripped;(.*;)?main;hidden;hidden;hidden;hidden 1$' out || fail 'no names from the debug file'

run 0 -q --json $M/user_stacks.ko -- $PROGRAMS/calls_pie 1
has out ' => hidden+0x0 [calls_pie]\n'
run 0 -q --flamegraph x.svg $M/user_stacks.ko -- $PROGRAMS/calls_pie 1
has x.svg '<title>main: 1 of 1 (100.00%)</title>'

# Without ktrun: what another program says about where functions are.
begin user_stacks
$PROGRAMS/calls_pie 1 >/dev/null
cat /proc/kt2ko/user_stacks/code >code
finish user_stacks
has out " => calls_pie+$(sed -n 's/^hidden //p' $PROGRAMS/calls_pie.offsets)"
grep -qE "^calls_pie [0-9]+:[0-9]+ $(stat -c %i $PROGRAMS/calls_pie) [0-9a-f]{40} $PROGRAMS/calls_pie\$" code || fail "code: $(cat code)"

# From interrupts and with interrupts off; two files of one name, and one that is there no more.
mkdir x y
cp $PROGRAMS/spins x/spins
cp $PROGRAMS/spins y/spins
cp $PROGRAMS/spins gone
run 0 -q $M/user_sampled.ko -- sh -c 'x/spins 1500 & y/spins 1500 & ./gone 1500 & sleep 1; rm gone; wait'
sed '/^switches/,$d' out >ticks
grep -qE '^spins;(.*;)?main;outer;inner [1-9]' ticks || fail 'no names from ticks'
[ "$(grep -cE '^spins;(.*;)?main;outer;inner [1-9]' ticks)" -ge 2 ] || fail 'two files were taken for one'
grep -qE '^gone;(.*;)?\[gone\];\[gone\];\[gone\] [1-9]' ticks || fail 'names of a file that has gone'
sed '1,/^switches/d' out >switches
grep -qE '^spins;(.*;)?main;sched_yield [1-9]' switches || fail 'no names from switches'
has ticks ' => sched_yield+'

# Without ktrun, the names of files differ.
begin user_sampled
x/spins 300 & y/spins 300
wait $!
finish user_sampled
grep -q 'spins+0x' out || fail 'no spins'
grep -q 'spins#[0-9]*+0x' out || fail 'no second spins'
exit 0
