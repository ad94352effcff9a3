# SPDX-License-Identifier: GPL-2.0
# Runs in a guest with fault injection: loads and unloads $SCRIPTS in turn, $CYCLES times, the first cycle being number $FIRST, under load,
# while allocations of kernel memory fail: those that modules make, or those of ktrun's system calls. run.py sets the three,
# and puts load.sh before it. In each cycle every N-th fails: sometimes loading fails, sometimes attaching, a
# table's growth, or what a reader asks for. Whatever it is, the module comes and goes, and ktrun says what is wrong.
INJECT="/sys/kernel/debug/failslab /sys/kernel/debug/fail_page_alloc"
# Where code of modules lies: behind the kernel's. No other module makes allocations here.
MODULES="$(awk '$3 == "_end" { print "0x" $1 }' /proc/kallsyms) 0xffffffffff000000"

fail() {
	fail_each 0
	echo "FAILED in cycle $cycle ($name, each ${every}th): $*"
	head -n 3 err 2>/dev/null
	[ ! -e "/proc/kt2ko/$name/status" ] || cat "/proc/kt2ko/$name/status"
	exit 1
}

# fail_each N: of the allocations every N-th fails; 0: none.
fail_each() {
	for kind in $INJECT; do
		echo $1 >$kind/interval
		echo $(($1 > 0 ? 100 : 0)) >$kind/probability
	done
}

# Whose allocations fail: of the code between these addresses, and, unless task_filter is N, of marked processes only. Nobody's do while
# this changes.
inject_into() {
	fail_each 0
	for kind in $INJECT; do
		echo $1 >$kind/require-start
		echo $2 >$kind/require-end
		echo $3 >$kind/task-filter
	done
}
inject_into_modules() {
	inject_into $MODULES N
	fail_each $every
}
inject_into_marked() {
	inject_into 0 0xffffffffffffffff Y
	fail_each $every
}

prepare() {
	mount -t debugfs none /sys/kernel/debug 2>/dev/null
	for kind in $INJECT; do
		echo N >$kind/ignore-gfp-wait
		echo 0 >$kind/verbose
		echo -1 >$kind/times
	done
	echo N >/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem
	echo 0 >/sys/kernel/debug/fail_page_alloc/min-order
}

# From when on ktrun runs, which its heap tells: the kernel kills who gets no memory in the middle of starting a program.
mark() {
	until { grep -q ktrun /proc/$1/comm && grep -q heap /proc/$1/maps; } || [ ! -e /proc/$1/exe ]; do usleep 500; done
	echo 1 >/proc/$1/make-it-fail
} 2>/dev/null

# Loading makes some hundred allocations.
choose_distance() {
	case $((cycle / 4 % 5)) in
	0) every=5000 ;;
	1) every=1000 ;;
	2) every=300 ;;
	3) every=70 ;;
	4) every=7 ;;
	esac
}

# What a loader may say of it: no memory, or that something could not be attached for want of it.
is_of_memory() { grep -qiE 'memory|ENOMEM|error -12' $1; }

# insmod's message goes to err; false: there was no memory to load it.
load_module() {
	insmod $M/$name.ko >out 2>err && return 0
	is_of_memory err || fail 'insmod failed, and not for want of memory'
	not_loaded=$((not_loaded + 1))
	return 1
}

is_there() { [ -e /sys/module/$name ]; }

one() {
	reader=
	choose_distance
	fail_each $every
	case $((cycle % 4)) in
	0)	# comes and goes at once
		load_module || return 0
		;;
	1)	# somebody reads
		load_module || return 0
		cat /proc/kt2ko/$name/trace >out 2>/dev/null &
		reader=$!
		usleep $((cycle * 7919 % 300 * 1000))
		;;
	2)	# under ktrun; of two, one has its own system calls fail, as soon as it has started
		[ $((cycle / 4 % 2)) -eq 0 ] || inject_into_marked
		ktrun -q --timeout 0.3 $M/$name.ko >out 2>err &
		pid=$!
		[ $((cycle / 4 % 2)) -eq 0 ] || mark $pid
		wait $pid
		status=$?
		inject_into_modules
		[ $status -lt 4 ] || fail "ktrun: status $status"
		[ $status -eq 0 ] || [ -s err ] || fail "ktrun: status $status, and it does not say why"
		ended=$((ended + (status == 0)))
		! is_there || fail 'still loaded after ktrun'
		return 0
		;;
	3)	# asked for all it tells, told to stop, then unloaded
		load_module || return 0
		usleep $((cycle * 104729 % 200 * 1000))
		for file in /proc/kt2ko/$name/*; do
			case $file in */trace | */cpu*) ;; *) cat $file >/dev/null 2>&1 ;; esac
		done
		echo stop >/proc/kt2ko/$name/control 2>/dev/null
		;;
	esac
	rmmod $name || fail "rmmod: status $?"
	loaded=$((loaded + 1))
	[ -z "$reader" ] || wait $reader # whatever it met
	! is_there || fail 'still loaded'
}

# After a cycle all works again.
works() {
	fail_each 0
	[ $((cycle % 5)) -eq 0 ] || return 0
	ktrun -q --timeout 0.3 $M/$name.ko >out 2>err || { [ $name = failing ] && [ $? -eq 1 ]; } || fail "then without faults: ktrun: status $?"
}

one_and_works() {
	one
	works
}

loaded=0 not_loaded=0 ended=0
prepare
every=0
inject_into_modules
start_load system_calls forks switches files registers
in_turn one_and_works
registers_are_kept
stop_load
has_not_grown $before
echo "loaded $loaded, not loaded for want of memory $not_loaded, ended well under ktrun $ended"
# both must have been met: else nothing failed, or everything
[ $loaded -gt 0 ] && [ $not_loaded -gt 0 ] || fail 'the distances do not fit'
exit 0
