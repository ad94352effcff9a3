# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ parallel
#@ limit 120
# Elements whose key has several parts are counted exactly on two CPUs at once, also while they come and go.
. /cases/lib.sh

storms quick_parts
rmmod quick_parts
wait
grep -v 'no more deletes' trace >out
{
	for name in a,3000 b,2500 last,125; do
		for policy in 0 1 2 3 4 5 6 7; do
			printf 'name\t(%s, %s)\t%s\n' ${name%,*} $policy ${name#*,}
		done
	done
	printf 'policy\t(-1, a)\t48000\npolicy\t(-1, b)\t40000\npolicy\t(-1, last)\t2000\n'
	printf 'pair\t(0, 0)\t5625\n'
	for n in 1 2 3 4 5 6 7; do printf 'pair\t(%s, %s)\t5625\n' $n -$n; done
	printf 'pair\t(97, 0)\t45000\n'
	for n in 0 1 2 3 4 5 6 7; do printf 'triple\t(%s, 0, %s)\t%s\n' $n $((n % 2)) $((n * 5625)); done
	printf 'sum\t(0, 0)\t135000\npassing\t1000\tnil\n'
	for name in a,24000 b,20000 last,1000; do printf 'ordinary\t(%s, same)\t%s\n' ${name%,*} ${name#*,}; done
	printf 'element\t3000\t40000\t39375\n'
} | is out
exit 0
