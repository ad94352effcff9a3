# SPDX-License-Identifier: GPL-2.0
# kt2ko doctor on a bare system: what is missing is named with the command that mends it, and that very command does.
#@ machine bare
cd /root/case
. ./lib.sh

# What a package would bring along is what doctor has to find missing: only kt2ko's files and the libraries that it is linked with.
unpack_only() {
	step apt-get update
	libraries=$(dpkg-deb -f kt2ko_*.deb Depends | tr ',' '\n' | sed -n 's/^ *\(lib[^ ]*\|zlib1g\) .*/\1/p')
	# shellcheck disable=SC2086 # words
	step apt-get install $libraries
	step dpkg-deb -x kt2ko_*.deb /
	step dpkg-deb -x ktrun_*.deb /
}

# "WHAT IS WRONG; COMMAND" of doctor's first line that is not good.
first_problem() {
	kt2ko doctor | sed '/^ok /d' | sed -n 1p
}

unpack_only
kt2ko doctor >first && fail "doctor is content: $(cat first)"
cat first
for thing in "kernel headers" "make, compiler" QEMU busybox "kernels to boot" "event list"; do
	grep -q "^\(missing\|limited\)  *$thing " first || fail "doctor does not miss: $thing"
done

commands=
while problem=$(first_problem) && [ -n "$problem" ]; do
	command=${problem##*; }
	case $commands in *"<$command>"*) fail "$command did not mend: $problem" ;; esac
	commands="$commands<$command>"
	step sh -c "$command"
done
step kt2ko doctor
kt2ko doctor | grep -v '^ok ' && fail "not all is good"

write_script runs.kp
step kt2ko list sched:sched_process_exec
step kt2ko runs.kp
expect "ktrun" "runs 2" "$(ktrun -q runs.ko -- sh -c '/bin/true; /bin/true')"
no_module runs
