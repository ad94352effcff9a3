/* SPDX-License-Identifier: GPL-2.0 */
/*
 * wide.h - whole numbers of more than 64 bits, for sums that cannot overflow. No division by the compiler: its helpers
 * are not in the kernel. Numbers are arrays of 64-bit words, the lowest first.
 */
#ifndef KTR_WIDE_H
#define KTR_WIDE_H

#include "internal.h"

/* to += from, n words; signed and unsigned alike. */
static inline void ktr__wide_add(u64 *to, const u64 *from, u32 n)
{
	bool carry = false;
	u64 w;
	u32 i;

	for (i = 0; i < n; i++) {
		w = from[i] + carry;
		carry = carry && !w;
		carry |= __builtin_add_overflow(to[i], w, &to[i]);
	}
}

/* to += v of 64 bits, sign and all, 2 words. */
static inline void ktr__wide_add_s64(u64 to[2], s64 v)
{
	bool carry = __builtin_add_overflow(to[0], (u64)v, &to[0]);

	to[1] += (u64)(v >> 63) + carry;
}

/* out = a * b, 2 words. */
static inline void ktr__wide_mul(u64 out[2], u64 a, u64 b)
{
	u64 lo = (a & 0xffffffffu) * (b & 0xffffffffu);
	u64 m1 = (a >> 32) * (b & 0xffffffffu) + (lo >> 32);
	u64 m2 = (a & 0xffffffffu) * (b >> 32) + (m1 & 0xffffffffu);

	out[0] = m2 << 32 | (lo & 0xffffffffu);
	out[1] = (a >> 32) * (b >> 32) + (m1 >> 32) + (m2 >> 32);
}

static inline u64 ktr__magnitude(s64 v)
{
	return v < 0 ? 0 - (u64)v : (u64)v;
}

/* v becomes its magnitude, 2 words; true: it was negative. */
bool ktr__wide_abs(u64 v[2]);
/* The whole part of a / d; a[1] < d, so that it fits. */
u64 ktr__wide_div(const u64 a[2], u64 d);
/* The whole part of the square root of x (4 words), 2 words. */
void ktr__wide_sqrt(u64 out[2], const u64 x[4]);
/* out = a * b with 2 words each, 4 words. */
void ktr__wide_mul2(u64 out[4], const u64 a[2], const u64 b[2]);
/* out = a (3 words) * b, 4 words. */
void ktr__wide_mul3(u64 out[4], const u64 a[3], u64 b);
/* a -= b, 4 words. */
void ktr__wide_sub(u64 a[4], const u64 b[4]);

#endif
