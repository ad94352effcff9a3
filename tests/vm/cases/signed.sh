# SPDX-License-Identifier: GPL-2.0
# A kernel that loads no unsigned modules.
#@ signed module.sig_enforce=1
#@ kernels 6.1 6.12
. /cases/lib.sh
[ "$(cat /sys/module/module/parameters/sig_enforce)" = Y ] || fail 'the kernel demands no signatures'

run 3 -q /modules/flood.ko 2
has err 'loads signed modules only (module.sig_enforce); build it with kt2ko --sign KEY CERT'
run 3 -q /foreign/flood.ko 2
has err 'does not know the key'
has err 'mokutil --import'
sed 's/kt2ko_script=flood.kp/kt2ko_script=floof.kp/' /known/flood.ko >changed.ko
run 3 -q changed.ko 2
has err 'or the file was changed since'
{
	cat /modules/flood.ko
	echo '~Module signature appended~'
} >damaged.ko
run 3 -q damaged.ko 2
has err 'or sign it again'
unloaded flood

run 0 -q /known/flood.ko 2
printf 'line\t1\nline\t2\nend\n' | is out
run 0 -q /known/comm.ko -- sh -c 'exec uname'
has out 'ran	sh'
[ $(($(cat /proc/sys/kernel/tainted) & 8192)) -eq 0 ] || fail 'an unsigned module was loaded'
exit 0
