// SPDX-License-Identifier: GPL-2.0
// Exit statuses, and how a step that can fail hands back its reason.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace kt2ko {

// Exit statuses of every command.
enum Status {
  kDone = 0,
  kScriptFailed = 1,  // the script is wrong, or failed at run time
  kUsage = 2,         // the command line is wrong
  kRefused = 3,       // the tool or the kernel refused: no headers, not root, a bug of ours
};

// Why a step failed: one line, and when there is one the command or option that mends it.
struct Failure {
  Status status = kRefused;
  std::string message;
  std::string hint = {};
  std::string details = {};  // lines shown before the message: what a compiler said
};

// A value or a Failure.
template <typename T>
class Result {
 public:
  Result(T value) : state_(std::move(value)) {}
  Result(Failure failure) : state_(std::move(failure)) {}

  bool ok() const { return std::holds_alternative<T>(state_); }
  T& value() { return std::get<T>(state_); }
  const T& value() const { return std::get<T>(state_); }
  const Failure& failure() const { return std::get<Failure>(state_); }

 private:
  std::variant<T, Failure> state_;
};

// A step without a result.
struct Nothing {};
using Done = Result<Nothing>;

}  // namespace kt2ko
