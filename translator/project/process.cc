// SPDX-License-Identifier: GPL-2.0
#include "project/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "project/interrupt.h"

namespace kt2ko {
namespace {

constexpr int kCannotStart = 127;

// Runs in the child: only returns by exec or _exit.
[[noreturn]] void exec_child(const Command& command, const std::vector<char*>& argv) {
  // Dies with us even when we are killed by SIGKILL.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (!command.cwd.empty() && chdir(command.cwd.c_str()) != 0) _exit(kCannotStart);
  for (const auto& [name, value] : command.env) {
    if (value.empty()) {
      unsetenv(name.c_str());
    } else {
      setenv(name.c_str(), value.c_str(), 1);
    }
  }
  execvp(argv[0], argv.data());
  dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
  _exit(kCannotStart);
}

std::vector<char*> raw_argv(const Command& command) {
  std::vector<char*> argv;
  for (const std::string& word : command.argv) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  return argv;
}

int wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// Reads until the last process of the group has closed its end. Those that a signal did not end
// (shells let background processes ignore Ctrl-C) are killed after a moment, so that they write
// nothing into a directory that goes away.
void read_all(int fd, pid_t group, std::string* out) {
  constexpr int kGraceMs = 500, kTickMs = 50;
  int waited_ms = 0;
  char buffer[16384];
  for (;;) {
    pollfd ready = {fd, POLLIN, 0};
    int rc = poll(&ready, 1, interrupted() ? kTickMs : -1);
    if (rc == 0 && (waited_ms += kTickMs) >= kGraceMs) kill(-group, SIGKILL);
    if (rc <= 0) continue;
    ssize_t n = read(fd, buffer, sizeof(buffer));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    size_t room = kMaxCaptured - std::min(kMaxCaptured, out->size());
    out->append(buffer, std::min(room, static_cast<size_t>(n)));
  }
}

}  // namespace

Outcome run_captured(const Command& command) {
  Outcome outcome;
  std::vector<char*> argv = raw_argv(command);
  int pipe_fds[2];
  if (pipe2(pipe_fds, O_CLOEXEC) != 0) return outcome;
  Leftover running;
  pid_t pid = fork();
  if (pid == 0) {
    setpgid(0, 0);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(null, STDIN_FILENO);
    dup2(pipe_fds[1], STDOUT_FILENO);
    dup2(pipe_fds[1], STDERR_FILENO);
    exec_child(command, argv);
  }
  close(pipe_fds[1]);
  if (pid > 0) {
    setpgid(pid, pid);  // here too: whoever comes first
    SignalTarget target(-pid);
    read_all(pipe_fds[0], pid, &outcome.output);
    outcome.status = wait_for(pid);
  }
  close(pipe_fds[0]);
  return outcome;
}

int become(const std::vector<std::string>& words) {
  Command command{words, "", {}};
  execv(words[0].c_str(), raw_argv(command).data());
  return errno;
}

std::string program_in_path(const std::string& word) {
  if (word.find('/') != std::string::npos) return access(word.c_str(), X_OK) == 0 ? word : "";
  const char* path = getenv("PATH");
  std::string dirs = path ? path : "/usr/local/bin:/usr/bin:/bin";
  for (size_t begin = 0; begin <= dirs.size();) {
    size_t end = std::min(dirs.find(':', begin), dirs.size());
    std::string file = dirs.substr(begin, end - begin) + "/" + word;
    if (access(file.c_str(), X_OK) == 0) return file;
    begin = end + 1;
  }
  return "";
}

}  // namespace kt2ko
