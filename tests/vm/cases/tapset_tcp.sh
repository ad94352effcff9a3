# SPDX-License-Identifier: GPL-2.0
# What the tapset tells of a connection, beside what TCP_INFO tells a program.
. /cases/lib.sh

ip link set lo up
insmod /modules/tapset_tcp.ko
script_runs tapset_tcp
$PROGRAMS/tcp_info >there || fail 'no connection'
read_out tapset_tcp
[ "$(cut -f3 there)" -gt 0 ] || fail "no time of a round trip: $(cat there)"
[ "$(cut -f4 there)" -gt 0 ] || fail "no window: $(cat there)"
is out <there
exit 0
