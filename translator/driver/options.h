// SPDX-License-Identifier: GPL-2.0
// The command line.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "project/result.h"

namespace kt2ko {

// Bits, so that a row of options.def can name several.
enum CommandBit : unsigned {
  kBuild = 1,
  kRun = 2,
  kVm = 4,
  kCheck = 8,
  kList = 16,
  kDoctor = 32,
  kBundle = 64,
  kSnapshot = 128,
  kTapset = 256,
  kAny = 511,
};

struct Options {
  CommandBit command = kBuild;
  bool command_named = false;
  std::vector<std::string> files;        // scripts; for list: the glob
  std::vector<std::string> script_args;  // run, vm
  std::vector<std::string> workload;     // run, vm: what stands after --

  std::optional<std::string> program;
  std::vector<std::string> kernels;
  std::string output;
  std::string module;
  std::string emit_c;  // also the directory of --dkms
  std::string dkms;
  std::pair<std::string, std::string> sign;  // key, certificate; empty: no signature
  bool explain = false;
  std::string ktrun;  // for a machine of another architecture
  std::string arch;
  std::string cross_compile;
  bool kbuild = false;
  std::string deferred = "yes";
  bool no_line = false;
  std::string pid;
  bool children = false;
  bool no_children = false;
  bool self = false;
  std::string user;
  std::string group;
  std::string cpu;
  bool time = false;
  bool quiet = false;
  std::string timeout;
  std::string on_error;
  std::vector<std::string> params;
  bool no_facts = false;
  std::vector<std::string> tapset_folders;
  bool link_tapsets = false;
  bool unsafe = false;
  std::string flamegraph;
  std::string rotate;
  bool json = false;
  std::string sarif;
  bool annotations = false;
  bool strict = false;
  std::string jobs;
  bool script = false;
  bool verbose = false;
  std::string color = "auto";
  bool version = false;
  bool help = false;

  // For tests and for working on kt2ko itself.
  std::string stop_after;
  std::string dump_after;
  std::string user_c;
  std::string facts;  // a snapshot, instead of what is known about the kernel
};

// words: argv without the program's name.
// Ensures: the combination makes sense for the command (one script, one kernel where one is meant,
// known words).
Result<Options> parse_options(const std::vector<std::string>& words);

// The text of --help; for one command when it was named.
std::string help_text(const Options& options);

}  // namespace kt2ko
