# SPDX-License-Identifier: GPL-2.0
#@ limit 60
# A reader of trace that is kept from running between asking to be woken and going to sleep is woken all the same.
. /cases/lib.sh
D=/sys/module/kt_delays/parameters/delayed

insmod /modules/kt_delays.ko || fail 'insmod kt_delays'
for times in 1 2 3; do
	begin late_reader
	wait_until grep -q late out
	finish late_reader
done
[ $(cat $D) -ge 10 ] || fail "the reader was delayed $(cat $D) times"
rmmod kt_delays
exit 0
