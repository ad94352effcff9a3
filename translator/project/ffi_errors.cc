// SPDX-License-Identifier: GPL-2.0
#include "project/ffi_errors.h"

#include <algorithm>
#include <regex>
#include <sstream>

#include "emit/emit.h"

namespace kt2ko {
namespace {

// Without the names of our making and without what the compiler says about itself.
std::string plain_message(std::string text) {
  static const std::regex kAka("incomplete typedef '[^']*' \\{aka '([^']*)'\\}");
  static const std::regex kOurs("'ktg_[A-Za-z0-9_]*(?: \\*)?' \\{aka '([^']*)'\\}");
  static const std::regex kOption(" \\[-W[a-z0-9=-]*\\]$");
  static const std::regex kAssert("^static assertion failed: \"(.*)\"$");
  text = std::regex_replace(text, kAka, "undefined type '$1'");
  text = std::regex_replace(text, kOurs, "'$1'");
  text = std::regex_replace(text, kOption, "");
  return std::regex_replace(text, kAssert, "$1");
}

// A place of the script is what the compiler calls a line of kGluePlaces or of one of kGlueTexts.
std::optional<FfiError> error_at(const std::smatch& name_number_line, const std::string& message) {
  FfiError error;
  error.in_text = name_number_line[1] == kGlueTexts;
  if (!error.in_text && name_number_line[1] != kGluePlaces) return std::nullopt;
  error.number = std::stoul(name_number_line[error.in_text ? 2 : 3]);
  error.line = std::stoul(name_number_line[3]);
  error.message = plain_message(message);
  return error;
}

// One error for each place.
void add(std::vector<FfiError>& list, const FfiError& error) {
  const auto same = [&](const FfiError& e) {
    return e.in_text == error.in_text && e.number == error.number && e.line == error.line;
  };
  if (std::none_of(list.begin(), list.end(), same)) list.push_back(error);
}

}  // namespace

std::vector<FfiError> ffi_errors(const std::string& output) {
  static const std::regex kError("^(ktg-[a-z]+-?)([0-9]*):([0-9]+):(?:[0-9]+:)? (?:fatal )?error: (.*)$");
  static const std::regex kElsewhere("^[^ ]+:[0-9]+:(?:[0-9]+:)? (?:fatal )?error: (.*)$");
  static const std::regex kExpanded("^(ktg-[a-z]+-?)([0-9]*):([0-9]+):(?:[0-9]+:)? note: in expansion of macro .KTF_.*$");
  // follow: what speaks of names of ours follows from an error somewhere else. within: what is wrong within a macro, ours or the
  // kernel's, that a place of the script uses; the compiler says later which place that is.
  std::vector<FfiError> found, follow, within;
  std::string inner;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, kError)) {
      const std::optional<FfiError> error = error_at(match, match[4]);
      if (error) add(error->message.find("ktg_") == std::string::npos ? found : follow, *error);
    } else if (std::regex_match(line, match, kElsewhere)) {
      inner = match[1];
    } else if (!inner.empty() && std::regex_match(line, match, kExpanded)) {
      const std::optional<FfiError> error = error_at(match, inner);
      if (error) add(within, *error);
      inner.clear();
    }
  }
  for (const std::vector<FfiError>* list : {&found, &follow, &within})
    if (!list->empty()) return *list;
  return {};
}

std::optional<Failure> ffi_failure(const Outcome& outcome, const FfiErrorText& text) {
  const std::vector<FfiError> errors = ffi_errors(outcome.output);
  if (errors.empty() || !text) return std::nullopt;
  std::string messages = text(errors);
  if (messages.empty()) return std::nullopt;  // none of them is at a place of the script
  return Failure{kScriptFailed, "", "", std::move(messages)};
}

}  // namespace kt2ko
