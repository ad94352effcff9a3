# SPDX-License-Identifier: GPL-2.0
# Runs in the guest. "MODULE NAME KEY BYTES ..." of each script of /bench/list when it runs, "ELEMENTS KIND BYTES" for tables with
# that many elements more.
P=/proc/kt2ko

wait_for() {
	tries=0
	until grep -q "$1" $2 2>/dev/null; do
		usleep 50000
		tries=$((tries + 1))
		[ $tries -lt 600 ] || { echo "FAILED $1 in $2"; exit 1; }
	done
}

while read -r name; do
	insmod /bench/kt_$name.ko || exit 1
	wait_for '^state running' $P/kt_$name/status
	echo MODULE $name $(sed -n 's/^\(memory_[a-z]*\) /\1 /p' $P/kt_$name/status)
	rmmod kt_$name
done </bench/list

used() {
	insmod /bench/elements.ko args="$1,$2" || exit 1
	cat $P/elements/trace >/tmp/out &
	wait_for filled /tmp/out
	sed -n 's/^memory_used //p' $P/elements/status
	rmmod elements
	wait
}

for kind in numbers names texts parts averages histograms tables; do
	few=$(used $kind 1000)
	many=$(used $kind 9000)
	echo "ELEMENTS $kind $few $many"
done
