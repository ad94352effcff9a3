# SPDX-License-Identifier: GPL-2.0
#@ kernels debug
#@ limit 120
# Modules are loaded while the N-th allocation of their own code fails, for one N after the other: it fails with nothing left, or all is
# well. Where there is another way to memory it is.
. /cases/lib.sh
. /cases/faults.sh
faults_begin
sparse=2

faults_in_init
for name in memory faults_events faults_functions faults_user; do
	loads_with_faults $name "args=a,b buffer_kb=32"		# fewer pages of the same kind
	echo "$name: $refused of $n were refused"
	[ $refused -gt 3 ] || fail "only $refused of $n were refused"
done
exit 0
