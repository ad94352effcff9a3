# SPDX-License-Identifier: GPL-2.0
#@ kt2ko
#@ limit 120
# kt2ko list without -k: the running kernel, against what the kernel itself says.
. /cases/lib.sh
T=/sys/kernel/tracing

# list STATUS [ARGUMENT...]
list() {
	wanted=$1
	shift
	kt2ko list "$@" >out 2>err
	status=$?
	[ $status -eq $wanted ] || fail "kt2ko list $*: status $status, expected $wanted"
}

if ! [ -e $T/available_events ]; then
	list 3
	has err 'mount -t tracefs'
	mount -t tracefs none $T || fail 'no tracefs'
fi
mount -t debugfs none /sys/kernel/debug 2>/dev/null
insmod /modules/kt_traced.ko

# ---- events, those of modules too --------------------------------------------------------------------------------
list 0
sort out >ours
sort $T/available_events >theirs
cmp -s ours theirs || fail "events differ: $(diff ours theirs | head -n 5)"
has ours kt_traced:kt_numbers
list 0 'sched:sched_wak*'
sort out >ours
grep '^sched:sched_wak' $T/available_events | sort >theirs
cmp -s ours theirs || fail "a pattern: $(cat ours)"
for event in sched:sched_switch kt_traced:kt_arrays; do
	list 0 -v $event
	sed -n 's/^    arg[0-9]* .* \([a-z_]*\)$/\1/p' out >ours
	sed -n 's/^	field:.*[ *]\([a-z_]*\)\(\[[0-9]*\]\)*;.*/\1/p' $T/events/$(echo $event | tr : /)/format |
		grep -v '^common_' >theirs
	cmp -s ours theirs || fail "fields of $event differ: $(diff ours theirs)"
done
list 0 --json sched:sched_switch
has out '"event": "sched:sched_switch"'
has out '"name": "prev_comm"'

# ---- functions ---------------------------------------------------------------------------------------------------
list 0 'probe:*'
sed 's/^probe://' out | sort -u >ours
sed 's/[ 	].*//' $T/available_filter_functions | grep -v '^__ftrace_invalid' | sort -u >theirs
[ $(wc -l <theirs) -gt 20000 ] || fail 'too few functions'
sort -u ours theirs >both
cmp -s both ours || fail "functions are missing: $(diff ours both | head -n 5)"
awk '$2 == "t" || $2 == "T" || $2 == "w" || $2 == "W" { print $3 }' /proc/kallsyms | sort -u >symbols
sort -u symbols ours >both
cmp -s both symbols || fail "no functions: $(diff symbols both | head -n 5)"
sed 's/^[^	]*	\([^	 ]*\).*/\1/' /sys/kernel/debug/kprobes/blacklist | sort -u >refused
# what the function tracer knows is listed whatever kprobes say
awk 'FILENAME != "refused" { n[$1] += FILENAME == "ours" ? 1 : 2 } FILENAME == "refused" && n[$1] == 1' ours theirs refused >wrong
[ ! -s wrong ] || fail "not allowed, but listed: $(head -n 5 wrong)"
list 0 -v 'probe:exc_int3'
has out 'probe:exc_int3 [not allowed]'
list 0 -v 'probe:vfs_read'
has out 'probe:vfs_read [ftrace]'
list 1 'probe:no_such_function'
has err 'nothing matches probe:no_such_function'
list 1 'no_such:*'
rmmod kt_traced
exit 0
