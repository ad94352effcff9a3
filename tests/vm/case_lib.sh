# SPDX-License-Identifier: GPL-2.0
# Words that the cases share: `. /cases/lib.sh`.

fail() {
	for file in out err; do
		echo "--- $file:"
		head -n 15 $file 2>/dev/null
	done
	echo "FAILED: $*"
	exit 1
}

# Runs ktrun with its output in the files out and err, and checks its exit status: run STATUS [ARGUMENT...]
run() {
	wanted=$1
	shift
	ktrun "$@" >out 2>err
	status=$?
	[ $status -eq $wanted ] || fail "ktrun $*: status $status, expected $wanted"
}

# has FILE TEXT, hasnt FILE TEXT: a fixed string anywhere in the file.
has() { grep -qF -- "$2" "$1" || fail "no '$2' in $1"; }
hasnt() { ! grep -qF -- "$2" "$1" || fail "'$2' in $1"; }

# is FILE: its text is exactly what stands on stdin.
is() {
	cat >wanted
	cmp -s "$1" wanted || fail "$1 is not: $(cat wanted)"
}

# Waits up to five seconds until the command succeeds.
wait_until() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 250 ] || fail "waited in vain for: $*"
		usleep 20000
	done
}

# Waits until a script runs. Attaching hundreds of events takes its time where CPUs are emulated one after the other.
script_runs() {
	tries=0
	until grep -q '^state [re][un]' /proc/kt2ko/$1/status; do
		tries=$((tries + 1))
		[ $tries -lt 3000 ] || fail "$1 does not start: $(cat /proc/kt2ko/$1/status)"
		usleep 20000
	done
	grep -q '^state running' /proc/kt2ko/$1/status || fail "$1 does not run: $(cat /proc/kt2ko/$1/trace)"
}

unloaded() { [ ! -e "/sys/module/$1" ] || fail "module $1 is still loaded"; }

# Unloads module $1 while its text is read to the end, into the file out.
read_out() {
	exec 3<"/proc/kt2ko/$1/trace"	# open first: unloading does not wait for who has not come yet
	rmmod "$1" &
	unloading=$!
	cat <&3 >out
	exec 3<&-
	wait $unloading || fail "rmmod $1"
}

# By insmod alone, with a reader: begin MODULE [PARAM...] until the script runs; finish MODULE: all it printed is in out.
begin() {
	module=$1
	shift
	insmod "/modules/$module.ko" "$@" || fail "insmod $module"
	wait_until grep -q '^state [re][un]' "/proc/kt2ko/$module/status"
	cat "/proc/kt2ko/$module/trace" >out &
	reader=$!
	grep -q '^state running' "/proc/kt2ko/$module/status" || fail "$module does not run"
}
finish() {
	rmmod "$1" || fail "rmmod $1"
	wait $reader || fail "the reader of $1: status $?"
}

# Users alice and bob; both are in the group tracers, mallory is not. They can go where cases run.
add_users() {
	cat >/etc/passwd <<END
root:x:0:0:root:/root:/bin/sh
nobody:x:65534:65534::/:/bin/sh
alice:x:1000:1000:Alice:/home/alice:/bin/sh
bob:x:1001:1001::/home/bob:/bin/sh
mallory:x:1002:1002::/:/bin/sh
END
	cat >/etc/group <<END
root:x:0:
nogroup:x:65534:
alice:x:1000:
bob:x:1001:
tracers:x:2000:bob,alice
END
	mkdir -p /home/alice
	chown alice:alice /home/alice
	chmod 755 /root
}

# For kernels that load signed modules only: what was refused is not there, what a known key signed runs.
known_ones_run() {
	unloaded flood
	run 0 -q /known/flood.ko 2
	printf 'line\t1\nline\t2\nend\n' | is out
	run 0 -q /known/comm.ko -- sh -c 'exec uname'
	has out 'ran	sh'
	[ $(($(cat /proc/sys/kernel/tainted) & 8192)) -eq 0 ] || fail 'an unsigned module was loaded'
}

# storms NAME: loads a script that counts what storm does and tells "no more deletes" when it has stopped deleting; storms of names
# a and b at once (24 000 and 20 000 rounds), then, when nothing is deleted any more, of name last (1000). Its output goes to `trace`.
storms() {
	insmod /modules/$1.ko
	sleep 1		# nothing else runs while code is changed: see tests/vm/README.md
	script_runs $1
	cat /proc/kt2ko/$1/trace >trace &
	$PROGRAMS/storm a 20000 & one=$!
	$PROGRAMS/storm b 20000 & two=$!
	$PROGRAMS/storm a 4000
	wait $one $two
	wait_until grep -q 'no more deletes' trace
	$PROGRAMS/storm last 1000
}
