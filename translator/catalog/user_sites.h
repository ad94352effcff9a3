// SPDX-License-Identifier: GPL-2.0
// Functions and markers of user programs, as the files on this machine have them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "catalog/probe_spec.h"
#include "ktr_sites.h"

namespace kt2ko {

struct UserSite {
  uint64_t offset = 0;   // in the file
  uint64_t counter = 0;  // file offset of a marker's semaphore, 0: none
  std::string name;
  std::vector<ktr_marker_arg> args;
  std::string provider;   // markers
  std::string args_text;  // markers: the arguments as the note has them
};

struct UserSites {
  std::string path;  // absolute
  ktr_file_id id{};
  std::vector<UserSite> sites;
};

struct UserAnswer {
  enum class Status { kFound, kNoFile, kNoMatch, kUnusable } status = Status::kNoFile;
  std::shared_ptr<const UserSites> sites;  // kFound
  std::string error;                       // otherwise: what follows the file's name in a message
  std::string hint;                        // may be empty
};

bool is_user_kind(ProbeKind kind);

// elf_machine: of the programs that are meant; 0: this machine's.
// Requires: is_user_kind(spec.kind).
UserAnswer find_user_sites(const ProbeSpec& spec, unsigned short elf_machine = 0);

}  // namespace kt2ko
