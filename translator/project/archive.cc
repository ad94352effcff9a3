// SPDX-License-Identifier: GPL-2.0
#include "project/archive.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace kt2ko {
namespace {

// The first moment that zip files know too: tools that find 1970 implausible take it.
constexpr long long kFixedTime = 315532800;  // 1980-01-01

constexpr size_t kBlock = 512;

// A member's head, as POSIX describes it (pax, "ustar Interchange Format"): text fields, numbers in octal.
struct UstarHead {
  char name[100];
  char mode[8];
  char uid[8];
  char gid[8];
  char size[12];
  char mtime[12];
  char checksum[8];
  char type;
  char linkname[100];
  char magic[6];
  char version[2];
  char uname[32];
  char gname[32];
  char devmajor[8];
  char devminor[8];
  char prefix[155];
  char pad[12];
};
static_assert(sizeof(UstarHead) == kBlock);

template <size_t N>
void put_octal(char (&field)[N], unsigned long long number) {
  snprintf(field, N, "%0*llo", static_cast<int>(N - 1), number);
}

template <size_t N>
void put_text(char (&field)[N], const std::string& text) {
  memcpy(field, text.data(), std::min(text.size(), N));
}

// Names of more than 100 bytes stand in two fields, parted at a slash. False: there is no place for it.
bool put_name(UstarHead* head, const std::string& name) {
  size_t slash = std::string::npos;
  if (name.size() > sizeof(head->name)) {
    slash = name.find('/', name.size() - sizeof(head->name) - 1);
    if (slash == std::string::npos || slash > sizeof(head->prefix)) return false;
    put_text(head->prefix, name.substr(0, slash));
  }
  put_text(head->name, name.substr(slash + 1));
  return true;
}

bool make_head(const ArchiveMember& member, long long time, UstarHead* head) {
  *head = {};
  if (!put_name(head, member.name) || member.bytes.size() >> 33) return false;
  put_octal(head->mode, member.executable ? 0755 : 0644);
  put_octal(head->uid, 0);
  put_octal(head->gid, 0);
  put_octal(head->size, member.bytes.size());
  put_octal(head->mtime, static_cast<unsigned long long>(time));
  head->type = '0';
  put_text(head->magic, "ustar");
  put_text(head->version, "00");
  put_text(head->uname, "root");
  put_text(head->gname, "root");
  put_octal(head->devmajor, 0);
  put_octal(head->devminor, 0);
  // the sum of the head's bytes, where its own field counts as blanks
  unsigned sum = 8 * ' ';
  for (size_t i = 0; i < sizeof(*head); ++i) sum += reinterpret_cast<const unsigned char*>(head)[i];
  snprintf(head->checksum, sizeof(head->checksum), "%06o", sum);
  head->checksum[7] = ' ';
  return true;
}

bool put(gzFile file, const void* bytes, size_t n) {
  // gzfwrite takes sizes that gzwrite does not
  return n == 0 || gzfwrite(bytes, 1, n, file) == n;
}

bool put_member(gzFile file, const ArchiveMember& member, const UstarHead& head) {
  static constexpr char kZeros[kBlock] = {};
  return put(file, &head, sizeof(head)) && put(file, member.bytes.data(), member.bytes.size()) &&
         put(file, kZeros, (kBlock - member.bytes.size() % kBlock) % kBlock);
}

Failure cannot_write(const fs::path& to) {
  return {kRefused, fmt::format("cannot write {}: {}", to.string(), strerror(errno)), "is there room on the disk?"};
}

Done write_members(const std::vector<ArchiveMember>& members, long long time, gzFile file, const fs::path& to) {
  static constexpr char kEnd[2 * kBlock] = {};
  for (const ArchiveMember& member : members) {
    UstarHead head;
    if (!make_head(member, time, &head))
      return Failure{kRefused, fmt::format("{} does not fit into an archive", member.name), "give the script a shorter name"};
    if (!put_member(file, member, head)) return cannot_write(to);
  }
  return put(file, kEnd, sizeof(kEnd)) ? Done(Nothing{}) : cannot_write(to);
}

}  // namespace

Result<long long> archive_time() {
  const char* named = getenv("SOURCE_DATE_EPOCH");
  if (!named || !*named) return kFixedTime;
  char* end = nullptr;
  const long long time = strtoll(named, &end, 10);
  // what the head of a tar member has room for
  if (*end || time < 0 || time >= 1LL << 33) {
    return Failure{kUsage, fmt::format("SOURCE_DATE_EPOCH is not a number of seconds: \"{}\"", named),
                   "unset it, or set it as in: SOURCE_DATE_EPOCH=$(git log -1 --pretty=%ct)"};
  }
  return time;
}

Done write_archive(const std::vector<ArchiveMember>& members, const fs::path& to) {
  Result<long long> time = archive_time();
  if (!time.ok()) return time.failure();
  Result<TempDir> temp = TempDir::make();
  if (!temp.ok()) return temp.failure();
  const fs::path packed = temp.value().path() / "archive";
  // zlib's head of a file tells no time
  gzFile file = gzopen(packed.c_str(), "wbe6");
  if (!file) return cannot_write(to);
  Done done = write_members(members, time.value(), file, to);
  if (gzclose(file) != Z_OK && done.ok()) return cannot_write(to);
  return done.ok() ? install_file(packed, to) : done;
}

}  // namespace kt2ko
