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
known_ones_run
exit 0
