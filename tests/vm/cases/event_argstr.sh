# SPDX-License-Identifier: GPL-2.0
#@ limit 200
# argstr is the kernel's own text: every line of the script has its line in the trace file. (The other way round there may be
# more: events that happen while a handler runs.)
. /cases/lib.sh
M=/modules
P=/proc/kt2ko
T=/sys/kernel/tracing

load() {
	i=0
	while [ $i -lt 8 ]; do
		sh -c 'ls -l /proc >/dev/null; cat /proc/self/maps /proc/meminfo | wc -l; echo text >f; mv f g; rm g' >/dev/null
		usleep 3000
		i=$((i + 1))
	done
	kill -0 $$
	mkdir d; ln -s d e; rmdir d; rm e
	(sleep 0.1 & kill -9 $!) 2>/dev/null
}

# The file's lines without what stands before the event, sorted.
events_of() { sed -n 's/^.* [0-9][0-9]*\.[0-9][0-9]*: //p' $T/trace | sort; }

compare() {
	echo 0 >$T/tracing_on
	: >$T/trace
	echo 32000 >$T/buffer_size_kb || fail "no memory for the buffer: $(cat /proc/meminfo | head -3)"
	for event in $1; do echo "$event" >>$T/set_event; done
	echo 1 >$T/tracing_on
	insmod $M/event_text.ko "args=text,$2" buffer_kb=32000
	script_runs event_text
	load
	cat $P/event_text/trace >out &
	reader=$!
	usleep 200000
	rmmod event_text
	wait $reader
	echo 0 >$T/tracing_on
	echo >$T/set_event
	hasnt out error:
	grep -q '#.*entries-in-buffer' $T/trace && grep 'entries-in-buffer/entries-written' $T/trace |
		awk -F'[:/ ]+' '{ exit $4 == $5 ? 0 : 1 }' || fail "the kernel's buffer was too small: $(grep entries $T/trace)"
	# the script's own work is named in the one and no longer in the other; some texts have lines more
	grep ': \|(' out | grep -v 'event_text\]' | sort >ours
	events_of >kernel
	[ $(wc -l <ours) -gt $3 ] || fail "only $(wc -l <ours) lines"
	sed 's/[:(].*//; s/ -> .*//' ours | uniq | sort -u >names
	[ $(wc -l <names) -gt $4 ] || fail "only $(wc -l <names) kinds of events"
	# what we have more often, or at all, than the kernel
	uniq -c ours | sed 's/^ *//' >a
	uniq -c kernel | sed 's/^ *//' >b
	awk 'NR == FNR { n = $1; sub(/^[0-9]+ /, ""); have[$0] = n; next }
	     { n = $1; sub(/^[0-9]+ /, ""); if (n > have[$0]) print n, have[$0] + 0, $0 }' b a >more
	[ -s more ] && { head -n 20 more; fail "$(wc -l <more) lines that the kernel does not have"; }
	echo 1408 >$T/buffer_size_kb
	echo 1 >$T/tracing_on
	echo "$(wc -l <ours) lines of $(wc -l <names) kinds, the kernel has $(wc -l <kernel)"
}

S='sched:* irq:* timer:* kmem:* signal:* task:* workqueue:* rcu:* vmscan:* power:* module:* oom:* writeback:* filelock:* mmap:*
cgroup:* exceptions:* irq_vectors:* ipi:* percpu:* pagemap:* net:* block:* iommu:* tlb:* random:* clk:* alarmtimer:* csd:* initcall:*
avc:* printk:* sock:* skb:* tcp:* dma_fence:* cpuhp:* bpf_test_run:* migrate:* compaction:* huge_memory:* maple_tree:* notifier:* x86_fpu:*'
have= list=
for s in $S; do
	if [ -d $T/events/${s%:*} ]; then
		have="$have $s"
		list="$list${list:+,}$s"
	fi
done
compare "$have" "$list" 2000 30
compare 'syscalls:*' 'syscalls:*' 1000 25
exit 0
