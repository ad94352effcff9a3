# SPDX-License-Identifier: GPL-2.0
# A field that an event lacks is nil where the text means several events, and else an error, however the event is named.
. /cases/lib.sh
M=/modules/field_lacks.ko

run 1 -q $M sys_enter_openat -- sh -c 'read x </proc/uptime'
has err 'field_lacks.kp:3: error: event sys_enter_openat has no field prev_pid'
run 1 -q $M sched_switch -- sh -c 'usleep 20000; usleep 20000; :'
has err 'field_lacks.kp:3: error: event sched_switch has no field filename'
run 1 -q $M 'sched_switc*' -- sh -c 'usleep 20000; usleep 20000; :'
has err 'error: event sched_switch has no field filename'
run 0 -q $M 'sys_enter_open*' -- sh -c 'read x </proc/uptime'
has out 'nil	false	true	sys_enter_openat'
run 0 -q $M 'sched_proces*' -- sh -c '(:)'
has out 'true	sched_process_'
exit 0
