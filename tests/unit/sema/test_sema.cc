// SPDX-License-Identifier: GPL-2.0
// What is inferred about variables, and the storage that follows from it.
#include <catch2/catch.hpp>

#include "lower/storage.h"
#include "parse/parse.h"
#include "sema/analyze.h"

using namespace kt2ko;
using lower_detail::Storage;
using lower_detail::Why;

namespace {

struct Analysis {
  explicit Analysis(const std::string& text) : source("test.kp", text) {
    script = parse(source, arena, diags);
    REQUIRE(script != nullptr);
    model = sema::analyze(*script, source, nullptr, false, diags);
    REQUIRE_FALSE(diags.has_errors());
  }
  const sema::Variable& variable(const std::string& name) const {
    for (const sema::Variable& v : model->variables)
      if (v.name == name) return v;
    FAIL("no variable " << name);
    return model->variables.front();
  }
  const sema::Function& function(const std::string& name) const {
    for (const sema::Function& f : model->functions)
      if (f.name == name) return f;
    FAIL("no function " << name);
    return model->functions.front();
  }
  Storage storage(const std::string& name) const { return lower_detail::StoragePlan(*model).of(variable(name)); }
  Why why(const std::string& name) const { return lower_detail::StoragePlan(*model).choose(variable(name)).why; }
  // The line that decided, 0: none did.
  uint32_t where(const std::string& name) const {
    const auto at = lower_detail::StoragePlan(*model).choose(variable(name)).where;
    return at ? source.line(at->begin) : 0;
  }

  Source source;
  Arena arena;
  Diags diags;
  ast::Script* script = nullptr;
  std::unique_ptr<sema::Model> model;
};

}  // namespace

TEST_CASE("numbers stay numbers through variables, parameters and results") {
  Analysis a(R"(
function add(x, y) { return x + y }
var sum = add(1, 2)
var twice = sum * 2
var text = "n" .. twice
var either = twice > 3 && "big"
)");
  CHECK(a.variable("x").types == type::kInt);
  CHECK(a.variable("sum").types == type::kInt);
  CHECK(a.variable("twice").types == type::kInt);
  CHECK(a.variable("text").types == type::kStr);
  CHECK(a.variable("either").types == (type::kBool | type::kStr));
  CHECK(a.function("add").one_result);
}

TEST_CASE("what cannot be known is any") {
  Analysis a(R"(
var t = {}
var element = t.x
function f(v) { return v }
var g = f
var empty
var first, second = f(1)
)");
  CHECK(a.variable("element").types == type::kAny);
  CHECK(a.variable("v").types == type::kAny);  // f escapes
  CHECK(a.variable("empty").types == type::kNil);
  CHECK(a.variable("second").types == type::kAny);
}

TEST_CASE("a number that handlers only add to is a counter") {
  Analysis a(R"(
var counted = 0
var also = 0
var tested = 0
var set = 0
trace sched:sched_switch { counted += 1  also = also - 2  tested += 1  if (tested > 5) { set = 1 } }
tick-1s { print(counted, also) counted = 0 }
)");
  CHECK(a.storage("counted") == Storage::kCounter);
  CHECK(a.storage("also") == Storage::kCounter);
  CHECK(a.storage("tested") == Storage::kNumber);
  CHECK(a.storage("set") == Storage::kNumber);
}

TEST_CASE("a choice of storage comes with the fact that decided, and its place") {
  Analysis a(R"(var counted = 0
var read = 0
var set = 0
var limit = 5
var table = {}
var changed = {}
var word = "x"
var sure = false
var own = 1
trace sched:sched_switch {
	counted += 1
	read += limit
	set += 1
	table[1] = 2
}
trace sched:sched_wakeup {
	if (read > limit) { set = 0 }
	counted += 2
	sure = true
}
tick-1s { changed = {}  word = "y" .. word }
for (i = 1, 2) {
	var each = i
	trace sched:sched_switch { each += 1 }
}
)");
  CHECK(a.why("counted") == Why::kOnlyAdded);
  CHECK(a.where("counted") == 11);
  CHECK(a.why("read") == Why::kReadInEvent);
  CHECK(a.where("read") == 17);
  CHECK(a.why("set") == Why::kStoredInEvent);
  CHECK(a.where("set") == 17);
  CHECK(a.why("limit") == Why::kNotAdded);
  CHECK(a.why("table") == Why::kSetOnce);
  CHECK(a.why("changed") == Why::kSetAgain);
  CHECK(a.why("word") == Why::kOtherValues);
  CHECK(a.why("sure") == Why::kTruthValue);
  CHECK(a.why("own") == Why::kUsedHere);
  CHECK(a.why("each") == Why::kNewEachTime);
  const lower_detail::StoragePlan plan(*a.model);
  REQUIRE(plan.other_use(a.variable("table")));
  CHECK(a.source.line(plan.other_use(a.variable("table"))->begin) == 14);
}

TEST_CASE("only so many numbers can have parts per CPU") {
  std::string text, adds;
  for (int i = 0; i <= static_cast<int>(lower_detail::kMaxCounters); ++i) {
    text += "var n" + std::to_string(i) + " = 0\n";
    adds += "n" + std::to_string(i) + " += 1\n";
  }
  Analysis a(text + "trace sched:sched_switch {\n" + adds + "}\n");
  CHECK(a.why("n63") == Why::kOnlyAdded);
  CHECK(a.why("n64") == Why::kManyCounters);
}

TEST_CASE("functions that handlers may run count as handlers") {
  Analysis a(R"(
var n = 0
var m = 0
function show() { print(n) }
function add() { n += 1 }
function report() { print(m) }
trace sched:sched_switch { add() show() m += 1 }
trace_end { report() }
)");
  CHECK(a.storage("n") == Storage::kNumber);  // read where events happen
  CHECK(a.storage("m") == Storage::kCounter);
}

TEST_CASE("shared tables, locals and captured variables") {
  Analysis a(R"(
var fixed = {}
var changed = {}
var local = 1
var unused_text = "x"
for (i = 1, 3) {
	var inner = i
	trace sched:sched_switch { fixed[1] = inner }
}
trace_end { changed = fixed }
function helper() { return 1 }
)");
  CHECK(a.storage("fixed") == Storage::kFixedCell);
  CHECK(a.storage("changed") == Storage::kCell);
  CHECK(a.storage("local") == Storage::kLocalNumber);
  CHECK(a.storage("unused_text") == Storage::kSlot);
  CHECK(a.storage("inner") == Storage::kBox);
  CHECK(a.storage("helper") == Storage::kStaticFunction);
}

TEST_CASE("a function that captures boxes needs a closure, one that captures shared variables does not") {
  Analysis a(R"(
var shared = 0
function outer() {
	var mine = 0
	function inner() { mine += 1  return mine }
	function plain() { shared += 1 }
	plain()
	return inner
}
outer()
)");
  CHECK(a.storage("inner") == Storage::kSlot);
  CHECK(a.storage("plain") == Storage::kStaticFunction);
  CHECK(a.storage("outer") == Storage::kStaticFunction);
  CHECK(a.storage("mine") == Storage::kBox);
}

TEST_CASE("undeclared globals: set first at the top they never hold nil") {
  Analysis a(R"(
first = 0
trace sched:sched_switch { first += 1  later = 5 }
trace_end { print(first, later) }
)");
  CHECK(a.variable("first").types == type::kInt);
  CHECK(a.variable("later").types == (type::kNil | type::kInt));
}
