// SPDX-License-Identifier: GPL-2.0
#include "driver/work_pool.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <future>
#include <thread>
#include <vector>

namespace kt2ko {

size_t cpus_here() { return std::max(1u, std::thread::hardware_concurrency()); }

void run_in_order(size_t jobs, size_t n, const std::function<void(size_t)>& work, const std::function<void(size_t)>& done) {
  std::vector<std::promise<void>> ended(n);
  std::atomic<size_t> next{0};
  const auto loop = [&] {
    for (size_t i; (i = next++) < n;) {
      try {
        work(i);
        ended[i].set_value();
      } catch (...) {
        ended[i].set_exception(std::current_exception());
      }
    }
  };
  std::vector<std::thread> threads;
  for (size_t t = 0; t < std::min(jobs, n); ++t) threads.emplace_back(loop);
  std::exception_ptr first;
  for (size_t i = 0; i < n; ++i) {
    try {
      ended[i].get_future().get();
      if (!first) done(i);
    } catch (...) {
      if (!first) first = std::current_exception();
    }
  }
  for (std::thread& thread : threads) thread.join();
  if (first) std::rethrow_exception(first);
}

}  // namespace kt2ko
