// SPDX-License-Identifier: GPL-2.0
// The script library as the translator knows it: one row per function, in builtins.def.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace kt2ko {

// A set of value types. What is always exactly kInt is a C number; the rest is a tagged value.
using TypeSet = uint32_t;
namespace type {
constexpr TypeSet kNone = 0, kNil = 1, kBool = 2, kInt = 4, kStr = 8, kKip = 16, kStack = 32, kTuple = 64, kTable = 128,
                  kFunc = 256, kHist = 512, kStats = 1024, kAny = 2047;
// What count(), sum(), and min(), max(), avg(), stddev() give: never the value of a variable or element, which reads as a
// number, or as a number or nil.
constexpr TypeSet kCount = 2048, kSum = 4096, kSample = 8192;
constexpr TypeSet kScalars = kCount | kSum | kSample;
constexpr TypeSet kAggregates = kHist | kStats | kScalars;
// What an event's argument or field can be.
constexpr TypeSet kEventData = kAny & ~(kHist | kStats);
}

enum BuiltinFlags : uint32_t {
  kProcess = 1,         // runs in the script's own thread only
  kRegisters = 2,       // registers an event handler: second argument is the handler; main chunk only
  kRegistersTick = 4,   // the same, the handler runs in the script's own thread
  kRegistersEnd = 8,    // registers the handler of the trace's end (first argument)
  kRegistration = kRegisters | kRegistersTick | kRegistersEnd,
  kAggregate = 16,      // gives something to aggregate; the name is the library's only where it is called
  kManyResults = 32,    // may give more or fewer than one result
};

struct Builtin {
  std::string_view name;  // "print", "table.new"
  std::string_view id;    // ktr_lib_<id>, ktr_libval_<id>
  int min_args;
  int max_args;  // -1: any number
  TypeSet result;
  uint32_t flags;
  std::string_view doc;
};

const std::vector<Builtin>& builtins();
// nullptr: there is none of that name.
const Builtin* find_builtin(std::string_view name);
// True for the first part of a dotted name: table, ansi, net, kdebug, timer.
bool is_library_table(std::string_view name);
// The known name nearest to a misspelled one, or empty.
std::string_view nearest_builtin(std::string_view name);

}  // namespace kt2ko
