// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>
#include <cerrno>

#include "formats.h"
#include "output_files.h"

namespace {

// The formats of a file; `good` tells whether it is one.
class Formats {
 public:
  explicit Formats(std::string file) { good = kt_formats_parse(&list, file.data()) == 0; }
  ~Formats() { kt_formats_free(&list); }
  Formats(const Formats&) = delete;
  Formats& operator=(const Formats&) = delete;
  kt_formats list;
  bool good;
};

std::string number_record(unsigned long long time, unsigned format, long long v) {
  const ktr_rec_format head = {format, KTR_ARG_INT};
  std::string payload(reinterpret_cast<const char*>(&head), sizeof(head));
  payload.append(reinterpret_cast<const char*>(&v), sizeof(v));
  return record(time, payload, 0, KTR_REC_FORMAT);
}

}  // namespace

TEST_CASE("the file of formats is read byte by byte") {
  const Formats formats("0 %25d%0A\n1 \n2 a%00b%ff\n");
  REQUIRE(formats.good);
  REQUIRE(formats.list.n == 3);
  const auto text = [&](size_t i) { return std::string(formats.list.list[i].text, formats.list.list[i].n); };
  CHECK(text(0) == "%d\n");
  CHECK(text(1).empty());
  CHECK(text(2) == std::string("a\0b\xff", 4));
  CHECK(Formats("").good);
}

TEST_CASE("a damaged file of formats is refused") {
  for (const char* file : {"0 a", "0 a\n2 b\n", "1 a\n", "a\n", "0\n", "0 %4\n", "0 %\n", "0 %zz\n", " \n"}) {
    INFO(file);
    CHECK(!Formats(file).good);
  }
}

TEST_CASE("arguments become text, also as JSON, and in their place") {
  for (const bool json : {false, true}) {
    TempFile file;
    kt_output out;
    kt_style style = to_file(file.path.c_str());
    style.json = json;
    REQUIRE(kt_output_open(&out, &style) == 0);
    std::string formats = "0 %25d%0A\n1 n%25%25:%25-4d|%0A\n2 \n";
    REQUIRE(kt_formats_parse(&out.formats, formats.data()) == 0);
    put(&out, record(1, "first\n"));
    put(&out, number_record(2, 1, -7));
    put(&out, number_record(3, 2, 8));  // an empty text is no output
    put(&out, number_record(3, 0, 8));
    {
      StderrTo hidden("/dev/null");
      put(&out, number_record(4, 3, 8));  // there is no such format
    }
    close_output(&out);
    CHECK(read_all(file.path) == (json ? "{\"kind\":\"text\",\"time\":1,\"cpu\":0,\"text\":\"first\\n\"}\n"
                                         "{\"kind\":\"text\",\"time\":2,\"cpu\":0,\"text\":\"n%:-7  |\\n\"}\n"
                                         "{\"kind\":\"text\",\"time\":3,\"cpu\":0,\"text\":\"8\\n\"}\n"
                                       : "first\nn%:-7  |\n8\n"));
  }
}
