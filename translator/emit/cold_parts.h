// SPDX-License-Identifier: GPL-2.0
// The functions of a script that no event runs, in files of their own.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "emit/c_writer.h"
#include "emit/emit.h"
#include "emit/linkage.h"
#include "lower/kir.h"

namespace kt2ko::emit_detail {

struct ColdPart {
  std::vector<const kir::Function*> functions;
  std::set<std::string> names;  // of ours that their text uses
};

// In the order of the functions; empty when there is too little of them to be worth a compiler of its own.
std::vector<ColdPart> cold_parts(const kir::Program& program, const EmitOptions& options);

// Declares what a file uses that others define.
void emit_declarations(const kir::Program& program, const std::set<std::string>& names, const Linkage& linkage, CWriter& out);

}  // namespace kt2ko::emit_detail
