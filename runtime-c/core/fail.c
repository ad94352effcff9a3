// SPDX-License-Identifier: GPL-2.0
/* Run-time errors, counters by cause, and the slow side of the spin lock. */
#include "internal.h"

#define KTR_NMI_SPINS 2000	/* a holder on another CPU is done long before; one on this CPU never is */

unsigned long ktr_stats[KTR_N_STATS];

const char *const ktr_stat_keys[KTR_N_STATS] = {
#define KEY(name, key, text) key,
	KTR_STAT_LIST(KEY)
#undef KEY
};

const char *const ktr_stat_texts[KTR_N_STATS] = {
#define TEXT(name, key, text) text,
	KTR_STAT_LIST(TEXT)
#undef TEXT
};

bool ktr__lock_slow(struct ktr_ctx *c, u32 *lock, unsigned long flags)
{
	bool bounded = c && c->level == KTR_LEVEL_NMI;
	u32 spins = 0;

	for (;;) {
		if (!__atomic_load_n(lock, __ATOMIC_RELAXED) && !__atomic_exchange_n(lock, 1u, __ATOMIC_ACQUIRE))
			return true;
		if (bounded && ++spins > KTR_NMI_SPINS) {
			ktr_port_irq_restore(flags);
			return false;
		}
		ktr_port_relax();
	}
}

/* Appends one %-conversion of the tiny formatter; returns what follows the conversion. */
static const char *format_one(struct ktr_buf *b, const char *p, __builtin_va_list *ap)
{
	const char *s;

	switch (*p) {
	case 's':
		s = __builtin_va_arg(*ap, const char *);
		ktr__put_str(b, s ? s : "?");
		break;
	case 'd':
		ktr__put_s64(b, __builtin_va_arg(*ap, s64));
		break;
	case 'u':
		ktr__put_s64(b, (s64)__builtin_va_arg(*ap, u32));
		break;
	case 'c':
		ktr__put_char(b, (char)__builtin_va_arg(*ap, int), 1);
		break;
	case 0:
		return p;
	default:
		ktr__put_char(b, *p, 1);
		break;
	}
	return p + 1;
}

static u32 format_list(char *buf, u32 size, const char *fmt, __builtin_va_list *ap)
{
	struct ktr_buf b = { buf, 0, size - 1, 0 };
	const char *p = fmt;
	const char *q;

	while (*p) {
		for (q = p; *q && *q != '%'; q++)
			;
		ktr__put(&b, p, (u32)(q - p));
		p = *q ? format_one(&b, q + 1, ap) : q;
	}
	buf[b.len] = 0;
	return b.len;
}

u32 ktr_format(char *buf, u32 size, const char *fmt, ...)
{
	__builtin_va_list ap;
	u32 n;

	__builtin_va_start(ap, fmt);
	n = format_list(buf, size, fmt, &ap);
	__builtin_va_end(ap);
	return n;
}

int ktr_fail(struct ktr_ctx *c, const char *fmt, ...)
{
	struct ktr_ictx *x = ktr__ictx(c);
	__builtin_va_list ap;

	if (c->rc)
		return KTR_ERR;
	c->rc = KTR_ERR;
	__builtin_va_start(ap, fmt);
	format_list(x->err, sizeof(x->err), fmt, &ap);
	__builtin_va_end(ap);
	return KTR_ERR;
}

int ktr_skip(struct ktr_ctx *c, enum ktr_stat s)
{
	ktr_count(s);
	if (!c->rc) {
		ktr__ictx(c)->end = KTR_END_SKIP;
		c->rc = KTR_EXIT;
	}
	return KTR_EXIT;
}

int ktr__skip_locked(struct ktr_ctx *c)
{
	return ktr_skip(c, KTR_STAT_NMI_LOCK);
}

int ktr_exit(struct ktr_ctx *c)
{
	if (!c->rc) {
		ktr__ictx(c)->end = KTR_END_EXIT;
		c->rc = KTR_EXIT;
	}
	return KTR_EXIT;
}

/* The file of a source position; *line becomes the number of the line there. */
static const char *file_of(u32 pos, u32 *line)
{
	u32 i = ktg_script.n_tapsets;
	const char *file = ktr__tapset_file(pos, line);

	if (file)
		return file;
	*line = pos;
	while (i && pos < ktg_script.tapsets[i - 1].first_line)
		i--;
	if (!i)
		return ktg_script.file;
	*line = pos - ktg_script.tapsets[i - 1].first_line + 1;
	return ktg_script.tapsets[i - 1].file;
}

u32 ktr_error_text(struct ktr_ictx *x, char *buf, u32 size)
{
	const char *file;
	u32 line;

	if (x->pub.pos) {
		file = file_of(x->pub.pos, &line);
		return ktr_format(buf, size, "%s:%u: error: %s\n", file, line, x->err);
	}
	return ktr_format(buf, size, "%s: error: %s\n", ktg_script.file, x->err);
}
