// SPDX-License-Identifier: GPL-2.0
#include "project/btf_header.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>

namespace kt2ko {
namespace {

void append(void* text, const char* format, va_list args) {
  char* piece = nullptr;
  const int n = vasprintf(&piece, format, args);
  if (n > 0) static_cast<std::string*>(text)->append(piece, static_cast<size_t>(n));
  if (n >= 0) free(piece);
}

}  // namespace

std::optional<std::string> header_of_btf(std::string_view btf) {
  if (btf.size() > std::numeric_limits<__u32>::max()) return std::nullopt;
  libbpf_set_print(nullptr);
  std::unique_ptr<struct btf, void (*)(struct btf*)> types(btf__new(btf.data(), static_cast<__u32>(btf.size())), btf__free);
  if (libbpf_get_error(types.get())) return types.release(), std::nullopt;
  std::string header;
  std::unique_ptr<btf_dump, void (*)(btf_dump*)> dump(btf_dump__new(types.get(), append, &header, nullptr), btf_dump__free);
  if (libbpf_get_error(dump.get())) return dump.release(), std::nullopt;
  for (__u32 id = 1; id < btf__type_cnt(types.get()); ++id)
    if (btf_dump__dump_type(dump.get(), id) != 0) return std::nullopt;
  return header;
}

}  // namespace kt2ko
