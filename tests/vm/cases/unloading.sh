# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ limit 180
# Scripts whose handlers run without a context are unloaded in the middle of their events.
. /cases/lib.sh
M=/modules
S=$PROGRAMS/storm

for name in quick of_threads; do
	for pause in 1000 50000 200000; do
		insmod $M/$name.ko
		script_runs $name
		$S a 1000000 & one=$!
		$S b 1000000 & two=$!
		usleep $pause
		rmmod $name || fail "rmmod: status $?"
		kill $one $two
		wait $one $two
		unloaded $name
	done
done
exit 0
