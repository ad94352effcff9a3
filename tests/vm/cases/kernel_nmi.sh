# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ dirty-log
# Handlers in NMI. The way to an NMI is the backtrace of all CPUs, which complains in the kernel log by its nature.
. /cases/lib.sh
M=/modules
P=/proc/kt2ko

insmod $M/nmi.ko
wait_until grep -q '^state running' $P/nmi/status
echo l >/proc/sysrq-trigger
cat $P/nmi/trace >out &
reader=$!
usleep 200000
rmmod nmi
wait $reader
has out 'nmi_handler on'
has out 'in nmi: nmi_handler: '
has out 'aggregated true'
has out 'Distribution'
hasnt out 'false'
exit 0
