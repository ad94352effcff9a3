// SPDX-License-Identifier: GPL-2.0
#include "support/diag.h"

#include <algorithm>
#include <tuple>

namespace kt2ko {

namespace {

struct CodeRow {
  const char* name;
  const char* summary;
};

constexpr CodeRow kCodes[] = {
#define X(code, summary) {#code, summary},
#include "support/diag_codes.def"
#undef X
};

auto order_key(const Diag& d) { return std::tie(d.span.begin, d.span.end, d.code, d.message); }

}  // namespace

const char* code_name(Code code) { return kCodes[static_cast<size_t>(code)].name; }
const char* code_summary(Code code) { return kCodes[static_cast<size_t>(code)].summary; }

Diag& Diags::error(Code code, Span span, std::string message) {
  Diag diag{Severity::kError, code, span, std::move(message), {}, {}};
  if (++n_errors_ > kMaxErrors) {
    overflow_ = std::move(diag);
    return overflow_;
  }
  diags_.push_back(std::move(diag));
  return diags_.back();
}

Diag& Diags::warning(Code code, Span span, std::string message) {
  diags_.push_back({Severity::kWarning, code, span, std::move(message), {}, {}});
  return diags_.back();
}

bool is_about_kernel(Code code) {
  switch (code) {
    case Code::KT3009:
    case Code::KT3014:
    case Code::KT3015:
    case Code::KT3025:
    case Code::KT3026:
      return true;
    default:
      return false;
  }
}

void Diags::keep_those_about_kernels() {
  diags_.erase(std::remove_if(diags_.begin(), diags_.end(), [](const Diag& d) { return !is_about_kernel(d.code); }), diags_.end());
}

void Diags::finish() {
  std::stable_sort(diags_.begin(), diags_.end(),
                   [](const Diag& a, const Diag& b) { return order_key(a) < order_key(b); });
  auto same = [](const Diag& a, const Diag& b) { return order_key(a) == order_key(b) && a.severity == b.severity; };
  diags_.erase(std::unique(diags_.begin(), diags_.end(), same), diags_.end());
}

}  // namespace kt2ko
