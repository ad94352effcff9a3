// SPDX-License-Identifier: GPL-2.0
// kt2ko check: does every script build for every kernel?
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "driver/check_output.h"
#include "driver/commands.h"
#include "driver/report.h"
#include "driver/script_module.h"
#include "project/files.h"
#include "project/interrupt.h"

namespace kt2ko {
namespace {

Done build_for(const Options& options, const ModuleText& text, const Kernel& kernel,
               StageTimes* times) {
  Result<BuildRequest> request = build_request(options, text, kernel);
  if (!request.ok()) return request.failure();
  Result<TempDir> temp = TempDir::make();
  if (!temp.ok()) return temp.failure();
  return build_module(request.value(), temp.value().path() / (text.module + ".ko"), times);
}

// What is wrong goes to stderr as it comes, and into the row.
void failed(const Failure& failure, Checked* row) {
  row->status = report(failure);
  row->message = failure.message;
}

void check_script(const Options& options, const std::string& file,
                  const std::vector<Kernel>& kernels, std::vector<Checked>* rows) {
  StageTimes times;
  Checked row;
  row.script = file.empty() ? "-e" : file;
  Result<Translated> translated = translate(options, file, nullptr, &times, &row.found);
  if (!translated.ok()) {
    failed(translated.failure(), &row);
    rows->push_back(std::move(row));
    return;
  }
  const std::vector<Finding> everywhere = row.found;
  for (const Kernel& kernel : kernels) {
    if (interrupted()) return;
    // in place: building adds to what translating found
    row.found = everywhere;
    row.kernel = kernel.release;
    row.status = kDone;
    row.message.clear();
    if (!suits_kernel(options, file, kernel, &row.found)) {
      row.status = kScriptFailed;
    } else if (Done built = build_for(options, translated.value().text, kernel, &times); !built.ok()) {
      failed(built.failure(), &row);
    }
    rows->push_back(row);
  }
  print_times(options, times);
}

}  // namespace

Status cmd_check(const Options& options) {
  Result<std::vector<Kernel>> kernels = chosen_kernels(options);
  if (!kernels.ok()) return report(kernels.failure());
  std::vector<Checked> rows;
  for (const std::string& file : script_files(options)) {
    if (interrupted()) return kRefused;
    check_script(options, file, kernels.value(), &rows);
  }
  fputs((options.json ? json_of(rows) : table_of(rows)).c_str(), stdout);
  if (options.annotations) fputs(annotations_of(rows).c_str(), options.json ? stderr : stdout);
  if (!options.sarif.empty()) {
    Done written = write_file(options.sarif, sarif_of(rows));
    if (!written.ok()) return report(written.failure());
  }
  const bool good = std::all_of(rows.begin(), rows.end(), [](const Checked& row) { return row.status == kDone; });
  return good ? kDone : kScriptFailed;
}

}  // namespace kt2ko
