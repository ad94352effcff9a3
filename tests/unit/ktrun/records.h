// SPDX-License-Identifier: GPL-2.0
// Streams as files for the tests of ktrun.
#ifndef KT2KO_TESTS_UNIT_KTRUN_RECORDS_H_
#define KT2KO_TESTS_UNIT_KTRUN_RECORDS_H_

#include <cstring>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

#include "ktr_wire.h"
#include "merge.h"
#include "stream.h"

// The bytes of one record, padded.
inline std::string record(unsigned long long time, const std::string& payload, int flags = 0,
                          int kind = KTR_REC_TEXT) {
  ktr_rec rec = {time, static_cast<unsigned>(payload.size()), static_cast<unsigned short>(kind),
                 static_cast<unsigned short>(flags)};
  std::string bytes(reinterpret_cast<const char*>(&rec), sizeof(rec));
  bytes += payload;
  bytes.append((8 - payload.size() % 8) % 8, '\0');
  return bytes;
}

inline std::string lost(unsigned long long time, unsigned long long count, unsigned long long over_rate = 0) {
  const ktr_rec_lost loss = {count, over_rate};
  return record(time, std::string(reinterpret_cast<const char*>(&loss), sizeof(loss)), 0, KTR_REC_LOST);
}

// Some streams over files that grow, as cpuN does: reading gives what was added, then 0.
class Streams {
 public:
  explicit Streams(size_t n) : list_(n) {
    for (size_t i = 0; i < n; i++) {
      kt_stream_init(&list_[i], memfd_create("stream", 0), static_cast<unsigned>(i));
    }
  }
  ~Streams() {
    for (kt_stream& s : list_) kt_stream_free(&s);
  }
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;

  // Appends bytes without moving the reader's position.
  void add(size_t cpu, const std::string& bytes) {
    const off_t end = lseek(list_[cpu].fd, 0, SEEK_CUR) + pending(cpu);
    if (pwrite(list_[cpu].fd, bytes.data(), bytes.size(), end) != static_cast<ssize_t>(bytes.size())) {
      abort();
    }
  }
  kt_stream* operator[](size_t cpu) { return &list_[cpu]; }
  kt_stream* data() { return list_.data(); }
  size_t size() const { return list_.size(); }

  void fill(unsigned long long until = KT_MERGE_ALL) {
    for (kt_stream& s : list_) kt_stream_fill(&s, until);
  }

 private:
  off_t pending(size_t cpu) {
    const off_t here = lseek(list_[cpu].fd, 0, SEEK_CUR);
    const off_t end = lseek(list_[cpu].fd, 0, SEEK_END);
    lseek(list_[cpu].fd, here, SEEK_SET);
    return end - here;
  }

  std::vector<kt_stream> list_;
};

// A sink that writes records as text: continuations get a '+', losses look like "lost 3".
class Collected {
 public:
  Collected() : sink_{take, this} {}
  const kt_sink* sink() const { return &sink_; }
  std::vector<std::string> lines;

 private:
  static void take(void* arg, unsigned, const ktr_rec* rec, bool continues) {
    const char* payload = reinterpret_cast<const char*>(rec + 1);
    std::string line = continues ? "+" : "";
    if (rec->kind == KTR_REC_LOST) {
      unsigned long long count;
      std::memcpy(&count, payload, sizeof(count));
      line += "lost " + std::to_string(count);
    } else {
      line.append(payload, rec->size);
    }
    static_cast<Collected*>(arg)->lines.push_back(line);
  }

  kt_sink sink_;
};

#endif  // KT2KO_TESTS_UNIT_KTRUN_RECORDS_H_
