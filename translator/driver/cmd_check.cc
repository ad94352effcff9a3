// SPDX-License-Identifier: GPL-2.0
// kt2ko check: does every script suit every kernel?
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <deque>

#include "catalog/config_needs.h"
#include "driver/check_output.h"
#include "driver/check_targets.h"
#include "driver/commands.h"
#include "driver/report.h"
#include "driver/script_module.h"
#include "driver/work_pool.h"
#include "project/check_types.h"
#include "project/files.h"
#include "project/interrupt.h"
#include "project/share.h"

namespace kt2ko {
namespace {

// One script and one kernel, from the first look until it is built.
struct Pair {
  Checked row;
  std::string messages;  // for stderr
  ModuleText text;
  const CheckTarget* target = nullptr;
  bool to_build = false;
  StageTimes times;
};

// What is wrong goes to stderr and into the row.
void failed(const Failure& failure, Pair* pair) {
  pair->row.status = failure.status;
  pair->row.message = failure.message;
  pair->messages += text_of(failure);
}

void build_pair(const Options& options, Pair* pair) {
  if (!pair->to_build || interrupted()) return;
  Result<TempDir> built = build_apart(options, pair->text, *pair->target->headers, &pair->times);
  if (built.ok())
    pair->row.built = true;
  else
    failed(built.failure(), pair);
}

// What modules of ours need of the kernel, whatever the script.
std::string lacking(const KernelFacts& facts) {
  for (const ConfigNeed& need : config_needs())
    if (!facts.config_has(need.option)) return need.option;
  return "";
}

void compare(const Options& options, const std::string& file, KernelFacts* facts, Pair* pair) {
  pair->row.facts_known = true;
  KernelVerdict verdict = compare_with_kernel(options, file, facts);
  if (!verdict.right) pair->row.status = kScriptFailed;
  pair->messages += verdict.messages;
  pair->row.found.insert(pair->row.found.end(), verdict.found.begin(), verdict.found.end());
  pair->row.events = std::move(verdict.events);
  if (const std::string option = lacking(*facts); !option.empty())
    failed({kScriptFailed, fmt::format("kernel {} was built without {}", facts->release, option)}, pair);
}

// Members of C types, where no C compiler will see the kernel's headers.
void compare_types(CheckTarget* target, Pair* pair) {
  const std::string& types = c_types_of(target);
  if (types.empty()) return;
  Result<fs::path> share = find_share();
  if (!share.ok()) return failed(share.failure(), pair);
  Result<std::vector<FfiError>> missing = missing_members(pair->text.ffi, types, share.value() / "runtime-c/include");
  if (!missing.ok()) return failed(missing.failure(), pair);
  if (missing.value().empty()) return;
  for (FfiError& e : missing.value()) e.message = fmt::format("kernel {}: {}", target->release, e.message);
  failed({kScriptFailed, "", "", pair->text.ffi_errors(missing.value())}, pair);
}

// Everything but building: a script and all kernels. Facts are not for several threads.
void look_at(const Options& options, const std::string& file, std::vector<CheckTarget>* targets, std::deque<Pair>* pairs) {
  StageTimes times;
  Checked everywhere;
  everywhere.script = file.empty() ? "-e" : file;
  Result<Translated> translated = translate(options, file, nullptr, &times, &everywhere.found);
  if (!translated.ok()) {
    Pair& pair = pairs->emplace_back();
    pair.row = std::move(everywhere);
    failed(translated.failure(), &pair);
    return;
  }
  for (CheckTarget& target : *targets) {
    Pair& pair = pairs->emplace_back();
    pair.row = everywhere;
    pair.row.kernel = target.release;
    pair.target = &target;
    pair.times = times;
    if (target.facts) compare(options, file, &*target.facts, &pair);
    pair.to_build = target.headers.has_value() && pair.row.status == kDone;
    pair.text = translated.value().text;
    pair.text.ffi_errors = translated.value().ffi_errors_into(&pair.row.found);
    if (!target.headers && pair.row.status == kDone && !pair.text.ffi.empty()) compare_types(&target, &pair);
  }
}

std::vector<Checked> rows_of(std::deque<Pair>&& pairs) {
  std::vector<Checked> rows;
  for (Pair& pair : pairs) rows.push_back(std::move(pair.row));
  tell_differences(&rows);
  return rows;
}

Status write_results(const Options& options, const std::vector<Checked>& rows) {
  fputs((options.json ? json_of(rows) : table_of(rows, options.verbose)).c_str(), stdout);
  if (options.annotations) fputs(annotations_of(rows).c_str(), options.json ? stderr : stdout);
  if (options.sarif.empty()) return kDone;
  Done written = write_file(options.sarif, sarif_of(rows));
  return written.ok() ? kDone : report(written.failure());
}

size_t wanted_jobs(const Options& options) {
  const size_t jobs = options.jobs.empty() ? cpus_here() : std::stoul(options.jobs);
  return std::clamp<size_t>(jobs, 1, SignalTarget::kMax / 2);
}

}  // namespace

Status cmd_check(const Options& options) {
  Result<std::vector<CheckTarget>> targets = check_targets(options);
  if (!targets.ok()) return report(targets.failure());
  std::deque<Pair> pairs;  // their addresses stay
  for (const std::string& file : script_files(options)) {
    if (interrupted()) return kRefused;
    look_at(options, file, &targets.value(), &pairs);
  }
  run_in_order(
      wanted_jobs(options), pairs.size(), [&](size_t i) { build_pair(options, &pairs[i]); },
      [&](size_t i) {
        fputs(pairs[i].messages.c_str(), stderr);
        print_times(options, pairs[i].times);
      });
  if (interrupted()) return kRefused;
  const std::vector<Checked> rows = rows_of(std::move(pairs));
  if (const Status status = write_results(options, rows); status != kDone) return status;
  const bool good = std::all_of(rows.begin(), rows.end(), [&](const Checked& row) { return is_good(row, options.strict); });
  return good ? kDone : kScriptFailed;
}

}  // namespace kt2ko
