// SPDX-License-Identifier: GPL-2.0
// The commands that kbuild ran, from its .cmd files, made to run again on other files.
#pragma once

#include <optional>
#include <string>

#include "project/files.h"

namespace kt2ko {

// Shell text for each step of one script, with every file of the script under the marker kWorkDir.
// To be run in the kernel's build directory.
struct RecordedCommands {
  std::string compile;  // script.c -> script.o
  std::string combine;  // script.o and the runtime's objects -> MODULE.o; objtool where the kernel
                        // wants it there
  std::string link;     // MODULE.o and the module header -> MODULE.ko
  std::string flags;    // the compiler and its flags for C that includes kernel headers
  std::string srcarch;  // of the environment: objtool asks for it
};

// Stands for the directory that one script is built in.
constexpr const char* kWorkDir = "@KT2KO_WORK@";

// Reads them from a module directory that kbuild has built. Nothing when the files do not look as
// we know them: then the plain way has to serve.
std::optional<RecordedCommands> read_commands(const fs::path& dir, const std::string& module);

// The command for a directory.
std::string command_for(const std::string& recorded, const fs::path& work_dir);

}  // namespace kt2ko
