# SPDX-License-Identifier: GPL-2.0
# The guest's job: enters the Debian system on the first disk, with the archive of packages on the second one, and runs /case/case
# there. busybox runs this; case runs under the system's own shell.
set -e
machine=/machine
mkdir "$machine"
mount -t ext4 /dev/vda "$machine"
mount -t ext4 -o ro /dev/vdb "$machine/archive"
mount -t proc proc "$machine/proc"
mount -t sysfs sys "$machine/sys"
mount -t devtmpfs dev "$machine/dev"
cp -r /case "$machine/root/case"
exec chroot "$machine" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C \
	DEBIAN_FRONTEND=noninteractive sh /root/case/case
