// SPDX-License-Identifier: GPL-2.0
// Gives a finished module another name. The cached runtime was built under stand-in names that are
// as long as names can be; in the module they are only looked at as whole strings, so a shorter one
// fits in their place, padded with NULs.
#pragma once

#include <string>

#include "project/write_project.h"

namespace kt2ko {

// The stand-ins that a cached runtime is built with.
ModuleText stand_in_text(const std::string& c_text, const std::string& events = "");

// True when all that the kernel reads of the stand-ins can be replaced by replace_names().
bool names_can_be_replaced(const std::string& ko);

// Puts the names of text where the stand-ins are. A longer script name is cut. Of a module that is linked with tapsets the line that
// says that it depends on nothing goes.
void replace_names(std::string* ko, const ModuleText& text);

}  // namespace kt2ko
