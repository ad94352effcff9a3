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
known_ones_run
exit 0
