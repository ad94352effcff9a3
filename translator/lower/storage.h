// SPDX-License-Identifier: GPL-2.0
// Where each variable lives.
#pragma once

#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "sema/model.h"

namespace kt2ko::lower_detail {

enum class Storage {
  kLocalNumber,    // a C local
  kLocalBool,
  kSlot,           // a slot of the frame
  kStaticFunction, // no storage: always the same function, which captures nothing
  kNumber,         // shared word, atomic access
  kBool,           // the same for a truth value
  kCounter,        // one word per CPU and level: handlers only add to it
  kFixedCell,      // shared value that is set once, before anything else can see it: read in place
  kCell,           // shared value under its lock
  kSpread,         // a histogram of which each CPU has its own: handlers only add to it
  kOwn,            // a table of which each thread has its own element (own_tables.h): no storage of its own
  kBox,            // captured variable of an inner scope: an object of its own
};

constexpr size_t kMaxOwnTables = 16;
constexpr size_t kMaxSpreads = 64;
// The fact that decided on a storage; kt2ko --explain puts them into words.
enum class Why {
  kUsedHere,        // no function inside of its owner uses it
  kSameFunction,    // it always is the same function, which captures nothing
  kNewEachTime,     // captured, and each entry of its block makes a new one
  kOnlyAdded,       // handlers add to it and do nothing else with it
  kNotAdded,        // no handler adds to it
  kReadInEvent,
  kStoredInEvent,
  kManyCounters,    // it would be a counter, but there are enough
  kTruthValue,
  kSetOnce,         // a table that is never assigned again
  kSetAgain,
  kOtherValues,     // it holds other things than numbers
  kOfThreads,       // of a table only t[tid] is used
  kAggregated,      // samples are merged in place
  kOfTapset,        // of a prebuilt tapset
};

struct Choice {
  Storage storage;
  Why why;
  std::optional<Span> where;  // the place in the script that decided, when it is one
};

constexpr size_t kMaxCounters = 64;  // KTR_MAX_COUNTERS: memory of that kind is scarce in the kernel

class StoragePlan {
 public:
  // prebuilt: for a tapset's module, whose variables are cells that each script has its own of.
  explicit StoragePlan(const sema::Model& model, bool prebuilt = false);

  Choice choose(const sema::Variable& v) const;
  Storage of(const sema::Variable& v) const { return choose(v).storage; }
  // True for a table that is set once, and that event handlers use only to add to its elements (t[k] += d).
  bool is_only_added(const sema::Variable& v) const;
  // True when besides nothing but the script's own thread reads its elements: the table is only indexed and given to functions
  // of the library, so nobody knows it by another name.
  bool is_read_by_thread_only(const sema::Variable& v) const { return is_only_added(v) && !escapes_.count(&v); }
  // Number of a kOwn table among these, and how many there are.
  int own_number(const sema::Variable& v) const { return own_.at(&v); }
  size_t n_own() const { return own_.size(); }
  // Where event handlers first do something else with a table than adding to its elements.
  std::optional<Span> other_use(const sema::Variable& v) const;
  // True when the function captures no boxes: one static object serves.
  bool is_static(const sema::Function& f) const { return !needs_closure_.count(&f); }
  // The captured variables that live in boxes, in the order of self->up[].
  std::vector<sema::Variable*> boxes_of(const sema::Function& f) const;

 private:
  bool only_takes_samples(const sema::Variable& v) const;
  Choice of_number(const sema::Variable& v) const;

  const sema::Model& model_;
  bool prebuilt_ = false;
  std::unordered_set<const sema::Variable*> spread_;
  std::unordered_set<const sema::Function*> needs_closure_;
  std::unordered_map<const sema::Variable*, int> own_;
  std::unordered_set<const sema::Variable*> escapes_;  // used as a value, other than given to a function of the library
  std::unordered_set<const sema::Variable*> no_counters_;  // would be, but there are kMaxCounters already
  std::unordered_map<const sema::Variable*, Span> used_in_event_;  // for anything but adding to elements: the first place
};

}  // namespace kt2ko::lower_detail
