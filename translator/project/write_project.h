// SPDX-License-Identifier: GPL-2.0
// The module directory: emitted C, filled templates and a copy of the runtime; plain `make` builds
// it.
#pragma once

#include <string>
#include <vector>

#include "project/ffi_errors.h"
#include "project/files.h"
#include "project/result.h"

namespace kt2ko {

// The module of a tapset that a script is linked with: its name, and the text of its .symvers file, as kbuild writes it.
struct LinkedTapset {
  std::string module;
  std::string symvers;
};

// What distinguishes one script's module from another's.
struct ModuleText {
  std::string module;  // module name, see module_name.h
  std::string script;  // the script's file name, without directories
  std::string c_text;  // the script as one file
  std::string events;  // events.c: records of tracepoints that the module builds itself; may be empty
  std::string ffi;  // ffi.c: C types that the script uses; may be empty
  FfiErrorText ffi_errors;  // makes the script's messages of what the compiler says about it
  std::vector<std::string> split = {};  // the same as several files, script.c being the first; empty: script.c is c_text
  std::vector<LinkedTapset> linked = {};
  std::string description = {};           // of the module of a tapset: C name of its description
  std::vector<std::string> exports = {};  // and of the functions that it exports
};

// What script.c is, and how many files of functions that no event runs there are beside it.
const std::string& script_c(const ModuleText& text);
size_t n_cold(const ModuleText& text);
// How those are compiled: what is good for events takes the compiler about twice as long.
constexpr const char* kColdFlags = "-Og";

// The script's name inside C strings and modinfo: printable ASCII without quotes, backslashes and
// percent signs.
std::string safe_script_name(const std::string& script);

// Writes the module directory. Files that are there with the same content are left untouched.
//   dir: exists, or its parent does
Done write_project(const fs::path& dir, const ModuleText& text, const fs::path& share);
// The same for the module of a tapset.
Done write_tapset_project(const fs::path& dir, const ModuleText& text, const fs::path& share);

// What makes a module directory a DKMS source package. Its version changes with the script, so that DKMS takes a new one for new.
Done write_dkms_conf(const fs::path& dir, const ModuleText& text, const fs::path& share);

// For --emit-c: refuses a directory that holds something and was not written by us (there is a
// marker file).
Done check_emit_dir(const fs::path& dir);

// The runtime's version of everything that ends up in a module, for the cache's key.
void add_share(Fingerprint* key, const fs::path& share);

}  // namespace kt2ko
