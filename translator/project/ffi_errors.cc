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

}  // namespace

std::vector<FfiError> ffi_errors(const std::string& output) {
  static const std::regex kError("^(ktg-[a-z]+-?)([0-9]*):([0-9]+):(?:[0-9]+:)? (?:fatal )?error: (.*)$");
  std::vector<FfiError> found, follow;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (!std::regex_match(line, match, kError)) continue;
    FfiError error;
    error.in_text = match[1] == kGlueTexts;
    if (!error.in_text && match[1] != kGluePlaces) continue;
    error.number = std::stoul(match[error.in_text ? 2 : 3]);
    error.line = std::stoul(match[3]);
    error.message = plain_message(match[4]);
    const auto same = [&](const FfiError& e) {
      return e.in_text == error.in_text && e.number == error.number && e.line == error.line;
    };
    // What speaks of names of ours follows from an error somewhere else.
    std::vector<FfiError>& list = error.message.find("ktg_") == std::string::npos ? found : follow;
    if (std::none_of(list.begin(), list.end(), same)) list.push_back(error);
  }
  return found.empty() ? follow : found;
}

std::optional<Failure> ffi_failure(const Outcome& outcome, const FfiErrorText& text) {
  const std::vector<FfiError> errors = ffi_errors(outcome.output);
  if (errors.empty() || !text) return std::nullopt;
  std::string messages = text(errors);
  if (messages.empty()) return std::nullopt;  // none of them is at a place of the script
  return Failure{kScriptFailed, "", "", std::move(messages)};
}

}  // namespace kt2ko
