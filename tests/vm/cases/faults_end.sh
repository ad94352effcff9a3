# SPDX-License-Identifier: GPL-2.0
#@ kernels debug
#@ limit 120
# Scripts end, and modules are unloaded, while the N-th allocation fails, for one N after the other: that always works.
. /cases/lib.sh
. /cases/faults.sh
faults_begin
sparse=2

# ends_with_faults NAME: while the N-th allocation of the script's thread fails.
ends_with_faults() {
	first_fault "the end of $1"
	until [ -n "$beyond" ]; do
		next_fault
		insmod /modules/$1.ko || fail "insmod $1"
		script_runs $1
		$F $n thread $1 || fail "no thread of $1"
		echo stop >/proc/kt2ko/$1/control
		until grep -q '^state ended' /proc/kt2ko/$1/status; do usleep 20000; done
		[ "$($F left $1)" = 0 ] || beyond=yes
		grep -qx 'ended 0' /proc/kt2ko/$1/control || fail "$what, allocation $n: $(cat /proc/kt2ko/$1/control)"
		rmmod $1 || fail "rmmod $1"
	done
}

# unloads_with_faults NAME: while the N-th allocation of who unloads it fails.
unloads_with_faults() {
	first_fault "unloading $1"
	until [ -n "$beyond" ]; do
		next_fault
		insmod /modules/$1.ko || fail "insmod $1"
		script_runs $1
		faults_while unload $1 || fail "$what, allocation $n"
		unloaded $1
		[ ! -e /proc/kt2ko/$1 ] || fail "files of $1 are left after failure $n"
	done
}

for name in faults_events faults_functions faults_user; do
	ends_with_faults $name
done
unloads_with_faults faults_user
exit 0
