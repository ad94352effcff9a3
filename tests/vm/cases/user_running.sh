# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ limit 120
# Programs that run while probes come and go.
. /cases/lib.sh
M=/modules

# Four at once: no event is lost.
begin user_running
for i in 1 2 3 4; do
	$PROGRAMS/calls_static 1000 >/dev/null & pids="$pids $!"
done
wait $pids
finish user_running
echo '4000 4004' | is out

# One process only.
$PROGRAMS/calls_static 1000000000 >/dev/null & other=$!
run 0 -q $M/user_running.ko -- $PROGRAMS/calls_static 500
kill $other
tail -n 1 out >last
echo '500 501' | is last

# Unloaded between a function's entry and its return, and while handlers run.
mkfifo pipe
$PROGRAMS/calls_static 20000 >pipe & blocked=$!
exec 5<pipe
for i in 1 2 3; do
	$PROGRAMS/calls_static 1000000000 >/dev/null & busy="$busy $!"
	begin user_running
	usleep 200000
	rmmod user_running
done
kill $busy
begin user_running
$PROGRAMS/calls_static 20000 >pipe2 & inside=$!
usleep 100000
rmmod user_running
cat <&5 >/dev/null
exec 5<&-
wait $blocked || fail "the blocked program ended with $?"
wait $inside || fail "the program inside ended with $?"

# The file is replaced and deleted meanwhile.
cp $PROGRAMS/calls_static saved
begin user_running
rm $PROGRAMS/calls_static
cp saved $PROGRAMS/calls_static
$PROGRAMS/calls_static 10 >/dev/null
finish user_running
echo '0 0' | is out
