// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>
#include <random>

#include "records.h"

using Lines = std::vector<std::string>;

TEST_CASE("records of several CPUs come out in the order of time") {
  Streams s(3);
  s.add(0, record(1, "1") + record(4, "4") + record(9, "9"));
  s.add(1, record(2, "2") + record(3, "3") + record(8, "8"));
  s.add(2, record(5, "5") + record(6, "6") + record(7, "7"));
  s.fill();
  Collected out;
  CHECK(kt_merge(s.data(), s.size(), KT_MERGE_ALL, out.sink()) == 9);
  CHECK(out.lines == Lines{"1", "2", "3", "4", "5", "6", "7", "8", "9"});
}

TEST_CASE("records of the same time keep their order within a CPU") {
  Streams s(2);
  s.add(0, record(5, "a") + record(5, "b") + record(5, "c"));
  s.add(1, record(5, "x"));
  s.fill();
  Collected out;
  kt_merge(s.data(), s.size(), KT_MERGE_ALL, out.sink());
  std::string cpu0;
  for (const std::string& line : out.lines) cpu0 += line == "x" ? "" : line;
  CHECK(cpu0 == "abc");
  CHECK(out.lines.size() == 4);
}

TEST_CASE("younger records stay until their time has come") {
  Streams s(2);
  s.add(0, record(10, "10") + record(30, "30"));
  s.add(1, record(20, "20"));
  s.fill(25);
  Collected out;
  CHECK(kt_merge(s.data(), s.size(), 25, out.sink()) == 2);
  CHECK(out.lines == Lines{"10", "20"});
  s.add(1, record(28, "28"));
  s.fill(40);
  kt_merge(s.data(), s.size(), 40, out.sink());
  CHECK(out.lines == Lines{"10", "20", "28", "30"});
}

TEST_CASE("parts of one output stay together") {
  Streams s(2);
  s.add(0, record(1, "one ", KTR_RF_MORE) + record(3, "two ", KTR_RF_MORE) + record(5, "three"));
  s.add(1, record(2, "between") + record(4, "also"));
  s.fill();
  Collected out;
  kt_merge(s.data(), s.size(), KT_MERGE_ALL, out.sink());
  CHECK(out.lines == Lines{"one ", "+two ", "+three", "between", "also"});
}

TEST_CASE("an unfinished output holds younger ones back for a while") {
  const unsigned long long later = 1 + KT_MORE_WAIT_NS;
  Streams s(2);
  s.add(0, record(1, "begin ", KTR_RF_MORE));
  s.add(1, record(2, "younger"));
  s.fill();
  Collected out;
  CHECK(kt_merge(s.data(), s.size(), 100, out.sink()) == 0);
  SECTION("until its rest comes") {
    s.add(0, record(3, "end"));
    s.fill();
    kt_merge(s.data(), s.size(), 101, out.sink());
    CHECK(out.lines == Lines{"begin ", "+end", "younger"});
  }
  SECTION("or for so long that it cannot come any more") {
    CHECK(kt_merge(s.data(), s.size(), later, out.sink()) == 0);
    kt_merge(s.data(), s.size(), later + 1, out.sink());
    CHECK(out.lines == Lines{"begin ", "younger"});
  }
  SECTION("or until the trace has ended") {
    kt_merge(s.data(), s.size(), KT_MERGE_ALL, out.sink());
    CHECK(out.lines == Lines{"begin ", "younger"});
  }
}

TEST_CASE("a loss stands where the records are missing and ends the output before it") {
  Streams s(1);
  s.add(0, record(1, "a", KTR_RF_MORE) + lost(2, 17) + record(3, "b"));
  s.fill();
  Collected out;
  kt_merge(s.data(), s.size(), KT_MERGE_ALL, out.sink());
  CHECK(out.lines == Lines{"a", "lost 17", "b"});
}

TEST_CASE("any distribution over CPUs, read in any pieces, gives the one order") {
  constexpr unsigned kRecords = 300;
  std::mt19937 random(1);
  for (int round = 0; round < 50; round++) {
    const size_t cpus = 1 + random() % 8;
    Streams s(cpus);
    std::vector<std::string> bytes(cpus);            // all that a CPU will have written
    std::vector<std::vector<size_t>> ends(cpus);     // ends[cpu][t]: of them, what it has written at time t
    std::vector<size_t> published(cpus, 0);
    Lines wanted;
    for (unsigned time = 0; time <= kRecords; time++) {
      if (time > 0) bytes[random() % cpus] += record(time, std::to_string(time));
      if (time > 0) wanted.push_back(std::to_string(time));
      for (size_t cpu = 0; cpu < cpus; cpu++) ends[cpu].push_back(bytes[cpu].size());
    }
    Collected out;
    for (unsigned now = 0; now < kRecords; now += 1 + random() % 40) {
      // What was written until now can be read, and perhaps some more, cut anywhere.
      for (size_t cpu = 0; cpu < cpus; cpu++) {
        const size_t end = std::min(bytes[cpu].size(), ends[cpu][now] + random() % 30);
        if (end <= published[cpu]) continue;
        s.add(cpu, bytes[cpu].substr(published[cpu], end - published[cpu]));
        published[cpu] = end;
      }
      s.fill(now);
      kt_merge(s.data(), cpus, now, out.sink());
      REQUIRE(out.lines.size() == now);
    }
    for (size_t cpu = 0; cpu < cpus; cpu++) s.add(cpu, bytes[cpu].substr(published[cpu]));
    s.fill();
    kt_merge(s.data(), cpus, KT_MERGE_ALL, out.sink());
    REQUIRE(out.lines == wanted);
  }
}

TEST_CASE("no streams, no records") {
  Collected out;
  CHECK(kt_merge(nullptr, 0, KT_MERGE_ALL, out.sink()) == 0);
  Streams s(2);
  s.fill();
  CHECK(kt_merge(s.data(), 2, KT_MERGE_ALL, out.sink()) == 0);
  CHECK(out.lines.empty());
}
