// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>

#include <set>

#include "catalog/builtins.h"
#include "catalog/format.h"
#include "catalog/probe_spec.h"

using namespace kt2ko;

TEST_CASE("every library function has one row") {
  std::set<std::string_view> names, ids;
  for (const Builtin& b : builtins()) {
    CHECK(names.insert(b.name).second);
    CHECK(ids.insert(b.id).second);
    CHECK(b.min_args >= 0);
    CHECK((b.max_args == -1 || b.max_args >= b.min_args));
    CHECK(!b.doc.empty());
    std::string id(b.name);
    for (char& c : id)
      if (c == '.') c = '_';
    CHECK(b.id == id);  // the C name follows from the script's name
  }
  CHECK(find_builtin("table.new") != nullptr);
  CHECK(find_builtin("table.old") == nullptr);
  CHECK(is_library_table("kdebug"));
  CHECK_FALSE(is_library_table("print"));
  CHECK_FALSE(is_library_table("tab"));
}

TEST_CASE("misspelled names find their nearest") {
  CHECK(nearest_builtin("pritn") == "print");
  CHECK(nearest_builtin("print_hits") == "print_hist");
  CHECK(nearest_builtin("entirely_different").empty());
}

TEST_CASE("formats") {
  const Format f = parse_format("a%5d%%%-10.3s|%#08lx");
  CHECK(f.error == "invalid option '%l' to 'format'");
  const Format g = parse_format("a%5d%%%-10.3s|%+x");
  REQUIRE(g.error.empty());
  REQUIRE(g.pieces.size() == 6);
  CHECK(g.n_args == 3);
  CHECK(std::get<std::string>(g.pieces[0]) == "a");
  const auto& d = std::get<FormatConversion>(g.pieces[1]);
  CHECK(d.conv == 'd');
  CHECK(d.width == 5);
  CHECK(d.precision == 0xff);
  CHECK(std::get<std::string>(g.pieces[2]) == "%");
  const auto& s = std::get<FormatConversion>(g.pieces[3]);
  CHECK(s.flags == 1);
  CHECK(s.precision == 3);
  CHECK(std::get<FormatConversion>(g.pieces[5]).flags == 2);
  CHECK(parse_format("%123d").error == "invalid format (width or precision too long)");
  CHECK(parse_format("%.123s").error == "invalid format (width or precision too long)");
  CHECK(parse_format("%------d").error == "invalid format (repeated flags)");
  CHECK(parse_format("100%").error == "invalid option '%' to 'format'");
}

TEST_CASE("events find their kind") {
  ast::EventSpec e;
  e.system = "probe";
  e.event = "vfs_read";
  CHECK(probe_spec(e).kind == ProbeKind::kKprobe);
  e.is_return = true;
  CHECK(probe_spec(e).kind == ProbeKind::kKretprobe);
  e.path = "/bin/sh";
  CHECK(probe_spec(e).kind == ProbeKind::kUretprobe);
  e.system = "sdt";
  e.event = "libc:setjmp";
  CHECK(probe_spec(e).kind == ProbeKind::kSdt);
  CHECK(probe_spec(e).system == "libc");
  CHECK(probe_spec(e).event == "setjmp");
  e.system = "sched";
  e.event = "*";
  CHECK(probe_spec(e).kind == ProbeKind::kTracepoint);
}
