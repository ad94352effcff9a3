// SPDX-License-Identifier: GPL-2.0
#include "driver/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "driver/limits.h"
#include "support/architecture.h"

namespace kt2ko {
namespace {

struct CommandRow {
  const char* name;
  CommandBit bit;
  const char* synopsis;
  const char* text;
};

constexpr CommandRow kCommands[] = {
#define COMMAND(name, bit, synopsis, text) {#name, bit, synopsis, text},
#include "driver/options.def"
#undef COMMAND
};

struct OptionRow {
  const char* names;
  const char* argument;
  unsigned commands;
  const char* text;
};

constexpr OptionRow kOptions[] = {
#define OPTION(field, names, argument, commands, text) {names, argument, commands, text},
#include "driver/options.def"
#undef OPTION
};

// True when the row has this spelling, e.g. "-k".
bool has_name(const OptionRow& row, const std::string& name) {
  std::string names = fmt::format(",{},", row.names);
  return names.find("," + name + ",") != std::string::npos;
}

// How many words of values an option takes: those of "KEY CERT" are two.
size_t values_of(const std::string& name) {
  for (const OptionRow& row : kOptions) {
    if (!has_name(row, name) || !row.argument) continue;
    const std::string argument = row.argument;
    return 1 + static_cast<size_t>(std::count(argument.begin(), argument.end(), ' '));
  }
  return 0;
}

// How many words after this option word are its values: those of "-o", "--kernel", "-vo", but not
// of "-oFILE", "--kernel=6.12".
size_t wanted_words(const std::string& word) {
  if (word.compare(0, 2, "--") == 0) return values_of(word);
  for (size_t i = 1; i < word.size(); ++i) {
    if (size_t n = values_of(std::string("-") + word[i])) return i + 1 == word.size() ? n : n - 1;
  }
  return 0;
}

bool is_option(const std::string& word) { return word.size() > 1 && word[0] == '-'; }

// The command line in its parts. For run and vm all words after the script belong to it, also those
// that look like options; what stands after "--" is the command to trace.
struct Split {
  std::vector<std::string> own;  // options of ours and files
};

bool take_command(const std::string& word, Options* options) {
  for (const CommandRow& row : kCommands) {
    if (word != row.name) continue;
    options->command = row.bit;
    options->command_named = true;
    return true;
  }
  return false;
}

Split split_words(const std::vector<std::string>& words, Options* options) {
  Split split;
  bool command_possible = true;
  bool script_given = false;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    bool traces = options->command == kRun || options->command == kVm;
    if (word == "--" && traces) {
      options->workload.assign(words.begin() + static_cast<long>(i) + 1, words.end());
      break;
    }
    if (traces && script_given) {
      options->script_args.push_back(word);
    } else if (is_option(word)) {
      script_given = script_given || word.compare(0, 2, "-e") == 0;
      split.own.push_back(word);
      for (size_t n = wanted_words(word); n && i + 1 < words.size(); --n) split.own.push_back(words[++i]);
    } else if (command_possible && take_command(word, options)) {
      command_possible = false;
    } else {
      command_possible = false;
      script_given = true;
      options->files.push_back(word);
    }
  }
  return split;
}

void bind(CLI::App* app, const char* names, const char* argument, bool* field) {
  (void)argument;
  app->add_flag(names, *field);
}

template <typename T>
void bind(CLI::App* app, const char* names, const char* argument, T* field) {
  app->add_option(names, *field)->type_name(argument)->take_last();
}

void bind(CLI::App* app, const char* names, const char* argument, std::vector<std::string>* field) {
  // One value each time it is given, so that it does not swallow the words that follow.
  app->add_option(names, *field)
      ->type_name(argument)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void bind_all(CLI::App* app, Options* options) {
#define OPTION(field, names, argument, commands, text) \
  if ((commands)&options->command) bind(app, names, argument, &options->field);
#include "driver/options.def"
#undef OPTION
}

std::string command_name(CommandBit command) {
  for (const CommandRow& row : kCommands) {
    if (row.bit == command) return row.name;
  }
  return "";
}

Failure usage(std::string message, std::string hint = "see kt2ko --help") {
  return {kUsage, std::move(message), std::move(hint)};
}

bool is_number(const std::string& text, const char* digits = "0123456789") {
  return text.find_first_not_of(digits) == std::string::npos;
}

Done check_values(const Options& options) {
  if (!options.sign.first.empty() && !options.emit_c.empty()) {
    return usage("--sign says nothing with --emit-c and --dkms: make builds that module",
                 "sign it when it is built: BUILDDIR/scripts/sign-file sha256 KEY CERT MODULE.ko");
  }
  if (options.link_tapsets && !options.user_c.empty()) return usage("--link-tapsets is for modules");
  if (!options.arch.empty() && !find_architecture(options.arch))
    return usage(fmt::format("unknown architecture \"{}\"", options.arch), fmt::format("there are: {}", architecture_names()));
  if (options.color != "auto" && options.color != "always" && options.color != "never") {
    return usage(fmt::format("--color is auto, always or never, not \"{}\"", options.color));
  }
  if (options.deferred != "yes" && options.deferred != "no")
    return usage(fmt::format("--deferred is yes or no, not \"{}\"", options.deferred));
  if (!options.on_error.empty() && options.on_error != "stop" && options.on_error != "continue") {
    return usage(fmt::format("--on-error is stop or continue, not \"{}\"", options.on_error));
  }
  for (const std::string& param : options.params) {
    if (param.find('=') == std::string::npos)
      return usage(fmt::format("\"{}\" is not NAME=VALUE", param));
  }
  if (options.command == kBuild || options.command == kBundle) {
    Result<std::vector<kir::Limit>> limits = limits_of(options.params);
    if (!limits.ok()) return limits.failure();
  }
  for (const std::string& kernel : options.kernels) {
    if (kernel.empty()) return usage("-k names no kernel: its value is empty");
  }
  for (const std::string* number : {&options.pid, &options.cpu, &options.jobs}) {
    if (!is_number(*number)) return usage(fmt::format("\"{}\" is not a number", *number));
  }
  if (!options.jobs.empty() && options.jobs.find_first_not_of('0') == std::string::npos) return usage("-j needs one module at a time at least");
  if (options.jobs.size() > 4) return usage(fmt::format("\"{}\" is too many modules at a time", options.jobs));
  if (!is_number(options.timeout, "0123456789.")) {
    return usage(fmt::format("\"{}\" is not a number of seconds", options.timeout));
  }
  for (const std::string* pass : {&options.stop_after, &options.dump_after}) {
    const std::string& p = *pass;
    if (!p.empty() && p != "parse" && p != "check" && p != "lower" && p != "emit") {
      return usage(fmt::format("no pass \"{}\"", p), "the passes are parse, check, lower, emit");
    }
  }
  return Nothing{};
}

Done check_words(const Options& options) {
  size_t files = options.files.size();
  std::string name = command_name(options.command);
  if (options.kernels.size() > 1 && options.command != kCheck && options.command != kBundle) {
    return usage("more than one -k", "only kt2ko check and kt2ko bundle build for several kernels");
  }
  switch (options.command) {
    case kList:
      return files <= 1 ? Done(Nothing{})
                        : usage("list takes one pattern", "quote it: kt2ko list 'sched:*'");
    case kSnapshot:
      return files == 0 ? Done(Nothing{}) : usage("snapshot takes no words", "kt2ko snapshot -k KERNEL -o FILE");
    case kDoctor:
      return files == 0 ? Done(Nothing{}) : usage("doctor takes no words");
    case kTapset:
      return files == 1 ? Done(Nothing{}) : usage("tapset takes one tapset", "kt2ko tapset NAME, or its file: kt2ko tapset DIR/NAME.kp");
    case kCheck:
    case kBundle:
      if (files == 0 && !options.program)
        return usage(fmt::format("{} needs a script", name), fmt::format("kt2ko {} SCRIPT.kp", name));
      if (options.command == kBundle && options.output.empty())
        return usage("bundle needs -o", "kt2ko bundle SCRIPT.kp... -k KERNEL... -o FILE.ktb");
      if (files + (options.program ? 1 : 0) > 1 && !options.module.empty())
        return usage("-m with several scripts");
      return Nothing{};
    default:
      if (files == 0 && !options.program) {
        return usage("no script given", fmt::format("kt2ko {} SCRIPT.kp; see kt2ko --help", name));
      }
      if (files != 0 && options.program)
        return usage(fmt::format("both -e and a file, {}", options.files[0]));
      if (files > 1) {
        return usage(fmt::format("one script at a time, not also {}", options.files[1]),
                     "to build several, use kt2ko check or kt2ko bundle; script arguments are for run and vm");
      }
      return Nothing{};
  }
}

std::string option_lines(unsigned commands) {
  std::string text;
  for (const OptionRow& row : kOptions) {
    if (!row.text || !(row.commands & commands)) continue;
    std::string names = row.names;
    size_t comma = names.find(',');
    if (comma != std::string::npos) names.insert(comma + 1, " ");
    if (row.argument) names += fmt::format(" {}", row.argument);
    if (names.size() > 24) {
      text += fmt::format("  {}\n  {:24} {}\n", names, "", row.text);
    } else {
      text += fmt::format("  {:24} {}\n", names, row.text);
    }
  }
  return text;
}

}  // namespace

Result<Options> parse_options(const std::vector<std::string>& words) {
  Options options;
  Split split = split_words(words, &options);
  CLI::App app("kt2ko");
  app.set_help_flag();
  bind_all(&app, &options);
  app.add_option("FILE", options.files);  // what follows "--" where no command is traced
  std::vector<std::string> files = options.files;
  std::reverse(split.own.begin(), split.own.end());  // as CLI11 wants them
  try {
    app.parse(split.own);
  } catch (const CLI::ParseError& error) {
    return usage(error.what());
  }
  if (options.files != files)
    options.files.insert(options.files.begin(), files.begin(), files.end());
  if (options.help || options.version) return options;
  if (!options.dkms.empty()) {
    if (!options.emit_c.empty()) return usage("--emit-c and --dkms exclude each other");
    options.emit_c = options.dkms;
  }
  Done good = check_values(options);
  if (good.ok()) good = check_words(options);
  if (!good.ok()) return good.failure();
  return options;
}

std::string help_text(const Options& options) {
  std::string text;
  if (!options.command_named) {
    text = "kt2ko makes Linux kernel modules from ktap tracing scripts.\n\nusage:\n";
    for (const CommandRow& row : kCommands)
      text += fmt::format("  kt2ko {:36} {}\n", row.synopsis, row.text);
    return text + "\noptions:\n" + option_lines(kAny) +
           "\nexit status: 0 done, 1 the script is wrong or failed, " +
           "2 usage, 3 the tool or the kernel refused\n";
  }
  for (const CommandRow& row : kCommands) {
    if (row.bit != options.command) continue;
    text = fmt::format("usage: kt2ko {}\n  {}\n\noptions:\n", row.synopsis, row.text);
  }
  return text + option_lines(options.command);
}

}  // namespace kt2ko
