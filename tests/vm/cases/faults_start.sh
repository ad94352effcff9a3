# SPDX-License-Identifier: GPL-2.0
#@ kernels debug
#@ limit 120
# Scripts start, and end, while the N-th allocation of their thread fails, for one N after the other: the script runs, or ends with an
# error that says why; it ends in order, and nothing is left.
. /cases/lib.sh
. /cases/faults.sh
faults_begin
sparse=2
T=/sys/kernel/tracing
mount -t tracefs none $T 2>/dev/null

# starts_with_faults NAME: the script starts while the N-th allocation of its thread fails.
starts_with_faults() {
	first_fault "starting $1"
	until [ -n "$beyond" ]; do
		next_fault
		insmod /modules/$1.ko hold=1 || fail "insmod $1"
		$F $n thread $1 || fail "no thread of $1"
		echo start >/proc/kt2ko/$1/control
		until grep -q '^state [re][un]' /proc/kt2ko/$1/status; do usleep 20000; done
		[ "$($F left $1)" = 0 ] || beyond=yes
		ran_or_said $1
	done
}

hooked() { wc -l <$T/enabled_functions; }

# What script $1 hooks when nothing fails.
all_it_hooks() {
	insmod /modules/$1.ko || fail "insmod $1"
	script_runs $1
	hooked
	rmmod $1
}

# The script runs, hooks nothing that it should not, and does so until the end; or it has told that there was no memory.
ran_or_said() {
	if grep -q '^state running' /proc/kt2ko/$1/status; then
		hooks=$(hooked)
		read_out $1
		[ $hooks -le $most ] || fail "$what, allocation $n: $hooks functions are hooked instead of $most"
		hasnt out error
	else
		read_out $1
		refused=$((refused + 1))
		grep -q 'no memory\|error -12' out || fail "$what, allocation $n: the script does not say why"
	fi
	unloaded $1
	[ ! -e /proc/kt2ko/$1 ] || fail "files of $1 are left after failure $n"
}

for name in faults_events faults_functions faults_user; do
	most=$(all_it_hooks $name)
	# it makes few allocations: more of them are tried
	[ $name != faults_user ] || sparse=1
	starts_with_faults $name
	echo "$name: $refused of $n ended early"
	[ $refused -gt 5 ] || fail "only $refused of $n ended early"
done
exit 0
