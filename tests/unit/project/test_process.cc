// SPDX-License-Identifier: GPL-2.0
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>

#include "project/files.h"
#include "project/process.h"

using namespace kt2ko;

namespace {

Outcome shell(const std::string& text) { return run_captured({{"sh", "-c", text}, "", {}}); }

// Runs body in a child that handles signals as kt2ko does; sends it `signal` after 200 ms; gives
// its wait status.
template <typename Body>
int interrupted_child(int signal, Body body) {
  pid_t pid = fork();
  if (pid == 0) {
    install_signal_handlers();
    body();
    if (interrupted()) end_interrupted();
    _exit(0);
  }
  usleep(200000);
  kill(pid, signal);
  int status = 0;
  waitpid(pid, &status, 0);
  return status;
}

bool died_of(int status, int signal) { return WIFSIGNALED(status) && WTERMSIG(status) == signal; }

}  // namespace

TEST_CASE("output and status of a child are collected") {
  Outcome outcome = shell("echo out; echo err >&2; exit 7");
  CHECK(outcome.status == 7);
  CHECK(outcome.output == "out\nerr\n");
  CHECK(shell("kill -9 $$").status == 128 + 9);
  CHECK(shell("read line").status != 0);  // stdin is empty
  CHECK(run_captured({{"/no/such/program"}, "", {}}).status == 127);
}

TEST_CASE("directory and environment of a child are set") {
  Outcome outcome =
      run_captured({{"sh", "-c", "pwd; echo $KT_A-$HOME-"}, "/", {{"KT_A", "1"}, {"HOME", ""}}});
  CHECK(outcome.output == "/\n1--\n");
}

TEST_CASE("endless output is cut, and the child still ends") {
  Outcome outcome = shell("head -c 6000000 /dev/zero; exit 3");
  CHECK(outcome.output.size() == kMaxCaptured);
  CHECK(outcome.status == 3);
}

TEST_CASE("a process becomes another program") {
  pid_t pid = fork();
  if (pid == 0) _exit(become({"/bin/sh", "-c", "exit $1", "sh", "9"}) + 100);
  int status = 0;
  waitpid(pid, &status, 0);
  CHECK(WEXITSTATUS(status) == 9);
  CHECK(become({"/no/such/program"}) == ENOENT);
}

TEST_CASE("programs are found in PATH or by their path") {
  CHECK(program_in_path("sh").find("/sh") != std::string::npos);
  CHECK(program_in_path("/bin/sh") == "/bin/sh");
  CHECK(program_in_path("no-such-program-here").empty());
  CHECK(program_in_path("/no/such").empty());
}

TEST_CASE("a signal ends the whole tree of a captured child") {
  Result<TempDir> temp = TempDir::make();
  fs::path mark = temp.value().path() / "mark";
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    auto begin = std::chrono::steady_clock::now();
    int status = interrupted_child(
        signal, [&] { shell("(sleep 3; touch " + mark.string() + ") & sleep 20"); });
    CHECK(died_of(status, signal));
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(2));
  }
  sleep(3);
  CHECK_FALSE(fs::exists(mark));
}

TEST_CASE("temporary directories are gone after a signal") {
  Result<TempDir> temp = TempDir::make();
  const fs::path& parent = temp.value().path();
  int status = interrupted_child(SIGINT, [&] {
    Result<TempDir> inner = TempDir::make(parent);
    (void)write_file(inner.value().path() / "file", "x");
    shell("sleep 20");
  });
  CHECK(died_of(status, SIGINT));
  CHECK(fs::is_empty(parent));
}

TEST_CASE("without anything to clean up a signal ends us at once") {
  int status = interrupted_child(SIGINT, [] {
    for (;;) {
    }
  });
  CHECK(died_of(status, SIGINT));
}
