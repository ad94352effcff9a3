# SPDX-License-Identifier: GPL-2.0
# insmod, cat and rmmod are enough.
. /cases/lib.sh
M=/modules

# A finished script can still be read, once.
insmod $M/hello.ko
cat /proc/kt2ko/hello/trace >out
echo 'hello world' | is out
cat /proc/kt2ko/hello/control >out
has out 'ended 0'
rmmod hello

# A reader follows the script and sees what trace_end prints while the module is unloaded.
insmod $M/ticker.ko args=x
cat /proc/kt2ko/ticker/trace >out &
reader=$!
wait_until grep -q 'tick	3' out
rmmod ticker
wait $reader || fail "the reader: status $?"
has out 'end	x'

# Stopped through control, ended, then unloaded without a reader.
insmod $M/ticker.ko args=x
echo stop >/proc/kt2ko/ticker/control
wait_until grep -q '^state ended' /proc/kt2ko/ticker/status
rmmod ticker

# Held until it is told to start; unloaded without ever having started.
insmod $M/flood.ko hold=1 args=1
grep -q '^state held' /proc/kt2ko/flood/status || fail 'not held'
echo start >/proc/kt2ko/flood/control
cat /proc/kt2ko/flood/trace >out
has out 'line	1'
rmmod flood
insmod $M/flood.ko hold=1 args=1
rmmod flood

# Several scripts at once.
insmod $M/ticker.ko args=x
insmod $M/comm.ko
run 0 -q $M/flood.ko 1
rmmod ticker
rmmod comm
exit 0
