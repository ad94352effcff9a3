// SPDX-License-Identifier: GPL-2.0
// From script text to C text: the passes in their order.
#pragma once

#include <string>
#include <vector>

#include "support/architecture.h"
#include "catalog/event_use.h"
#include "catalog/kernel_facts.h"
#include "catalog/tapset.h"
#include "emit/emit.h"
#include "lower/kir.h"
#include "project/build_module.h"
#include "support/diag.h"
#include "support/source.h"

namespace kt2ko {

struct CompileOptions {
  std::string module_name;
  std::string file_name;  // as shown in messages of the running script: no directories
  const Architecture* target = &own_architecture();
  bool unsafe = false;
  GlueLines glue_lines = GlueLines::kPlaces;
  bool deferred_output = true;
  std::vector<kir::Limit> limits;
  bool line_directives = true;
  bool color = false;
  std::string stop_after;  // parse, check, lower, emit; empty: go through
  std::string dump_after;  // parse, lower, emit; empty: none
  bool explain = false;    // dump what lowering decided instead, and stop there
  FindTapset tapsets;
  bool link_tapsets = false;  // their functions are those of prebuilt modules
  std::string prebuilt;       // such a module of this tapset is made, of script_of_tapset() (driver/prebuilt.h)
  bool only_about_kernel = false;  // leave out messages about the script itself
  KernelFacts* facts = nullptr;  // of the kernel that the module is for, where they are known
};

struct Compiled {
  bool ok = false;       // no errors
  bool stopped = false;  // by stop_after
  std::string c_text;    // when ok and not stopped
  std::vector<std::string> split;  // the same as several files, see emit_split(); may be empty
  std::string events;    // the second C text, may be empty
  Glue ffi;              // the third C text, may be empty
  std::string dangers;   // what of it needed --unsafe, for people
  std::vector<std::string> probes;  // what is traced, as the script names it; sorted, each once
  bool arguments = false;           // arg[N] is used
  std::string messages;  // rendered errors and warnings, may be non-empty when ok
  std::vector<Finding> findings;  // the same
  std::string dump;
  std::vector<EventUse> event_uses;     // where the kernel's facts are known
  std::vector<kir::LinkedTapset> linked;  // tapsets whose modules it is linked with
  std::string why_not_prebuilt;         // with `prebuilt`: why the tapset cannot be a module; empty: it can
  std::string description;              // with `prebuilt`: C name of the tapset's description
  std::vector<std::string> exports;     // with `prebuilt`: C names of the functions that its module exports
  std::vector<std::string> user_files;  // absolute paths of the programs whose places were found
};

// The texts of the tapsets that the script uses are added to `source`.
Compiled compile(Source* source, const CompileOptions& options, StageTimes* times);

}  // namespace kt2ko
