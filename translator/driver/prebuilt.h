// SPDX-License-Identifier: GPL-2.0
// Tapsets as modules of their own (runtime-c/include/ktr_tapset.h): what such a module is made from, and what tells that script
// and module were made from the same.
#pragma once

#include <string>

#include "catalog/tapset.h"
#include "driver/options.h"
#include "lower/kir.h"
#include "project/result.h"
#include "project/write_project.h"
#include "support/source.h"

namespace kt2ko {

// kt2ko_NAME: the module of a tapset, and with .symvers the file beside it that modules of scripts are linked with.
std::string tapset_module(const std::string& tapset);

// A script that uses every function of the tapset that others may use, of which there may be none; its text is one line. Where the
// tapset cannot be read, compiling the script tells why.
Source script_of_tapset(const std::string& name, const FindTapset& find);

// What a script and the module of a tapset have to agree about: the texts of the tapset and of those that it needs, and the border
// between emitted code and runtime. Hexadecimal digits.
std::string tapset_hash(const std::string& name, const FindTapset& find);

// Why a tapset's program cannot be a module of its own, in words; empty: it can.
std::string why_not_prebuilt(const kir::Program& program);

// Versions of the symbols of a tapset's module, for modules of scripts: from the folders of -I and the current one. Fails when there
// are none, or those of a module that does not fit.
Result<LinkedTapset> find_linked(const kir::LinkedTapset& tapset, const Options& options);

}  // namespace kt2ko
