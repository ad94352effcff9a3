# SPDX-License-Identifier: GPL-2.0
#@ limit 120
# Places that are not known when the script is built, or not any more: ktrun finds them, or it is refused.
. /cases/lib.sh
M=/modules
P=/proc/kt2ko

# refused MODULE TEXT [PARAM...]: by insmod alone.
refused() {
	module=$1
	text=$2
	shift 2
	insmod $M/$module.ko "$@"
	cat $P/$module/trace >out
	has out "$text"
	rmmod $module
}

# The library is another build than the script knows.
$PROGRAMS/uses_times 4 >printed
cp $PROGRAMS/libtimes.so saved
cp $PROGRAMS/other/libtimes.so $PROGRAMS/libtimes.so
refused user_library 'is another build'
run 0 -q -o traced $M/user_library.ko -- sh -c "$PROGRAMS/uses_times 4 >said"
is traced <printed
is said <printed
cp saved $PROGRAMS/libtimes.so
run 0 -q -o traced $M/user_library.ko -- sh -c "$PROGRAMS/uses_times 4 >said"
is traced <printed
rm $PROGRAMS/libtimes.so
refused user_library 'there is no file'
run 1 -q $M/user_library.ko
has err 'cannot be opened: No such file'
cp saved $PROGRAMS/libtimes.so

# The file came later.
refused user_missing 'load the module with ktrun'
mkdir -p /programs
cp $PROGRAMS/calls_static /programs/calls
run 0 -q -o traced $M/user_missing.ko -- sh -c '/programs/calls 3 >said'
grep many said >printed
is traced <printed

# Names made at run time.
run 0 -q -o traced $M/user_any.ko probe:/programs/calls:many "probe:$PROGRAMS/calls_odd:0x2000" \
	-- sh -c '/programs/calls 1 >said'
printf 'many 0\n' | is traced
(
	cd $PROGRAMS || exit 1
	exec ktrun -q $M/user_any.ko 'sdt:marks:*uard*' "probe:./calls_odd:add3" -- sh -c './marks 2 >said; ./calls_odd 1 >said'
) >traced 2>err || fail "ktrun: $(cat err)"
printf 'guarded 0\nguarded 1\nadd3 0\n' | is traced
# An address alone is taken for the beginning of a function, one inside of a function is none.
at=$(sed -n 's/^many //p' $PROGRAMS/calls_pie.offsets)
run 0 -q -o traced $M/user_any.ko "probe:$PROGRAMS/calls_pie:$at" "probe:$PROGRAMS/calls_pie:many+0x0" -- sh -c "$PROGRAMS/calls_pie 1 >said"
printf '%s 0\nmany 0\n' "$at" | is traced
run 1 -q $M/user_any.ko probe:/programs/calls:nosuch
has err 'has no function nosuch'
run 1 -q $M/user_any.ko probe:/programs/calls:add4
has err 'did you mean add3'
run 1 -q $M/user_any.ko probe:/programs/nothing:f
has err 'cannot be opened'
run 1 -q $M/user_any.ko probe:/programs/calls:0x10
has err 'has no code'
run 1 -q $M/user_any.ko sdt:/programs/calls:x
has err 'has no static markers'
refused user_any 'load the module with ktrun' args=probe:/programs/calls:many
refused user_any 'there is no file' args=probe:/programs/nothing:0x1234
refused user_any 'is not a file' args=probe:/programs:0x1234

# Somebody opens the file and answers nonsense, or nothing.
ask() {
	insmod $M/user_any.ko hold=1 'args=probe:/programs/c(alls:many'
	exec 3<>$P/user_any/resolve
	echo start >$P/user_any/control
	wait_until grep -q '^state starting' $P/user_any/status
	usleep 100000
}
wrong() { ! echo "$1" >&3 2>/dev/null || fail "taken: $1"; }
ask
! (: <$P/user_any/resolve) 2>/dev/null || fail 'opened twice'
wrong 'file 1 0'	# the question was not read yet
dd bs=4096 count=1 <&3 >question 2>/dev/null
echo '1 function /programs/c%28alls /programs/c%28alls many 0x0' | is question
for line in '' junk 'site' 'site 1' 'site 1 0x10' 'site 1 0x10 0x0 ' 'site 1 0x10 zz name' 'site 1 0xffffffffffffffff 0x0 f' \
	'site 2 0x10 0x0 name' 'site 1 0x10 0x0 na%00me' 'site 1 0x10 0x0 name 1,2' 'site 1 0x10 0x0 name 2,4,99,255,1,0,0,0' \
	'site 1 0x10 0x0 name 2,4,255,255,1,0,0,0' 'site 1 0x10 0x0 name 3,4,0,0,3,0,0,0' 'site 1 0x10 0x0 name 3,4,0,0,1,0,0,0,0' \
	'site 1 0x10 0x0 name 3,5,0,0,1,0,0,0' 'site -1 0x10 0x0 name' 'file 1 99' 'file 1 -1' 'file 1 x' 'done 1' 'other 1'; do
	wrong "$line"
done
dd if=/dev/zero bs=5000 count=1 >&3 2>/dev/null && fail 'taken: too much'
echo 'site 1 0x10 0x0 name 3,4,0,255,1,0,1,-5' >&3 || fail 'a right line'
wrong 'done 1'		# no file
exec 4</proc/version
wrong 'done 1'
exec 4>&-
grep -q '^state starting' $P/user_any/status || fail 'does not wait any more'
exec 3>&-
cat $P/user_any/trace >out
has out 'ktrun has gone'
rmmod user_any

# The wait ends with the script, whoever ends it.
ask
echo stop >$P/user_any/control
wait_until grep -q '^state ended' $P/user_any/status
wrong 'file 1 0'
exec 3>&-
rmmod user_any
ask
rmmod user_any
exec 3>&-
ask
kill -INT "$(pidof kt2ko/user_any)" 2>/dev/null || for dir in /proc/[0-9]*; do
	read -r name <$dir/comm && [ "$name" = kt2ko/user_any ] && kill -INT ${dir#/proc/}
done
wait_until grep -q '^state ended' $P/user_any/status
exec 3>&-
rmmod user_any

# A place that the file does not have: the kernel says no, the script ends in order.
insmod $M/user_any.ko hold=1 args=probe:/programs/calls:x
exec 3<>$P/user_any/resolve
exec 4</programs/calls
echo start >$P/user_any/control
wait_until grep -q '^state starting' $P/user_any/status
usleep 100000
dd bs=4096 count=1 <&3 >question 2>/dev/null
echo 'file 1 4' >&3 || fail file
wrong 'file 1 4'
echo 'site 1 0x7fffffffffffff 0x0 name' >&3 || fail site
echo 'done 1' >&3 || fail done
exec 3>&- 4>&-
cat $P/user_any/trace >out
has out 'the file has no such place'
rmmod user_any
