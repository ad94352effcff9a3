# SPDX-License-Identifier: GPL-2.0
# The command after "--".
. /cases/lib.sh
M=/modules

# It is traced from its first instruction to its last, and ends the trace; nobody else is traced.
while :; do sh -c 'exec true'; done &
noise=$!
run 0 -q $M/comm.ko -- sh -c 'echo from the command; exec /bin/uname'
kill $noise
has out 'from the command'
has out Linux
has out 'ran	uname'
hasnt out 'ran	true'

# With the rights of who called sudo.
SUDO_UID=65534 SUDO_GID=65534 SUDO_USER=nobody run 0 -q $M/ticker.ko x -- sh -c 'id; echo home $HOME'
has out 'uid=65534(nobody) gid=65534(nogroup)'
has out 'home /'

# It cannot be run.
run 3 -q $M/ticker.ko x -- no-such-command
has err 'cannot run no-such-command: No such file or directory'
run 3 -q $M/ticker.ko x -- /root
has err 'cannot run /root: Permission denied'

# The script ends before it starts: it is not run. The script ends while it runs: it is ended, too.
run 0 -q $M/flood.ko 1 -- touch ran
[ ! -e ran ] || fail 'the command was run'
before=$(cut -d. -f1 /proc/uptime)
run 0 -q --timeout 0.3 $M/ticker.ko x -- usleep 1000000000
[ $(($(cut -d. -f1 /proc/uptime) - before)) -lt 10 ] || fail 'it waited for the command'
! pidof usleep || fail 'the command is left'

# -p: an existing process.
sh -c 'while :; do sh -c "exec true"; usleep 10000; done' &
pid=$!
run 0 -q --timeout 0.3 -p $pid $M/comm.ko
kill $pid
hasnt out 'ran	true'
exit 0
