# SPDX-License-Identifier: GPL-2.0
# A kernel that is locked down, as with Secure Boot.
#@ signed lockdown=integrity
#@ kernels 6.1 6.12
. /cases/lib.sh
mount -t securityfs none /sys/kernel/security
grep -qF '[integrity]' /sys/kernel/security/lockdown || fail 'the kernel is not locked down'

run 3 -q /modules/flood.ko 2
has err 'the kernel is locked down and loads signed modules only; build it with kt2ko --sign KEY CERT'
run 3 -q /foreign/flood.ko 2
has err 'the kernel is locked down, and does not know the key that signed it'
umount /sys/kernel/security
run 3 -q /modules/flood.ko 2
has err 'a kernel that is locked down'
unloaded flood

run 0 -q /known/flood.ko 2
printf 'line\t1\nline\t2\nend\n' | is out
run 0 -q /known/comm.ko -- sh -c 'exec uname'
has out 'ran	sh'
[ $(($(cat /proc/sys/kernel/tainted) & 8192)) -eq 0 ] || fail 'an unsigned module was loaded'
exit 0
