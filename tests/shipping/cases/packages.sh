# SPDX-License-Identifier: GPL-2.0
# kt2ko's and ktrun's packages: apt gets what they depend on, they work, they go without a trace, and come again.
#@ machine builder
cd /root/case
. ./lib.sh

uses() {
	write_script runs.kp
	step kt2ko doctor
	step kt2ko runs.kp
	step kt2ko --version
	expect "ktrun" "runs 2" "$(ktrun -q runs.ko -- sh -c '/bin/true; /bin/true')"
	no_module runs
	# Without ktrun.
	expect "insmod" "runs 3" "$(by_hand "insmod runs.ko" "rmmod runs")"
	no_module runs
}

step apt-get update
files_of_system >before
step apt-get install ./kt2ko_*.deb ./ktrun_*.deb
uses
step apt-get purge --autoremove kt2ko ktrun
files_of_system >after
diff before after || fail "left behind, or taken along"
! dpkg -l kt2ko ktrun 2>/dev/null | grep '^[a-z]i' || fail "still known"

step apt-get install ./ktrun_*.deb
expect "ktrun alone" "runs 2" "$(ktrun -q runs.ko -- sh -c '/bin/true; /bin/true')"
step apt-get install ./kt2ko_*.deb
rm runs.ko
step kt2ko runs.kp
[ -f runs.ko ] || fail "no module after the second install"
step dpkg --verify kt2ko ktrun
