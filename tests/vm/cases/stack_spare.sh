# SPDX-License-Identifier: GPL-2.0
# An event deep in a task's stack: where a handler, what the runtime needs for it and a spare still fit it runs, further down it is
# skipped, counted and told; the script goes on.
. /cases/lib.sh
M=/modules
P=/proc/kt2ko/event_text
FITS=9000	# bytes that are left: a handler has 3072, the runtime 2048, 1024 are the spare
TOO_DEEP=5500

insmod $M/kt_traced.ko || fail 'insmod kt_traced'
begin event_text args=text,kt_traced:kt_first
for left in $FITS $TOO_DEEP $TOO_DEEP $FITS 1; do
	parameter=deep
	[ $left -ne 1 ] || parameter=fire
	echo $left >/sys/module/kt_traced/parameters/$parameter || fail "cannot fire at $left"
done
cat $P/status >status
finish event_text
rmmod kt_traced || fail 'rmmod kt_traced'
[ "$(grep -c "kt_first: n=$FITS" out)" -eq 2 ] || fail 'not handled where there is room'
hasnt out "n=$TOO_DEEP"
has out 'kt_first: n=1'
has status 'lost 2 events skipped: the stack of the interrupted task is nearly used up'
grep -q '^probe kt_traced:kt_first: 3 hits.*, 2 skipped: stack too deep' status || fail "the probe does not tell: $(grep ^probe status)"

# The reader is told at the end.
insmod $M/kt_traced.ko || fail 'insmod kt_traced'
run 0 -q $M/event_text.ko text kt_traced:kt_first -- sh -c "echo $TOO_DEEP >/sys/module/kt_traced/parameters/deep"
has err 'ktrun: 1 events skipped: the stack of the interrupted task is nearly used up'
has out 'events	0'
rmmod kt_traced || fail 'rmmod kt_traced'
exit 0
