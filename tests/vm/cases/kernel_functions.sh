# SPDX-License-Identifier: GPL-2.0
#@ limit 150
# Probes of kernel functions: entries and returns, against what the kernel's own probes say about the same calls.
. /cases/lib.sh
M=/modules
P=/proc/kt2ko
T=/sys/kernel/tracing
mount -t tracefs none $T 2>/dev/null

started() {
	wait_until grep -q '^state [re][un]' $P/$1/status
	grep -q '^state running' $P/$1/status || fail "$1 does not run: $(cat $P/$1/trace)"
}

# ---- texts, byte for byte ----------------------------------------------------------------------------------------
# The kernel's probes, one for each line of fn_argstr.kp; the group keeps names apart, the text shows the name only.
cat >$T/kprobe_events <<-'END'
	p:kt1/do_sys_openat2 do_sys_openat2 %di %si $stack0 $comm dfd=%di:s32 name=+0(%si):ustring flags=+0(%dx):u64 res=+16(%dx):x16 c=+0(%si):u8 how=%dx:x32 d8=%di:s8 d16=%di:s16 u16=%di:u16 un=+u0(%si):ustring uc=+u0(%si):u8 u1=+u1(%si):s8
	r:kt1/ret_do_sys_openat2 do_sys_openat2 raw=$retval:x64 fd=$retval:s32 x=$retval:x8 a=%ax:u16 l=$retval:s64 who=$comm
	p:kt1/vfs_open vfs_open f=+0(+40(+8(%di))):string path=%di more=+0(%si):u32 ip0=+0($stack):symbol below=-8(+0($stack)):x64
	p:kt1/vfs_read vfs_read n=%dx:u64 b=@init_uts_ns:string b6=@init_uts_ns+65:string cpus=@nr_cpu_ids:u32 sp=$stack s1=$stack1
	r:kt1/ret_vfs_read vfs_read n=$retval:s64 sp=$stack s0=$stack0 di=%bx
	p:kt1/do_filp_open do_filp_open
	r:kt1/ret_do_filp_open do_filp_open
END
[ "$(wc -l <$T/kprobe_events)" = 7 ] || fail "the kernel refuses probes: $(cat $T/kprobe_events $T/error_log)"
echo 'comm == "cat"' >$T/events/kt1/filter
echo some text >file
insmod $M/fn_argstr.ko
started fn_argstr
dd if=$P/fn_argstr/trace bs=64k 2>/dev/null >out &
reader=$!
usleep 200000
echo >$T/trace
echo 1 >$T/events/kt1/enable
cat file >copy
echo some text | cat >copy	# by read()
cat no_such_file 2>/dev/null
echo 0 >$T/events/kt1/enable
rmmod fn_argstr
wait $reader
sed -n 's/^ *cat-[^:]*[0-9]: //p' $T/trace >theirs
echo >$T/kprobe_events
# Ours began before: it has seen the reader start as well.
tail -n "$(wc -l <theirs)" out >ours
[ "$(wc -l <theirs)" -gt 12 ] || fail "few events: $(cat theirs)"
for event in do_sys_openat2 ret_do_sys_openat2 vfs_open vfs_read ret_vfs_read do_filp_open ret_do_filp_open; do
	grep -q "^$event: (" theirs || fail "no $event: $(cat theirs)"
done
sort theirs >a
sort ours >b
cmp -s a b || fail "texts differ: $(diff a b | head -n 20)"

# ---- values ------------------------------------------------------------------------------------------------------
insmod $M/fn_returns.ko
started fn_returns
dd if=$P/fn_returns/trace bs=64k 2>/dev/null >out &
reader=$!
usleep 200000
echo 'p:kt2/exec do_execveat_common.isra.0' >$T/kprobe_events
echo 1 >$T/events/kt2/enable
cat file >copy
echo some text | cat >copy	# by read()
cat no_such_file 2>/dev/null
features=$(cat /sys/bus/virtio/devices/virtio0/features 2>/dev/null | wc -c)
usleep 100000
echo 0 >$T/events/kt2/enable
wanted=$(awk '$1 == "kt2/exec" || $1 == "exec" { print $2 }' $T/kprobe_profile)
cat $P/fn_returns/status >status
rmmod fn_returns
wait $reader
echo >$T/kprobe_events
has out 'read	true	10	nil	ret_vfs_read'
has out 'read	true	0	nil	ret_vfs_read'
grep -A1 '^ *=>\|^read' out | grep -q 'ksys_read+0x' || fail 'the stack of a return does not begin at the caller'
has out 'failed	-2	-2	nil'
has out 'kretprobe	4	4	ret_strncpy_from_user'
has out 'system call	-2	ret___x64_sys_openat'
for name in read write open; do has out "name	ret_vfs_$name"; done
has out 'variant	do_execveat_common_isra_0'
has out 'variant	ret_do_execveat_common_isra_0'
[ "$wanted" -gt 0 ] || fail 'the kernel saw no exec'
[ "$(grep -c 'variant	do_exec' out)" -ge "$wanted" ] || fail "less than $wanted calls of execve"
has out 'function	true	false'
has out 'function	false	true'
case $(uname -r) in	# where virtio is a module
6.1.*)
	grep -q ' features_show.*\[virtio\]' /proc/kallsyms || fail 'no module virtio'
	has out "module	ret_features_show	$features"
	;;
esac
grep -q '^probe probe:vfs_read%return: [1-9].*\[rethook\]$' status || fail 'status of a return'
grep -q '^probe probe:strncpy_from_user%return.*: [1-9].*\[kretprobe\]$' status || fail 'status of a kretprobe'

# ---- functions that sleep ----------------------------------------------------------------------------------------
# More calls under way than there was memory for at first; and some still are when the script goes.
insmod $M/fn_sleepers.ko
started fn_sleepers
sleepers=
i=0
while [ $i -lt 400 ]; do
	sleep 1000 &
	sleepers="$sleepers $!"
	i=$((i + 1))
done
usleep 300000
kill $(echo $sleepers | cut -d' ' -f1-300)
usleep 500000
cat $P/fn_sleepers/status >status
rmmod fn_sleepers &
unloading=$!
cat $P/fn_sleepers/trace >out
wait $unloading
n=$(sed -n 's/^returned	//p' out)
missed=$(sed -n 's/^lost \([0-9]*\) returns missed.*/\1/p' status)
[ "$n" -ge 290 ] && [ "$missed" -le 10 ] || fail "$n returns, $missed missed"
kill $(echo $sleepers | cut -d' ' -f301-)
wait
i=0
while [ $i -lt 10 ]; do	# their notes are freed now
	insmod $M/fn_sleepers.ko
	started fn_sleepers
	rmmod fn_sleepers
	i=$((i + 1))
done

# ---- what is refused ---------------------------------------------------------------------------------------------
refused() {
	insmod $M/attaching.ko args="$1"
	cat $P/attaching/trace >out
	has out "$2"
	rmmod attaching
}
refused probe:__switch_to%25return 'cannot trace probe:__switch_to%return: it returns in another task'
refused probe:do_exit%25return 'cannot trace probe:do_exit%return: it does not return'
refused probe:SyS_exit_group%25return 'not possible for __x64_sys_exit_group: it does not return'
refused probe:_raw_spin_lock+5 'cannot trace probe:_raw_spin_lock+5: a handler would run while a lock is half taken'
refused probe:exc_int3%25return 'does not allow'
refused probe:no_such_function%25return 'matches nothing'
refused 'probe:zzz_*%25return' 'matches nothing'
refused 'probe:zzz_*' 'matches nothing'

# Offsets: what counts is the function they lead to.
place_of() { awk -v name=$1 '$3 == name && !place { place = $1 } $3 == "_stext" { base = $1 } END { print base, place }' /proc/kallsyms | {
	read -r base place
	printf '0x%x' $((0x$place - 0x$base))
}; }
refused probe:_stext+$(place_of _raw_spin_lock) 'not possible for _raw_spin_lock: a handler would run while a lock is half taken'
refused probe:_stext+$(place_of do_exit)%25return 'not possible for do_exit: it does not return'
refused probe:vfs_read+5%25return 'cannot trace probe:vfs_read+5%return: a return has no offset, unless a function begins there'
insmod $M/attaching.ko args=probe:_stext+$(place_of vfs_read)%25return
started attaching
grep -q ' r  *vfs_read+0x[04] ' /sys/kernel/debug/kprobes/list || fail "no probe at the return of vfs_read: $(cat /sys/kernel/debug/kprobes/list)"
rmmod attaching

# What the kernel calls for each return: its own would be told without end.
pool=$(awk '$3 ~ /^objpool_push/ { print $3; exit }' /proc/kallsyms)
[ -z "$pool" ] || refused "probe:$pool%25return" 'the kernel calls it for each return that is traced'

# What runs while the kernel hooks the return of a kretprobe's function.
for name in pre_handler_kretprobe kprobe_ftrace_handler; do
	! grep -q " $name$" /proc/kallsyms || refused probe:$name%25return "cannot trace probe:$name%return: the kernel hooks other returns while it runs"
done

# Patterns that match functions, none of which can be traced: an error at the statement that says why, not silence.
refused 'probe:do_task_dea*%25return' 'attaching.kp:2: error: cannot trace probe:do_task_dea*%return: not possible for do_task_dead: it does not return'
refused 'probe:exc_int3*' 'attaching.kp:2: error: cannot trace probe:exc_int3*: the function tracer can hook none of its functions, such as exc_int3'
refused 'probe:exc_int3*%25return' 'the function tracer can hook none of its functions, such as exc_int3'

# One that matches others too traces those, and tells what is left out; which is what it does not do.
insmod $M/attaching.ko args='probe:do_*exit*%25return'
started attaching
cat $P/attaching/status >status
rmmod attaching
has status 'left_out probe:do_*exit*%return: do_exit: it does not return'
has status 'left_out probe:do_*exit*%return: do_group_exit: it does not return'
grep -q '^left_out.*: do_task_dead:' status && fail 'what the pattern does not match is told'
exit 0
