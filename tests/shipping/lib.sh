# SPDX-License-Identifier: GPL-2.0
# For the cases: what they do is shown, a step that fails ends them.
set -eu

fail() {
	echo "FAILED: $*"
	exit 1
}

# step COMMAND...: what it prints is shown when it fails only.
step() {
	echo "+ $* ($(cut -d. -f1 /proc/uptime) s)"
	if ! "$@" >/tmp/step 2>&1; then
		cat /tmp/step
		fail "$*"
	fi
}

# expect WHAT WANTED GOT
expect() {
	[ "$2" = "$3" ] || fail "$1: wanted:
$2
got:
$3"
}

no_module() {
	! grep "^$1 " /proc/modules || fail "the module $1 is still there"
	[ ! -e "/proc/kt2ko/$1" ] || fail "/proc/kt2ko/$1 is still there"
}

# Every file of the system but those that package tools keep for themselves, and what the case itself has made.
files_of_system() {
	find / -xdev \( -path /root -o -path /tmp -o -path /var/cache -o -path /var/log -o -path /var/lib/apt -o -path /var/lib/dpkg \
		-o -path /archive \) -prune -o -print | sort
}

# write_script FILE: a script whose output is known: how many programs a shell has started.
write_script() {
	cat >"$1" <<'END'
var runs = 0
trace sched:sched_process_exec { if (execname == "true") { runs += 1 } }
trace_end { printf("runs %d\n", runs) }
END
}

# by_hand LOAD UNLOAD: what the script says about three programs, between two commands that load its module and take it out.
by_hand() {
	$1
	# The script begins on a thread of its own.
	until grep -q '^probe sched:sched_process_exec' /proc/kt2ko/runs/status; do
		sleep 0.1
	done
	cat /proc/kt2ko/runs/trace >out &
	reader=$!
	for n in 1 2 3; do
		/bin/true
	done
	$2
	wait "$reader"
	cat out
}
