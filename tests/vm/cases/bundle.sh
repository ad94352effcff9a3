# SPDX-License-Identifier: GPL-2.0
# One bundle for all kernels: ktrun takes the module of the running one, and tells what is wrong with others.
#@ bundle
#@ kernels 6.1 6.12
. /cases/lib.sh
B=/bundles
K=$(uname -r)

# What is in it; no root is needed for that.
run 0 $B/traces.ktb
has out 'flood (flood.kp)'
has out 'comm (comm.kp)'
has out "  $K $(uname -m)  (this kernel)"
[ "$(grep -c 'this kernel' out)" -eq 2 ] || fail 'two modules are for this kernel'
[ "$(grep -c '^  6\.' out)" -ge 4 ] || fail 'two scripts for two kernels are four modules'
run 0 --json $B/traces.ktb
has out '"format": 1'

# It runs what a module file runs, with arguments, options and a command.
run 0 -q $B/traces.ktb flood 2
printf 'line\t1\nline\t2\nend\n' | is out
run 0 -q $B/traces.ktb comm -- sh -c 'exec uname'
has out 'ran	sh'
run 0 -q -o file $B/traces.ktb flood 1
printf 'line\t1\nend\n' | is file
unloaded flood

# The ktrun in it is all that a target needs: busybox unpacks it.
zcat $B/traces.ktb | tar xf - "ktrun-$(uname -m)"
cp "ktrun-$(uname -m)" /tmp/own
/tmp/own -q $B/traces.ktb flood 1 >out 2>err || fail "the ktrun of the bundle: $?"
printf 'line\t1\nend\n' | is out

# Options and parameters are checked as ever.
run 2 $B/traces.ktb -- true
has err 'no name of a script'
run 3 -q --param nonsense=1 $B/traces.ktb flood 1
has err "flood of $B/traces.ktb has no parameter nonsense"
run 3 -q $B/traces.ktb nonsense
has err 'has no script nonsense; it has: '

# No module for this kernel.
run 3 -q $B/others.ktb flood 1
has err "flood is in $B/others.ktb for kernels 6."
has err "this is $K ("
has err 'kt2ko bundle --param overload=90 '
has err " -k $K -o $B/others.ktb"

# The release is the same and the build is another: the kernel refuses, and it is told why.
for name in vermagic versions; do
	run 3 -q $B/$name.ktb flood 1
	has err 'it was made for another build of this kernel, which has the same release'
	has err '-k BUILDDIR'
	unloaded flood
done

# Damaged.
run 3 -q $B/damaged.ktb flood 1
has err 'is not what the manifest says'
head -c 100000 $B/traces.ktb >cut.ktb
run 3 -q cut.ktb flood 1
has err 'cut.ktb is damaged'
unloaded flood

# Not root.
chmod 755 /root
touch out err
chmod 666 out err
su nobody -c "ktrun $B/traces.ktb" >out 2>err || fail 'listing needs root'
has out 'flood (flood.kp)'
su nobody -c "ktrun $B/traces.ktb flood 1" >out 2>err && fail 'loaded without root'
has err 'only root may load modules'
exit 0
