// SPDX-License-Identifier: GPL-2.0
/*
 * Event definitions that a script gives as text at run time: EVENT [FETCH]... [, EVENT [FETCH]...]... [/FILTER/], as in a
 * trace statement. The description that a statement has at build time is made here in one piece of memory.
 */
#include "made.h"

/* ---- memory ------------------------------------------------------------------------------------------------- */

void *ktr__made_take(struct ktr__maker *m, u32 bytes)
{
	char *p = m->free;

	bytes = (bytes + 7) & ~7u;
	if ((u32)(m->end - p) < bytes) {
		ktr_fail(m->c, "event definition too long");
		return KTR_NULL;
	}
	m->free += bytes;
	return p;
}

const char *ktr__made_text(struct ktr__maker *m, const char *s, u32 n)
{
	char *p = ktr__made_take(m, n + 1);

	if (!p)
		return KTR_NULL;
	memcpy(p, s, n);
	p[n] = 0;
	return p;
}

int ktr__made_wrong(struct ktr__maker *m, const char *what)
{
	return ktr_fail(m->c, "cannot parse eventdef '%s': %s at character %d", m->text, what,
			(s64)(m->at - m->text) + 1);
}

void ktr__made_blanks(struct ktr__maker *m)
{
	while (*m->at == ' ' || (*m->at >= '\t' && *m->at <= '\r'))
		m->at++;
}

/* ---- numbers and words -------------------------------------------------------------------------------------- */

bool ktr__is_word_char(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '_' ||
	       (u8)ch >= 0x80;
}

static u32 word_len(const char *s)
{
	u32 n = 0;

	while (ktr__is_word_char(s[n]))
		n++;
	return n;
}

/* A number without sign; -1 after an error. */
static int take_number(struct ktr__maker *m, s64 *out)
{
	u32 n = word_len(m->at);

	if (!n || !ktr__parse_literal(m->at, n, out))
		return ktr__made_wrong(m, "number expected");
	m->at += n;
	return 0;
}

/* The number behind a sign. */
static int take_signed(struct ktr__maker *m, char sign, s64 *out)
{
	if (take_number(m, out))
		return KTR_ERR;
	if (sign == '-')
		*out = (s64)-(u64)*out;
	return 0;
}

/* +N or -N, if there is one. */
static int take_offset(struct ktr__maker *m, s64 *out)
{
	char sign = *m->at;

	*out = 0;
	if (sign != '+' && sign != '-')
		return 0;
	m->at++;
	return take_signed(m, sign, out);
}

/* ---- fetch arguments ---------------------------------------------------------------------------------------- */

static int take_dollar(struct ktr__maker *m, struct ktr_fetch_step *step, bool is_return)
{
	const char *s = m->at + 1;
	u32 n = word_len(s);
	s64 number;

	if (n == 4 && !memcmp(s, "comm", 4)) {
		step->op = KTR_FETCH_COMM;
	} else if (n == 6 && !memcmp(s, "retval", 6)) {
		step->op = KTR_FETCH_RETVAL;
		if (!is_return)
			return ktr__made_wrong(m, "$retval is for returns");
	} else if (n == 5 && !memcmp(s, "stack", 5)) {
		step->op = KTR_FETCH_STACK;
	} else if (n > 5 && n < 15 && !memcmp(s, "stack", 5) && ktr__parse_int(s + 5, n - 5, 10, &number)) {
		step->op = KTR_FETCH_STACK_N;
		step->offset = number;
	} else {
		return ktr__made_wrong(m, "unknown fetch argument");
	}
	m->at = s + n;
	return 0;
}

/* @SYMBOL[+N], @ADDRESS */
static int take_address(struct ktr__maker *m, struct ktr_fetch_step *step)
{
	const char *name = ++m->at;
	s64 base = 0, offset;
	u32 n = 0;

	while (ktr__is_word_char(name[n]) || name[n] == '.' || name[n] == '$')
		n++;
	if (!n)
		return ktr__made_wrong(m, "symbol or address expected");
	step->op = KTR_FETCH_SYM;
	if (*name >= '0' && *name <= '9') {
		step->op = KTR_FETCH_ADDR;
		if (take_number(m, &base))
			return KTR_ERR;
	} else {
		step->name = ktr__made_text(m, name, n);
		m->at = name + n;
		if (!step->name)
			return KTR_ERR;
	}
	if (take_offset(m, &offset))
		return KTR_ERR;
	step->offset = (s64)((u64)base + (u64)offset);
	return 0;
}

/* +N, -N, and as in +uN, where the memory is the program's anyway. */
static int take_deref(struct ktr__maker *m, s64 *out)
{
	char sign = *m->at++;

	if (*m->at == 'u')
		m->at++;
	return take_signed(m, sign, out);
}

/* One fetch without name and type: derefs outside, the base inside; steps run from the inside out. */
static int take_fetch(struct ktr__maker *m, struct ktr_fetch_step *steps, u16 *n_steps, bool is_return)
{
	s64 *derefs = m->draft->derefs;
	u32 n = 0, len;

	for (ktr__made_blanks(m); *m->at == '+' || *m->at == '-'; ktr__made_blanks(m)) {
		if (n == KTR__MAX_STEPS - 1)
			return ktr__made_wrong(m, "nested too deeply");
		if (take_deref(m, &derefs[n++]))
			return KTR_ERR;
		ktr__made_blanks(m);
		if (*m->at != '(')
			return ktr__made_wrong(m, "'(' expected");
		m->at++;
	}
	*n_steps = 1;
	if (*m->at == '$') {
		if (take_dollar(m, steps, is_return))
			return KTR_ERR;
	} else if (*m->at == '@') {
		if (take_address(m, steps))
			return KTR_ERR;
	} else if (*m->at == '%' && (len = word_len(m->at + 1))) {
		steps->op = KTR_FETCH_REG;
		steps->name = ktr__made_text(m, m->at + 1, len);
		m->at += 1 + len;
		if (!steps->name)
			return KTR_ERR;
	} else {
		return ktr__made_wrong(m, "fetch argument expected");
	}
	while (n--) {
		ktr__made_blanks(m);
		if (*m->at != ')')
			return ktr__made_wrong(m, "')' expected");
		m->at++;
		steps[*n_steps].op = KTR_FETCH_DEREF;
		steps[(*n_steps)++].offset = derefs[n];
	}
	return 0;
}

static int take_type(struct ktr__maker *m, struct ktr_fetch *f)
{
	static const char *const types[] = { "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64",
					     "x8", "x16", "x32", "x64", "char", "symbol", "string", "ustring" };
	u32 i, n;

	f->type = "u64";
	if (*m->at != ':')
		return 0;
	m->at++;
	ktr__made_blanks(m);
	n = word_len(m->at);
	for (i = 0; i < KTR_N_ELEMS(types); i++) {
		if (strlen(types[i]) == n && !memcmp(types[i], m->at, n)) {
			f->type = types[i];
			m->at += n;
			return 0;
		}
	}
	return ktr__made_wrong(m, "unknown type of a fetch argument");
}

/* The name in front of '=', or argN. */
static int take_name(struct ktr__maker *m, struct ktr_fetch *f, u32 number)
{
	const char *s = m->at;
	char buf[16];
	u32 n = *s >= '0' && *s <= '9' ? 0 : word_len(s);

	while (n && (s[n] == ' ' || s[n] == '\t'))
		n++;
	if (n && s[n] == '=') {
		f->name = ktr__made_text(m, s, word_len(s));
		m->at += n + 1;
	} else {
		f->name = ktr__made_text(m, buf, ktr_format(buf, sizeof(buf), "arg%u", number));
	}
	return f->name ? 0 : KTR_ERR;
}

static bool ends_event(char ch)
{
	return !ch || ch == ',' || ch == '/';
}

static int take_fetches(struct ktr__maker *m, struct ktr_probe *p)
{
	bool is_return = p->kind == KTR_PROBE_KRETPROBE || p->kind == KTR_PROBE_URETPROBE;
	struct ktr_fetch *list = m->draft->list;
	u32 n = 0;

	for (ktr__made_blanks(m); !ends_event(*m->at); ktr__made_blanks(m)) {
		struct ktr_fetch_step *steps = m->draft->steps, *keep;
		struct ktr_fetch *f = &list[n];

		if (p->kind == KTR_PROBE_TRACEPOINT)
			return ktr__made_wrong(m, "only probe: and sdt: events take fetch arguments");
		if (n == KTR__MAX_FETCH)
			return ktr__made_wrong(m, "too many fetch arguments");
		memset(f, 0, sizeof(*f));
		memset(steps, 0, sizeof(m->draft->steps));
		if (take_name(m, f, ++n) || take_fetch(m, steps, &f->n_steps, is_return))
			return KTR_ERR;
		ktr__made_blanks(m);
		if (take_type(m, f))
			return KTR_ERR;
		keep = ktr__made_take(m, f->n_steps * (u32)sizeof(*keep));
		if (!keep)
			return KTR_ERR;
		memcpy(keep, steps, f->n_steps * sizeof(*keep));
		f->steps = keep;
	}
	if (n) {
		struct ktr_fetch *keep = ktr__made_take(m, n * (u32)sizeof(*keep));

		if (!keep)
			return KTR_ERR;
		memcpy(keep, list, n * sizeof(*keep));
		p->fetch = keep;
		p->n_fetch = (u16)n;
	}
	return 0;
}

/* ---- events ------------------------------------------------------------------------------------------------- */

/* Characters of a name or pattern up to what cannot belong to it. */
static u32 glob_len(const char *s)
{
	u32 n = 0;

	for (; s[n]; n++) {
		if (s[n] == '[') {
			u32 k = n + 1;

			while (s[k] && s[k] != ']')
				k++;
			if (s[k])
				n = k;
		} else if (s[n] == '\\' && s[n + 1]) {
			n++;
		} else if (!ktr__is_word_char(s[n])) {
			const char *ok = ".$@*?!^-";

			while (*ok && *ok != s[n])
				ok++;
			if (!*ok)
				break;
		}
	}
	return n;
}

static bool take_word(struct ktr__maker *m, const char *word)
{
	u32 n = (u32)strlen(word), i;

	for (i = 0; i < n; i++)
		if (m->at[i] != word[i])
			return false;
	m->at += n;
	return true;
}

/* WORD and a colon, with blanks around that. */
static bool take_kind(struct ktr__maker *m, const char *word)
{
	const char *begin = m->at;

	if (take_word(m, word)) {
		ktr__made_blanks(m);
		if (*m->at == ':') {
			m->at++;
			ktr__made_blanks(m);
			return true;
		}
	}
	m->at = begin;
	return false;
}

/* SYMBOL, SYMBOL+OFFSET, or after a path OFFSET; then %return. */
static int take_symbol(struct ktr__maker *m, struct ktr_probe *p)
{
	u32 n = glob_len(m->at);
	const char *end;

	if (p->path && *m->at >= '0' && *m->at <= '9') {
		if (take_number(m, &p->offset))
			return KTR_ERR;
	} else if (n) {
		p->event = ktr__made_text(m, m->at, n);
		m->at += n;
		if (!p->event || take_offset(m, &p->offset))
			return KTR_ERR;
	} else {
		return ktr__made_wrong(m, "symbol expected");
	}
	end = m->at;
	ktr__made_blanks(m);
	if (!take_word(m, "%return"))
		return *end == '%' ? ktr__made_wrong(m, "%return expected") : 0;
	if (p->kind == KTR_PROBE_SDT)
		return ktr__made_wrong(m, "a marker has no return");
	if (*m->at == '%' || ktr__is_word_char(*m->at))
		return ktr__made_wrong(m, "blank or ',' expected after %return");
	p->kind = p->kind == KTR_PROBE_KPROBE ? KTR_PROBE_KRETPROBE : KTR_PROBE_URETPROBE;
	return 0;
}

/* What stands before a colon in the word at m->at, KTR_NULL: no colon is there. */
static const char *take_path(struct ktr__maker *m)
{
	const char *path;
	u32 n = 0, colon;

	while (m->at[n] && m->at[n] != ':' && m->at[n] != ' ' && m->at[n] != ',' && m->at[n] != '%')
		n++;
	for (colon = n; m->at[colon] == ' '; colon++)
		;
	if (m->at[colon] != ':')
		return KTR_NULL;
	path = ktr__made_text(m, m->at, n);
	m->at += colon + 1;
	ktr__made_blanks(m);
	return path;
}

static int take_probe(struct ktr__maker *m, struct ktr_probe *p)
{
	p->path = take_path(m);
	if (p->path && !*p->path)
		p->path = KTR_NULL;
	p->kind = p->path ? KTR_PROBE_UPROBE : KTR_PROBE_KPROBE;
	return m->c->rc ? KTR_ERR : take_symbol(m, p);
}

static int take_marker(struct ktr__maker *m, struct ktr_probe *p)
{
	p->kind = KTR_PROBE_SDT;
	p->path = take_path(m);
	if (m->c->rc)
		return KTR_ERR;
	if (!p->path || !*p->path)
		return ktr__made_wrong(m, "path of a file expected");
	p->system = take_path(m);
	return m->c->rc ? KTR_ERR : take_symbol(m, p);
}

static int take_tracepoint(struct ktr__maker *m, struct ktr_probe *p)
{
	u32 n = glob_len(m->at);

	p->kind = KTR_PROBE_TRACEPOINT;
	p->system = ktr__made_text(m, m->at, n);
	if (!p->system)
		return KTR_ERR;
	m->at += n;
	ktr__made_blanks(m);
	if (!n || *m->at != ':')
		return ktr__made_wrong(m, "SYSTEM:EVENT expected");
	m->at++;
	ktr__made_blanks(m);
	n = glob_len(m->at);
	if (!n)
		return ktr__made_wrong(m, "name of an event expected");
	p->event = ktr__made_text(m, m->at, n);
	m->at += n;
	return p->event ? 0 : KTR_ERR;
}

static int take_event(struct ktr__maker *m, struct ktr_probe *p)
{
	const char *begin;
	u32 n;
	int rc;

	ktr__made_blanks(m);
	begin = m->at;
	if (take_kind(m, "probe"))
		rc = take_probe(m, p);
	else if (take_kind(m, "sdt"))
		rc = take_marker(m, p);
	else
		rc = take_tracepoint(m, p);
	if (rc || take_fetches(m, p))
		return KTR_ERR;
	for (n = (u32)(m->at - begin); n && (begin[n - 1] == ' ' || begin[n - 1] == '\t'); n--)
		;
	p->text = ktr__made_text(m, begin, n);
	return p->text ? 0 : KTR_ERR;
}

/* ---- the whole ---------------------------------------------------------------------------------------------- */

static int take_all(struct ktr__maker *m, struct ktr_trace *t)
{
	struct ktr_probe *probes = ktr__made_take(m, KTR__MAX_PROBES * (u32)sizeof(*probes));

	if (!probes)
		return KTR_ERR;
	t->probes = probes;
	do {
		if (t->n_probes == KTR__MAX_PROBES)
			return ktr__made_wrong(m, "too many events");
		if (take_event(m, &probes[t->n_probes++]))
			return KTR_ERR;
	} while (take_word(m, ","));
	if (take_word(m, "/") && ktr__made_filter(m, t, probes))
		return KTR_ERR;
	ktr__made_blanks(m);
	return *m->at ? ktr__made_wrong(m, "end of the text expected") : 0;
}

/*
 * Bounds for what n characters can need: a text is copied twice at most (events and their parts), a fetch argument has
 * three characters or more, a step of it and an instruction of the filter two.
 */
static u32 bytes_for(u32 n)
{
	return (u32)sizeof(struct ktr_trace) + KTR__MAX_PROBES * (u32)sizeof(struct ktr_probe) + 4096 + n * 48;
}

static const char *made_texts(struct ktr__maker *m, const char *prefix, const struct ktr_str *text)
{
	u32 n = (u32)strlen(prefix);
	char *copy = ktr__made_take(m, n + text->len + 1);

	if (!copy)
		return KTR_NULL;
	memcpy(copy, prefix, n);
	memcpy(copy + n, text->s, text->len);
	copy[n + text->len] = 0;
	return copy;
}

struct ktr_trace *ktr_trace_from_text(struct ktr_ctx *c, const char *prefix, const struct ktr_str *text)
{
	struct ktr__maker m = { .c = c };
	u32 size = bytes_for((u32)strlen(prefix) + text->len);
	struct ktr_trace *t = ktr_port_alloc(size);
	bool good = false;

	m.draft = ktr_port_alloc(sizeof(*m.draft));
	if (t && m.draft) {
		m.free = (char *)(t + 1);
		m.end = (char *)t + size;
		t->uses = KTR_USES_ANY;
		m.text = made_texts(&m, prefix, text);
		m.at = m.text;
		good = m.at && !take_all(&m, t);
	} else {
		ktr_fail(c, "no memory");
	}
	ktr_port_free(m.draft);
	if (good)
		return t;
	ktr_port_free(t);
	return KTR_NULL;
}

struct ktr_trace *ktr_trace_of_name(struct ktr_ctx *c, u16 kind, const struct ktr_str *name)
{
	u32 size = (u32)(sizeof(struct ktr_trace) + sizeof(struct ktr_probe)) + name->len + 1;
	struct ktr_trace *t = ktr_port_alloc(size);
	struct ktr_probe *p;
	char *copy;

	if (!t) {
		ktr_fail(c, "no memory");
		return KTR_NULL;
	}
	p = (struct ktr_probe *)(t + 1);
	copy = (char *)(p + 1);
	memcpy(copy, name->s, name->len + 1);
	t->uses = KTR_USES_ANY;
	t->n_probes = 1;
	t->probes = p;
	p->kind = kind;
	p->text = copy;
	if (kind == KTR_PROBE_TRACEPOINT)
		p->system = "*";
	p->event = copy;
	return t;
}
