// SPDX-License-Identifier: GPL-2.0
#include "driver/vm/guest_init.h"

#include "driver/vm/file_io.h"

namespace kt2ko {
namespace {

// Lines for the log are written at level "alert", so that they pass the console's limit.
constexpr char kInit[] = R"sh(#!/bin/sh
export PATH=/usr/sbin:/usr/bin HOME=/root TERM=dumb
[ -e /usr/bin/mount ] || /usr/bin/busybox --install -s /usr/bin
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t debugfs debug /sys/kernel/debug 2>/dev/null
mount -t tracefs trace /sys/kernel/tracing 2>/dev/null
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
ln -s /proc/self/fd/1 /dev/stdout
ln -s /proc/self/fd/2 /dev/stderr
ip link set lo up 2>/dev/null

fail() {
	echo "<1>kt2ko: guest failed: $*" >/dev/kmsg
	poweroff -f
}

while read -r driver; do
	insmod "/kt2ko/$driver" || fail "cannot load $driver"
done </kt2ko/drivers

. /kt2ko/channels
for device in "$CONTROL" "$OUT" "$ERR"; do
	tries=0
	# A port's node can be there a moment before it can be opened.
	until [ -e "$device" ] && (: <>"$device") 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || fail "no device $device"
		usleep 20000
	done
	case "$device" in /dev/ttyS*) stty -F "$device" raw -echo 2>/dev/null ;; esac
done
exec 3<>"$CONTROL" 4>"$OUT" 5>"$ERR"

cd /root
echo "<1>kt2ko: guest ready" >/dev/kmsg
echo ready >&3
sh /kt2ko/job </dev/null >&4 2>&5 3<&- 4>&- 5>&- &
job=$!
while read -r name; do
	kill -"$name" $job
done <&3 4>&- 5>&- &
wait $job
status=$?
echo "<1>kt2ko: guest done" >/dev/kmsg
printf %s "$MARK" >&4
printf %s "$MARK" >&5
echo "exit $status" >&3
sleep 30
poweroff -f
)sh";

}  // namespace

std::string guest_init_text() { return kInit; }

std::string guest_channels_text(bool virtio, const std::string& end_mark) {
  const std::string device = virtio ? "/dev/vport0p" : "/dev/ttyS";
  return "CONTROL=" + device + "1\nOUT=" + device + "2\nERR=" + device +
         "3\nMARK=" + shell_quote(end_mark) + "\n";
}

}  // namespace kt2ko
