#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Runs in a guest: every case of /cases, one after the other, and reports on stdout. See guest.py for the other end.
#
# A case is a folder: `cmd` (shell text) and `limit` (seconds). Reported are, as "@file NAME SIZE" and the bytes: what it
# printed (out, err), its part of the kernel log (log), and what it left behind or broke (left). "@begin ID" comes
# first, "@end ID STATUS" last. After a case that was ended for its time STATUS is "limit", after one that left no room "full".

W=/tmp/case
mkdir -p $W

# Names of loaded modules into $modules, between blanks.
list_modules() {
	modules=" "
	while read -r name rest; do
		modules="$modules$name "
	done </proc/modules
}

# Ids of the processes of session $1 into $found.
session_processes() {
	found=""
	for stat in /proc/[0-9]*/stat; do
		read -r line <"$stat" || continue
		pid=${line%% *}
		set -- "$1" ${line##*) }
		[ "$5" = "$1" ] && found="$found $pid"
	done 2>/dev/null
}

send_file() {
	size=$(wc -c <"$2")
	echo "@file $1 $size"
	cat "$2"
}

# What case $1 (a session) left behind; put right as far as it can be, for the sake of the next one.
check_leftovers() {
	session_processes "$1"
	if [ -n "$found" ]; then
		for pid in $found; do
			read -r name <"/proc/$pid/comm" && echo "process $name is left"
		done 2>/dev/null
		kill -KILL $found 2>/dev/null
		usleep 200000
	fi
	list_modules
	for name in $modules; do
		case "$base_modules" in *" $name "*) continue ;; esac
		echo "module $name is still loaded"
		rmmod "$name" 2>&1 || echo "module $name cannot be unloaded"
	done
	for entry in /proc/kt2ko/*; do
		[ ! -e "$entry" ] || echo "$entry is left"
	done
	read -r now </proc/sys/kernel/tainted
	# 128: the kernel died, 512: it warned, 16384: soft lockup
	new=$(((now & ~tainted) & (128 | 512 | 16384)))
	[ $new -eq 0 ] || echo "the kernel is tainted anew: $new"
	tainted=$now
}

run_case() {
	id=$1
	dir=/cases/$id
	read -r limit <"$dir/limit"
	echo "@begin $id"
	cd /root || exit 1
	setsid sh "$dir/cmd" </dev/null >$W/out 2>$W/err &
	job=$!
	(
		sleep "$limit"
		: >$W/over
		kill -TERM $job
		sleep 3
		kill -KILL $job
	) >/dev/null 2>&1 &
	watch=$!
	wait $job
	status=$?
	kill $watch 2>/dev/null
	[ ! -e $W/over ] || status=limit
	check_leftovers $job >$W/left
	dmesg -c >$W/log
	# Without room the files above are cut off, what a case has printed too.
	if ! head -c 65536 /dev/zero >$W/room 2>/dev/null; then
		rm -rf /root/* $W/out
		echo "the guest's file system was full" >$W/out
		status=full
	fi
	for name in out err log left; do
		send_file $name $W/$name
	done
	echo "@end $id $status"
	rm -rf $W/* /root/* /tmp/ktrun-*
}

# Kernel memory that nobody points to: kmemleak, where the kernel has it.
leaks=/sys/kernel/debug/kmemleak
check_leaks() {
	sleep 6	# younger objects are not looked at
	echo scan >$leaks
	echo scan >$leaks
	cat $leaks >$W/out
	echo "@begin leaks"
	send_file out $W/out
	echo "@end leaks 0"
}

list_modules
base_modules=$modules
read -r tainted </proc/sys/kernel/tainted
dmesg -c >/dev/null
if [ -e $leaks ]; then
	echo scan >$leaks
	echo clear >$leaks
fi
while read -r id; do
	run_case "$id"
done </cases/list
[ ! -e $leaks ] || check_leaks
