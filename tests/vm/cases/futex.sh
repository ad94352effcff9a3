# SPDX-License-Identifier: GPL-2.0
# kdebug.kprobe finds the function of a system call under its old name, and sees each call of the program that makes them.
. /cases/lib.sh

run 0 -q -o traced /modules/futex.ko -- $PROGRAMS/futex 3
read -r pid <out
printf '%s\n%s\n%s\n' $pid $pid $pid | is traced
exit 0
