# SPDX-License-Identifier: GPL-2.0
# Started without standard streams, ktrun does not take files of the module for them.
. /cases/lib.sh
M=/modules/closed_streams.ko

ktrun --timeout 0.2 $M >&- 2>err
status=$?
[ $status -eq 3 ] || fail "status $status without stdout"
has err 'cannot write'
ktrun -q --timeout 0.2 $M 2>&- >out || fail "status $? without stderr"
printf 'text\nend\n' | is out
ktrun -q --timeout 0.2 $M <&- >out 2>err || fail "status $? without stdin"
printf 'text\nend\n' | is out
ktrun --timeout 0.2 $M <&- >&- 2>&-
[ $? -eq 3 ] || fail 'status without any'
exit 0
