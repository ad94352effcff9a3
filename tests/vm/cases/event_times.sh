# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ limit 400
# How long attaching and detaching takes, by the guest's clock.
. /cases/lib.sh
M=/modules
P=/proc/kt2ko

now() { awk '{ printf "%d", $1 * 100 }' /proc/uptime; }	# in 1/100 s

# Loads and unloads a script; `up` and `down` are the times.
measure() {
	at=$(now)
	insmod "$@" || fail "cannot load $*"
	name=$(basename $1 .ko)
	until grep -q '^state [re][un]' $P/$name/status; do usleep 2000; done
	up=$(($(now) - at))
	grep -q '^state running' $P/$name/status || fail "$(cat $P/$name/trace)"
	[ -z "$busy" ] || usleep 500000
	at=$(now)
	rmmod $name
	down=$(($(now) - at))
}

# Everything, idle and under load.
for busy in '' yes; do
	if [ -n "$busy" ]; then
		sh -c 'while :; do cat /proc/self/stat >/dev/null; done' &
		loop=$!
	fi
	for how in count args text; do
		script=event_text
		args="args=$how,*:*"
		[ $how = args ] && script=everything args=args=count
		measure $M/$script.ko "$args"
		echo "*:* $how ${busy:+under load }attached in $up/100 s, gone in $down/100 s"
		[ $up -lt 300 ] || fail 'attaching is slow'
		[ $down -lt 300 ] || fail 'detaching is slow'
	done
done
kill $loop
busy=

# System calls: all are one pair of probes. Against 300 probes, in thirty parts of ten.
measure $M/attaching.ko args=syscalls:sys_enter_read
one=$up
all=1000
for i in 1 2 3; do
	measure $M/attaching.ko args=syscalls:*
	[ $up -ge $all ] || all=$up
done
functions=$(sed -n 's/.* [tT] \(__x64_sys_[a-z0-9_]*\)$/probe:\1/p' /proc/kallsyms | sort -u | head -n 300 | tr '\n' ',')
[ $(echo "$functions" | tr ',' '\n' | grep -c probe:) = 300 ] || fail 'no 300 functions'
measure $M/attaching.ko "args=${functions%,}"
echo "one system call $one/100 s, all $all/100 s, 300 probes $up/100 s"
[ $((all * 50)) -lt $((up + 50)) ] || fail 'system calls are attached slowly'
exit 0
