// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>
#include <cerrno>

#include "records.h"

namespace {

std::string text_of(const ktr_rec* rec) {
  return std::string(reinterpret_cast<const char*>(rec + 1), rec->size);
}

}  // namespace

TEST_CASE("records of every size come out as they went in") {
  Streams s(1);
  for (size_t size = 0; size <= 40; size++) s.add(0, record(size, std::string(size, 'x')));
  s.add(0, record(100, std::string(KTR_REC_MAX_PAYLOAD, 'y')));
  s.fill();
  for (size_t size = 0; size <= 40; size++) {
    REQUIRE(kt_stream_peek(s[0]));
    CHECK(kt_stream_peek(s[0])->time == size);
    CHECK(text_of(kt_stream_peek(s[0])) == std::string(size, 'x'));
    kt_stream_pop(s[0]);
  }
  CHECK(kt_stream_peek(s[0])->size == KTR_REC_MAX_PAYLOAD);
  kt_stream_pop(s[0]);
  CHECK(kt_stream_peek(s[0]) == nullptr);
}

TEST_CASE("a record cut off by the end of a read waits for its rest, wherever the cut is") {
  const std::string bytes = record(1, "first") + record(2, "the second one");
  for (size_t cut = 0; cut <= bytes.size(); cut++) {
    Streams s(1);
    std::string seen;
    for (const std::string& part : {bytes.substr(0, cut), bytes.substr(cut)}) {
      s.add(0, part);
      s.fill();
      while (const ktr_rec* rec = kt_stream_peek(s[0])) {
        seen += text_of(rec) + ";";
        kt_stream_pop(s[0]);
      }
    }
    CHECK(seen == "first;the second one;");
  }
}

TEST_CASE("far more than one buffer can be pending") {
  Streams s(1);
  const std::string payload(1000, 'z');
  std::string bytes;
  for (int i = 0; i < 5000; i++) bytes += record(static_cast<unsigned>(i), payload);
  s.add(0, bytes);
  CHECK(kt_stream_fill(s[0], KT_MERGE_ALL) == static_cast<long>(bytes.size()));
  int n = 0;
  for (; kt_stream_peek(s[0]) != nullptr; n++) {
    REQUIRE(kt_stream_peek(s[0])->time == static_cast<unsigned>(n));
    kt_stream_pop(s[0]);
  }
  CHECK(n == 5000);
}

TEST_CASE("reading stops at a record that is younger than asked for") {
  Streams s(1);
  const std::string big(8000, 'b');
  for (int i = 0; i < 200; i++) s.add(0, record(static_cast<unsigned>(i), big));
  const long first = kt_stream_fill(s[0], 5);
  CHECK(first > 6 * 8000);
  CHECK(first < 200 * 8000);
  CHECK(kt_stream_fill(s[0], 5) == 0);
  CHECK(first + kt_stream_fill(s[0], KT_MERGE_ALL) == 200 * 8016);
}

TEST_CASE("what cannot be a record is refused, what came before is kept") {
  Streams s(1);
  ktr_rec bad = {2, KTR_REC_MAX_PAYLOAD + 1, KTR_REC_TEXT, 0};
  s.add(0, record(1, "good") + std::string(reinterpret_cast<const char*>(&bad), sizeof(bad)));
  CHECK(kt_stream_fill(s[0], KT_MERGE_ALL) == -EBADMSG);
  CHECK(text_of(kt_stream_peek(s[0])) == "good");
  s.add(0, record(3, "later"));
  CHECK(kt_stream_fill(s[0], KT_MERGE_ALL) == -EBADMSG);
  kt_stream_pop(s[0]);
  CHECK(kt_stream_peek(s[0]) == nullptr);
}

TEST_CASE("errors of reading are told") {
  kt_stream s;
  kt_stream_init(&s, memfd_create("closed", 0), 0);
  close(s.fd);
  CHECK(kt_stream_fill(&s, KT_MERGE_ALL) == -EBADF);
  s.fd = -1;
  kt_stream_free(&s);
}

TEST_CASE("an output is whole when its last part is there, or a part was lost") {
  Streams s(1);
  s.add(0, record(1, "a", KTR_RF_MORE));
  s.fill();
  CHECK_FALSE(kt_stream_whole(s[0]));
  s.add(0, record(1, "b", KTR_RF_MORE));
  s.fill();
  CHECK_FALSE(kt_stream_whole(s[0]));
  SECTION("the last part") { s.add(0, record(1, "c")); }
  SECTION("a loss") { s.add(0, lost(1, 1)); }
  s.fill();
  CHECK(kt_stream_whole(s[0]));
}
