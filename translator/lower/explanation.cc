// SPDX-License-Identifier: GPL-2.0
#include "lower/explanation.h"

#include <fmt/format.h>

#include <algorithm>

#include "ktr_limits.h"
#include "ktr_sizes.h"

namespace kt2ko {

namespace {

std::string bytes_text(uint64_t n) {
  if (n >= 1024 * 1024 && n % (1024 * 1024) == 0) return fmt::format("{} MiB", n / 1024 / 1024);
  if (n >= 10 * 1024) return fmt::format("{} KiB", (n + 1023) / 1024);
  return fmt::format("{} bytes", n);
}

std::string because(const Explanation& e, const kir::Reason& r) {
  return r.line ? fmt::format("{} ({})", r.text, e.lines.text(r.line)) : r.text;
}

// What a key is called, and what an element takes besides its entry because of it.
struct KeyWords {
  const char* text;
  std::string memory;
};

KeyWords words(Explanation::Key key) {
  using Key = Explanation::Key;
  const std::string text = fmt::format(", a text {} and its length more", KTR_SIZE_TEXT);
  switch (key) {
    case Key::kNumber: return {"a number", ""};
    case Key::kConstant: return {"a constant text", ""};
    case Key::kTaskName: return {"the task's name", fmt::format(" and {} for the name", KTR_SIZE_TEXT + 15)};
    case Key::kEventName: return {"the event's name, a constant text", ""};
    case Key::kEventValue: return {"a value of the event", text};
    case Key::kText: return {"a text", fmt::format(", {} and its length", KTR_SIZE_TEXT)};
    case Key::kStack: return {"a stack", fmt::format(", {} and {} for each frame", KTR_SIZE_TEXT, KTR_SIZE_FRAME)};
    case Key::kParts:
      return {"several parts, which make one key",
              fmt::format(", {} and {} for each number, 8 and its length for each text", KTR_SIZE_TEXT, KTR_SIZE_PART)};
    case Key::kOther: break;
  }
  return {"seen when it runs", text};
}

// Ways and cells of a kind: see ktr_sizes.h.
struct WayKind {
  kir::Cells cells;
  uint64_t way, cpu, chunk;
};
constexpr WayKind kWayKinds[] = {
    {kir::Cells::kNumber, KTR_SIZE_WAY, KTR_SIZE_NUMBER, KTR_WAYS_CHUNK},
    {kir::Cells::kStats, KTR_SIZE_STATS_WAY, KTR_STATS_CELLS * KTR_SIZE_NUMBER, KTR_STATS_WAYS_CHUNK},
    {kir::Cells::kHist, KTR_SIZE_HIST_WAY, KTR_HIST_CELLS * KTR_SIZE_NUMBER, KTR_HIST_WAYS_CHUNK},
};

std::string cells_text(kir::Cells cells) {
  for (const WayKind& k : kWayKinds)
    if (k.cells == cells) return fmt::format("; its cells {} and {} per CPU", k.way, k.cpu);
  return "";
}

std::string element_text(const Explanation& all, const Explanation::Element& e) {
  const KeyWords key = words(e.key);
  std::string out = fmt::format("      {}: {}{}; key: {}; {} bytes{}", all.lines.text(e.line), e.access, e.cells != kir::Cells::kNone ? " in cells" : "",
                                key.text, KTR_SIZE_ENTRY + KTR_SIZE_BUCKET, key.memory);
  return out + cells_text(e.cells) + "\n";
}

std::string title(const Explanation& e, const Explanation::Variable& v) {
  return fmt::format("  {}, {}{}\n", v.name, e.lines.text(v.line), v.function.empty() ? "" : ", in " + v.function);
}

std::string variable_text(const Explanation& e, const Explanation::Variable& v) {
  std::string out = title(e, v) + fmt::format("      {}\n      because {}\n", v.storage, because(e, v.why));
  if (!v.memory.empty()) out += fmt::format("      {}\n", v.memory);
  return out;
}

std::string table_text(const Explanation& e, const Explanation::Variable& v) {
  std::string out = variable_text(e, v);
  if (v.cells)
    out += "      elements that quick handlers add to: in cells of each CPU, without a lock; the others under one lock\n";
  else
    out += "      elements: under the table's lock\n";
  out += fmt::format("      because {}\n", because(e, v.why_cells));
  if (v.room && *v.room)
    out += fmt::format("      room made with it: {} elements, {}\n", *v.room,
                       bytes_text(static_cast<uint64_t>(*v.room) * (KTR_SIZE_ENTRY + KTR_SIZE_BUCKET)));
  if (v.limit) out += fmt::format("      at most {} elements\n", *v.limit);
  for (const Explanation::Element& element : v.elements) out += element_text(e, element);
  return out;
}

std::string handler_text(const Explanation& e, const Explanation::Handler& h) {
  std::string out = fmt::format("  {}, {}\n      {}\n", h.title, e.lines.text(h.line), h.how);
  for (const kir::Reason& r : h.why_not) out += fmt::format("      not quicker because {}\n", because(e, r));
  return out;
}

std::string section(const char* heading, const std::string& body) {
  return body.empty() ? "" : fmt::format("\n{}\n{}", heading, body);
}

std::string values_memory() {
  return fmt::format(
      "  a table: {} bytes, besides its elements\n"
      "  kept texts: {} bytes and their length; constants of the script and names of events: nothing\n"
      "  avg: {} bytes; a histogram: {} bytes more for each bucket in use; count, sum, min, max: nothing\n",
      KTR_SIZE_TABLE, KTR_SIZE_TEXT, KTR_SIZE_AGG, KTR_SIZE_AGG_WORD);
}

// What cells of quick handlers take: for one CPU, and for all of them together.
struct Cells {
  uint64_t first_cpu = 0, most_cpu = 0, first_all = 0, most_all = 0, elements = 0;
};
Cells cells_of(const Explanation& e) {
  Cells sum;
  sum.first_all = sum.most_all = e.adders_by_key * KTR_SIZE_ADDER_SLOTS;
  for (const WayKind& k : kWayKinds) {
    if (std::find(e.adders.begin(), e.adders.end(), k.cells) == e.adders.end()) continue;
    sum.first_cpu += k.chunk * k.cpu;
    sum.most_cpu += k.chunk * k.cpu * KTR_WAYS_CHUNKS;
    sum.first_all += k.chunk * k.way;
    sum.most_all += k.chunk * k.way * KTR_WAYS_CHUNKS;
    sum.elements += k.chunk * KTR_WAYS_CHUNKS;
  }
  return sum;
}

struct LimitRow {
  const char* c_name;
  const char* name;
  int64_t standard;
};

constexpr LimitRow kLimitRows[KTR_N_LIMITS] = {
#define ROW(NAME, name, def, least, most, what, over, test) {"KTR_LIM_" #NAME, #name, def},
    KTR_LIMIT_LIST(ROW)
#undef ROW
};

// What the module has when nothing else is said at load.
int64_t limit_of(const Explanation& e, ktr_limit_id id) {
  int64_t value = kLimitRows[id].standard;
  for (const kir::Limit& limit : e.limits)
    if (limit.c_name == kLimitRows[id].c_name) value = limit.value;
  return value;
}

uint64_t kib_of(const Explanation& e, ktr_limit_id id) { return static_cast<uint64_t>(limit_of(e, id)) * 1024; }

// Those that are not the defaults, in the order of the table of limits.
std::string limits_text(const Explanation& e) {
  std::string out;
  for (int id = 0; id < KTR_N_LIMITS; id++) {
    const int64_t value = limit_of(e, static_cast<ktr_limit_id>(id)), standard = kLimitRows[id].standard;
    if (value != standard) out += fmt::format("  {}: {} (default: {})\n", kLimitRows[id].name, value, standard);
  }
  return out;
}

std::string memory_text(const Explanation& e) {
  const Cells cells = cells_of(e);
  const uint64_t parts = e.counters * KTR_SIZE_NUMBER + e.spreads * KTR_SIZE_SPREAD, buffer = kib_of(e, KTR_LIM_BUFFER_KB);
  const uint64_t cpu_least = buffer + KTR_SIZE_CPU_CONTEXTS + parts + cells.first_cpu;
  const uint64_t cpu_most = cpu_least - cells.first_cpu + cells.most_cpu;
  const uint64_t limit = kib_of(e, KTR_LIM_MEMORY_KB), reserve = std::min(kib_of(e, KTR_LIM_RESERVE_KB), limit);
  const uint64_t fixed = KTR_SIZE_THREAD_CONTEXT + (e.user_stacks ? KTR_SIZE_USER_FILES : 0);
  const uint64_t all_least = reserve + fixed + cells.first_all, all_most = limit + fixed + cells.most_all;
  std::string out;
  out += fmt::format("  tables, texts, functions: {} at load (reserve_kb), at most {} (memory_kb);\n", bytes_text(reserve),
                     bytes_text(limit));
  out += fmt::format("      a table has at most {} elements (max_elements, table.new)\n", limit_of(e, KTR_LIM_MAX_ELEMENTS));
  if (!e.adders.empty())
    out += fmt::format("  cells of elements: {} and {} per CPU at load, at most {} and {} per CPU, for {} elements\n",
                       bytes_text(cells.first_all), bytes_text(cells.first_cpu), bytes_text(cells.most_all),
                       bytes_text(cells.most_cpu), cells.elements);
  if (parts) out += fmt::format("  numbers and histograms in parts: {} per CPU\n", bytes_text(parts));
  out += fmt::format("  contexts of handlers: at most {} per CPU; of the script's own thread: {}\n",
                     bytes_text(KTR_SIZE_CPU_CONTEXTS), bytes_text(KTR_SIZE_THREAD_CONTEXT));
  if (e.user_stacks) out += fmt::format("  files of user stacks: at most {}\n", bytes_text(KTR_SIZE_USER_FILES));
  out += fmt::format("  output: {} per CPU (buffer_kb)\n", bytes_text(buffer));
  out += fmt::format("  together, with N CPUs: {} + N * {} at load, at most {} + N * {}\n", bytes_text(all_least),
                     bytes_text(cpu_least), bytes_text(all_most), bytes_text(cpu_most));
  return out;
}

}  // namespace

std::string text_of(const Explanation& e) {
  std::string shared, tables, locals, handlers;
  for (const Explanation::Variable& v : e.variables) {
    if (v.is_table)
      tables += table_text(e, v);
    else
      (v.shared ? shared : locals) += variable_text(e, v);
  }
  for (const Explanation::Handler& h : e.handlers) handlers += handler_text(e, h);
  std::string out = section("Shared variables", shared) + section("Tables", tables) + section("Local variables", locals) +
                    section("Handlers", handlers) + section("Memory of values", tables.empty() ? "" : values_memory()) +
                    section("Limits given when it is built", limits_text(e)) + section("Memory of the module", memory_text(e));
  return out.substr(1);  // without the blank line before the first section
}

}  // namespace kt2ko
