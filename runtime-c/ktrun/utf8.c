// SPDX-License-Identifier: GPL-2.0
#include "utf8.h"

/*
 * The second byte is what excludes overlong forms, surrogates and values past the last character; the bytes after it
 * may be any continuation.
 */
struct form {
	unsigned char first_from, first_to;
	unsigned char second_from, second_to;
	unsigned char bytes;
};

static const struct form forms[] = {
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

static const struct form *form_of(unsigned char first)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (first >= forms[i].first_from && first <= forms[i].first_to)
			return &forms[i];
	return NULL;
}

size_t kt_utf8_bytes(const char *text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text;
	const struct form *f;

	if (p[0] < 0x80)
		return 1;
	f = form_of(p[0]);
	if (!f || n < f->bytes || p[1] < f->second_from || p[1] > f->second_to)
		return 0;
	for (size_t i = 2; i < f->bytes; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return f->bytes;
}

bool kt_utf8_valid(const char *text, size_t n)
{
	while (n) {
		size_t k = kt_utf8_bytes(text, n);

		if (!k)
			return false;
		text += k;
		n -= k;
	}
	return true;
}
