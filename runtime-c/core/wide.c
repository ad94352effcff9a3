// SPDX-License-Identifier: GPL-2.0
/* Numbers of more than 64 bits; see wide.h. */
#include "wide.h"

bool ktr__wide_abs(u64 v[2])
{
	if (!(v[1] >> 63))
		return false;
	v[0] = 0 - v[0];
	v[1] = 0 - v[1] - (v[0] != 0);
	return true;
}

u64 ktr__wide_div(const u64 a[2], u64 d)
{
	u64 rem = a[1], q = 0, top;
	int i;

	for (i = 63; i >= 0; i--) {
		top = rem >> 63;
		rem = rem << 1 | (a[0] >> i & 1);
		q <<= 1;
		if (top || rem >= d) {
			rem -= d;
			q |= 1;
		}
	}
	return q;
}

/* to[at..] += v, up to 4 words. */
static void add_at(u64 to[4], u32 at, u64 v)
{
	bool carry;

	for (; v && at < 4; at++) {
		carry = __builtin_add_overflow(to[at], v, &to[at]);
		v = carry;
	}
}

/* out (4 words) = a (na words) * b (nb words). */
static void mul(u64 out[4], const u64 *a, u32 na, const u64 *b, u32 nb)
{
	u64 p[2];
	u32 i, k;

	memset(out, 0, 4 * sizeof(*out));
	for (i = 0; i < na; i++) {
		for (k = 0; k < nb; k++) {
			ktr__wide_mul(p, a[i], b[k]);
			add_at(out, i + k, p[0]);
			add_at(out, i + k + 1, p[1]);
		}
	}
}

void ktr__wide_mul2(u64 out[4], const u64 a[2], const u64 b[2])
{
	mul(out, a, 2, b, 2);
}

void ktr__wide_mul3(u64 out[4], const u64 a[3], u64 b)
{
	mul(out, a, 3, &b, 1);
}

void ktr__wide_sub(u64 a[4], const u64 b[4])
{
	bool borrow = false, next;
	u32 i;

	for (i = 0; i < 4; i++) {
		next = __builtin_sub_overflow(a[i], b[i], &a[i]);
		next |= __builtin_sub_overflow(a[i], (u64)borrow, &a[i]);
		borrow = next;
	}
}

static bool less3(const u64 a[3], const u64 b[3])
{
	int i;

	for (i = 2; i >= 0; i--) {
		if (a[i] != b[i])
			return a[i] < b[i];
	}
	return false;
}

static void sub3(u64 a[3], const u64 b[3])
{
	bool borrow = false, next;
	u32 i;

	for (i = 0; i < 3; i++) {
		next = __builtin_sub_overflow(a[i], b[i], &a[i]);
		next |= __builtin_sub_overflow(a[i], (u64)borrow, &a[i]);
		borrow = next;
	}
}

/* a = a << n | low, n of 1 or 2. */
static void shift3(u64 a[3], u32 n, u64 low)
{
	a[2] = a[2] << n | a[1] >> (64 - n);
	a[1] = a[1] << n | a[0] >> (64 - n);
	a[0] = a[0] << n | low;
}

/* Digit by digit in base two, two bits of x a step. */
void ktr__wide_sqrt(u64 out[2], const u64 x[4])
{
	u64 rem[3] = { 0 }, root[3] = { 0 }, trial[3];
	int i;

	for (i = 127; i >= 0; i--) {
		shift3(rem, 2, x[i / 32] >> (2 * (i % 32)) & 3);
		memcpy(trial, root, sizeof(trial));
		shift3(trial, 2, 1);
		shift3(root, 1, 0);
		if (!less3(rem, trial)) {
			sub3(rem, trial);
			root[0] |= 1;
		}
	}
	out[0] = root[0];
	out[1] = root[1];
}
