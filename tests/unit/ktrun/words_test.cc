// SPDX-License-Identifier: GPL-2.0
// Command line, module parameters, and the texts that ktrun reads.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "control.h"
#include "ktrun.h"
#include "modinfo.h"
#include "options.h"
#include "percent.h"
#include "status.h"
#include "target.h"

namespace {

// The arguments stay alive as long as the parsed options point into them.
struct Parsed {
  explicit Parsed(std::vector<std::string> words) : words_(std::move(words)) {
    words_.insert(words_.begin(), "ktrun");
    for (std::string& word : words_) argv_.push_back(word.data());
    argv_.push_back(nullptr);
    int quiet = dup(2), null = open("/dev/null", O_WRONLY);
    dup2(null, 2);
    result = kt_parse_options(&options, static_cast<int>(words_.size()), argv_.data());
    dup2(quiet, 2);
    close(quiet);
    close(null);
  }
  kt_options options;
  kt_parsed result;

 private:
  std::vector<std::string> words_;
  std::vector<char*> argv_;
};

std::vector<std::string> list(char** words) {
  std::vector<std::string> out;
  while (words && *words) out.push_back(*words++);
  return out;
}

std::string percent(std::vector<std::string> words) {
  std::vector<char*> args;
  for (std::string& word : words) args.push_back(word.data());
  args.push_back(nullptr);
  char* text = kt_percent_args(args.data());
  std::string out = text;
  free(text);
  return out;
}

kt_modinfo parse_modinfo(const std::string& section) {
  kt_modinfo info;
  kt_modinfo_parse(&info, section.data(), section.size());
  return info;
}

}  // namespace

using Words = std::vector<std::string>;

TEST_CASE("everything on the command line finds its place") {
  Parsed p({"-T", "-q", "-o", "file", "-p", "12", "-C", "3", "--timeout", "1.5", "--param", "buffer_kb=64", "x.ko", "a",
            "-b", "--", "cmd", "-o", "--"});
  REQUIRE(p.result == KT_PARSED_WRONG);  // -p and a command
  Parsed q({"-T", "-q", "-o", "file", "-C", "3", "--timeout", "1.5", "--param", "buffer_kb=64", "x.ko", "a", "-b", "--",
            "cmd", "-o", "--"});
  REQUIRE(q.result == KT_PARSED_RUN);
  CHECK(q.options.style.times);
  CHECK(q.options.quiet);
  CHECK(std::string(q.options.style.path) == "file");
  CHECK(q.options.cpu == 3);
  CHECK(q.options.timeout_ns == 1500000000ull);
  REQUIRE(q.options.n_params == 1);
  CHECK(std::string(q.options.params[0]) == "buffer_kb=64");
  CHECK(std::string(q.options.module) == "x.ko");
  CHECK(list(q.options.args) == Words{"a", "-b"});
  CHECK(list(q.options.command) == Words{"cmd", "-o", "--"});
}

TEST_CASE("without options there are defaults") {
  Parsed p({"x.ko"});
  REQUIRE(p.result == KT_PARSED_RUN);
  CHECK(p.options.style.path == nullptr);
  CHECK(p.options.style.rotate_bytes == 0);
  CHECK(!p.options.style.json);
  CHECK(p.options.pid == 0);
  CHECK(p.options.cpu == -1);
  CHECK(p.options.timeout_ns == 0);
  CHECK(list(p.options.args).empty());
  CHECK(p.options.command == nullptr);
}

TEST_CASE("rotation has a size with a unit, and a number of files") {
  auto parse = [](const char* text) {
    Parsed p({"--json", "-o", "f", "--rotate", text, "x.ko"});
    REQUIRE(p.result == KT_PARSED_RUN);
    CHECK(p.options.style.json);
    return std::make_pair(p.options.style.rotate_bytes, p.options.style.rotate_keep);
  };
  CHECK(parse("1") == std::make_pair(1ull, 0u));
  CHECK(parse("500,7") == std::make_pair(500ull, 7u));
  CHECK(parse("2k") == std::make_pair(2048ull, 0u));
  CHECK(parse("3M,1") == std::make_pair(3ull << 20, 1u));
  CHECK(parse("4G,100") == std::make_pair(4ull << 30, 100u));
}

TEST_CASE("children are those of a command unless it is said otherwise") {
  auto wanted = [](const Words& words) {
    Parsed p(words);
    return kt_wants_children(&p.options);
  };
  CHECK(wanted({"x.ko", "--", "cmd"}));
  CHECK(!wanted({"--no-children", "x.ko", "--", "cmd"}));
  CHECK(!wanted({"-p", "7", "x.ko"}));
  CHECK(wanted({"-p", "7", "--children", "x.ko"}));
  CHECK(Parsed({"--self", "x.ko"}).options.self);
  CHECK(std::string(Parsed({"--user", "u:g", "x.ko"}).options.user) == "u:g");
  CHECK(std::string(Parsed({"--group", "g", "x.ko"}).options.group) == "g");
}

TEST_CASE("wrong command lines are refused") {
  for (const Words& words : std::vector<Words>{{},
                                               {"-x", "x.ko"},
                                               {"-p", "x.ko"},
                                               {"-p", "0", "x.ko"},
                                               {"-p", "-1", "x.ko"},
                                               {"-p", "99999999999", "x.ko"},
                                               {"-p", "1x", "x.ko"},
                                               {"-C", "-1", "x.ko"},
                                               {"--timeout", "0", "x.ko"},
                                               {"--timeout", "-1", "x.ko"},
                                               {"--timeout", "nan", "x.ko"},
                                               {"--timeout", "inf", "x.ko"},
                                               {"--timeout", "1s", "x.ko"},
                                               {"--children", "x.ko"},
                                               {"--no-children", "x.ko"},
                                               {"--param", "x", "x.ko"},
                                               {"--param", "=x", "x.ko"},
                                               {"--param", "x=a b", "x.ko"},
                                               {"--rotate", "1M", "x.ko"},  // no -o
                                               {"-o", "f", "--rotate", "", "x.ko"},
                                               {"-o", "f", "--rotate", "0", "x.ko"},
                                               {"-o", "f", "--rotate", "-1", "x.ko"},
                                               {"-o", "f", "--rotate", "1T", "x.ko"},
                                               {"-o", "f", "--rotate", "1MB", "x.ko"},
                                               {"-o", "f", "--rotate", "1M,", "x.ko"},
                                               {"-o", "f", "--rotate", "1M,0", "x.ko"},
                                               {"-o", "f", "--rotate", "1M,3x", "x.ko"},
                                               {"-o", "f", "--rotate", "99999999999999999999", "x.ko"},
                                               {"-o", "f", "--rotate", "18014398509481984K", "x.ko"},
                                               {"--group", "g", "-o", "f", "x.ko"},
                                               {"--group", "g", "--json", "x.ko"},
                                               {"--group", "g", "-T", "x.ko"},
                                               {"--group", "g", "--flamegraph", "f", "x.ko"},
                                               {"--user"},
                                               {"x.ko", "--"},
                                               {"-o"}}) {
    CAPTURE(words);
    CHECK(Parsed(words).result == KT_PARSED_WRONG);
  }
}

TEST_CASE("a tiny timeout is still one") {
  CHECK(Parsed({"--timeout", "1e-12", "x.ko"}).options.timeout_ns == 1);
  CHECK(Parsed({"--timeout", "0.25", "x.ko"}).options.timeout_ns == 250000000);
}

TEST_CASE("arguments become one parameter without separators of their own") {
  CHECK(percent({}) == "");
  CHECK(percent({"a", "b"}) == "a,b");
  CHECK(percent({""}) == "%00");
  CHECK(percent({"a", "", "b"}) == "a,%00,b");
  CHECK(percent({"a b,c%d"}) == "a%20b%2Cc%25d");
  CHECK(percent({"\"quoted\"", "tab\there", "new\nline", "it's"}) ==
        "%22quoted%22,tab%09here,new%0Aline,it%27s");
  CHECK(percent({"/usr/lib/x_1-2.so:4+5=6@7^8~9"}) == "/usr/lib/x_1-2.so:4+5=6@7^8~9");
  CHECK(percent({"\xc3\xa9\xff"}) == "%C3%A9%FF");
}

TEST_CASE("modinfo tells name, kernel and protocol") {
  using namespace std::string_literals;
  kt_modinfo info = parse_modinfo(
      "kt2ko_script=x.kp\0kt2ko_wire=1\0license=GPL\0depends=\0\0\0name=count\0"
      "vermagic=6.1.0-56-cloud-amd64 SMP preempt mod_unload modversions \0"
      "parmtype=pid:int\0parmtype=buffer_kb:uint\0parm=pid:a text\0"s);
  CHECK(std::string(info.name) == "count");
  CHECK(std::string(info.release) == "6.1.0-56-cloud-amd64");
  CHECK(info.wire == 1);
  CHECK(kt_modinfo_has_param(&info, "pid", 3));
  CHECK(kt_modinfo_has_param(&info, "buffer_kb=64", 9));
  CHECK_FALSE(kt_modinfo_has_param(&info, "buffer", 6));
  CHECK_FALSE(kt_modinfo_has_param(&info, "id", 2));
  CHECK_FALSE(kt_modinfo_has_param(&info, "", 0));
}

TEST_CASE("odd modinfo does no harm") {
  using namespace std::string_literals;
  CHECK(parse_modinfo("").wire == 0);
  CHECK(parse_modinfo("kt2ko_wire=1").wire == 0);  // cut off: no end
  CHECK(parse_modinfo("xkt2ko_wire=1\0kt2ko_wire_x=1\0"s).wire == 0);
  CHECK(std::string(parse_modinfo("name=" + std::string(200, 'n') + "\0"s).name).size() == KT_NAME_MAX - 1);
  CHECK(std::string(parse_modinfo("vermagic=\0"s).release).empty());
  std::string many;
  for (int i = 0; i < 1000; i++) many += "parmtype=parameter_" + std::to_string(i) + ":int\0"s;
  kt_modinfo info = parse_modinfo(many);
  CHECK(kt_modinfo_has_param(&info, "parameter_0", 11));
}

TEST_CASE("files that are no modules are told apart") {
  kt_modinfo info;
  int fd = open("/proc/self/exe", O_RDONLY);
  CHECK(kt_modinfo_read(&info, fd) == -1);  // ELF, but no module
  close(fd);
  fd = open("/dev/null", O_RDONLY);
  CHECK(kt_modinfo_read(&info, fd) == -1);
  close(fd);
}

TEST_CASE("status is read by its keys") {
  kt_status st;
  kt_status_parse(&st, "state running\nexit 1\nowner 1\nhits 17\n");
  CHECK(std::string(st.state) == "running");
  CHECK(st.exit == 1);
  CHECK(st.owner == 1);
  kt_status_parse(&st, "states x\nscript state ended\nowner 0");
  CHECK(std::string(st.state).empty());
  CHECK(st.exit == -1);
  CHECK(st.owner == 0);
  kt_status_parse(&st, "");
  CHECK(st.owner == -1);
}

TEST_CASE("losses are listed one by one") {
  const char* text = "state ended\nlost 0 faulting reads\nlost 18446744073709551615 records dropped: full\n"
                     "probe lost 3 x\nlost 7\n";
  const char* at = text;
  unsigned long long n;
  const char* what;
  int len;
  REQUIRE(kt_status_next_lost(&at, &n, &what, &len));
  CHECK(n == 0);
  REQUIRE(kt_status_next_lost(&at, &n, &what, &len));
  CHECK(n == 18446744073709551615ull);
  CHECK(std::string(what, static_cast<size_t>(len)) == "records dropped: full");
  REQUIRE(kt_status_next_lost(&at, &n, &what, &len));
  CHECK(n == 7);
  CHECK(len == 0);
  CHECK_FALSE(kt_status_next_lost(&at, &n, &what, &len));
}

TEST_CASE("the state line of control") {
  int exit = -1;
  CHECK(kt_parse_state("held 0\n", &exit) == KT_STATE_HELD);
  CHECK(kt_parse_state("running 0\n", &exit) == KT_STATE_RUNNING);
  CHECK(exit == 0);
  CHECK(kt_parse_state("ended 1\n", &exit) == KT_STATE_ENDED);
  CHECK(exit == 1);
  CHECK(kt_parse_state("ende 1\n", &exit) == KT_STATE_GONE);
  CHECK(kt_parse_state("", &exit) == KT_STATE_GONE);
}

TEST_CASE("lists of CPUs") {
  CHECK(kt_in_cpu_list("0\n", 0));
  CHECK_FALSE(kt_in_cpu_list("0\n", 1));
  CHECK(kt_in_cpu_list("0-3,8,10-11\n", 2));
  CHECK(kt_in_cpu_list("0-3,8,10-11\n", 8));
  CHECK(kt_in_cpu_list("0-3,8,10-11\n", 11));
  CHECK_FALSE(kt_in_cpu_list("0-3,8,10-11\n", 9));
  CHECK_FALSE(kt_in_cpu_list("", 0));
}

TEST_CASE("small files are read whole, whatever size they tell") {
  size_t len = 0;
  char* text = kt_read_file("/proc/self/status", &len);
  REQUIRE(text != nullptr);
  CHECK(std::string(text).size() == len);
  CHECK(std::string(text).find("Pid:") != std::string::npos);
  free(text);
  CHECK(kt_read_file("/no/such/file", &len) == nullptr);
}
