// SPDX-License-Identifier: GPL-2.0
#include "project/sha256.h"

#include <sys/types.h>

#include <sha2.h>

namespace kt2ko {

std::string sha256_hex(std::string_view bytes) {
  char text[SHA256_DIGEST_STRING_LENGTH];
  SHA256Data(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), text);
  return text;
}

}  // namespace kt2ko
