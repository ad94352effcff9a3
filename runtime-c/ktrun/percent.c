// SPDX-License-Identifier: GPL-2.0
#include "percent.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Bytes that stand for themselves. Not among them: separators, quotes, '%', anything outside ASCII. */
static bool is_plain(char c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
		return true;
	return c && strchr("_-+./:=@^~", c);
}

static char *put_byte(char *out, char c)
{
	static const char digits[] = "0123456789ABCDEF";
	unsigned char byte = (unsigned char)c;

	if (is_plain(c)) {
		*out++ = c;
		return out;
	}
	*out++ = '%';
	*out++ = digits[byte >> 4];
	*out++ = digits[byte & 15];
	return out;
}

char *kt_percent_args(char *const *args)
{
	size_t room = 1;
	char *text, *out;

	for (char *const *a = args; *a; a++)
		room += 3 * strlen(*a) + 4;
	text = malloc(room);
	if (!text)
		return NULL;
	out = text;
	for (char *const *a = args; *a; a++) {
		if (a != args)
			*out++ = ',';
		if (!**a)
			out = put_byte(out, '\0');
		for (const char *c = *a; *c; c++)
			out = put_byte(out, *c);
	}
	*out = '\0';
	return text;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

long kt_percent_bytes(char *s)
{
	const char *from = s;
	char *to = s;

	while (*from) {
		int high = *from == '%' ? hex_digit(from[1]) : -1, low = high >= 0 ? hex_digit(from[2]) : -1;

		if (*from != '%') {
			*to++ = *from++;
			continue;
		}
		if (low < 0)
			return -1;
		*to++ = (char)(high << 4 | low);
		from += 3;
	}
	return to - s;
}

int kt_percent_decode(char *s)
{
	long n = kt_percent_bytes(s);

	if (n < 0 || memchr(s, '\0', (size_t)n))
		return -1;
	s[n] = '\0';
	return 0;
}
