// SPDX-License-Identifier: GPL-2.0
/* What a handler knows about its event, its task and the script's arguments. */
#include "internal.h"

#define COMM_BYTES 16u
#define ARGSTR_MAX 4096u	/* text of an event; longer ones are cut */

static int no_event(struct ktr_ctx *c)
{
	return ktr_fail(c, "invalid event context");
}

static int comm_from(struct ktr_ctx *c, const char *comm, struct ktr_val *out);

static bool is_raw_comm(const struct ktr_ctx *c, u32 slot)
{
	return c->raw && slot < KTR_N_RAW && c->raw->kinds[slot] == KTR_RAW_COMM;
}

static const char *raw_comm(const struct ktr_ctx *c, u32 slot)
{
	return (const char *)(unsigned long)c->raw->value[slot];
}

int ktr_arg_slow(struct ktr_ctx *c, u32 n, struct ktr_val *out)
{
	if (ktr_unlikely(!c->ev))
		return no_event(c);
	if (is_raw_comm(c, n))
		return comm_from(c, raw_comm(c, n), out);
	return ktr_port_arg_value(c, n, out);
}

int ktr_argstr(struct ktr_ctx *c, struct ktr_val *out)
{
	struct ktr_val v;
	char *p;
	u32 n;

	if (!c->ev)
		return no_event(c);
	p = ktr_str_alloc(c, &v, ARGSTR_MAX);
	if (!p)
		return KTR_ERR;
	n = ktr_port_argstr(c, p, ARGSTR_MAX);
	ktr_str_cut(&v, n < ARGSTR_MAX ? n : ARGSTR_MAX);
	/* the part that was not needed goes back: nothing else was taken meanwhile */
	ktr__ictx(c)->scratch = (char *)v.s + ktr__str_bytes(v.s->len);
	*out = v;
	return 0;
}

int ktr_probename(struct ktr_ctx *c, struct ktr_val *out)
{
	const struct ktr_str *name;
	const char *s;

	if (!c->ev)
		return no_event(c);
	name = ktr_port_probename_const(c);
	if (name) {
		ktr_set_const(out, name);
		return 0;
	}
	s = ktr_port_probename(c);
	return ktr_str_new(c, out, s, (u32)strlen(s));
}

int ktr_field_slow(struct ktr_ctx *c, u32 id, struct ktr_val *out)
{
	if (ktr_unlikely(!c->ev))
		return no_event(c);
	if (is_raw_comm(c, KTR_RAW_ARGS + id))
		return comm_from(c, raw_comm(c, KTR_RAW_ARGS + id), out);
	return ktr_port_field(c, id, out);
}

bool ktr_has_field(struct ktr_ctx *c, u32 id)
{
	return c->ev && ktr_port_has_field(c, id);
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
/* Cuts a word at its first zero byte; returns the bytes before that, 8: there is none. */
static inline u32 cut_word(u64 *w)
{
	u64 t = (*w - 0x0101010101010101ull) & ~*w & 0x8080808080808080ull;
	u32 bit;

	if (!t)
		return 8;
	bit = (u32)__builtin_ctzll(t) & ~7u;
	*w &= ~(~0ull << bit);
	return bit / 8;
}

/* Length and hash (ktr_hash_bytes()) of a name, without a loop over its bytes. */
static inline void measure_comm(struct ktr_str *s)
{
	u64 w0 = ktr__load(s->s, 8), w1 = 0, h;
	u32 len = cut_word(&w0);

	if (len == 8) {
		w1 = ktr__load(s->s + 8, 8);
		len += cut_word(&w1);
	}
	h = len;
	if (len)
		h = ktr__hash_step(h, w0);
	if (len > 8)
		h = ktr__hash_step(h, w1);
	s->len = len;
	s->hash = ktr__hash_end(h);
}
#else
static inline void measure_comm(struct ktr_str *s)
{
	s->len = (u32)strlen(s->s);
	s->hash = 0;
}
#endif

/* The string is made in place: it is the most frequent key of all. comm NULL: the current task's name. */
static int comm_from(struct ktr_ctx *c, const char *comm, struct ktr_val *out)
{
	struct ktr_ictx *x = ktr__ictx(c);
	struct ktr_str *s;

	if (ktr__room(c, (u32)sizeof(*s) + COMM_BYTES))
		return KTR_ERR;
	s = (struct ktr_str *)x->scratch;
	if (comm)
		__builtin_memcpy(s->s, comm, COMM_BYTES);
	else
		ktr_port_comm(c, s->s);
	s->s[COMM_BYTES - 1] = 0;
	measure_comm(s);
	x->scratch += sizeof(*s) + COMM_BYTES;
	out->type = KTR_STR;
	out->flags = 0;
	out->s = s;
	return 0;
}

int ktr_execname(struct ktr_ctx *c, struct ktr_val *out)
{
	return comm_from(c, KTR_NULL, out);
}

s64 ktr_pid(struct ktr_ctx *c)
{
	return ktr_port_pid(c);
}

s64 ktr_tid(struct ktr_ctx *c)
{
	return ktr_port_tid(c);
}

s64 ktr_uid(struct ktr_ctx *c)
{
	return ktr_port_uid(c);
}

s64 ktr_cpu(struct ktr_ctx *c)
{
	return c->cpu;
}

/* ---- the table `arg` ---------------------------------------------------------------------------------------- */

/* Made when it is first asked for and the same from then on: scripts may overwrite its elements. */
static struct ktr_cell args_cell;

void ktr__args_forget(void)
{
	ktr_set_nil(&args_cell.v);
}

/* Texts that are 32-bit decimal numbers become numbers. */
static int set_arg(struct ktr_ctx *c, const struct ktr_val *t, struct ktr_val *tmp, u32 i, const char *text)
{
	u32 len = (u32)strlen(text);
	bool blank = len && (text[0] <= ' ' || text[len - 1] <= ' ');
	int rc = 0;
	s64 n;

	if (!blank && ktr__parse_int(text, len, 10, &n) && len < 20 && n == (s32)n)
		ktr_set_int(tmp, n);
	else
		rc = ktr_str_new(c, tmp, text, len);
	return rc ? rc : ktr_set_at(c, t, i, tmp);
}

static int make_args(struct ktr_ctx *c, struct ktr_val *s)
{
	u32 n = ktr_port_n_args(), i;
	int rc = ktr_tab_new(c, &s[0], 0, n + 1);

	if (!rc)
		rc = ktr_str_new(c, &s[1], ktg_script.file, (u32)strlen(ktg_script.file));
	if (!rc)
		rc = ktr_set_at(c, &s[0], 0, &s[1]);
	for (i = 1; i <= n && !rc; i++)
		rc = set_arg(c, &s[0], &s[1], i, ktr_port_arg(i));
	return rc ? rc : ktr_cell_store(c, &args_cell, &s[0]);
}

int ktr_args(struct ktr_ctx *c, struct ktr_val *out)
{
	struct ktr_val *s;
	int rc = ktr_cell_load(c, out, &args_cell);

	if (rc || out->type == KTR_TABLE)
		return rc;
	s = ktr_enter(c, 2);
	if (!s)
		return c->rc;
	rc = make_args(c, s);
	if (!rc)
		*out = s[0];
	ktr_leave(c, s);
	return rc;
}
