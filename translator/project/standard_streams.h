// SPDX-License-Identifier: GPL-2.0
#pragma once

namespace kt2ko {

// Whoever starts us may have closed stdin, stdout or stderr: then a file that is opened would get that number, and what we print
// would go into it. The numbers are taken, by what cannot be read or written. To be called before anything is opened.
void take_standard_streams();

}  // namespace kt2ko
