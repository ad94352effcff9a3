// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>

#include <set>

#include "catalog/builtins.h"
#include "catalog/format.h"
#include "catalog/kernel_facts.h"
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

TEST_CASE("facts are read from the kernel's texts") {
  KernelFacts facts = parse_raw_snapshot(
      "@release 6.0\n@machine x86_64\n@config\nCONFIG_SMP=y\nCONFIG_HZ=250\n@events\nsched:sched_switch\nsched:a\n@fields\n"
      "sched/sched_switch/format:\tfield:unsigned short common_type;\toffset:0;\n"
      "sched/sched_switch/format:\tfield:char prev_comm[16];\toffset:8;\tsize:16;\n"
      "sched/sched_switch/format:\tfield:__data_loc char[] name;\toffset:24;\n"
      "sched/sched_switch/format:\tfield:const char * path;\toffset:28;\n"
      "@traceable\nvfs_read\nkvm_run [kvm]\n__ftrace_invalid_address___12\n"
      "@blacklist\n0xffffffff81000000-0xffffffff81000010\texc_int3\n"
      "@kallsyms\nffffffff81000000 T vfs_read\nffffffff81000010 t exc_int3\n0 D data\n"
      "ffffffff81000020 t kvm_run\t[kvm]\n@types\nH4sI\nAAAA\n@end\n");
  CHECK(facts.release == "6.0");
  REQUIRE(facts.events.size() == 2);
  const auto& fields = facts.events[1].fields;
  REQUIRE(fields.size() == 3);
  CHECK(fields[0].type + "|" + fields[0].name == "char[16]|prev_comm");
  CHECK(fields[1].type + "|" + fields[1].name == "__data_loc char[]|name");
  CHECK(fields[2].type + "|" + fields[2].name == "const char *|path");
  CHECK(facts.traceable == std::vector<std::string>{"kvm_run", "vfs_read"});
  CHECK(facts.functions == std::vector<std::string>{"exc_int3", "kvm_run", "vfs_read"});
  CHECK(facts.blacklist.count("exc_int3") == 1);
  CHECK(parse_raw_snapshot("@release 6.0\n@events\nsched:a\n").release.empty());  // cut off

  CHECK(facts.module_may_have("kvm_exit"));  // nothing is known about modules
  CHECK(parse_any_snapshot("noise\n@release 6.0\n@events\nsched:a\n@end\n").release == "6.0");

  facts.module_words = {"ext4_fill.isra.0", "kvm_exit"};
  KernelFacts again = parse_any_snapshot(write_snapshot(facts));
  CHECK(again.release == "6.0");
  CHECK(again.machine == "x86_64");
  CHECK(again.config == facts.config);
  CHECK(again.config.at("CONFIG_HZ") == "250");
  CHECK(again.config_has("CONFIG_SMP"));
  CHECK(!again.config_has("CONFIG_UPROBES"));
  CHECK(again.module_may_have("kvm_exit"));
  CHECK(again.module_may_have("ext4_fill"));
  CHECK(!again.module_may_have("kvm_entry"));
  CHECK(again.module_may_match("kvm_*"));
  CHECK(!again.module_may_match("xfs_*"));
  CHECK(facts.types == "H4sI\nAAAA\n");
  CHECK(again.types == facts.types);
  CHECK(again.functions == facts.functions);
  CHECK(again.traceable == facts.traceable);
  CHECK(again.blacklist == facts.blacklist);
  REQUIRE(again.events.size() == 2);
  CHECK(again.events[1].fields[1].type == "__data_loc char[]");
  CHECK(again.function("vfs_read") == FunctionFact::kTraceable);
  CHECK(again.function("exc_int3") == FunctionFact::kBlacklisted);
  CHECK(again.function("vfs_reed") == FunctionFact::kUnknown);
  CHECK(again.nearest_function("vfs_reed") == "vfs_read");
  CHECK(again.nearest_event("sched", "sched_swich") == "sched:sched_switch");
  CHECK(again.events_meant("sched", "sched_*") == std::vector<size_t>{1});
  CHECK(again.events_meant("*", "*").size() == 2);
  CHECK(parse_snapshot("something else").release.empty());
}

TEST_CASE("patterns match as those of the runtime") {
  CHECK(glob_matches("*", ""));
  CHECK(glob_matches("a*c?e", "abbcde"));
  CHECK(!glob_matches("a*c", "abcd"));
  CHECK(glob_matches("[a-c]x[!x]", "bxy"));
  CHECK(!glob_matches("[a-c]x[!x]", "bxx"));
  CHECK(glob_matches("[]]", "]"));
  CHECK(!glob_matches("[a", "[a"));
  CHECK(glob_matches("\\*", "*"));
  CHECK(!glob_matches("\\*", "x"));
  CHECK(glob_matches("*:*x", "sys:ax:x"));
}
