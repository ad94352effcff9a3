# SPDX-License-Identifier: GPL-2.0
#@ limit 60
# Static markers of user programs: arguments of all forms, all places, semaphores.
. /cases/lib.sh

# What the program said and what its markers told.
compare() {
	grep -q '^guarded 3' printed || fail "the semaphore was not counted: $(cat printed semaphores)"
	echo 'semaphores 1 0' | is semaphores
	# arg1 to arg9, then the event's own text with all twelve
	sed 's/ nil nil [0-9]*$//' printed >printed_args
	sed 's/\(memory.*\)memory: (0x.*$/\1/' out >args
	is args <printed_args
	sed -n 's/^.*memory: (0x[0-9a-f]*)//p' out | sed 's/ arg[0-9]*=/ /g' >texts
	sed -n 's/^memory//p' printed | sed 's/nil/?/g' >wanted_texts
	is texts <wanted_texts
}

begin user_markers
$PROGRAMS/marks 4 >printed 2>semaphores
finish user_markers
compare

# The same of a program without position, in the place of the one that the module knows.
cp $PROGRAMS/marks saved
cp $PROGRAMS/marks_static $PROGRAMS/marks
run 0 -q /modules/user_markers.ko -- sh -c "$PROGRAMS/marks 4 >printed 2>semaphores"
compare
cp saved $PROGRAMS/marks

# Nobody traces: the semaphore is 0 again.
$PROGRAMS/marks 1 2>semaphores >printed
echo 'semaphores 0 0' | is semaphores
