// SPDX-License-Identifier: GPL-2.0
// Writes tar files, packed by gzip: what every tar, busybox's too, unpacks.
#pragma once

#include <string>
#include <vector>

#include "project/files.h"
#include "project/result.h"

namespace kt2ko {

struct ArchiveMember {
  std::string name;  // relative, printable ASCII
  std::string bytes;
  bool executable = false;
};

// The same members give the same bytes: owner and group are root, and all were last changed at one time, that of
// $SOURCE_DATE_EPOCH or a fixed one. Members stand in the order given. Complete or not at all.
Done write_archive(const std::vector<ArchiveMember>& members, const fs::path& to);

// The time of members: $SOURCE_DATE_EPOCH when it is a number, as reproducible builds set it.
Result<long long> archive_time();

}  // namespace kt2ko
