// SPDX-License-Identifier: GPL-2.0
#include "project/packed_text.h"

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <vector>

namespace kt2ko {
namespace {

constexpr std::string_view kFirst = "begin-base64 644 -\n", kLast = "====\n";

using Entry = std::unique_ptr<archive_entry, void (*)(archive_entry*)>;

la_ssize_t append(archive*, void* text, const void* bytes, size_t n) {
  static_cast<std::string*>(text)->append(static_cast<const char*>(bytes), n);
  return static_cast<la_ssize_t>(n);
}

bool write_packed(archive* writer, std::string_view bytes, std::string* out) {
  Entry entry(archive_entry_new(), archive_entry_free);
  archive_entry_set_pathname(entry.get(), "-");
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  return archive_write_set_format_raw(writer) == ARCHIVE_OK && archive_write_add_filter_gzip(writer) == ARCHIVE_OK &&
         archive_write_set_options(writer, "gzip:!timestamp") == ARCHIVE_OK && archive_write_add_filter_b64encode(writer) == ARCHIVE_OK &&
         archive_write_set_bytes_in_last_block(writer, 1) == ARCHIVE_OK &&
         archive_write_open(writer, out, nullptr, append, nullptr) == ARCHIVE_OK &&
         archive_write_header(writer, entry.get()) == ARCHIVE_OK &&
         archive_write_data(writer, bytes.data(), bytes.size()) == static_cast<la_ssize_t>(bytes.size()) &&
         archive_write_close(writer) == ARCHIVE_OK;
}

// Everything that an opened reader has.
std::optional<std::string> read_all(archive* reader, size_t most) {
  archive_entry* entry = nullptr;
  if (archive_read_next_header(reader, &entry) != ARCHIVE_OK || archive_filter_code(reader, 0) != ARCHIVE_FILTER_GZIP) return std::nullopt;
  std::string bytes;
  std::vector<char> piece(1 << 16);
  for (;;) {
    const la_ssize_t n = archive_read_data(reader, piece.data(), piece.size());
    if (n == 0) return bytes;
    if (n < 0 || bytes.size() + static_cast<size_t>(n) > most) return std::nullopt;
    bytes.append(piece.data(), static_cast<size_t>(n));
  }
}

}  // namespace

std::string pack_text(std::string_view bytes) {
  std::string out;
  std::unique_ptr<archive, int (*)(archive*)> writer(archive_write_new(), archive_write_free);
  if (!write_packed(writer.get(), bytes, &out)) return "";
  const size_t begin = out.find('\n') + 1, end = out.rfind(kLast);
  return end == std::string::npos || end < begin ? "" : out.substr(begin, end - begin);
}

std::optional<std::string> unpack_text(std::string_view lines, size_t most) {
  std::string whole(kFirst);
  whole.append(lines).append(kLast);
  std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), archive_read_free);
  archive_read_support_filter_uu(reader.get());
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_format_raw(reader.get());
  if (archive_read_open_memory(reader.get(), whole.data(), whole.size()) != ARCHIVE_OK) return std::nullopt;
  return read_all(reader.get(), most);
}

}  // namespace kt2ko
