// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>

#include "driver/ktrun_words.h"
#include "driver/limits.h"
#include "driver/options.h"

using namespace kt2ko;
using Words = std::vector<std::string>;

namespace {

Options parsed(const Words& words) {
  Result<Options> options = parse_options(words);
  INFO((options.ok() ? "" : options.failure().message));
  REQUIRE(options.ok());
  return options.value();
}

std::string refused(const Words& words) {
  Result<Options> options = parse_options(words);
  REQUIRE_FALSE(options.ok());
  CHECK(options.failure().status == kUsage);
  CHECK_FALSE(options.failure().hint.empty());
  return options.failure().message;
}

}  // namespace

TEST_CASE("build is the command when none is named") {
  Options options = parsed({"a.kp"});
  CHECK(options.command == kBuild);
  CHECK(options.files == Words{"a.kp"});
  CHECK(parsed({"build", "a.kp"}).files == Words{"a.kp"});
  CHECK(parsed({"-v", "check", "a.kp"}).command == kCheck);
  CHECK(parsed({"a.kp", "-o", "run"}).command == kBuild);
  CHECK(parsed({"./run"}).files == Words{"./run"});
}

TEST_CASE("bundle takes several scripts and kernels, and wants a file") {
  Options options = parsed({"bundle", "a.kp", "b.kp", "-k", "6.1", "-k6.12", "-o", "t.ktb"});
  CHECK(options.command == kBundle);
  CHECK(options.files == Words{"a.kp", "b.kp"});
  CHECK(options.kernels == Words{"6.1", "6.12"});
  CHECK(options.output == "t.ktb");
  CHECK(refused({"bundle", "a.kp"}) == "bundle needs -o");
  CHECK(refused({"bundle", "-o", "t.ktb"}) == "bundle needs a script");
  CHECK(refused({"bundle", "-o", "t.ktb", "-m", "x", "a.kp", "b.kp"}) == "-m with several scripts");
}

TEST_CASE("options take their values in every spelling") {
  for (const Words& words : {Words{"-k", "6.1", "a.kp"},
                             {"-k6.1", "a.kp"},
                             {"--kernel", "6.1", "a.kp"},
                             {"--kernel=6.1", "a.kp"},
                             {"a.kp", "-k", "6.1"},
                             {"-vk", "6.1", "a.kp"}}) {
    Options options = parsed(words);
    CHECK(options.kernels == Words{"6.1"});
    CHECK(options.files == Words{"a.kp"});
  }
  CHECK(*parsed({"-e", "print(1)"}).program == "print(1)");
  CHECK(*parsed({"-e", "-- x"}).program == "-- x");
  CHECK(*parsed({"-e", ""}).program == "");
}

TEST_CASE("for run and vm all words after the script are the script's") {
  Options options =
      parsed({"run", "-T", "a.kp", "-k", "x", "run", "--foo", "--", "ls", "-l", "--", "y"});
  CHECK(options.command == kRun);
  CHECK(options.time);
  CHECK(options.kernels.empty());
  CHECK(options.files == Words{"a.kp"});
  CHECK(options.script_args == Words{"-k", "x", "run", "--foo"});
  CHECK(options.workload == Words{"ls", "-l", "--", "y"});
  CHECK(parsed({"vm", "-e", "print(1)", "5", "6"}).script_args == Words{"5", "6"});
  CHECK(parsed({"vm", "-k", "6.1", "a.kp", "5"}).kernels == Words{"6.1"});
  CHECK(parsed({"run", "a.kp", "--", "true"}).script_args.empty());
}

TEST_CASE("options that are ktrun's are handed on in its spelling") {
  Options options =
      parsed({"run", "-o", "out", "--pid=7", "-C0", "-T", "-q", "--timeout", "1.5",
              "--on-error=continue", "--param", "buffer_kb=64", "--param=linger=0", "a.kp"});
  CHECK(ktrun_words(options, true) == Words{"-o", "out", "-p", "7", "-C", "0", "--timeout", "1.5",
                                            "--param", "on_error=1", "--param", "buffer_kb=64",
                                            "--param", "linger=0", "-T", "-q"});
  CHECK(ktrun_words(options, false)[0] == "-p");
  CHECK(ktrun_words(parsed({"vm", "--children", "--self", "a.kp"}), false) ==
        Words{"--children", "--self"});
  CHECK(ktrun_words(parsed({"run", "--no-children", "a.kp", "--", "x"}), true) ==
        Words{"--no-children"});
  CHECK(ktrun_words(parsed({"run", "-o", "f", "--rotate", "1M,3", "--json", "--flamegraph", "x.svg", "a.kp"}), true) ==
        Words{"-o", "f", "--rotate", "1M,3", "--flamegraph", "x.svg", "--json"});
  CHECK(ktrun_words(parsed({"vm", "--json", "a.kp"}), false) == Words{"--json"});
}

TEST_CASE("check takes several scripts and kernels") {
  Options options = parsed({"check", "-k", "6.1", "a.kp", "-k", "6.12", "b.kp"});
  CHECK(options.kernels == Words{"6.1", "6.12"});
  CHECK(options.files == Words{"a.kp", "b.kp"});
}

TEST_CASE("what makes no sense is refused with a hint") {
  CHECK(refused({}) == "no script given");
  CHECK(refused({"run"}) == "no script given");
  refused({"--no-such-option", "a.kp"});
  refused({"a.kp", "b.kp"});
  refused({"-e", "x", "a.kp"});
  refused({"-k", "1", "-k", "2", "a.kp"});
  refused({"-o"});
  refused({"--color=sometimes", "a.kp"});
  refused({"--arch", "pdp11", "a.kp"});
  refused({"list", "a", "b"});
  refused({"doctor", "x"});
  refused({"check"});
  refused({"check", "-j", "many", "a.kp"});
  refused({"check", "-j", "99999999999999999999", "a.kp"});
  CHECK(parsed({"check", "-j", "2", "a.kp"}).jobs == "2");
  refused({"snapshot", "a.kp"});
  CHECK(parsed({"snapshot", "-k", "6.1", "-o", "f"}).command == kSnapshot);
  refused({"check", "-m", "x", "a.kp", "b.kp"});
  refused({"run", "-p", "one", "a.kp"});
  refused({"vm", "--timeout", "soon", "a.kp"});
  refused({"run", "--on-error=ignore", "a.kp"});
  refused({"run", "--param", "max_loop_count", "a.kp"});
  refused({"--param", "max_loop_count=0", "a.kp"});
  refused({"--param", "max_string=4097", "a.kp"});
  refused({"--param", "buffer_kb=64k", "a.kp"});
  refused({"--param", "pid=1", "a.kp"});
  refused({"run", "--emit-c", "d", "a.kp"});
  refused({"--stop-after=link", "a.kp"});
}

TEST_CASE("limits that a module is built with") {
  const auto limits = limits_of(parsed({"--param", "max_loop_count=7", "--param=output_kb=0", "a.kp"}).params).value();
  REQUIRE(limits.size() == 2);
  CHECK(limits[0].c_name == "KTR_LIM_MAX_LOOP_COUNT");
  CHECK(limits[0].value == 7);
  CHECK(limits[1].c_name == "KTR_LIM_OUTPUT_KB");
  CHECK(limits[1].value == 0);
}

TEST_CASE("--sign takes a key and a certificate") {
  using Pair = std::pair<std::string, std::string>;
  for (const Words& words : {Words{"--sign", "k", "c", "a.kp"}, {"a.kp", "--sign", "k", "c"}, {"build", "--sign", "k", "c", "a.kp"}}) {
    CHECK(parsed(words).sign == Pair{"k", "c"});
    CHECK(parsed(words).files == Words{"a.kp"});
  }
  CHECK(parsed({"run", "--sign", "k", "c", "a.kp", "--sign"}).script_args == Words{"--sign"});
  CHECK(parsed({"check", "--sign", "k", "c", "a.kp", "b.kp"}).files == Words{"a.kp", "b.kp"});
  CHECK(parsed({"a.kp"}).sign.first.empty());
  refused({"a.kp", "--sign"});
  refused({"a.kp", "--sign", "k"});
  refused({"a.kp", "--sign", "k", "c", "--emit-c", "d"});
  refused({"a.kp", "--sign", "k", "c", "--dkms", "d"});
  refused({"a.kp", "--dkms", "c", "--emit-c", "d"});
  CHECK(ktrun_words(parsed({"run", "--user", "u:g", "--group", "h", "a.kp"}), true) ==
        Words{"--user", "u:g", "--group", "h"});
}

TEST_CASE("--help and --version need no script") {
  CHECK(parsed({"--help"}).help);
  CHECK(parsed({"run", "-h"}).help);
  CHECK(parsed({"--version"}).version);
}

TEST_CASE("the help of a command shows its options only") {
  std::string all = help_text(parsed({"--help"})), run = help_text(parsed({"run", "--help"}));
  for (const char* command : {"run", "vm", "check", "list", "snapshot", "doctor"}) {
    CHECK(all.find(std::string("kt2ko ") + command) != std::string::npos);
  }
  CHECK(all.find("--emit-c") != std::string::npos);
  CHECK(all.find("--user-c") == std::string::npos);
  CHECK(run.find("--emit-c") == std::string::npos);
  CHECK(run.find("--pid") != std::string::npos);
}
