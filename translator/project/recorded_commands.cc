// SPDX-License-Identifier: GPL-2.0
#include "project/recorded_commands.h"

#include <fmt/format.h>

namespace kt2ko {
namespace {

void replace_all(std::string* text, const std::string& old, const std::string& fresh) {
  for (size_t at = 0; (at = text->find(old, at)) != std::string::npos; at += fresh.size()) {
    text->replace(at, old.size(), fresh);
  }
}

// The command of a .cmd file: its first line is "cmd_FILE := COMMAND" or, since 6.3, "savedcmd_FILE
// := COMMAND".
std::string saved_command(const fs::path& file) {
  std::string text = read_file(file).value_or("");
  std::string line = text.substr(0, text.find('\n'));
  size_t at = line.find(" := ");
  if (at == std::string::npos ||
      (line.compare(0, 4, "cmd_") != 0 && line.compare(0, 9, "savedcmd_") != 0))
    return "";
  line = line.substr(at + 4);
  // make's spelling of what the shell saw
  replace_all(&line, "$(pound)", "#");
  replace_all(&line, "$$", "$");
  return line;
}

// Moves a file that the command names by its full path into the work directory. False when it does
// not name it.
bool move_file(std::string* command, const fs::path& dir, const std::string& file) {
  std::string full = (dir / file).string();
  if (command->find(full) == std::string::npos) return false;
  replace_all(command, full, fmt::format("{}/{}", kWorkDir, file));
  return true;
}

std::string srcarch_of(const std::string& compile) {
  const std::string before = "/arch/", after = "/include";
  size_t begin = compile.find(before);
  size_t end = compile.find(after, begin);
  if (begin == std::string::npos || end == std::string::npos) return "";
  begin += before.size();
  return compile.substr(begin, end - begin);
}

}  // namespace

std::optional<RecordedCommands> read_commands(const fs::path& dir, const std::string& module) {
  RecordedCommands commands;
  commands.compile = saved_command(dir / ".script.o.cmd");
  commands.combine = saved_command(dir / fmt::format(".{}.o.cmd", module));
  commands.link = saved_command(dir / fmt::format(".{}.ko.cmd", module));
  commands.flags = saved_command(dir / "runtime-c/compat/.ktr_features.h.cmd");
  const std::string before_flags = "/compat/probes ";
  size_t flags = commands.flags.find(before_flags);
  commands.flags =
      flags == std::string::npos ? "" : commands.flags.substr(flags + before_flags.size());
  commands.srcarch = srcarch_of(commands.compile);
  bool known = !commands.srcarch.empty() && !commands.flags.empty();
  known = move_file(&commands.compile, dir, "script.c") && known;
  known = move_file(&commands.compile, dir, "script.o") && known;
  move_file(&commands.compile, dir, ".script.o.d");
  known = move_file(&commands.combine, dir, module + ".mod") && known;
  known = move_file(&commands.combine, dir, module + ".o") && known;
  known = move_file(&commands.link, dir, module + ".ko") && known;
  known = move_file(&commands.link, dir, module + ".o") && known;
  if (!known) return std::nullopt;
  return commands;
}

std::string command_for(const std::string& recorded, const fs::path& work_dir) {
  std::string command = recorded;
  replace_all(&command, kWorkDir, work_dir.string());
  return command;
}

}  // namespace kt2ko
