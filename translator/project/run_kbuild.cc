// SPDX-License-Identifier: GPL-2.0
#include "project/run_kbuild.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cctype>
#include <cstring>
#include <sstream>

namespace kt2ko {
namespace {

constexpr size_t kMaxLines = 40;

bool starts_with(const std::string& text, const std::string& prefix) {
  return text.compare(0, prefix.size(), prefix) == 0;
}

// make's own lines: "  CC [M]  file" and what it says about itself.
bool is_noise(const std::string& line) {
  if (starts_with(line, "  ") && line.size() > 3 && isupper(static_cast<unsigned char>(line[2])) &&
      isupper(static_cast<unsigned char>(line[3]))) {
    return true;
  }
  return line.empty() || starts_with(line, "Skipping BTF") || starts_with(line, "make") ||
         starts_with(line, "warning: the compiler differs") ||
         starts_with(line, "  The kernel was built by:") || starts_with(line, "  You are using:");
}

std::string without_dir(std::string line, const std::string& dir) {
  for (size_t at; (at = line.find(dir)) != std::string::npos;) line.erase(at, dir.size());
  return line;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> build_environment(const fs::path& temp_dir) {
  // An empty value removes the variable.
  return {{"TMPDIR", temp_dir.string()},
          {"LC_ALL", "C"},
          // kbuild takes LC_ALL away
          {"LANG", "C"},
          {"LANGUAGE", ""},
          {"LC_CTYPE", ""},
          {"LC_MESSAGES", ""},
          {"MAKEFLAGS", ""},
          {"MAKELEVEL", ""},
          {"MFLAGS", ""},
          {"ARCH", ""},
          {"SRCARCH", ""},
          {"LLVM", ""},
          {"CROSS_COMPILE", ""},
          {"KBUILD_OUTPUT", ""},
          {"KBUILD_EXTMOD", ""},
          {"KBUILD_VERBOSE", ""},
          {"O", ""},
          {"M", ""},
          {"V", ""},
          {"W", ""},
          {"GCC_COLORS", ""},
          {"TERM", "dumb"}};
}

Outcome run_kbuild(const fs::path& dir, const Kernel& kernel, const Cross& cross,
                   const std::vector<std::string>& extra) {
  Command command;
  command.argv = {"make", "-C", kernel.build_dir.string(), "M=" + dir.string(),
                  "--no-print-directory"};
  command.argv.push_back(fmt::format("-j{}", sysconf(_SC_NPROCESSORS_ONLN)));
  if (is_clang_kernel(kernel)) command.argv.push_back("LLVM=1");
  if (!cross.arch.empty()) command.argv.push_back("ARCH=" + cross.arch);
  if (!cross.prefix.empty()) command.argv.push_back("CROSS_COMPILE=" + cross.prefix);
  command.argv.insert(command.argv.end(), extra.begin(), extra.end());
  command.argv.push_back("modules");
  command.env = build_environment(dir);
  return run_captured(command);
}

bool is_path_for_make(const fs::path& dir) {
  for (char c : dir.string()) {
    if (!isalnum(static_cast<unsigned char>(c)) && !strchr("/._+-,@", c)) return false;
  }
  return true;
}

std::string build_messages(const std::string& output, const fs::path& dir) {
  std::vector<std::string> kept;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    if (!is_noise(line)) kept.push_back(without_dir(line, dir.string() + "/"));
  }
  std::string text;
  for (size_t i = 0; i < kept.size() && i < kMaxLines; ++i) text += kept[i] + "\n";
  if (kept.size() > kMaxLines)
    text += fmt::format("... and {} more lines\n", kept.size() - kMaxLines);
  if (kept.empty()) text = output;
  return text;
}

std::vector<std::string> build_words(const fs::path& dir) {
  // Debug information makes a module ten times as large and its build slower; --emit-c keeps it for
  // who needs it. BTF is made from it, so without it that step has to go too. The kernel's warnings
  // name source files: without the directory, which is another one each time.
  return {fmt::format("KCFLAGS=-g0 -fmacro-prefix-map={}/=", dir.string()),
          "CONFIG_DEBUG_INFO_BTF_MODULES="};
}

Failure internal_build_error(const Outcome& outcome, const fs::path& dir, const fs::path& kept) {
  Failure failure;
  failure.details = build_messages(outcome.output, dir);
  if (outcome.output.find("signal terminated program") != std::string::npos) {
    failure.message = "the compiler was killed while it built the module";
    failure.hint = "is there enough memory? Try again";
    return failure;
  }
  failure.message = fmt::format(
      "internal error: the generated C does not build; the C is kept in {}", kept.string());
  failure.hint = "this is a bug of kt2ko: please report it with the script";
  return failure;
}

}  // namespace kt2ko
