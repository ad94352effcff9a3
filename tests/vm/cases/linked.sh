# SPDX-License-Identifier: GPL-2.0
#@ limit 120
#@ linked linked vfs errno counter
#@ linked linked_too counter
# Scripts that use modules of tapsets: loaded by modprobe, by ktrun, several at once; what does not fit is refused.
. /cases/lib.sh
T="kt2ko_vfs kt2ko_errno kt2ko_counter"

# What the script prints of a process that writes to a file and closes nothing, until it is enough.
work() { sh -c 'echo $$ >pid; while [ ! -e enough ]; do echo x >>/some_file; usleep 20000; done'; }
end_work() { touch enough; wait; rm pid enough; }

echo "step: compiled in, for comparison"
work & wait_until test -s pid
run 1 -q --timeout 1 /modules/linked.ko $(cat pid)
end_work
cp out plain; cp err plain_err
grep -q 'some_file	file	true' plain || fail 'nothing seen'
grep -q '^vfs.kp:[0-9]*: error:' err || fail 'no place'

echo "step: modprobe loads the tapsets first"
D=/lib/modules/$(uname -r)
mkdir -p $D/updates
cp /linked/*.ko $D/updates
depmod
for t in $T; do [ ! -e /sys/module/$t ] || fail "$t is loaded"; done
work & wait_until test -s pid
modprobe linked args=$(cat pid) overload=0 || fail modprobe
for t in $T; do [ -e /sys/module/$t ] || fail "$t is not loaded"; done
cat /proc/kt2ko/linked/trace >got & reader=$!
script_runs linked
tries=0
until grep -q some_file got; do
	tries=$((tries + 1))
	[ $tries -lt 1500 ] || fail "nothing seen: $(cat got; head -n 20 /proc/kt2ko/linked/status)"
	usleep 20000
done
rmmod kt2ko_vfs 2>/dev/null && fail 'unloaded while it is used'
rmmod linked || fail rmmod
wait $reader; end_work
sed -e '/error:/d' plain >wanted
sed -e '/error:/d' got | cmp -s - wanted || fail "other output: $(cat got)"
grep 'error:' got >message
grep 'error:' plain_err >wanted
cmp -s message wanted || fail "other message: $(cat message), not $(cat wanted)"
for t in $T; do rmmod $t || fail "rmmod $t"; done

echo "step: ktrun finds them in the module's folder, and takes them away again"
for times in 1 2; do
	work & wait_until test -s pid
	run 1 -q --timeout 1 /linked/linked.ko $(cat pid)
	end_work
	is out <plain
	is err <plain_err
	for t in linked $T; do unloaded $t; done
done

echo "step: by modprobe, when they are not there; and that there are none"
mkdir /apart
cp /linked/linked.ko /apart
run 1 -q --timeout 0.2 /apart/linked.ko 1
for t in linked $T; do unloaded $t; done
rm $D/updates/*; depmod
run 3 -q /apart/linked.ko 1
has err 'needs the module kt2ko_'
insmod /apart/linked.ko 2>/dev/null && fail 'loaded without them'

echo "step: two scripts at once share the tapset, not its variables"
for t in $T; do insmod /linked/$t.ko || fail "insmod $t"; done
insmod /linked/linked.ko args=1
script_runs linked
for times in 1 2; do
	run 0 -q --timeout 0.1 /linked/linked_too.ko
	printf '1\t2\n3\n' | cmp -s - out || fail "counted: $(cat out)"
done
read_out linked
has out '1	2'
has out 'end	0	3'
for t in $T; do rmmod $t || fail "rmmod $t"; done
exit 0
