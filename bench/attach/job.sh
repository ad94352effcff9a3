# SPDX-License-Identifier: GPL-2.0
# Runs in the guest: for each line of /bench/list (name, module, events) the script's way up and down, and what became of
# its events. Says "NAME ATTACH DETACH POINTS" (nanoseconds), or "NAME failed: WHY". Events "separate N" are N system calls'
# functions, one event each.

mount -t tracefs none /sys/kernel/tracing 2>/dev/null
mount -t debugfs none /sys/kernel/debug 2>/dev/null

separate() {
	sed -n 's/^\(__x64_sys_[a-z0-9_]*\)$/probe:\1/p' /sys/kernel/tracing/available_filter_functions | sort -u |
		head -n $1 | tr '\n' ',' | sed 's/,$//'
}

# How many events the probes of script $1 mean, together: a line that does not say means one.
points() {
	sed -n 's/^probe .*(\([0-9]*\) events.*/\1/p; t; s/^probe .*/1/p' /proc/kt2ko/$1/status |
		{ n=0; while read -r more; do n=$((n + more)); done; echo $n; }
}

while read -r name module events number; do
	[ "$events" != separate ] || events=$(separate $number)
	if ! insmod /bench/$module.ko hold=1 args="$events" 2>/tmp/err; then
		echo "$name failed: $(head -n 1 /tmp/err)"
		continue
	fi
	if times=$(attach_clock $module); then
		echo "$name $times $(points $module)"
	else
		echo "$name failed: $(head -n 1 /proc/kt2ko/$module/trace)"
	fi
	rmmod $module
done </bench/list
