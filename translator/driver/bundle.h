// SPDX-License-Identifier: GPL-2.0
// A bundle: one file with the modules of several scripts for several kernels, and the ktrun that picks one of them. The
// manifest's fields are described in docs/shipping.md; who reads it is runtime-c/ktrun/bundle_manifest.c.
#pragma once

#include <string>
#include <vector>

#include "project/archive.h"
#include "project/kernels.h"
#include "project/result.h"

namespace kt2ko {

// What the manifest says about a script.
struct BundledScript {
  std::string name;    // of its modules
  std::string script;  // file name
  std::string source_sha256;
  std::vector<std::string> events;  // as the script names them
  std::string dangers;              // what of it needed --unsafe; empty: nothing
  bool arguments = false;           // it reads arg[N]
};

struct BundledModule {
  BundledScript script;
  std::string kernel;         // release
  std::string config_sha256;  // of the kernel's configuration
  std::string bytes;          // the module file
};

struct BundledKtrun {
  std::string arch;
  std::string bytes;
};

// Options that made the modules what they are, so that ktrun can tell how to make a bundle that has more kernels.
struct Bundle {
  std::vector<std::string> options;
  std::vector<BundledKtrun> ktruns;
  std::vector<BundledModule> modules;
};

// The members of the archive, the manifest first; modules by kernel and name, whatever their order was.
Result<std::vector<ArchiveMember>> bundle_members(Bundle bundle);

}  // namespace kt2ko
