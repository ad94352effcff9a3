# SPDX-License-Identifier: GPL-2.0
#@ limit 120
# Functions of user programs: what probes see is what the programs say.
. /cases/lib.sh
# By insmod alone: places that were found when the script was built.
begin user_functions
$PROGRAMS/calls_pie 5 >printed
[ "$(wc -l <printed)" -eq 25 ] || fail "calls_pie printed: $(cat printed)"
finish user_functions
is out <printed

# Files of all shapes: without position, at odd addresses, without a build id, with separate debug information.
begin user_layouts
for program in calls_static calls_odd calls_no_id other/calls_stripped; do
	$PROGRAMS/$program 2 | grep many
done >printed
[ "$(wc -l <printed)" -eq 8 ] || fail "printed: $(cat printed)"
finish user_layouts
is out <printed

# A 32-bit program has its arguments elsewhere.
begin user_32
$PROGRAMS/calls32 || fail "calls32: status $?"
finish user_32
printf '0 10 -> -10\n1 10 -> -9\n2 10 -> -8\n3 10 -> -7\n4 10 -> -6\n5\n' | is out

# The kernel's own text of the same events. A probe without a name would get one that nobody can foresee.
T=/sys/kernel/tracing
[ -e $T/uprobe_events ] || mount -t tracefs nodev $T
probe() { echo "$1 $PROGRAMS/calls_pie:$2" >>$T/uprobe_events || fail "uprobe_events: $1 $2"; }
offset() { sed -n "s/^$1 //p" $PROGRAMS/calls_pie.offsets; }
probe p:kt/add3 "$(offset add3) a=%di:s32 b=%si c=%dx:u16 d=%cx:x8"
probe r:kt/ret_add3 "$(offset add3) r=\$retval:s32"
probe p:kt/hidden "$(offset hidden)"
probe r:kt/ret_hidden "$(offset hidden) \$retval"
probe p:kt/name_of "$(offset name_of) id=+0(%di):s32 name=+0(+8(%di)):string s=\$stack0:x64"
begin user_text
echo >$T/trace
echo 1 >$T/events/kt/enable
$PROGRAMS/calls_pie 3 >/dev/null
echo 0 >$T/events/kt/enable
grep -v '^#' $T/trace | sed 's/^[^:]*: //' >wanted_text
echo >$T/uprobe_events
finish user_text
[ "$(wc -l <wanted_text)" -ge 30 ] || fail "the kernel's trace: $(cat wanted_text)"
is out <wanted_text

# Patterns, several attachments at a place, two names of a place; exact numbers.
begin user_counts
$PROGRAMS/calls_pie 10 >/dev/null
finish user_counts
has out 'n 10 m 10'
for line in 'add3 10' 'many 10' 'hidden 40' 'twin 10' 'main 1' 'name_of 10'; do
	grep -qx "$line" out || has out "no line '$line'"
done
hasnt out '_twin'
# the stack: hidden called from itself three times, then main
[ "$(grep -c '^at ' out)" -eq 10 ] || fail stacks
awk -v hidden="calls_pie+$(offset hidden)" '/^at / { first = NR }
	!first { next }
	NR == first + 2 && $2 != hidden { wrong = 1 }
	NR == first + 3 { inner = $2 }
	(NR == first + 4 || NR == first + 5) && $2 != inner { wrong = 1 }
	NR == first + 6 && ($1 != "=>" || $2 == inner) { wrong = 1 }
	END { exit wrong }' out || fail "the user stack: $(head -n 12 out)"
