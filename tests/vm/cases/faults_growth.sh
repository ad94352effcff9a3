# SPDX-License-Identifier: GPL-2.0
#@ kernels debug
#@ limit 120
# Memory is short while events come: stores that there is no memory for are counted, not one is missing in that count, and when memory
# can be had again all is stored.
. /cases/lib.sh
. /cases/faults.sh
faults_begin
P=/proc/kt2ko/memory

# value KEY: of the status file that was copied.
late() { sed -n 's/^lost \([0-9]*\) stores dropped: memory did not.*/\1/p' $P/status; }
stored() { sed -n 's/^table burst: \([0-9]*\) elements.*/\1/p' $P/status; }

insmod /modules/memory.ko reserve_kb=64
script_runs memory
faults_within_module memory
faults_not_within $(bounds proc_reg_open)	# the status file is to be read all the time

# nothing can be had
fault_chance 100
before=$(late)
hostname kt
usleep 100000
at_first=$(stored)
[ $((at_first + $(late) - before)) -eq 5000 ] || fail "$at_first stored, $before, then $(late) late"
[ $at_first -lt 5000 ] || fail 'nothing was late'
before=$(late)
hostname kt
usleep 100000
[ $(stored) -eq $at_first ] || fail "memory came from somewhere: $at_first, then $(stored)"
[ $((at_first + $(late) - before)) -eq 5000 ] || fail "$at_first stored, $before, then $(late) late"

# sometimes: it takes longer
fault_chance 50
all_stored() {
	hostname kt
	usleep 20000
	[ $(stored) -eq 5000 ]
}
wait_until all_stored
$PROGRAMS/storm a 1000
fault_chance 0
read_out memory
has out 'ready 5000 burst 5000 names 1'
exit 0
