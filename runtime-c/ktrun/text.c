// SPDX-License-Identifier: GPL-2.0
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 1024

static bool make_room(struct kt_text *t, size_t n)
{
	size_t room = t->room ? t->room : FIRST_ROOM;
	char *p;

	if (t->failed)
		return false;
	if (n <= t->room - t->n)
		return true;
	while (room - t->n < n)
		room *= 2;
	p = realloc(t->p, room);
	if (!p) {
		t->failed = true;
		return false;
	}
	t->p = p;
	t->room = room;
	return true;
}

void kt_text_put(struct kt_text *t, const char *bytes, size_t n)
{
	if (!n || !make_room(t, n))
		return;
	memcpy(t->p + t->n, bytes, n);
	t->n += n;
}

void kt_text_puts(struct kt_text *t, const char *s)
{
	kt_text_put(t, s, strlen(s));
}

void kt_text_printf(struct kt_text *t, const char *format, ...)
{
	char piece[256];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(piece, sizeof(piece), format, args);
	va_end(args);
	if (n >= (int)sizeof(piece))
		n = sizeof(piece) - 1;
	if (n > 0)
		kt_text_put(t, piece, (size_t)n);
}

void kt_text_clear(struct kt_text *t)
{
	t->n = 0;
	t->failed = false;
}

void kt_text_free(struct kt_text *t)
{
	free(t->p);
	memset(t, 0, sizeof(*t));
}
