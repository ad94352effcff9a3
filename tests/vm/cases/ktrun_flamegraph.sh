# SPDX-License-Identifier: GPL-2.0
# Kernel stacks as folded lines, and as a picture.
#@ limit 60
. /cases/lib.sh
M=/modules

run 0 -q $M/folded.ko -- dd if=/proc/version of=/dev/null
grep -qE '^dd;([A-Za-z0-9_.]+;)+ksys_read;vfs_read [1-9][0-9]*$' out || fail 'no stack'
run 0 -q --json $M/folded.ko -- dd if=/proc/version of=/dev/null
grep -q '^{"kind":"folded",.*;vfs_read ' out || fail 'no stack as JSON'

run 0 -q --flamegraph x.svg $M/folded.ko -- dd if=/proc/version of=/dev/null
has out 'stacks	true'
hasnt out 'vfs_read'
[ "$(head -n 1 x.svg)" = '<?xml version="1.0" encoding="UTF-8"?>' ] || fail 'no XML'
[ "$(tail -n 1 x.svg)" = '</svg>' ] || fail 'the picture does not end'
grep -qE '<g><title>vfs_read: [1-9][0-9]* of [1-9][0-9]* [(][0-9.]+%[)]</title><rect ' x.svg || fail 'no box'
grep -q '<title>dd: \([0-9]*\) of \1 (100.00%)</title>' x.svg || fail 'not all in dd'

# A script that writes no stacks; a file that cannot be made.
run 0 -q --flamegraph x.svg $M/flood.ko 1
has err 'x.svg is empty'
run 3 -q --flamegraph /no/x.svg $M/flood.ko 1
has err 'cannot write /no/x.svg'
unloaded flood
exit 0
