// SPDX-License-Identifier: GPL-2.0
#include "driver/pipeline.h"

#include <algorithm>
#include <memory>
#include <set>

#include "ast/dump.h"
#include "driver/prebuilt.h"
#include "emit/emit.h"
#include "lower/kir.h"
#include "lower/lower.h"
#include "parse/parse.h"
#include "project/stage_timer.h"
#include "sema/analyze.h"
#include "sema/link_tapsets.h"

namespace kt2ko {
namespace {

// What the passes hand on. A pass sets its result and returns; the loop below looks at the
// diagnostics.
struct State {
  Source& source;
  const CompileOptions& options;
  Arena arena;
  Diags diags;
  ast::Script* script = nullptr;
  std::unique_ptr<sema::Model> model;
  std::unique_ptr<kir::Program> program;
  Explanation explanation;
  std::string c_text;
  std::vector<std::string> split;
  std::string events;
  Glue ffi;
};

void pass_parse(State* s) { s->script = parse(s->source, s->arena, s->diags); }

void pass_tapsets(State* s) {
  sema::link_tapsets(s->script, &s->source, s->options.tapsets, &s->arena, &s->diags, s->options.link_tapsets);
}

void pass_check(State* s) {
  s->model = sema::analyze(*s->script, s->source, s->options.facts, s->options.unsafe, s->diags, *s->options.target);
}

void pass_lower(State* s) {
  LowerOptions options;
  options.module_name = s->options.module_name;
  options.file_name = s->options.file_name;
  options.unsafe = s->options.unsafe;
  options.deferred_output = s->options.deferred_output;
  options.limits = s->options.limits;
  options.prebuilt = s->options.prebuilt;
  if (!options.prebuilt.empty()) options.linked[options.prebuilt] = tapset_hash(options.prebuilt, s->options.tapsets);
  if (s->options.link_tapsets)
    for (const ast::Script::TapsetPart& part : s->script->tapsets)
      options.linked[part.name] = tapset_hash(part.name, s->options.tapsets);
  s->program = lower(*s->script, *s->model, s->source, options, &s->explanation);
}

void pass_emit(State* s) {
  EmitOptions options;
  options.line_directives = s->options.line_directives;
  s->c_text = emit(*s->program, options);
  s->split = emit_split(*s->program, options);
  s->events = emit_events(*s->program);
  s->ffi = emit_ffi(*s->program, s->options.glue_lines);
}

std::string dump_script(const State& s) { return ast::dump(*s.script); }
std::string dump_program(const State& s) { return kir::dump(*s.program); }
std::string dump_c(const State& s) { return s.c_text; }

struct Pass {
  const char* name;
  void (*run)(State*);
  std::string (*dump)(const State&);  // nullptr: nothing to show
};

constexpr Pass kPasses[] = {
    {"parse", pass_parse, dump_script},
    {"tapsets", pass_tapsets, dump_script},
    {"check", pass_check, nullptr},
    {"lower", pass_lower, dump_program},
    {"emit", pass_emit, dump_c},
};

void tell_prebuilt(const kir::Program& program, Compiled* compiled) {
  compiled->linked = program.linked;
  compiled->description = program.prebuilt;
  if (!program.prebuilt.empty()) compiled->why_not_prebuilt = why_not_prebuilt(program);
  for (const kir::FuncObject& f : program.func_objects)
    if (f.exported) compiled->exports.push_back(f.c_name);
}

void tell_uses(const kir::Program& program, Compiled* compiled) {
  tell_prebuilt(program, compiled);
  compiled->dangers = ffi_dangers(program);
  std::set<std::string> probes;
  for (const kir::Trace& trace : program.traces)
    for (const kir::Probe& probe : trace.probes) probes.insert(probe.text);
  compiled->probes.assign(probes.begin(), probes.end());
  compiled->arguments =
      std::find(program.cells.begin(), program.cells.end(), "ktg_arg") != program.cells.end();
}

}  // namespace

Compiled compile(Source* source, const CompileOptions& options, StageTimes* times) {
  State state{*source, options, {}, {}, nullptr, nullptr, nullptr, {}, {}, {}, {}, {}};
  Compiled compiled;
  for (const Pass& pass : kPasses) {
    {
      StageTimer timer(times, pass.name);
      pass.run(&state);
    }
    if (state.diags.has_errors()) break;
    if (options.dump_after == pass.name && pass.dump) compiled.dump = pass.dump(state);
    compiled.stopped = options.stop_after == pass.name || (options.explain && state.program);
    if (compiled.stopped) break;
  }
  if (state.program) tell_uses(*state.program, &compiled);
  if (options.explain && state.program) compiled.dump += text_of(state.explanation);
  if (options.explain && !compiled.dangers.empty())
    compiled.dump += "\nWhat nothing checks (--unsafe)\n  " + compiled.dangers + "\n";
  if (state.model) {
    compiled.event_uses = std::move(state.model->event_uses);
    for (const auto& [event, sites] : state.model->user_sites)
      compiled.user_files.push_back(sites->path);
    std::sort(compiled.user_files.begin(), compiled.user_files.end());
  }
  compiled.ok = !state.diags.has_errors();
  if (options.only_about_kernel) state.diags.keep_those_about_kernels();
  state.diags.finish();
  compiled.messages = render(state.diags, *source, RenderOptions{options.color});
  compiled.findings = findings(state.diags, *source);
  compiled.c_text = std::move(state.c_text);
  compiled.split = std::move(state.split);
  compiled.events = std::move(state.events);
  compiled.ffi = std::move(state.ffi);
  return compiled;
}

}  // namespace kt2ko
