# SPDX-License-Identifier: GPL-2.0
# Runs in a guest: loads and unloads $SCRIPTS in turn, $CYCLES times, the first cycle being number $FIRST, under load.
# run.py sets the three, and puts load.sh before it. How long a script stays and whether somebody reads depends on the cycle's number.

fail() {
	echo "FAILED in cycle $cycle ($name): $*"
	[ ! -e "/proc/kt2ko/$name/status" ] || cat "/proc/kt2ko/$name/status"
	exit 1
}

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

start_load system_calls programs forks switches files registers
in_turn one
registers_are_kept
stop_load
has_not_grown $before
exit 0
