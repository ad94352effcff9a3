# SPDX-License-Identifier: GPL-2.0
#@ limit 120
# What tapsets tell, beside what /proc, stat and the tools of the guest tell of the same things.
. /cases/lib.sh
S=/modules/tapset_facts.ko

# line FILE WORDS: the fields, with tabs between them, are a line of it, or will soon be: the reader is a process of its own
line() {
	file=$1
	shift
	text=$(printf '%s\t' "$@")
	text=${text%	}
	tries=0
	until grep -qF -- "$text" $file; do
		tries=$((tries + 1))
		[ $tries -lt 250 ] || fail "no '$text' in $file, but: $(grep "^$1" $file)"
		usleep 20000
	done
}

ip link set lo up
mkdir -p /tmp/cg /tmp/disk
mount -t cgroup2 none /tmp/cg
mkdir -p /tmp/cg/kt/inner
mount -t tmpfs none /tmp/disk
mkdir -p /tmp/disk/one/two
hostname tapsets.example

insmod $S
script_runs tapset_facts
cat /proc/kt2ko/tapset_facts/trace >trace &
reader=$!

# ---- tasks -------------------------------------------------------------------------------------------------------
cat >sleeper <<'END'
#!/bin/sh
echo $$ >/tmp/cg/kt/inner/cgroup.procs
exec /bin/sleep 100
END
chmod +x sleeper
./sleeper & sleeper=$!
wait_until grep -q '^task' trace
field() { sed -n "s/^$1:[[:space:]]*\([-0-9]*\).*/\1/p" /proc/$sleeper/status; }
ns() { readlink /proc/$sleeper/ns/$1 | tr -dc 0-9; }
line trace task sleep $sleeper $sleeper $$ "$(cat /proc/$$/comm)" 0 0 0 0 "$(basename $(readlink /proc/$sleeper/exe))" 0 normal
line trace parent "$(cat /proc/$$/comm)" $$ $(awk '{ print $4 }' /proc/$$/stat) 120
line trace memory $(field VmSize) $(field VmLck)
line trace names $(ns pid_for_children) $(ns net) $(ns uts) "$(hostname)"
line trace group /kt/inner inner $(stat -c %i /tmp/cg/kt/inner)
line trace group "$(sed -n 's/^0:://p' /proc/$sleeper/cgroup)" inner
# it has gone to sleep since
switches=$(awk '/^counts/ { print $2 }' trace)
[ $switches -lt $(field voluntary_ctxt_switches) ] || fail "$switches switches, of $(field voluntary_ctxt_switches)"
kill $sleeper

# ---- files -------------------------------------------------------------------------------------------------------
printf 'twelve bytes' >/tmp/disk/one/two/three
dd if=/etc/passwd of=/tmp/disk/one/two/three bs=4 count=1 seek=3 conv=notrunc 2>/dev/null
F=/tmp/disk/one/two/three
device=$(awk '$5 == "/tmp/disk" { split($3, n, ":"); print n[1] * 1048576 + n[2] }' /proc/self/mountinfo)
line trace file $F three file $(stat -c %i $F) $device 12 $((0x$(stat -c %f $F))) tmpfs
dd if=/etc/passwd bs=4 count=1 2>/dev/null | readlink /proc/self/fd/0 >pipe
wait_until grep -q 'fifo' trace
line trace file "$(cat pipe)" '' fifo
dd if=/etc/passwd of=/dev/null bs=4 count=1 2>/dev/null
line trace file /dev/null null char $(stat -c %i /dev/null)

# ---- connections -------------------------------------------------------------------------------------------------
# connection ADDRESS NAME FILE: one that stays while it is looked at; its port, as FILE tells it, in $port
connection() {
	mkfifo hold.$2
	nc -l -p 5555 <hold.$2 >/dev/null & server=$!
	exec 4>hold.$2
	wait_until grep -q ':15B3 .* 0A ' /proc/net/tcp /proc/net/tcp6
	nc $1 5555 <hold.$2 >/dev/null & client=$!
	wait_until grep -q "^tcp	.*$2:5555" trace
	port=$(awk '$3 ~ /:15B3$/ { split($2, end, ":"); print end[2] }' $3 | head -n 1)
	port=$((0x$port))
	kill $client $server 2>/dev/null
	exec 4>&-
	rm hold.$2
}
connection 127.0.0.1 127.0.0.1 /proc/net/tcp
line trace tcp "127.0.0.1:$port -> 127.0.0.1:5555" SYN_SENT 2 6 127.0.0.1 $port 127.0.0.1 5555 0
line trace net 127.0.0.1 true
connection ::1 '\[::1\]' /proc/net/tcp6
line trace tcp "[::1]:$port -> [::1]:5555" SYN_SENT 10 6 ::1 $port ::1 5555 0
line trace net true true

# ---- names -------------------------------------------------------------------------------------------------------
rmmod tapset_facts
wait $reader
mv trace out
awk '/^softirq/ { print $2 }' out >names
awk 'NR > 1 { print $1 }' /proc/softirqs >there
cmp names there || fail "softirqs: $(diff names there)"
# the guest calls 29 SIGPOLL, its other name
for i in $(seq 1 28) 30 31; do line out signal $i SIG$(kill -l $i); done
umount /tmp/disk
rmdir /tmp/cg/kt/inner /tmp/cg/kt
umount /tmp/cg
exit 0
