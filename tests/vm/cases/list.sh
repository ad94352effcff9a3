# SPDX-License-Identifier: GPL-2.0
#@ kernels 6.1 6.12
#@ list *
#@ list -v sched:sched_switch
#@ list probe:*
#@ list -v probe:exc_int3
# kt2ko list -k shows what this kernel has. The first boot of a kernel for it may say so in the first lines.
. /cases/lib.sh
T=/sys/kernel/tracing
mount -t tracefs none $T 2>/dev/null
mount -t debugfs none /sys/kernel/debug 2>/dev/null

grep -v '^kt2ko: ' /lists/1 | sort >ours
grep -v '^\(test\|kt2ko\)' $T/available_events | sort >theirs
[ $(wc -l <ours) -gt 1000 ] || fail 'too few events'
# The guest of the list is as this one, but for the modules of the other cases.
cmp -s ours theirs || fail "events differ: $(diff ours theirs | head -n 5)"

# Fields in the order and with the names of the format file.
sed -n 's/^    arg[0-9]* .* \([a-z_]*\)$/\1/p' /lists/2 >ours
sed -n 's/^	field:.*[ *]\([a-z_]*\)\(\[[0-9]*\]\)*;.*/\1/p' $T/events/sched/sched_switch/format | grep -v '^common_' >theirs
cmp -s ours theirs || fail "fields differ: $(cat ours)"

# Every function that the function tracer knows is there, and nothing that is no function.
grep '^probe:' /lists/3 | sed 's/^probe://' | sort -u >ours
sed 's/[ 	].*//' $T/available_filter_functions | grep -v '^__ftrace_invalid' | sort -u >theirs
[ $(wc -l <theirs) -gt 20000 ] || fail 'too few functions'
sort -u ours theirs >both
[ $(wc -l <both) = $(wc -l <ours) ] || fail "functions are missing: $(diff ours both | head -n 5)"
has /lists/3 'probe:vfs_read'
hasnt /lists/3 'probe:exc_int3'
has /lists/4 'probe:exc_int3 [not allowed]'
exit 0
