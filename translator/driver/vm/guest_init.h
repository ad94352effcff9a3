// SPDX-License-Identifier: GPL-2.0
// The first process of a guest, and what it and the host say to each other.
//
// Four channels: the console carries the kernel log; control is two-way ("ready", "exit N" from the
// guest, the name of a signal for the job from the host); out and err carry the job's output as it
// is, ended by the boot's end mark. The log has a line when the job begins and one when it has
// ended. With the marks of all channels read, everything has been read, in whatever order the
// devices deliver.
#ifndef KT2KO_DRIVER_VM_GUEST_INIT_H_
#define KT2KO_DRIVER_VM_GUEST_INIT_H_

#include <string>

namespace kt2ko {

constexpr char kGuestReadyLine[] = "kt2ko: guest ready";
constexpr char kGuestDoneLine[] = "kt2ko: guest done";

// Files that the first process reads.
constexpr char kGuestJobPath[] = "/kt2ko/job";
constexpr char kGuestDriversPath[] = "/kt2ko/drivers";  // one module file a line, in order
constexpr char kGuestChannelsPath[] =
    "/kt2ko/channels";  // shell assignments: CONTROL, OUT, ERR (devices), MARK

// Text of /init, for busybox.
std::string guest_init_text();

// Text of the channels file.
std::string guest_channels_text(bool virtio, const std::string& end_mark);

}  // namespace kt2ko

#endif  // KT2KO_DRIVER_VM_GUEST_INIT_H_
