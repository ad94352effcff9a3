# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
# Quick handlers and the scope.
. /cases/lib.sh
M=/modules
S=$PROGRAMS/storm

# Only process 1 is traced: nothing of the others counts.
insmod $M/quick.ko pid=1
script_runs quick
$S a 100
read_out quick
has out 'n 0 a nil b nil last nil'
exit 0
