# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ parallel
#@ limit 60
# Handlers without a context miss nothing, whatever their event is, and the gate holds for them too.
. /cases/lib.sh
M=/modules
P=/proc/kt2ko/leaves

cat >hit <<'END'
i=0
while [ $i -lt 20 ]; do
	sync
	hostname kt
	$PROGRAMS/calls_pie 2 >/dev/null
	$PROGRAMS/marks 3 >/dev/null 2>&1
	i=$((i + 1))
done
END
export PROGRAMS

# Output of the loaded script goes to out; it is unloaded.
end_trace() {
	read_out leaves
	unloaded leaves
}

insmod $M/leaves.ko
script_runs leaves
sh hit & other=$!
sh hit
wait $other
cat $P/status >status
end_trace
has out 'exits 40 entries 40 returns 40 first 120 names 40 tids 40'
# main calls hidden(3), which calls itself
has out 'functions 80 results 320 markers 120'
for line in 'probe:ksys_sync%return: 40 hits [rethook]' 'probe:calls_pie:add3: 80 hits [uprobe]' \
	'probe:calls_pie:hidden%return: 320 hits [uprobe]' 'sdt:marks:marks:guarded: 120 hits [sdt]'; do
	grep -qxF "probe $line" status || fail "no probe $line: $(cat status)"
done
# handlers with a context had the same times
awk '$1 == "samples" { found = $2 > 20 && $4 > 20 && $2 - $4 < $2 / 10 && $4 - $2 < $2 / 10 }
	END { exit !found }' out || fail 'samples'

# One process, from before its first call until it is gone. The kernel's own probes do not take these functions; handlers with
# a context count their calls as well.
sh -c "kill -STOP \$\$; exec $PROGRAMS/calls_pie 10" >/dev/null & stopped=$!
wait_until grep -q '^State:.T' /proc/$stopped/status
insmod $M/leaves.ko pid=$stopped
script_runs leaves
sh hit
kill -CONT $stopped
wait $stopped
cat $P/status >status
end_trace
has out 'exits 0 entries 0 returns 0 first 0'
has out 'functions 10 results 40 markers 0'
n=$(sed -n 's/^breaks \([0-9]*\) .*/\1/p' out)
[ "$n" -ge 3 ] || fail 'few calls'
has out "breaks $n $n broken $n $n"
grep -qxF "probe probe:strncpy_from_user: $n hits [kprobe]" status || fail "entries: $(cat status)"
grep -qxF "probe probe:strncpy_from_user%return: $n hits [kretprobe]" status || fail "returns: $(cat status)"

# Only process 1 is traced: nothing of the others counts. busybox's own init makes none of these calls.
insmod $M/leaves.ko pid=1
script_runs leaves
sh hit
cat $P/status >status
for probe in syscalls:sys_exit_sync probe:sys_sync probe:ksys_sync%return probe:strncpy_from_user \
	probe:strncpy_from_user%return probe:calls_pie:add3 probe:calls_pie:hidden%return sdt:marks:marks:guarded; do
	has status "probe $probe: 0 hits"
done
end_trace
has out 'exits 0 entries 0 returns 0 first 0'
has out 'functions 0 results 0 markers 0'
has out 'breaks 0 nil broken 0 nil'

# Behind the tracer's call, and on newer kernels behind the mark for indirect branches.
case $(uname -r) in
6.1.*) at=5 ;;
*) at=9 ;;
esac
P=/proc/kt2ko/leaf_at_$at
insmod $M/leaf_at_$at.ko
script_runs leaf_at_$at
sh hit
cat $P/status >status
read_out leaf_at_$at
unloaded leaf_at_$at
has out 'behind	20'
grep -qx "probe probe:ksys_sync+$at: 20 hits \[kprobe\]" status || fail "behind the entry: $(cat status)"
