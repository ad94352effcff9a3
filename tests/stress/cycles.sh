# SPDX-License-Identifier: GPL-2.0
# Runs in a guest: loads and unloads $SCRIPTS in turn, $CYCLES times, the first cycle being number $FIRST, under load.
# run.py sets the three, and $PROGRAMS, where the probed programs are. How long a script stays and whether somebody reads depends on the cycle's number.
M=/modules
set -- $SCRIPTS

fail() {
	echo "FAILED in cycle $cycle ($name): $*"
	[ ! -e "/proc/kt2ko/$name/status" ] || cat "/proc/kt2ko/$name/status"
	exit 1
}

# ---- load --------------------------------------------------------------------------------------------------------

# Each leaves the CPUs to others for a moment again and again: on few emulated ones nothing else would run.
system_calls() { while :; do dd if=/dev/zero of=/dev/null bs=16 count=2000 2>/dev/null; usleep 20000; done; }
forks() { while :; do (/bin/true); (:); usleep 10000; done; }
switches() { while :; do yes | head -c 20000 | cat >/dev/null; usleep 10000; done; }
files() { while :; do cat /proc/self/stat /etc/passwd >f.$$ 2>/dev/null; ls /proc >/dev/null; rm -f f.$$; usleep 20000; done; }
programs() { while :; do $PROGRAMS/calls_static 20 >/dev/null; $PROGRAMS/marks_static >/dev/null; usleep 50000; done; }

system_calls & programs & forks & switches & files &
load=$(jobs -p)

# ---- memory ------------------------------------------------------------------------------------------------------

# KiB that the kernel itself holds, after what it would give back has been given back.
kernel_memory() {
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^(Slab|KernelStack|PageTables|VmallocUsed|Percpu):/ { n += $2 } END { print n }' /proc/meminfo
}

# ---- cycles ------------------------------------------------------------------------------------------------------

TOO_LATE=9 # status of a reader that came when the module had gone, as one does on a slow machine

# Everything that file $1 has, until its end.
read_all() {
	begun=
	{ begun=yes; cat <&3; } 3<$1 && return 0
	[ -n "$begun" ] && return 1
	return $TOO_LATE
}

# One cycle of script $name.
one() {
	reader=
	case $((cycle % 4)) in
	0)	# comes and goes at once
		insmod $M/$name.ko || fail "insmod: status $?"
		;;
	1)	# somebody reads
		insmod $M/$name.ko || fail "insmod: status $?"
		read_all /proc/kt2ko/$name/trace >out 2>late &
		reader=$!
		usleep $((cycle * 7919 % 300 * 1000))
		;;
	2)	# under ktrun, which ends by itself
		ktrun -q --timeout 0.3 $M/$name.ko >out 2>err
		status=$?
		[ $status -eq 0 ] || fail "ktrun: status $status: $(head -n 3 err)"
		return
		;;
	3)	# told to stop, then unloaded
		insmod $M/$name.ko || fail "insmod: status $?"
		usleep $((cycle * 104729 % 200 * 1000))
		echo stop >/proc/kt2ko/$name/control
		;;
	esac
	rmmod $name || fail "rmmod: status $?"
	[ -z "$reader" ] || wait $reader || [ $? -eq $TOO_LATE ] || fail "the reader: status $?"
	[ ! -e /sys/module/$name ] || fail 'still loaded'
}

cycle=$FIRST
before=
while [ $cycle -lt $((FIRST + CYCLES)) ]; do
	eval name=\${$((cycle % $# + 1))}
	one
	cycle=$((cycle + 1))
	# the first ones fill the kernel's own caches
	[ $cycle -ne $((FIRST + 5)) ] || before=$(kernel_memory)
done
kill $load
wait 2>/dev/null
after=$(kernel_memory)
echo "kernel memory: $before KiB, $after KiB"
[ $((after - before)) -lt 8192 ] || fail "the kernel's memory has grown by $((after - before)) KiB"
exit 0
