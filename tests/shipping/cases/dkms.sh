# SPDX-License-Identifier: GPL-2.0
# A source package of kt2ko --dkms, on a machine without kt2ko: DKMS builds and installs the module, modprobe finds it, and it goes.
#@ machine builder
cd /root/case
. ./lib.sh

release=$(uname -r)
[ -z "$(command -v kt2ko || true)" ] || fail "kt2ko is here"
write_script runs.kp
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' runs-dkms/dkms.conf)
files_of_system >before

step dkms add ./runs-dkms
step dkms build "kt2ko-runs/$version"
step dkms install "kt2ko-runs/$version"
case "$(dkms status)" in
"kt2ko-runs/$version, $release, "*": installed") ;;
*) fail "dkms status: $(dkms status)" ;;
esac

expect "modprobe" "runs 3" "$(by_hand "modprobe runs" "modprobe -r runs")"
no_module runs

step apt-get update
step apt-get install ./ktrun_*.deb
expect "ktrun" "runs 2" "$(ktrun -q "/lib/modules/$release/updates/dkms/runs.ko" -- sh -c '/bin/true; /bin/true')"
no_module runs
step apt-get purge ktrun

step dkms remove "kt2ko-runs/$version" --all
expect "dkms status after removal" "" "$(dkms status)"
! modprobe runs 2>/dev/null || fail "modprobe still finds the module"
step rm -r "/usr/src/kt2ko-runs-$version"
files_of_system >after
diff before after || fail "left behind, or taken along"
