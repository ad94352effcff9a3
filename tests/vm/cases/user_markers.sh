# SPDX-License-Identifier: GPL-2.0
#@ limit 60
# Static markers of user programs: arguments of all forms, all places, semaphores.
. /cases/lib.sh
M=/modules
P=/proc/kt2ko

cd $PROGRAMS || exit 1
for program in marks marks_static; do
	# the module knows the one; the other is as good under its name
	[ $program = marks ] || cp marks_static marks
	if [ $program = marks ]; then
		insmod $M/user_markers.ko
		wait_until grep -q '^state running' $P/user_markers/status
		./marks 4 >/root/printed 2>/root/semaphores
		rmmod user_markers & unloading=$!
		cat $P/user_markers/trace >/root/out
		wait $unloading
	else
		ktrun -q -o /root/out $M/user_markers.ko -- sh -c './marks 4 >/root/printed 2>/root/semaphores' || fail ktrun
	fi
	cd /root
	grep -q '^guarded 3' printed || fail "the semaphore was not counted: $(cat printed semaphores)"
	echo 'semaphores 1 0' | is semaphores
	# arg1 to arg9, then the event's own text with all twelve
	sed 's/ nil nil [0-9]*$//' printed >printed_args
	sed 's/\(memory.*\)memory: (0x.*$/\1/' out >args
	is args <printed_args
	sed -n 's/^.*memory: (0x[0-9a-f]*)//p' out | sed 's/ arg[0-9]*=/ /g' >texts
	sed -n 's/^memory//p' printed | sed 's/nil/?/g' >wanted_texts
	is texts <wanted_texts
	cd $PROGRAMS
done

# Nobody traces: the semaphore is 0 again.
./marks 1 2>/root/semaphores >/root/printed
cd /root
echo 'semaphores 0 0' | is semaphores
