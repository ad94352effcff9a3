// SPDX-License-Identifier: GPL-2.0
// ktrun --json: every line is valid JSON, and no byte is lost.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "json.h"
#include "output_files.h"
#include "utf8.h"

namespace {

using nlohmann::json;

// The parser refuses text that is not UTF-8 and characters that have to be escaped.
std::vector<json> parse_lines(const std::string& text) {
  std::vector<json> objects;
  std::istringstream lines(text);
  REQUIRE((text.empty() || text.back() == '\n'));
  for (std::string line; std::getline(lines, line);) objects.push_back(json::parse(line));
  return objects;
}

std::string unbase64(const std::string& text) {
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0;
  int n = 0;
  REQUIRE(text.size() % 4 == 0);
  for (char c : text.substr(0, text.find('='))) {
    REQUIRE(digits.find(c) != std::string::npos);
    bits = bits << 6 | static_cast<unsigned>(digits.find(c));
    n += 6;
    if (n < 8) continue;
    n -= 8;
    out += static_cast<char>(bits >> n);
  }
  return out;
}

// The bytes as the documentation says they are to be had.
std::string bytes_of(const json& object) {
  return object.contains("base64") ? unbase64(object["base64"]) : object["text"].get<std::string>();
}

std::string output_of(const std::string& bytes) {
  kt_text text = {};
  ktr_rec head = {1, 0, KTR_REC_TEXT, 0};
  kt_json_output(&text, &head, 0, bytes.data(), bytes.size());
  std::string line(text.p, text.n);
  kt_text_free(&text);
  return line;
}

const char kReplaced[] = "\xef\xbf\xbd";

}  // namespace

TEST_CASE("json: text is exact") {
  std::string controls;
  for (int c = 0; c < 0x80; c++) controls += static_cast<char>(c);
  for (const std::string& text : {std::string(), std::string("plain\n"), std::string("\"\\/\b\f\n\r\t"), controls,
                                  std::string("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf")}) {
    json object = json::parse(output_of(text));
    CHECK(object["text"] == text);
    CHECK(!object.contains("base64"));
  }
  CHECK(output_of("a\"\\\n\x01") ==
        "{\"kind\":\"text\",\"time\":1,\"cpu\":0,\"text\":\"a\\\"\\\\\\n\\u0001\"}\n");
}

TEST_CASE("json: bytes that are no text stand beside it") {
  struct {
    std::string bytes, text;
  } cases[] = {
      {"a\xff\n", std::string("a") + kReplaced + "\n"},
      {"\xc3", kReplaced},
      {"\xc0\x80", std::string(kReplaced) + kReplaced},                        // overlong
      {"\xed\xa0\x80", std::string(kReplaced) + kReplaced + kReplaced},        // a surrogate
      {"\xf4\x90\x80\x80x", std::string(kReplaced) + kReplaced + kReplaced + kReplaced + "x"},  // past the last
      {"\xe2\x82\xc3\xa4", std::string(kReplaced) + kReplaced + "\xc3\xa4"},
  };
  for (const auto& c : cases) {
    json object = json::parse(output_of(c.bytes));
    CHECK(object["text"] == c.text);
    CHECK(bytes_of(object) == c.bytes);
  }
}

TEST_CASE("json: random bytes survive") {
  std::mt19937 random(5);
  for (int i = 0; i < 2000; i++) {
    std::string bytes(random() % 40, 0);
    // bytes from around the borders of UTF-8's forms more often than others
    for (char& c : bytes) c = "\x00\x22\x5c\x7f\x80\xbf\xc2\xe0\xa0\xed\xf0\x90\xf4\x8f\xff" "a"[random() % 16];
    if (i % 2)
      for (char& c : bytes) c = static_cast<char>(random());
    json object = json::parse(output_of(bytes));
    CHECK(bytes_of(object) == bytes);
    CHECK(object.contains("base64") == !kt_utf8_valid(bytes.data(), bytes.size()));
  }
}

TEST_CASE("json: one object for each output, error and loss, in the order of the stream, and the summary last") {
  TempFile file, messages;
  kt_output out;
  kt_style style = to_file(file.path.c_str());
  style.json = true;
  style.times = true;  // adds nothing
  REQUIRE(kt_output_open(&out, &style) == 0);
  {
    StderrTo to(messages.path);
    put(&out, record(12345678901234ull, "an event\n", KTR_RF_EVENT), false, 3);
    put(&out, record(20, "half \xc3", KTR_RF_MORE), false, 1);
    put(&out, record(20, "\xa4 whole\n"), true, 1);
    put(&out, lost(30, 7, 3), false, 2);
    put(&out, record(40, "x.kp:1: error: boom", KTR_RF_ERROR));
    put(&out, record(50, "???", 0, 77));
    kt_output_summary(&out, 1, "state ended\nlost 0 events: nothing\nlost 7 output \"records\"\nlost 2 reads\n");
    close_output(&out);
  }
  std::vector<json> want = {
      {{"kind", "event"}, {"time", 12345678901234ull}, {"cpu", 3}, {"text", "an event\n"}},
      {{"kind", "text"}, {"time", 20}, {"cpu", 1}, {"text", "half \xc3\xa4 whole\n"}},
      {{"kind", "lost"}, {"time", 30}, {"cpu", 2}, {"count", 7}, {"over_rate", 3}},
      {{"kind", "error"}, {"time", 40}, {"cpu", 0}, {"text", "x.kp:1: error: boom"}},
      {{"kind", "summary"},
       {"status", 1},
       {"lost", {{{"count", 7}, {"what", "output \"records\""}}, {{"count", 2}, {"what", "reads"}}}}}};
  std::vector<json> got = parse_lines(read_all(file.path));
  REQUIRE(got.size() == 5);
  CHECK(got[4]["time"].is_number_unsigned());
  got[4].erase("time");
  CHECK(got == want);
  // the file is not what the user sees now
  CHECK(read_all(messages.path) ==
        "ktrun: 4 lines lost here: output came faster than it was read\n"
        "ktrun: 3 lines lost here: there was more output than the limit (output_kb)\nx.kp:1: error: boom\n"
        "ktrun: 7 output \"records\"\nktrun: 2 reads\n");
}

TEST_CASE("json: what stdout has told is not told again") {
  TempFile file, messages;
  kt_output out;
  kt_style style = {};
  style.json = true;
  FdTo stdout_to(1, file.path);
  StderrTo stderr_to(messages.path);
  REQUIRE(kt_output_open(&out, &style) == 0);
  put(&out, lost(1, 1));
  put(&out, record(2, "boom", KTR_RF_ERROR));
  kt_output_summary(&out, 0, nullptr);
  close_output(&out);
  std::vector<json> got = parse_lines(read_all(file.path));
  REQUIRE(got.size() == 3);
  CHECK(got[2]["kind"] == "summary");
  CHECK(!got[2].contains("lost"));
  CHECK(read_all(messages.path) == "");
}
