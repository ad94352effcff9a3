// SPDX-License-Identifier: GPL-2.0
// What lowering decided about a script, and why: what kt2ko --explain tells people.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lower/line_names.h"

namespace kt2ko {

struct Explanation {
  // What the key of an element is, as far as lowering knows.
  enum class Key {
    kNumber,      // goes to the runtime as a C number
    kConstant,    // a text of the script
    kTaskName,
    kEventName,
    kEventValue,  // a number, a text or an array
    kText,
    kStack,
    kParts,       // several parts, which make one key
    kOther,       // seen when it runs
  };
  // A place where the script uses an element of a table.
  struct Element {
    uint32_t line = 0;
    std::string access;  // "added to", "read", ...
    Key key = Key::kOther;
    kir::Cells cells = kir::Cells::kNone;  // without a lock, in cells of each CPU
  };
  struct Variable {
    std::string name;
    uint32_t line = 0;
    std::string function;  // where it is declared; empty: the main chunk
    bool shared = false;   // functions besides its own use it
    bool is_table = false;
    std::string storage;
    kir::Reason why;
    std::string memory;
    // tables
    std::optional<int64_t> room;   // elements that table.new() makes room for, when that is certain
    std::optional<int64_t> limit;  // the limit that it sets
    bool cells = false;     // elements may be in cells
    kir::Reason why_cells;  // or why not
    std::vector<Element> elements;
  };
  struct Handler {
    std::string title;
    uint32_t line = 0;
    std::string how;
    std::vector<kir::Reason> why_not;  // not quicker
  };

  kir::LineNames lines;
  bool user_stacks = false;         // the script takes them
  std::vector<kir::Limit> limits;   // that the module is built with, instead of the defaults
  std::vector<Variable> variables;  // in the order of their declarations
  std::vector<Handler> handlers;    // in the order of the script
  size_t counters = 0;              // numbers with a part per CPU
  size_t spreads = 0;               // histograms with a part per CPU
  std::vector<kir::Cells> adders;   // statements that add in cells
  size_t adders_by_key = 0;         // those of them whose key differs from event to event
};

// The whole of it as text: stable, for reading.
std::string text_of(const Explanation& e);

}  // namespace kt2ko
