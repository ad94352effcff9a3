# SPDX-License-Identifier: GPL-2.0
# Whose rights CMD and the files have, and what ktrun keeps for itself.
#@ limit 90
. /cases/lib.sh
M=/modules
add_users
chmod 777 .

# Under sudo, as alice.
sudo_run() { SUDO_UID=1000 SUDO_GID=1000 SUDO_USER=alice run "$@"; }
# field NAME VALUE: of a status file that was printed.
field() { grep -q "^$1:	$2\$" out || fail "$1 is $(grep "^$1:" out), not $2"; }

# ---- CMD

sudo_run 0 -q $M/ticker.ko x -- sh -c 'id; echo $HOME $USER $LOGNAME $SHELL; cat /proc/self/status'
has out 'uid=1000(alice) gid=1000(alice) groups=1000(alice),2000(tracers)'
has out '/home/alice alice alice /bin/sh'
field CapEff 0000000000000000
field NoNewPrivs 0
field CapBnd "$(sed -n 's/^CapBnd:	//p' /proc/self/status)"

# Somebody whom only sudo knows; HOME is not root's.
SUDO_UID=77 SUDO_GID=78 SUDO_USER=carol run 0 -q $M/ticker.ko x -- sh -c 'id; echo $HOME $USER'
has out 'uid=77 gid=78'
has out '/ carol'

sudo_run 0 -q --user bob $M/ticker.ko x -- sh -c 'id; echo $HOME'
has out 'uid=1001(bob) gid=1001(bob) groups=1001(bob),2000(tracers)'
has out /home/bob
run 0 -q --user 1001:tracers $M/ticker.ko x -- id
has out 'uid=1001(bob) gid=2000(tracers)'
run 0 -q --user 4321:8765 $M/ticker.ko x -- sh -c 'id; echo $HOME $USER.'
has out 'uid=4321 gid=8765'
has out '/ .'
sudo_run 0 -q --user root $M/ticker.ko x -- id
has out 'uid=0(root) gid=0(root)'
run 0 -q $M/ticker.ko x -- id
has out 'uid=0(root) gid=0(root)'

# Programs that are another user's work as ever, and are ended as ever.
cp $PROGRAMS/ids ids
chmod 4755 ids
sudo_run 0 -q $M/ticker.ko x -- ./ids
has out 'uid 1000 euid 0'
sudo_run 0 -q --timeout 0.5 $M/ticker.ko x -- ./ids sleep
has out 'uid 1000 euid 0'
! pidof ids || fail 'the command is left'

# ---- who cannot be found, or may not

SUDO_UID=x SUDO_GID=1 run 3 -q -o file $M/ticker.ko x -- touch ran
has err 'do not tell who called sudo'
SUDO_UID=1000 run 3 -q $M/ticker.ko x -- touch ran
run 3 -q --user no-such-user -o file $M/ticker.ko x -- touch ran
has err "cannot find user 'no-such-user'"
run 3 -q --user 4321 $M/ticker.ko x -- touch ran
has err 'give the group'
run 3 -q --user bob:no-such-group $M/ticker.ko x -- touch ran
has err "cannot find group 'no-such-group'"
run 3 -q --user 4294967295:1 $M/ticker.ko x -- touch ran
[ ! -e ran ] || fail 'the command was run'
[ ! -e file ] || fail 'the file was made'
cp $PROGRAMS/ids private
chmod 700 private
sudo_run 3 -q $M/ticker.ko x -- ./private
has err 'cannot run ./private: Permission denied'
unloaded ticker

# ---- ktrun itself: its own status, as CMD sees it

OWN='cat /proc/$PPID/status'
sudo_run 0 -q $M/ticker.ko x -- sh -c "$OWN"
field Uid '1000	1000	1000	1000'
field Gid '1000	1000	1000	1000'
field CapInh 0000000000000000
field CapPrm 0000000000090024
field CapEff 0000000000010020
field CapBnd 0000000000000000
field CapAmb 0000000000000000
field NoNewPrivs 1
run 0 -q $M/ticker.ko x -- sh -c "$OWN"
field Uid '0	0	0	0'
field CapPrm 0000000000090024
field CapEff 0000000000010020
field CapBnd 0000000000000000
run 0 -q -o file --rotate 1M $M/ticker.ko x -- sh -c "$OWN"
field CapEff 0000000000010022

# ---- files

H=/home/alice
owner() {
	for file in "$@"; do
		[ "$(stat -c '%u %g %a' "$file")" = '1000 1000 600' ] || fail "$file: $(stat -c '%u %g %a' "$file")"
	done
}
sudo_run 0 -q -o $H/text --flamegraph $H/x.svg $M/folded.ko -- dd if=/proc/version of=/dev/null
owner $H/text $H/x.svg
sudo_run 0 -q -o $H/x --rotate 4K,3 $M/flood.ko 5000
[ "$(ls $H/x.* | wc -l)" = 4 ] || fail "files: $(ls $H)"
owner $H/x.*

# Neither links nor folders lead to what is not alice's.
cp /etc/passwd before
ln -s /etc/passwd $H/link
sudo_run 3 -q -o $H/link $M/flood.ko 1
has err "cannot write $H/link: Permission denied"
has err 'user 1000'
sudo_run 3 -q --flamegraph $H/link $M/flood.ko 1
cmp /etc/passwd before || fail 'the link was followed'
mkdir mine
echo mine >mine/x.7
sudo_run 3 -q -o mine/x $M/flood.ko 1
sudo_run 3 -q -o mine/x --rotate 4K $M/flood.ko 1
[ "$(cat mine/x.7)" = mine ] || fail 'a file of root is gone'
sudo_run 0 -q --user root -o mine/x --rotate 4K $M/flood.ko 500
[ "$(stat -c %u mine/x.1)" = 0 ] || fail 'a file of root is not'

# The folder is no longer alice's to write while the trace runs: the next file is not made.
mkdir $H/later
chown alice $H/later
sudo_run 3 -q -o $H/later/x --rotate 4K --param max_main_loop_count=2000000000 $M/flood.ko 3000000 -- true &
wait_until [ -e $H/later/x.2 ]
chown root $H/later
wait $! || fail 'it went on writing'

# ---- programs that only their owner may read are found all the same

mkdir -m 700 closed theirs
cp $PROGRAMS/calls_static closed/calls
cp $PROGRAMS/calls_static theirs/calls
chmod 700 closed/calls theirs/calls
chown -R bob theirs
for folder in closed theirs; do
	sudo_run 0 -q --timeout 0.3 $M/user_any.ko probe:$PWD/$folder/calls:many
	run 0 -q --timeout 0.3 $M/user_any.ko probe:$PWD/$folder/calls:many
done
unloaded user_any
exit 0
