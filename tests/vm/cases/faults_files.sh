# SPDX-License-Identifier: GPL-2.0
#@ kernels debug
#@ limit 120
# The files of a script are used while the N-th allocation fails, for one N after the other: the use fails for lack of memory, or not
# at all, and the next one works. The script goes on.
. /cases/lib.sh
. /cases/faults.sh
faults_begin
P=/proc/kt2ko/faults_events

# with_faults WORD...: what $F does.
with_faults() {
	first_fault "$*"
	until [ -n "$beyond" ]; do
		next_fault
		faults_while "$@" || $F 0 "$@" | grep -q ^good || fail "$what does not work after failure $n"
	done
}

insmod /modules/faults_events.ko
script_runs faults_events
for file in $P/*; do
	with_faults read $file
	echo "$file: $refused of $n"
	[ $refused -gt 0 ] || fail "no use of $file failed"
done
for command in own start; do
	with_faults write $P/control $command
	[ $refused -gt 0 ] || fail "no command failed"
done
wait_until grep -q '^state ended' $P/status	# its owner has closed the file
with_faults write $P/control stop
for file in $P/*; do with_faults read $file; done
rmmod faults_events || fail rmmod
exit 0
