# SPDX-License-Identifier: GPL-2.0
# Runs in a guest, before what cycles.sh and kills.sh do there: load on all CPUs until stop_load, and how much memory the kernel has.
M=/modules

# Each leaves the CPUs to others for a moment again and again: on few emulated ones nothing else would run.
system_calls() { while :; do dd if=/dev/zero of=/dev/null bs=16 count=2000 2>/dev/null; usleep 20000; done; }
forks() { while :; do (/bin/true); (:); usleep 10000; done; }
switches() { while :; do yes | head -c 20000 | cat >/dev/null; usleep 10000; done; }
files() { while :; do cat /proc/self/stat /etc/passwd >f.$$ 2>/dev/null; ls /proc >/dev/null; rm -f f.$$; usleep 20000; done; }
programs() { while :; do $PROGRAMS/calls_static 20 >/dev/null; $PROGRAMS/marks_static >/dev/null; usleep 50000; done; }

# What goes on with every register in use; which of them changed is in the file registers_changed.
registers() {
	while $PROGRAMS/registers 20 >registers_changed; do usleep 20000; done
	[ -s registers_changed ] || echo 'a process was killed, or could not be made' >registers_changed
}
registers_are_kept() { [ ! -s registers_changed ] || fail "registers: $(head -n 1 registers_changed)"; }

# start_load KIND...
start_load() {
	for kind; do $kind & done
	load=$(jobs -p)
}
stop_load() {
	kill $load
	wait 2>/dev/null
	# The programs that these had started go on for a moment.
	tries=0
	while pidof registers calls_static marks_static >/dev/null && [ $tries -lt 500 ]; do
		tries=$((tries + 1))
		usleep 20000
	done
}

# KiB that the kernel itself holds, after what it would give back has been given back.
kernel_memory() {
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^(Slab|KernelStack|PageTables|VmallocUsed|Percpu):/ { n += $2 } END { print n }' /proc/meminfo
}

# has_not_grown BEFORE: fails when the kernel holds more than then, but for what its own caches may take.
has_not_grown() {
	after=$(kernel_memory)
	echo "kernel memory: $1 KiB, $after KiB"
	[ $((after - $1)) -lt 8192 ] || fail "the kernel's memory has grown by $((after - $1)) KiB"
}

# in_turn COMMAND: once in each of the $CYCLES, $FIRST being the number of the first, with the cycle's script in $name. Memory that the
# kernel holds after the first ones, which fill its own caches, is in $before.
in_turn() {
	command=$1
	set -- $SCRIPTS
	n_scripts=$#
	cycle=$FIRST
	before=
	while [ $cycle -lt $((FIRST + CYCLES)) ]; do
		eval name=\${$((cycle % n_scripts + 1))}
		$command
		cycle=$((cycle + 1))
		[ $cycle -ne $((FIRST + 5)) ] || before=$(kernel_memory)
	done
}
