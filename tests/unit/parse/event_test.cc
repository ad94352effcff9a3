// SPDX-License-Identifier: GPL-2.0
#include "ast/dump.h"
#include "parsed.h"

using namespace kt2ko;
using Kind = ast::FetchStep::Kind;

namespace {

ast::EventSpec spec(const std::string& text) {
  Parsed p("trace " + text + " {}");
  const auto& events = p.stmt<ast::TraceStmt>().events;
  REQUIRE(events.size() == 1);
  return *events[0];
}

std::string filter(const std::string& text) {
  Parsed p("trace a:b /" + text + "/ {}");
  const auto& s = p.stmt<ast::TraceStmt>();
  REQUIRE(s.filter.has_value());
  return ast::dump(*s.filter);
}

void check_step(const ast::FetchStep& step, Kind kind, const std::string& name, int64_t offset) {
  CHECK(step.kind == kind);
  CHECK(step.name == name);
  CHECK(step.offset == offset);
}

int64_t interval(const std::string& text) {
  Parsed p(text + " {}");
  return p.stmt<ast::TimerStmt>().interval_ns;
}

}  // namespace

TEST_CASE("tracepoints") {
  auto e = spec("sched:sched_switch");
  CHECK(e.system == "sched");
  CHECK(e.event == "sched_switch");
  CHECK(e.text == "sched:sched_switch");
  CHECK(e.path.empty());
  e = spec("  *:*  ");
  CHECK(e.system == "*");
  CHECK(e.event == "*");
  e = spec("sys[ck]*:\\*x?\n");
  CHECK(e.system == "sys[ck]*");
  CHECK(e.event == "\\*x?");
  e = spec("a :\n\tb");
  CHECK(e.system == "a");
  CHECK(e.event == "b");
  CHECK(spec("probes:x").system == "probes");
}

TEST_CASE("kernel probes") {
  auto e = spec("probe:vfs_read");
  CHECK(e.system == "probe");
  CHECK(e.event == "vfs_read");
  CHECK_FALSE(e.is_return);
  e = spec("probe:vfs_[rw]*%return r=$retval");
  CHECK(e.event == "vfs_[rw]*");
  CHECK(e.is_return);
  CHECK(e.fetch.size() == 1);
  e = spec("probe:vfs_read+0x10");
  CHECK(e.event == "vfs_read");
  CHECK(e.offset == 16);
  CHECK(spec("probe : f.isra.0").event == "f.isra.0");
}

TEST_CASE("user probes and markers") {
  auto e = spec("probe:/lib/libc.so.6:malloc");
  CHECK(e.path == "/lib/libc.so.6");
  CHECK(e.event == "malloc");
  e = spec("probe:./a.out:0x1234%return");
  CHECK(e.path == "./a.out");
  CHECK(e.event.empty());
  CHECK(e.offset == 0x1234);
  CHECK(e.is_return);
  CHECK(spec("probe:a.out:017").offset == 15);
  e = spec("probe:a.out:main+8");
  CHECK(e.path == "a.out");
  CHECK(e.event == "main");
  CHECK(e.offset == 8);
  e = spec("sdt:/usr/lib/x.so:throw");
  CHECK(e.system == "sdt");
  CHECK(e.path == "/usr/lib/x.so");
  CHECK(e.event == "throw");
  CHECK(spec("sdt:x.so:libx:th*").event == "libx:th*");
}

TEST_CASE("fetch arguments") {
  auto e = spec("probe:f a=%di:u32 %si b = +0x8(-4(%dx)) $stack12 $stack c=$comm @jiffies @jiffies-0x8:x64 @0xffff8000+8");
  REQUIRE(e.fetch.size() == 9);
  CHECK(e.fetch[0].name == "a");
  CHECK(e.fetch[0].type == "u32");
  check_step(e.fetch[0].steps[0], Kind::kReg, "di", 0);
  CHECK(e.fetch[1].name.empty());
  CHECK(e.fetch[1].type.empty());
  REQUIRE(e.fetch[2].steps.size() == 3);
  CHECK(e.fetch[2].name == "b");
  check_step(e.fetch[2].steps[0], Kind::kReg, "dx", 0);
  check_step(e.fetch[2].steps[1], Kind::kDeref, "", -4);
  check_step(e.fetch[2].steps[2], Kind::kDeref, "", 8);
  check_step(e.fetch[3].steps[0], Kind::kStackN, "", 12);
  check_step(e.fetch[4].steps[0], Kind::kStack, "", 0);
  check_step(e.fetch[5].steps[0], Kind::kComm, "", 0);
  check_step(e.fetch[6].steps[0], Kind::kSym, "jiffies", 0);
  check_step(e.fetch[7].steps[0], Kind::kSym, "jiffies", -8);
  CHECK(e.fetch[7].type == "x64");
  check_step(e.fetch[8].steps[0], Kind::kAddr, "", 0xffff8008);
}

TEST_CASE("fetch from a program's memory in the kernel's notation") {
  auto e = spec("probe:f a=+u8(%si):u32 +0(-u0x10(%di)):string");
  REQUIRE(e.fetch.size() == 2);
  check_step(e.fetch[0].steps[1], Kind::kDeref, "", 8);
  check_step(e.fetch[1].steps[1], Kind::kDeref, "", -16);
  check_step(e.fetch[1].steps[2], Kind::kDeref, "", 0);
}

TEST_CASE("fetch from an absolute address") {
  auto e = spec("probe:f @0xffffffff81000000");
  check_step(e.fetch[0].steps[0], Kind::kAddr, "", static_cast<int64_t>(0xffffffff81000000ULL));
}

TEST_CASE("several events, each with its arguments") {
  Parsed p("trace probe:f a=%di:u8, probe:g%return b=$retval ,\n\tsched:x /a == 1/ {}");
  const auto& s = p.stmt<ast::TraceStmt>();
  REQUIRE(s.events.size() == 3);
  CHECK(s.events[0]->text == "probe:f a=%di:u8");
  CHECK(s.events[1]->text == "probe:g%return b=$retval");
  CHECK(s.events[2]->event == "x");
  CHECK(s.filter.has_value());
}

TEST_CASE("filters: expressions of the language") {
  CHECK(filter("a > 1 && (b || !c)") == "a > 1 && (b || !c)");
  CHECK(filter("bytes / 512 > 8") == "bytes / 512 > 8");
  CHECK(filter("comm == \"a,{b}/c\"") == "comm == \"a,{b}/c\"");
  CHECK(filter("t[a].x == f(1, \"y\")") == "t[a].x == f(1, \"y\")");
  CHECK(filter("x == a * b") == "x == a * b");
  CHECK(filter("x == 2*b") == "x == 2 * b");
  CHECK(filter("x == t[1]") == "x == t[1]");
  CHECK(filter("x == a-1") == "x == a - 1");
  CHECK(filter("pid == 0x10") == "pid == 16");
}

TEST_CASE("filters: the kernel's own syntax") {
  CHECK(filter("flags & 0x10") == "flags & 16");
  CHECK(filter("flags & 1 == 1") == "flags & 1 == 1");
  CHECK(filter("comm ~ \"ba*\"") == "comm ~ \"ba*\"");
  CHECK(filter("comm ~ ba*") == "comm ~ \"ba*\"");
  CHECK(filter("comm ~ rcu-sched") == "comm ~ \"rcu-sched\"");
  CHECK(filter("comm ~ bash") == "comm ~ bash");
  CHECK(filter("comm == bash") == "comm == bash");
  CHECK(filter("ip == vfs_*") == "ip == \"vfs_*\"");
  CHECK(filter("ip != *_[rw]?ad") == "ip != \"*_[rw]?ad\"");
  CHECK(filter("ip == a b_* c && x == 1") == "ip == \"a b_* c\" && x == 1");
  CHECK(filter("ip == vfs_* || ip == \"y\"") == "ip == \"vfs_*\" || ip == \"y\"");
}

TEST_CASE("a filter may follow its event directly") {
  Parsed p("trace sched:x/a>1/{} trace probe:f%return/b>1/ {} trace sdt:/x/y:z /c/ {}");
  CHECK(p.stmt<ast::TraceStmt>(0).filter.has_value());
  CHECK(p.stmt<ast::TraceStmt>(1).filter.has_value());
  CHECK(p.stmt<ast::TraceStmt>(2).filter.has_value());
}

TEST_CASE("intervals") {
  CHECK(interval("tick-1000ns") == 1000);
  CHECK(interval("tick-2us") == 2000);
  CHECK(interval("tick-2usec") == 2000);
  CHECK(interval("tick-10ms") == 10000000);
  CHECK(interval("tick-10msec") == 10000000);
  CHECK(interval("tick-3s") == 3000000000);
  CHECK(interval("tick-3sec") == 3000000000);
  CHECK(interval("tick-2m") == 120000000000);
  CHECK(interval("tick-2min") == 120000000000);
  CHECK(interval("profile-100hz") == 10000000);
  CHECK(interval("profile - 3 hz") == 333333333);
  Parsed p("profile - 10 \n ms {}");
  CHECK(p.stmt<ast::TimerStmt>().is_profile);
  CHECK(p.stmt<ast::TimerStmt>().text == "profile-10ms");
}
