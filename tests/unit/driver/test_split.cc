// SPDX-License-Identifier: GPL-2.0
// A script's C as several files.
#include <catch2/catch.hpp>

#include "driver/pipeline.h"

using namespace kt2ko;

namespace {

std::vector<std::string> split_of(const std::string& script) {
  Source source("a.kp", script);
  CompileOptions options;
  options.module_name = "a";
  options.file_name = "a.kp";
  const Compiled compiled = compile(&source, options, nullptr);
  INFO(compiled.messages);
  REQUIRE(compiled.ok);
  return compiled.split;
}

std::string many_lines(const std::string& line) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += line + "\n";
  return text;
}

size_t count(const std::string& text, const std::string& what) {
  size_t n = 0;
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size()) ++n;
  return n;
}

// Files in which the function's body is.
std::vector<size_t> files_with_body(const std::vector<std::string>& files, const std::string& title) {
  std::vector<size_t> found;
  for (size_t i = 0; i < files.size(); ++i)
    if (count(files[i], "/* " + title + " */\n")) found.push_back(i);
  return found;
}

using Numbers = std::vector<size_t>;

}  // namespace

TEST_CASE("a small script is one file") {
  CHECK(split_of("function f() { print(1) }\nf()\n").empty());
  // and so is one that only has handlers
  CHECK(split_of("trace sched:sched_switch {\n" + many_lines("printf(\"%s %d\\n\", execname, pid)") + "}\n").empty());
}

TEST_CASE("what no event runs stands in other files, and everything in one only") {
  const std::vector<std::string> files = split_of(
      "var t = {}\nvar n = 0\nvar seen = 0\n"
      "function both(x) { return x .. \"!\" }\n"
      "function idle(x) {\n" + many_lines("t[x] = both(x)") + "}\n"
      "trace sched:sched_switch { n += 1; t[both(execname)] = 1 }\n"
      "tick-1s { seen = n }\n"
      "idle(1)\nprint(seen)\n" + many_lines("print(both(\"x\"))") +
      "trace_end {\n" + many_lines("print(t[1])") + "}\n");
  REQUIRE(files.size() >= 2);
  CHECK(files_with_body(files, "both") == Numbers{0});
  CHECK(files_with_body(files, "trace sched:sched_switch") == Numbers{0});
  CHECK(files_with_body(files, "tick-1s") == Numbers{0});
  for (const char* title : {"main chunk", "idle", "trace_end"}) {
    const Numbers found = files_with_body(files, title);
    INFO(title);
    REQUIRE(found.size() == 1);
    CHECK(found[0] != 0);
  }
  // Only what another file uses is seen outside; the counter has no name there.
  CHECK(count(files[0], "static int ktg_probe_") > 0);
  CHECK(count(files[0], "static int ktg_fn_idle") == 0);
  CHECK(count(files[0], "static struct ktr_func ktg_fn_idle_f ") == 0);
  CHECK(count(files[1], "static ") == 0);
  CHECK(count(files[1], "ktg_script") == 0);
}

TEST_CASE("parts are of about the same size") {
  std::string script;
  for (int i = 0; i < 40; ++i) script += "function f" + std::to_string(i) + "() {\n" + many_lines("print(arg[1])").substr(0, 14 * 40) + "}\nf" + std::to_string(i) + "()\n";
  const std::vector<std::string> files = split_of(script);
  REQUIRE(files.size() >= 3);
  size_t least = files[1].size(), most = 0;
  for (size_t i = 1; i < files.size(); ++i) {
    least = std::min(least, files[i].size());
    most = std::max(most, files[i].size());
  }
  CHECK(most < 2 * least);
}
