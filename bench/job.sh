# SPDX-License-Identifier: GPL-2.0
# Runs in the guest: for each line of /bench/list (name, loop, reader or -, parameters) the loop alone, under the
# hand-written module and under the script's. Says "NAME WHAT NUMBER", or "NAME WHAT failed: WHY".

mount -t debugfs none /sys/kernel/debug 2>/dev/null

# Waits until the script $1 runs; false: it does not.
wait_running() {
	tries=0
	while [ $tries -lt 100 ]; do
		grep -q '^state running' /proc/kt2ko/$1/status 2>/dev/null && return 0
		usleep 50000
		tries=$((tries + 1))
	done
	return 1
}

hand_written() {
	if ! insmod /bench/hw_$name.ko $parameters 2>/tmp/err; then
		echo "$name hand-written failed: $(head -n 1 /tmp/err)"
		return
	fi
	reader_pid=
	if [ "$reader" != - ]; then
		hammer drain $reader &
		reader_pid=$!
	fi
	echo "$name hand-written $(hammer $loop)"
	events=/sys/module/hw_$name/parameters/events
	[ ! -e $events ] || echo "$name hand-written-events $(cat $events)"
	[ -z "$reader_pid" ] || kill $reader_pid
	rmmod hw_$name
}

script() {
	# with a reader, and where places in programs have to be looked up
	if [ "$reader" != - ] || [ $name = uprobe ]; then
		ktrun -q -o /dev/null /bench/kt_$name.ko 2>/tmp/err &
		ktrun_pid=$!
	else
		ktrun_pid=
		insmod /bench/kt_$name.ko 2>/tmp/err
	fi
	if wait_running kt_$name; then
		echo "$name kt2ko $(hammer $loop)"
		sed -n 's/^probe .*: \([0-9]*\) hits.*/'"$name"' kt2ko-events \1/p; s/, [0-9]* skipped.*/&/p' \
			/proc/kt2ko/kt_$name/status | grep -e kt2ko-events -e skipped
	else
		echo "$name kt2ko failed: $(cat /tmp/err /proc/kt2ko/kt_$name/trace 2>/dev/null | head -n 1)"
	fi
	[ -z "$ktrun_pid" ] || { kill -INT $ktrun_pid; wait $ktrun_pid; }
	[ ! -e /proc/kt2ko/kt_$name ] || rmmod kt_$name
}

while read -r name loop reader parameters; do
	echo "$name untraced $(hammer $loop)"
	hand_written
	script
done </bench/list
