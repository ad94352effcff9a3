// SPDX-License-Identifier: GPL-2.0
// Independent pieces of work, several at a time.
#pragma once

#include <cstddef>
#include <functional>

namespace kt2ko {

size_t cpus_here();

// Runs work(i) for all i < n, at most `jobs` at a time, in threads; done(i) is called in the caller's thread in the order of
// i, as soon as it and all before it have ended.
void run_in_order(size_t jobs, size_t n, const std::function<void(size_t)>& work, const std::function<void(size_t)>& done);

}  // namespace kt2ko
