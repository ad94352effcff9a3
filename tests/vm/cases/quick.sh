# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ parallel
#@ limit 120
# What handlers add to table elements on two CPUs at once is counted exactly, also while elements come and go.
. /cases/lib.sh

storms quick
cat /proc/kt2ko/quick/status >status
has status 'syscalls:sys_enter_sched_get_priority_max: 45000 hits'
rmmod quick
wait
mv trace out
hasnt out wrong
has out 'n 45000 a 24000 b 20000 last 1000'
has out 'probes 90000 90000'
# SCHED_FIFO and SCHED_RR, two of the eight policies
has out 'results -11250'
# of 21 000: 2625 each of 3, 4, 6 and 7, times themselves; 0, 1, 2 and 5 are the rest
has out 'chosen 7875 10500 15750 18375 rest 10500 not seven 18375'
has out 'passing 1000'
has out 'mixed 24000 both 48000'
has out 'switches true from true'
has out 'exits true'
exit 0
