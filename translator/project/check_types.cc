// SPDX-License-Identifier: GPL-2.0
#include "project/check_types.h"

#include <algorithm>
#include <regex>

namespace kt2ko {
namespace {

// Headers of the kernel that the glue includes are empty ones here: the types are there before.
Done write_stand_ins(const std::string& glue, const fs::path& dir) {
  static const std::regex kInclude("#include [<\"]([A-Za-z0-9_./-]+)[>\"]");
  for (std::sregex_iterator found(glue.begin(), glue.end(), kInclude), end; found != end; ++found) {
    const std::string name = (*found)[1];
    if (name.find("..") != std::string::npos || name.compare(0, 4, "ktr_") == 0) continue;
    const fs::path file = dir / name;
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    if (Done written = write_file(file, ""); !written.ok()) return written;
  }
  return Nothing{};
}

}  // namespace

Result<std::vector<FfiError>> missing_members(const std::string& glue, const std::string& header, const fs::path& include_dir) {
  Result<TempDir> temp = TempDir::make();
  if (!temp.ok()) return temp.failure();
  const fs::path& dir = temp.value().path();
  for (const auto& [name, text] : {std::pair("types.h", &header), std::pair("ffi.c", &glue)})
    if (Done written = write_file(dir / name, *text); !written.ok()) return written.failure();
  if (Done written = write_stand_ins(glue, dir / "headers"); !written.ok()) return written.failure();
  const Outcome outcome = run_captured({{"gcc", "-fsyntax-only", "-w", "-fno-builtin", "-std=gnu11", "-include", "types.h", "-I", "headers", "-I",
                                         include_dir.string(), "ffi.c"},
                                        dir.string(),
                                        {{"LC_ALL", "C"}}});
  std::vector<FfiError> errors = ffi_errors(outcome.output);
  errors.erase(std::remove_if(errors.begin(), errors.end(),
                              [](const FfiError& e) { return e.in_text || e.message.find("has no member named") == std::string::npos; }),
               errors.end());
  return errors;
}

}  // namespace kt2ko
