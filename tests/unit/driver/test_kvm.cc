// SPDX-License-Identifier: GPL-2.0
#include "driver/kvm.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <catch2/catch.hpp>

namespace kt2ko {
namespace {

TEST_CASE("a node that can be opened is no KVM yet") {
  REQUIRE(access("/dev/null", R_OK | W_OK) == 0);
  CHECK_FALSE(kvm_answers("/dev/null"));
  CHECK_FALSE(kvm_answers("/no/such/device"));
}

TEST_CASE("KVM answers where a guest can be made") {
  const int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
  const int guest = kvm < 0 ? -1 : ioctl(kvm, KVM_CREATE_VM, 0);
  CHECK(kvm_answers() == (guest >= 0));
  if (guest >= 0) close(guest);
  if (kvm >= 0) close(kvm);
}

}  // namespace
}  // namespace kt2ko
