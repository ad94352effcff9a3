// SPDX-License-Identifier: GPL-2.0
#include "driver/vm/file_io.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>

extern char** environ;

namespace kt2ko {

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) reset(other.release());
  return *this;
}

int UniqueFd::release() {
  int fd = fd_;
  fd_ = -1;
  return fd;
}

void UniqueFd::reset(int fd) {
  if (fd_ >= 0) close(fd_);
  fd_ = fd;
}

bool read_file(const std::string& path, std::string* out) {
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return false;
  struct stat st;
  if (fstat(fd.get(), &st) != 0) return false;
  if (S_ISDIR(st.st_mode)) {
    errno = EISDIR;
    return false;
  }
  out->clear();
  out->reserve(st.st_size > 0 ? static_cast<size_t>(st.st_size) : 0);
  char buffer[65536];
  for (;;) {
    ssize_t n = read(fd.get(), buffer, sizeof(buffer));
    if (n == 0) return true;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    out->append(buffer, static_cast<size_t>(n));
  }
}

bool write_all(int fd, std::string_view data) {
  while (!data.empty()) {
    ssize_t n = write(fd, data.data(), data.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) {  // stdout may have been made non-blocking by whoever shares it
      pollfd waiting{fd, POLLOUT, 0};
      poll(&waiting, 1, -1);
      continue;
    }
    if (n < 0) return false;
    data.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

bool write_file_atomic(const std::string& path, std::string_view data, unsigned mode) {
  std::string temporary = path + ".XXXXXX";
  UniqueFd fd(mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) return false;
  if (write_all(fd.get(), data) && fchmod(fd.get(), mode) == 0 &&
      rename(temporary.c_str(), path.c_str()) == 0) {
    return true;
  }
  int saved = errno;
  unlink(temporary.c_str());
  errno = saved;
  return false;
}

namespace {

// Feeds input to `to` and collects from `from` until end of file there; both ends are pipes.
void pump(UniqueFd to, UniqueFd from, std::string_view input, std::string* output) {
  fcntl(to.get(), F_SETFL, O_NONBLOCK);
  char buffer[65536];
  for (;;) {
    pollfd fds[2] = {{from.get(), POLLIN, 0}, {to.get(), POLLOUT, 0}};
    if (poll(fds, 2, -1) < 0 && errno != EINTR) return;
    if (fds[1].revents != 0) {
      ssize_t n = write(to.get(), input.data(), input.size());
      if (n > 0) input.remove_prefix(static_cast<size_t>(n));
      if ((n < 0 && errno != EAGAIN && errno != EINTR) || input.empty()) to.reset();
    }
    if (fds[0].revents == 0) continue;
    ssize_t n = read(from.get(), buffer, sizeof(buffer));
    if (n > 0) output->append(buffer, static_cast<size_t>(n));
    if (n == 0 || (n < 0 && errno != EINTR)) return;
  }
}

// SIGPIPE is ignored while a filter is fed: one that stops reading early is not our end.
class IgnoreSigpipe {
 public:
  IgnoreSigpipe() : old_(std::signal(SIGPIPE, SIG_IGN)) {}
  ~IgnoreSigpipe() { std::signal(SIGPIPE, old_); }
  IgnoreSigpipe(const IgnoreSigpipe&) = delete;
  IgnoreSigpipe& operator=(const IgnoreSigpipe&) = delete;

 private:
  void (*old_)(int);
};

}  // namespace

bool run_filter(const std::vector<std::string>& argv, std::string_view input, std::string* output,
                int* status) {
  int in[2], out[2];
  if (pipe2(in, O_CLOEXEC) != 0) return false;
  UniqueFd child_in(in[0]), to(in[1]);
  if (pipe2(out, O_CLOEXEC) != 0) return false;
  UniqueFd from(out[0]), child_out(out[1]);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, child_in.get(), 0);
  posix_spawn_file_actions_adddup2(&actions, child_out.get(), 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  std::vector<char*> args;
  for (const std::string& arg : argv) args.push_back(const_cast<char*>(arg.c_str()));
  args.push_back(nullptr);
  pid_t pid;
  int rc = posix_spawnp(&pid, args[0], &actions, nullptr, args.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (rc != 0) {
    errno = rc;
    return false;
  }
  child_in.reset();
  child_out.reset();
  output->clear();
  IgnoreSigpipe ignore;
  pump(std::move(to), std::move(from), input, output);
  while (waitpid(pid, status, 0) < 0 && errno == EINTR) {
  }
  return true;
}

bool file_exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return access(name.c_str(), X_OK) == 0 ? name : "";
  const char* value = getenv("PATH");
  std::string path = value != nullptr ? value : "/usr/bin:/bin";
  path += ":/usr/sbin:/sbin";  // not in the PATH of ordinary users on Debian
  for (size_t begin = 0; begin <= path.size();) {
    size_t end = path.find(':', begin);
    if (end == std::string::npos) end = path.size();
    std::string candidate = path.substr(begin, end - begin) + "/" + name;
    struct stat st;
    if (end > begin && stat(candidate.c_str(), &st) == 0 && S_ISREG(st.st_mode) &&
        access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
    begin = end + 1;
  }
  return "";
}

std::string content_key(std::string_view data) {
  // FNV-1a over words: a kernel image is hashed at memory speed, and a changed one gets another
  // name.
  uint64_t hash = 0xcbf29ce484222325u ^ data.size();
  size_t i = 0;
  for (; i + 8 <= data.size(); i += 8) {
    uint64_t word;
    __builtin_memcpy(&word, data.data() + i, 8);
    hash = (hash ^ word) * 0x100000001b3u;
    hash ^= hash >> 29;
  }
  for (; i < data.size(); i++) hash = (hash ^ static_cast<unsigned char>(data[i])) * 0x100000001b3u;
  char text[17];
  snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

std::string shell_quote(const std::string& text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

}  // namespace kt2ko
