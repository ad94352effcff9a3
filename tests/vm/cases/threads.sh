# SPDX-License-Identifier: GPL-2.0
#@ cpus 2
#@ limit 120
# -p PID means the process with all its threads and nobody else, whichever of them lives longest.
. /cases/lib.sh
M=/modules
THREADS=5
ROUNDS=40

# Starts the program twice; the numbers of the first one's threads, as the kernel lists them, are in the file wanted.
start_both() {
	rm -f go
	$PROGRAMS/threads "$@" go >said & target=$!
	$PROGRAMS/threads "$@" go >said.other & other=$!
}
threads_of() { ls /proc/$1/task 2>/dev/null | wc -l; }
has_threads() { [ "$(threads_of $1)" = $2 ]; }

# ktrun with these options on the target, which begins when the trace runs, until its end.
trace_target() {
	ktrun -q "$@" -p $target $M/threads.ko >out 2>err &
	tracer=$!
	wait_until grep -q '^state running' /proc/kt2ko/threads/status
	: >go
	wait $target
	wait $tracer || fail "ktrun: status $?"
	wait $other
}

# ---- all threads, exactly ----------------------------------------------------------------------------------------
start_both $THREADS $ROUNDS
wait_until has_threads $target $THREADS
wait_until has_threads $other $THREADS
ls /proc/$target/task | sort >wanted
trace_target
sed -n 's/^thread //p' said | sort >numbers
cmp -s numbers wanted || fail "the program has other threads: $(cat said)"
for kind in enter exit record function return user 'user return'; do
	awk -F'\t' -v kind="$kind" '$1 == kind { print $2, $3, $4 }' out | sort >got
	while read -r tid; do echo "$target $tid $ROUNDS"; done <wanted | sort >exactly
	cmp -s got exactly || fail "$kind: $(cat got), not $(cat exactly)"
done
# How often is not for us to say, but by whom.
for kind in switch profile; do
	awk -F'\t' -v kind=$kind '$1 == kind { print $3 }' out | sort >got
	[ -s got ] || fail "$kind: nothing"
	sort -u got wanted >both
	cmp -s both wanted || fail "$kind: a stranger: $(cat got)"
done
awk -F'\t' '$1 == "switch" { print $3 }' out | sort >got
# the first one need not sleep any more once it goes
grep -vx $target wanted | while read -r tid; do grep -qx $tid got || exit 1; done || fail "switch: not all: $(cat got)"

# ---- the number of a thread is no process ------------------------------------------------------------------------
start_both 2 1
wait_until has_threads $target 2
tid=$(ls /proc/$target/task | grep -vx $target)
run 3 -q -p $tid $M/threads.ko
has err "is a thread of process $target"
: >go
wait $target
wait $other

# ---- another program in the same process, by a thread that is not its first ----------------------------------------
for option in --no-children --children; do
	start_both exec
	wait_until has_threads $target 2
	if [ $option = --children ]; then trace_target --children; else trace_target; fi
	child=$(sed -n 's/^child //p' said)
	[ -n "$child" ] || fail "the program said: $(cat said)"
	has out "write sh	$target	$target	1"
	grep '^write' out | grep -vw -e $target -e $child && fail 'a stranger'
	if [ $option = --children ]; then has out "write sh	$child	$child	1"; else hasnt out "	$child	"; fi
done
exit 0
