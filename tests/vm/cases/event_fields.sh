# SPDX-License-Identifier: GPL-2.0
#@ limit 120
# Fields of every kind: numbers against the kernel's own text of the same event, arrays against what the module put there.
. /cases/lib.sh
M=/modules
P=/proc/kt2ko
T=/sys/kernel/tracing

ended() { wait_until grep -q '^state e' $P/$1/status; }

# Ends a script that runs with its output going to the file out.
finish() {
	rmmod $1
	wait $reader
}
begin() {
	name=$1
	shift
	insmod $M/$name.ko "$@" || fail "no $name"
	script_runs $name
	cat $P/$name/trace >out &
	reader=$!
}

insmod $M/event_fields.ko
ended event_fields
cat $P/event_fields/trace >out
has out 'kt_traced:kt_numbers matches nothing; if a module has it, load that first'
rmmod event_fields

insmod $M/kt_traced.ko
F=/sys/module/kt_traced/parameters/fire
echo 4096 >$T/buffer_size_kb
echo 1 >$T/tracing_on
echo 'kt_traced:*' >$T/set_event
begin event_fields
: >$T/trace
for n in 0 1 -1 3 3 127 128 255 -128 -129 32767 32768 -32769 65535 -70000 2147483647 -2147483648; do
	echo $n >$F
done
sed -n 's/^.*: kt_numbers: /kt_numbers: /p' $T/trace >kernel
grep '^kt_numbers' out | awk '{ $7 = $7 >= 2147483648 ? -1 : 0; print }' >ours
[ $(wc -l <kernel) = 17 ] || fail 'the kernel has not all'
finish event_fields
grep '^kt_numbers' out | awk '{ $7 = $7 >= 2147483648 ? -1 : 0; print }' >ours
cmp kernel ours || { diff kernel ours; fail 'numbers differ'; }
has out 'numbered	-128	128	-128	65408	-128	4294967168	-128	-128	-128	-128'

# The arrays of the round with 3.
sed -n '/^x tuple 0, -3, -6, -9$/,/^numbered/p' out | sed '/^numbered/q' >arrays
cat >wanted <<'END'
x tuple 0, -3, -6, -9
elements	0	-3	-9	nil	4
args tuple 0, 4294967296, 8589934592, 12884901888, 17179869184, 21474836480
halves tuple -1, 0, 1
flags tuple 1, 0
text string one text
null string (null)
some tuple 4294967280, 4294967281, 4294967282
bytes string ABC
none tuple 
none	0
many	256	255	nil
bits tuple 1, 0
rel string one text
relsome tuple 0, -1, -2
pair	string	16
numbered	one text	0, -3, -6, -9	one text
END
cmp -s wanted arrays || { diff wanted arrays; fail 'arrays differ'; }
has out 'comm string one text'
has out 'mac string abcdef'
grep -q 'bits=00000000,00000000,00000000,00000001' $T/trace || fail 'the kernel shows bits otherwise'
has out 'key	0, -3, -6, -9	'

# A pattern's events need not all have a field.
begin event_wild
echo 7 >$F
echo 8 >$F
cat /proc/self/status >/dev/null
finish event_wild
for line in 'seven	kt_first	7' 'seven	kt_second	7' 'with	kt_arrays' 'without	kt_first' 'without	kt_numbers' \
	'with	sys_enter_openat' 'without	sys_enter_read'; do
	has out "$line"
done
hasnt out 'seven	kt_first	8'
echo >$T/set_event
rmmod kt_traced
exit 0
