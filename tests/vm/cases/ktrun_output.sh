# SPDX-License-Identifier: GPL-2.0
# What ktrun prints, and where.
. /cases/lib.sh
M=/modules

# A script that ends by itself: nothing but its output.
run 0 $M/flood.ko 3
is out <<END
line	1
line	2
line	3
end
END

# Arguments of every kind arrive unchanged.
run 0 --timeout 0.3 $M/ticker.ko 'a b,c' '' '%41"x'
has out "$(printf 'main\ta b,c\t\t%%41"x')"
has out 'tick	3'
has out 'end	a b,c'
has err 'Tracing... Hit Ctrl-C to end.'
run 0 -q --timeout 0.1 $M/ticker.ko x y z
hasnt err Tracing

# -o: a file of our own only, made anew.
echo old >file
chmod 644 file
rm file
run 0 -q -o file $M/flood.ko 1
is out </dev/null
printf 'line\t1\nend\n' | is file
[ "$(stat -c %a file)" = 600 ] || fail "mode of the file: $(stat -c %a file)"

# -T: the time before events only.
run 0 -q -T $M/comm.ko -- sh -c 'exec true'
grep -qE '^ *[0-9]+\.[0-9]{6}: sys_getpid' out || fail 'no time before an event'
run 0 -q -T $M/flood.ko 1
has out 'line	1'
grep -q '^ *[0-9]*\.[0-9]*: ' out && fail "a time before what is no event"

# A run-time error: message on stderr, status 1.
run 1 -q $M/flood.ko
has err 'flood.kp:'
unloaded flood
exit 0
