// SPDX-License-Identifier: GPL-2.0
#include "project/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <cstdlib>
#include <memory>

namespace kt2ko {
namespace {

// The first moment that zip files know too: tools that find 1970 implausible take it.
constexpr long long kFixedTime = 315532800;  // 1980-01-01

using Writer = std::unique_ptr<archive, int (*)(archive*)>;
using Entry = std::unique_ptr<archive_entry, void (*)(archive_entry*)>;

Failure cannot_write(const fs::path& to, archive* writer) {
  const char* why = archive_error_string(writer);
  return {kRefused, fmt::format("cannot write {}: {}", to.string(), why ? why : "out of memory"), "is there room on the disk?"};
}

// Neither the machine nor the moment may be seen in what is written.
bool begin(archive* writer, const fs::path& to) {
  return archive_write_set_format_ustar(writer) == ARCHIVE_OK && archive_write_add_filter_gzip(writer) == ARCHIVE_OK &&
         archive_write_set_options(writer, "gzip:!timestamp") == ARCHIVE_OK &&
         archive_write_open_filename(writer, to.c_str()) == ARCHIVE_OK;
}

Entry entry_of(const ArchiveMember& member, long long time) {
  Entry entry(archive_entry_new(), archive_entry_free);
  archive_entry_set_pathname(entry.get(), member.name.c_str());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), member.executable ? 0755 : 0644);
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(member.bytes.size()));
  archive_entry_set_mtime(entry.get(), time, 0);
  archive_entry_set_uname(entry.get(), "root");
  archive_entry_set_gname(entry.get(), "root");
  return entry;
}

bool put(archive* writer, const std::string& bytes) {
  return archive_write_data(writer, bytes.data(), bytes.size()) == static_cast<la_ssize_t>(bytes.size());
}

Done write_members(const std::vector<ArchiveMember>& members, long long time, archive* writer, const fs::path& to) {
  for (const ArchiveMember& member : members) {
    if (archive_write_header(writer, entry_of(member, time).get()) != ARCHIVE_OK)
      return Failure{kRefused, fmt::format("{} does not fit into an archive", member.name), "give the script a shorter name"};
    if (!put(writer, member.bytes)) return cannot_write(to, writer);
  }
  return Nothing{};
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
  const Writer writer(archive_write_new(), archive_write_free);
  if (!writer || !begin(writer.get(), packed)) return cannot_write(to, writer.get());
  Done done = write_members(members, time.value(), writer.get(), to);
  if (archive_write_close(writer.get()) != ARCHIVE_OK && done.ok()) return cannot_write(to, writer.get());
  return done.ok() ? install_file(packed, to) : done;
}

}  // namespace kt2ko
