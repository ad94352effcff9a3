# SPDX-License-Identifier: GPL-2.0
# Runs in the guest: for each line of /bench/list (name, loop, reader or -, parameters) the loop alone, under the
# hand-written module and under the script's. Says "NAME WHAT NUMBER", or "NAME WHAT failed: WHY".

mount -t debugfs none /sys/kernel/debug 2>/dev/null

# The loop $1, always with the same number of digits in its process id: printing takes a part for each digit. What the
# scheduler does in a round differs by some instructions from one pair of processes to the next: the median of several.
hammered() {
	[ $1 = yield ] && times=21 || times=1
	for i in $(seq $times); do
		echo 899 >/proc/sys/kernel/ns_last_pid
		hammer $1
	done | sort -n | sed -n $(((times + 1) / 2))p
}

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
	echo "$name hand-written $(hammered $loop)"
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
		echo "$name kt2ko $(hammered $loop)"
		sed -n 's/^probe .*: \([0-9]*\) hits.*/'"$name"' kt2ko-events \1/p; s/, [0-9]* skipped.*/&/p' \
			/proc/kt2ko/kt_$name/status | grep -e kt2ko-events -e skipped
	else
		echo "$name kt2ko failed: $(cat /tmp/err /proc/kt2ko/kt_$name/trace 2>/dev/null | head -n 1)"
	fi
	[ -z "$ktrun_pid" ] || { kill -INT $ktrun_pid; wait $ktrun_pid; }
	[ ! -e /proc/kt2ko/kt_$name ] || rmmod kt_$name
}

# What other tools have counted: the numbers at the ends of lines, the numbers beside the bars of histograms, lines of output.
seen() {
	case $name in
	empty_*) ;;
	printf) echo "$name $1-events $(wc -l <$2)" ;;
	*) awk -v tool="$name $1-events" '/: [0-9]+$/ { n += $NF } /^[[(].*\|/ { sub(/^[^])]*[])]/, ""); h += $1 }
		END { print tool, n ? n : h + 0 }' $2 ;;
	esac
}

# It starts the command when it has attached.
bpftrace_script() {
	[ -e /bench/$name.bt ] || return 0
	if bpftrace -q -o /tmp/bt.out -c "/usr/bin/hammer $loop" /bench/$name.bt >/tmp/result 2>/tmp/err; then
		echo "$name bpftrace $(head -n 1 /tmp/result)"
		seen bpftrace /tmp/bt.out
	else
		echo "$name bpftrace failed: $(cat /tmp/err /tmp/bt.out | head -n 1)"
	fi
	rm -f /tmp/bt.out
}

systemtap_script() {
	[ -e /bench/st_$name.ko ] || return 0
	if staprun -o /tmp/stap.out -c "$(cat /bench/hammer-path) $loop" /bench/st_$name.ko >/tmp/result 2>/tmp/err; then
		echo "$name SystemTap $(head -n 1 /tmp/result)"
		seen SystemTap /tmp/stap.out
	else
		echo "$name SystemTap failed: $(grep -m 1 ERROR /tmp/err || head -n 1 /tmp/err)"
	fi
	rm -f /tmp/stap.out
}

mount -t tracefs none /sys/kernel/tracing 2>/dev/null
if [ -e /bench/hammer-path ]; then
	# the same file under the name that SystemTap's module was built for
	mkdir -p "$(dirname "$(cat /bench/hammer-path)")"
	ln /usr/bin/hammer "$(cat /bench/hammer-path)"
fi
export BPFTRACE_MAX_PROBES=1024
while read -r name loop reader parameters; do
	echo "$name untraced $(hammered $loop)"
	hand_written
	script
	bpftrace_script
	systemtap_script
done </bench/list
