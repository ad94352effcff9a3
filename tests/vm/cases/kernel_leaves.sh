# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ parallel
# Handlers without a context miss nothing, and the gate holds for them too.
. /cases/lib.sh
M=/modules

cat >hit <<'END'
i=0
while [ $i -lt 20 ]; do
	sync
	hostname kt
	i=$((i + 1))
done
END

# Output of the loaded script goes to out; it is unloaded.
end_trace() {
	rmmod leaves & unloading=$!
	cat /proc/kt2ko/leaves/trace >out
	wait $unloading
	unloaded leaves
}

insmod $M/leaves.ko
wait_until grep -q '^state running' /proc/kt2ko/leaves/status
sh hit & other=$!
sh hit
wait $other
end_trace
is out <<'END'
exits 40 entries 40 first 120 names 40 tids 40
END

# Only process 1 is traced: nothing of the others counts. busybox's own init makes none of these calls.
insmod $M/leaves.ko pid=1
wait_until grep -q '^state running' /proc/kt2ko/leaves/status
sh hit
cat /proc/kt2ko/leaves/status >status
has status 'syscalls:sys_exit_sync: 0 hits'
has status 'probe:sys_sync: 0 hits'
end_trace
has out 'exits 0 entries 0 first 0'
