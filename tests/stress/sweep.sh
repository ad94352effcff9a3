# SPDX-License-Identifier: GPL-2.0
# Runs in a guest: hooks functions of the kernel, one batch after the other, under load. sweep.py sets $LIST, $COMPLAINTS (what a clean log
# does not have), $ANSWER_S (seconds that a command may take) and $LISTED, and puts load.sh before this. The file $LIST has a line for each function:
# the number of its batch, how it is hooked ("patterns", "breakpoints"), the event that means it (a pattern means many), its name.
# Printed are how many were attached, and what was refused, each with the reason.
T=/sys/kernel/tracing
D=/sys/kernel/debug
P=/proc/kt2ko/sweep
mount -t tracefs none $T 2>/dev/null
mount -t debugfs none $D 2>/dev/null
echo 1 >/sys/kernel/rcu_expedited	# each breakpoint that goes waits for a grace period

fail() {
	echo "FAILED in batch $batch: $*"
	head -n 3 events out
	exit 1
}

log_is_clean() { ! dmesg | grep -E "$COMPLAINTS" >complaints || fail "the kernel log: $(head -n 3 complaints)"; }

# Until the script traces, or is over since an event was refused; that into $state.
wait_for_start() {
	tries=0
	until state=$(sed -n 's/^state //p' $P/status) && case $state in running | ended) ;; *) false ;; esac; do
		tries=$((tries + 1))
		[ $tries -lt 6000 ] || fail "not attached: state $state"
		usleep 20000
	done
}

# All that the script prints is in the file out.
unload() {
	exec 3<$P/trace		# open first: unloading does not wait for who has not come yet
	rmmod sweep &
	unloading=$!
	cat <&3 >out
	exec 3<&-
	wait $unloading || fail "rmmod: status $?"
	[ ! -e /sys/module/sweep ] || fail 'still loaded'
}

# The functions of the event that ended the script are told. Those before it could be attached: they wait in the file good, so that
# they are not attached and taken away again for each that is refused. The others are left in the file names.
drop_refused() {
	unload
	awk -F'\t' '
		FILENAME == "out" {
			if (match($0, /error: (cannot trace|event) /)) {
				text = substr($0, RSTART + RLENGTH)
				end = match(text, /(:| matches nothing)( |$)/)
				event = substr(text, 1, end - 1)
				sub(/^: /, "", text = substr(text, end))
			}
			next
		}
		{ plain = $1; gsub(/%25/, "%", plain) }
		plain == event { met = 1; print "refused\t" $2 "\t" text; next }
		{ print >(met ? "rest" : "before") }
	' out names >refused
	[ -s refused ] || fail 'it ended, and not for an event that was refused'
	cat refused
	touch before rest
	cat before >>good
	mv rest names
	rm before
}

# What patterns leave out is told in the status; the rest must be hooked, which the kernel tells.
count_patterns() {
	sed -n 's/^left_out [^ ]*: \([^ ]*\): /\1\t/p' $P/status >left_out
	cut -d' ' -f1 $T/enabled_functions >hooked
	awk -F'\t' '
		FILENAME == "left_out" { why[$1] = $2; next }
		FILENAME == "hooked" { hooked[$1] = 1; next }
		$2 in hooked { n++; next }
		$2 in why { print "refused\t" $2 "\t" why[$2]; next }
		{ print "missing\t" $2 }
		END { print "attached\t" n + 0 }
	' left_out hooked names >counted
	cat counted
	! grep '^missing' counted >missing || fail "neither attached nor refused: $(head -n 5 missing)"
}

# There is a breakpoint for each, but where the name means what the compiler made of the function, which the tracer knows.
count_breakpoints() {
	awk '/^probe .*\[(ftrace|rethook)\]$/ { sub(/:$/, "", $2); gsub(/%/, "%25", $2); print $2 }' $P/status >means_others
	awk -F'\t' '
		FILENAME == "means_others" { other[$1] = 1; next }
		$1 in other { print "refused\t" $2 "\tthe name means a version of it that the compiler made"; next }
		{ n++; if ($1 != last) places++; last = $1 }	# several names may mean one place
		END { print "attached\t" n + 0; print "places\t" places + 0 }
	' means_others names >counted
	cat counted
	n=$(wc -l <$D/kprobes/list)
	[ "$(tail -n 1 counted)" = "places	$((n - 1))" ] || fail "$n breakpoints with that of a companion, $(tail -n 1 counted)"
}

# What is traced besides, and comes all the time: a return that the tracer tells, one that a kretprobe does.
choose_companions() {
	awk '$3 == "_stext" { base = $1 } $3 == "vfs_write" && !place { place = $1 } END { print base, place }' /proc/kallsyms >places
	read -r base place <places
	companions="probe:vfs_read%return $(printf 'probe:_stext+0x%x%%return' $((0x$place - 0x$base)))"
}

# That they do, while the batch is hooked.
companions_come() {
	for event in $companions; do
		tries=0
		until grep -q "^probe $event: [1-9]" $P/status; do
			tries=$((tries + 1))
			[ $tries -lt 500 ] || fail "no hits of $event: $(grep -m 3 '^probe' $P/status)"
			usleep 20000
		done
	done
}

# Those of the batch. What the kernel will refuse comes first: then nothing has to be attached before each. Where loading takes long
# ($LISTED is "aside") what the kernel itself lists as not to be probed is not tried, nor are returns of cold parts of functions, of which
# some kernels have thousands.
choose() {
	awk -v batch=$batch -v how=$how -v listed=$LISTED '
		FILENAME != ARGV[2] { black[$2] = 1; next }
		$1 != batch { next }
		how == "breakpoints" && listed == "aside" && $4 in black { print "refused\t" $4 "\tthe kernel lists it (not tried)" >"aside"; next }
		listed == "aside" && $3 ~ /return$/ && $4 ~ /[.]cold/ { print "refused\t" $4 "\tit is a cold part (not tried)" >"aside"; next }
		how == "breakpoints" && (split($4, part, ".") && part[1] in black) { print $3 "\t" $4; next }
		{ rest = rest $3 "\t" $4 "\n" }
		END { printf "%s", rest }
	' $D/kprobes/blacklist $LIST >names
	[ ! -e aside ] || cat aside
	rm -f aside
}

# Those of the file names, while the load goes on, as far as they are not refused.
hook() {
	state=
	while [ "$state" != running ] && [ -s names ]; do
		cut -f1 names | uniq >events
		insmod $M/sweep.ko overload=0 args="$(echo "$companions" | sed 's/%/%25/g; s/ /,/'),$(tr '\n' , <events)" || fail "insmod: status $?"
		wait_for_start
		[ $state = running ] || drop_refused
	done
	[ -s names ] || return 0
	count_$how
	usleep 300000
	companions_come
	timeout $ANSWER_S sh -c : || fail 'the machine does not answer'
	unload
	cat out
}

one() {
	choose
	while [ -s names ]; do
		: >good
		hook
		mv good names
	done
	log_is_clean
	registers_are_kept
}

[ -s $LIST ] || exit 0	# all that is in these batches is known to fail
start_load system_calls forks switches files registers 2>/dev/null
renice -n 19 -p $load		# loading would take long; when it waits, the load has all CPUs
before=
choose_companions
cut -d' ' -f1,2 $LIST | uniq >batches
while read -r batch how; do
	echo "sweep: batch $batch" >/dev/kmsg
	echo "batch	$batch"
	one
	[ -n "$before" ] || before=$(kernel_memory)	# the first one fills the kernel's own caches
done <batches
stop_load
has_not_grown $before
exit 0
