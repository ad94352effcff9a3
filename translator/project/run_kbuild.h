// SPDX-License-Identifier: GPL-2.0
// The plain way from a module directory to a module: the kernel's own build system.
#pragma once

#include <string>
#include <vector>

#include "project/files.h"
#include "project/kernels.h"
#include "project/process.h"

namespace kt2ko {

// The environment of make and of the compilers: messages in English, nothing inherited from a make
// around us. Their temporary files go to temp_dir, so that an interrupted compiler leaves nothing.
std::vector<std::pair<std::string, std::string>> build_environment(const fs::path& temp_dir);

// `make -C KERNEL M=DIR ... modules`; extra: further words of the command line, such as W=1.
Outcome run_kbuild(const fs::path& dir, const Kernel& kernel, const Cross& cross,
                   const std::vector<std::string>& extra = {});

// What matters of a failed build's output: the compiler's messages with their lines, else the last
// lines. The emitted C carries #line, so messages about it already name script lines; dir is taken
// off other file names.
std::string build_messages(const std::string& output, const fs::path& dir);

// make and the shell must be able to work with the path of a directory: kbuild cannot cope with blanks and the like.
bool is_path_for_make(const fs::path& dir);

// Words for run_kbuild() that every module of ours is built with.
std::vector<std::string> build_words(const fs::path& dir);

// The failure for C of ours that does not build: says so, and where the C is.
//   dir: where it was built;  kept: where the user finds it
Failure internal_build_error(const Outcome& outcome, const fs::path& dir, const fs::path& kept);

}  // namespace kt2ko
