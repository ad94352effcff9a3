# SPDX-License-Identifier: GPL-2.0
# Runs in the guest, with /bench/cpus and /bench/events: "COUNT WHAT EXPECTED COUNTED" for each number, "DIFFERENT what" for
# elements that are not as they should be, "STATUS line" for what was lost or skipped.
P=/proc/kt2ko/hammered
read -r cpus </bench/cpus
read -r events </bench/events
each=$((events / cpus / 8 * 8))
all=$((each * cpus))

# whether everything is counted is the question here, not how much of an emulated CPU that may take
insmod /bench/hammered.ko overload=0 || exit 1
tries=0
until grep -q '^state running' $P/status; do
	usleep 100000
	tries=$((tries + 1))
	[ $tries -lt 300 ] || exit 1
done
cat $P/trace >/tmp/out &
sleep 1
storms $cpus $each >/tmp/expected || exit 1
usleep 200000
storms quiet
storms same 100000
# ticks that came while one was at work are no loss of counts
grep -e '^lost [1-9]' -e ' skipped' $P/status | grep -v -e 'timer ticks' -e '^lost 0' | sed 's/^/STATUS /'
rmmod hammered
wait

# what the script says behind the words $2
said() { sed -n "s/^$1 //p" /tmp/out; }
echo "COUNT variable,+=,taken_from $((all + 100000)) $(said 'total variable')"
echo "COUNT element,+=,taken_from $((all + 100000)) $(said 'total element')"
echo "COUNT variable_after_n=0 100000 $(said 'last variable')"
echo "COUNT element_after_delete() 100000 $(said 'last element')"
echo "COUNT samples_in_histograms $((all / 4)) $(said 'total samples')"
elements() {
	grep "^$1" /tmp/expected >/tmp/a
	grep "^$1" /tmp/out >/tmp/b
	echo "COUNT elements_$2 $(wc -l </tmp/a) $(grep -cxFf /tmp/a /tmp/b)"
	[ $(wc -l </tmp/a) -eq $(wc -l </tmp/b) ] || echo "DIFFERENT $(wc -l </tmp/b) elements $2, expected $(wc -l </tmp/a)"
}
elements random of_random_keys
elements churn that_come_and_go
echo "REPORTS $(said reports)"
