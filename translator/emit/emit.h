// SPDX-License-Identifier: GPL-2.0
#pragma once

#include <string>
#include <vector>

#include "emit/file_names.h"
#include "lower/kir.h"

namespace kt2ko {

struct EmitOptions {
  bool line_directives = true;  // #line, so that the C compiler speaks of script lines
};

// The C text of a program; it includes ktr.h and nothing else. Same input, same bytes.
std::string emit(const kir::Program& program, const EmitOptions& options);

// The same as several files, where that is worth it: script.c, and cold_file_name(1), ... with the functions that no event runs.
// These may be compiled beside it, and with less effort. Empty: one file is better.
std::vector<std::string> emit_split(const kir::Program& program, const EmitOptions& options);

// The C text of the second file, events.c, which needs the kernel's headers; empty when no event of the program wants it.
std::string emit_events(const kir::Program& program);

// Where the lines of the glue come from.
enum class GlueLines {
  kNone,
  kScript,  // the script's lines
  kPlaces,  // places: line N of the file kGluePlaces, which is places[N]; the text of declarations has files of its own
};
constexpr const char* kGluePlaces = "ktg-ffi";
constexpr const char* kGlueTexts = "ktg-cdef-";  // followed by a number, which is texts[number]

// The C text of ffi.c, which knows the C types that the script uses; empty when it uses none.
struct GluePlace {
  Span span;
  size_t parent = 0;  // the place of the type that this is a part of; 0: none. What is wrong there is wrong here too
};
struct Glue {
  std::string text;
  std::vector<GluePlace> places;  // [0] is none
  std::vector<Span> texts;  // strings with declarations
};
Glue emit_ffi(const kir::Program& program, GlueLines lines);
// The prototypes of the glue's functions, for the script's own C; a line each.
std::vector<std::string> ffi_prototypes(const kir::Program& program);
// What of the script's ffi could harm the machine, for people: "calls f, g; writes to memory"; empty: nothing.
std::string ffi_dangers(const kir::Program& program);

}  // namespace kt2ko
