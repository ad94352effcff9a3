// SPDX-License-Identifier: GPL-2.0
/*
 * Filters in event definitions that are texts: the kernel's filter syntax, turned into a small program when the event is
 * registered. Jumps go forward only, so a filter ends after as many steps as it has instructions.
 */
#include "made.h"

enum code { CODE_TEST, CODE_NOT, CODE_JUMP_FALSE, CODE_JUMP_TRUE };
enum test { TEST_TRUE, TEST_EQ, TEST_NE, TEST_LT, TEST_LE, TEST_GT, TEST_GE, TEST_BITS, TEST_GLOB, TEST_NO_GLOB };
enum left { LEFT_FIELD, LEFT_ARG, LEFT_ARGSTR, LEFT_PROBENAME, LEFT_PID, LEFT_TID, LEFT_UID, LEFT_CPU, LEFT_EXECNAME };

struct op {
	u8 code;
	u8 test;
	u8 left;
	u32 id;			/* field, number of an argument, or where a jump goes */
	struct ktr_val right;
};

struct ktr_filter {
	u32 n_ops;
	struct op *ops;
};

#define MAX_OPS 256u
#define MAX_FIELDS 64u
#define MAX_DEPTH 32u

struct builder {
	struct ktr__maker *m;
	struct ktr_filter *f;
	u16 *fields;		/* that every event must have */
	u16 n_fields;
	u32 depth;
};

/* ---- evaluation --------------------------------------------------------------------------------------------- */

/* Words about the task, unless the event has a field of that name. */
static int word_value(struct ktr_ctx *c, const struct op *op, struct ktr_val *out)
{
	if (ktr_has_field(c, op->id))
		return ktr_field(c, op->id, out);
	switch (op->left) {
	case LEFT_PID:
		ktr_set_int(out, ktr_pid(c));
		return 0;
	case LEFT_TID:
		ktr_set_int(out, ktr_tid(c));
		return 0;
	case LEFT_UID:
		ktr_set_int(out, ktr_uid(c));
		return 0;
	case LEFT_CPU:
		ktr_set_int(out, ktr_cpu(c));
		return 0;
	default:
		return ktr_execname(c, out);
	}
}

static int left_value(struct ktr_ctx *c, const struct op *op, struct ktr_val *out)
{
	switch (op->left) {
	case LEFT_FIELD:
		return ktr_field(c, op->id, out);
	case LEFT_ARG:
		return ktr_arg(c, op->id, out);
	case LEFT_ARGSTR:
		return ktr_argstr(c, out);
	case LEFT_PROBENAME:
		return ktr_probename(c, out);
	default:
		return word_value(c, op, out);
	}
}

static int order_test(struct ktr_ctx *c, const struct op *op, const struct ktr_val *v, bool *is)
{
	int order;

	if (ktr_order(c, &order, v, &op->right))
		return KTR_ERR;
	*is = op->test == TEST_LT ? order < 0 : op->test == TEST_LE ? order <= 0 : op->test == TEST_GT ? order > 0 : order >= 0;
	return 0;
}

static int run_test(struct ktr_ctx *c, const struct op *op, bool *is)
{
	struct ktr_val v;
	s64 n;

	if (left_value(c, op, &v))
		return c->rc ? c->rc : KTR_ERR;
	switch (op->test) {
	case TEST_TRUE:
		*is = ktr_truth(&v);
		return 0;
	case TEST_EQ:
	case TEST_NE:
		*is = ktr_eq(&v, &op->right) == (op->test == TEST_EQ);
		return 0;
	case TEST_BITS:
		if (ktr_num(c, &v, &n, KTR_NEED_ARITH))
			return KTR_ERR;
		*is = n & op->right.i;
		return 0;
	case TEST_GLOB:
	case TEST_NO_GLOB:
		if (ktr_glob(c, is, &v, &op->right))
			return KTR_ERR;
		*is = *is == (op->test == TEST_GLOB);
		return 0;
	default:
		return order_test(c, op, &v, is);
	}
}

int ktr__filter_eval(struct ktr_ctx *c, const struct ktr_filter *f)
{
	bool is = true;
	u32 at = 0;
	int rc;

	while (at < f->n_ops) {
		const struct op *op = &f->ops[at++];

		switch (op->code) {
		case CODE_TEST:
			rc = run_test(c, op, &is);
			if (rc)
				return rc;
			break;
		case CODE_NOT:
			is = !is;
			break;
		default:
			if (is == (op->code == CODE_JUMP_TRUE))
				at = op->id;
			break;
		}
	}
	return is;
}

/* ---- parsing ------------------------------------------------------------------------------------------------ */

static struct op *add_op(struct builder *b, u8 code)
{
	struct op *op;

	if (b->f->n_ops == MAX_OPS) {
		ktr__made_wrong(b->m, "filter too long");
		return KTR_NULL;
	}
	op = &b->f->ops[b->f->n_ops++];
	op->code = code;
	return op;
}

static bool take_token(struct builder *b, const char *token)
{
	u32 n;

	ktr__made_blanks(b->m);
	for (n = 0; token[n]; n++)
		if (b->m->at[n] != token[n])
			return false;
	b->m->at += n;
	return true;
}

static u32 name_len(const char *s)
{
	u32 n = 0;

	if (*s >= '0' && *s <= '9')
		return 0;
	while (ktr__is_word_char(s[n]))
		n++;
	return n;
}

static bool is_name(const char *s, u32 n, const char *name)
{
	return strlen(name) == n && !memcmp(s, name, n);
}

/* The field of that name, which all events must have unless a word stands in for it. */
static int use_field(struct builder *b, struct op *op, const char *s, u32 n, bool needed)
{
	u32 i;
	int id = ktr_field_id(b->m->c, s, n);

	if (id < 0)
		return KTR_ERR;
	op->id = (u32)id;
	for (i = 0; i < b->n_fields; i++)
		needed &= b->fields[i] != id;
	if (!needed)
		return 0;
	if (b->n_fields == MAX_FIELDS)
		return ktr__made_wrong(b->m, "too many fields in the filter");
	b->fields[b->n_fields++] = (u16)id;
	return 0;
}

static int take_left(struct builder *b, struct op *op)
{
	static const struct {
		const char *name;
		u8 left;
	} words[] = {
		{ "pid", LEFT_PID }, { "tid", LEFT_TID }, { "uid", LEFT_UID }, { "cpu", LEFT_CPU },
		{ "execname", LEFT_EXECNAME }, { "argstr", LEFT_ARGSTR }, { "probename", LEFT_PROBENAME },
	};
	const char *s = b->m->at;
	u32 n = name_len(s), i;

	if (!n)
		return ktr__made_wrong(b->m, "name of a field expected");
	if (n == 4 && !memcmp(s, "arg", 3) && s[3] >= '0' && s[3] <= '9') {
		op->left = LEFT_ARG;
		op->id = (u32)(s[3] - '0');
		b->m->at += n;
		return 0;
	}
	op->left = LEFT_FIELD;
	for (i = 0; i < KTR_N_ELEMS(words); i++)
		if (is_name(s, n, words[i].name))
			op->left = words[i].left;
	b->m->at += n;
	return use_field(b, op, s, n, op->left == LEFT_FIELD);
}

static u8 take_test(struct builder *b)
{
	static const struct {
		const char *token;
		u8 test;
	} tests[] = {
		{ "==", TEST_EQ }, { "!=", TEST_NE }, { "<=", TEST_LE }, { ">=", TEST_GE },
		{ "<", TEST_LT }, { ">", TEST_GT }, { "~", TEST_GLOB },
	};
	u32 i;

	for (i = 0; i < KTR_N_ELEMS(tests); i++)
		if (take_token(b, tests[i].token))
			return tests[i].test;
	if (b->m->at[0] == '&' && b->m->at[1] != '&' && take_token(b, "&"))
		return TEST_BITS;
	return TEST_TRUE;
}

static int make_text(struct builder *b, struct op *op, const char *s, u32 n)
{
	struct ktr_str *str = ktr__made_take(b->m, (u32)sizeof(*str) + n + 1);

	if (!str)
		return KTR_ERR;
	memcpy(str->s, s, n);
	str->s[n] = 0;
	str->len = n;
	str->hash = ktr_hash_bytes(s, n);
	ktr_set_const(&op->right, str);
	return 0;
}

static int take_quoted(struct builder *b, struct op *op)
{
	char quote = *b->m->at++;
	const char *s = b->m->at;
	u32 n = 0;

	while (s[n] && s[n] != quote)
		n++;
	if (!s[n])
		return ktr__made_wrong(b->m, "unfinished string");
	b->m->at += n + 1;
	return make_text(b, op, s, n);
}

/* A text without quotes: up to a blank, except that several words in a row are one text, as in kernel filters. */
static int take_bare(struct builder *b, struct op *op)
{
	const char *s = b->m->at, *more = op->test == TEST_GLOB ? "*?.!:@+-\\[]" : "*?.[]";
	bool pattern = false;
	const char *p, *q;
	u32 n = 0;

	for (;; n++) {
		if (ktr__is_word_char(s[n]))
			continue;
		for (p = more; *p && *p != s[n]; p++)
			;
		if (*p && s[n]) {
			pattern |= *p == '*' || *p == '?' || *p == '[';
			continue;
		}
		for (q = s + n; *q == ' ' || *q == '\t'; q++)
			;
		if (q == s + n || !name_len(q))
			break;
		n = (u32)(q - s) - 1;
	}
	if (!n)
		return ktr__made_wrong(b->m, "value expected");
	b->m->at += n;
	if (pattern && op->test == TEST_EQ)
		op->test = TEST_GLOB;
	else if (pattern && op->test == TEST_NE)
		op->test = TEST_NO_GLOB;
	return make_text(b, op, s, n);
}

static int take_right(struct builder *b, struct op *op)
{
	const char *s;
	u32 n = 0;
	s64 num;

	ktr__made_blanks(b->m);
	s = b->m->at;
	if (*s == '"' || *s == '\'')
		return take_quoted(b, op);
	if (op->test == TEST_GLOB || !((*s >= '0' && *s <= '9') || *s == '-'))
		return take_bare(b, op);
	n = *s == '-';
	while (ktr__is_word_char(s[n]))
		n++;
	if (!ktr__parse_literal(s, n, &num))
		return ktr__made_wrong(b->m, "malformed number");
	ktr_set_int(&op->right, num);
	b->m->at += n;
	return 0;
}

static int take_comparison(struct builder *b)
{
	struct op *op = add_op(b, CODE_TEST);

	if (!op || take_left(b, op))
		return KTR_ERR;
	op->test = take_test(b);
	if (op->test == TEST_TRUE)
		return 0;
	if (take_right(b, op))
		return KTR_ERR;
	if (op->test == TEST_BITS && op->right.type != KTR_INT)
		return ktr__made_wrong(b->m, "'&' needs a number");
	if ((op->test == TEST_GLOB || op->test == TEST_NO_GLOB) && op->right.type != KTR_STR)
		return ktr__made_wrong(b->m, "'~' needs a text");
	return 0;
}

static int take_or(struct builder *b);

static int take_operand(struct builder *b)
{
	int rc = KTR_ERR;

	ktr__made_blanks(b->m);
	if (++b->depth > MAX_DEPTH)
		return ktr__made_wrong(b->m, "filter nested too deeply");
	if (b->m->at[0] == '!' && b->m->at[1] != '=' && take_token(b, "!")) {
		if (!take_operand(b) && add_op(b, CODE_NOT))
			rc = 0;
	} else if (take_token(b, "(")) {
		if (!take_or(b))
			rc = take_token(b, ")") ? 0 : ktr__made_wrong(b->m, "')' expected");
	} else {
		rc = take_comparison(b);
	}
	b->depth--;
	return rc;
}

/* operand TOKEN operand ...: each jumps to the end when the rest does not matter. */
static int take_chain(struct builder *b, const char *token, u8 jump, int (*take)(struct builder *b))
{
	struct op *ops = b->f->ops;
	u32 last = MAX_OPS;	/* jump that has no aim yet; its id leads to the one before it */

	if (take(b))
		return KTR_ERR;
	while (take_token(b, token)) {
		struct op *op = add_op(b, jump);

		if (!op)
			return KTR_ERR;
		op->id = last;
		last = (u32)(op - ops);
		if (take(b))
			return KTR_ERR;
	}
	while (last != MAX_OPS) {
		u32 before = ops[last].id;

		ops[last].id = b->f->n_ops;
		last = before;
	}
	return 0;
}

static int take_and(struct builder *b)
{
	return take_chain(b, "&&", CODE_JUMP_FALSE, take_operand);
}

static int take_or(struct builder *b)
{
	return take_chain(b, "||", CODE_JUMP_TRUE, take_and);
}

/* ftrace:function /ip == FUNCTIONS/: the functions are what is attached. True when that was all. */
static bool take_functions(struct builder *b, struct ktr_trace *t, struct ktr_probe *probes)
{
	const char *begin = b->m->at;
	struct op op = { .test = TEST_EQ };
	u32 i;

	for (i = 0; i < t->n_probes; i++)
		if (probes[i].kind != KTR_PROBE_TRACEPOINT || strlen(probes[i].system) != 6 ||
		    memcmp(probes[i].system, "ftrace", 6))
			return false;
	if (take_token(b, "ip") && !ktr__is_word_char(*b->m->at) && (take_token(b, "==") || take_token(b, "~"))) {
		ktr__made_blanks(b->m);
		if (!(*b->m->at == '"' || *b->m->at == '\'' ? take_quoted(b, &op) : take_bare(b, &op)) &&
		    take_token(b, "/")) {
			for (i = 0; i < t->n_probes; i++)
				probes[i].path = op.right.s->s;
			return true;
		}
	}
	b->m->at = begin;
	return false;
}

int ktr__made_filter(struct ktr__maker *m, struct ktr_trace *t, struct ktr_probe *probes)
{
	struct builder b = { .m = m };
	struct op *ops;

	if (take_functions(&b, t, probes))
		return 0;
	if (m->c->rc)
		return KTR_ERR;
	ops = ktr_port_alloc(MAX_OPS * sizeof(*ops));
	b.f = ktr__made_take(m, (u32)sizeof(*b.f));
	b.fields = ktr__made_take(m, MAX_FIELDS * (u32)sizeof(*b.fields));
	if (!ops || !b.f || !b.fields) {
		ktr_port_free(ops);
		return ktr_fail(m->c, "no memory");
	}
	b.f->ops = ops;
	if (take_or(&b) || (!take_token(&b, "/") && ktr__made_wrong(m, "an operator or '/' expected"))) {
		ktr_port_free(ops);
		return KTR_ERR;
	}
	b.f->ops = ktr__made_take(m, b.f->n_ops * (u32)sizeof(*ops));
	if (b.f->ops)
		memcpy(b.f->ops, ops, b.f->n_ops * sizeof(*ops));
	ktr_port_free(ops);
	t->made = b.f;
	t->fields = b.fields;
	t->n_fields = b.n_fields;
	return b.f->ops ? 0 : KTR_ERR;
}
