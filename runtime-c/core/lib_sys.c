// SPDX-License-Identifier: GPL-2.0
/* Library: time, task, machine, memory, stacks. */
#include "internal.h"

#define TEXT_MAX 255u		/* default of user_string() and kernel_string() */
#define STACK_DEFAULT 10u
#define STACK_OLD_SKIP 12	/* explicit skips used to hide the tracer's own frames: 10 to 12 of them */
#define SKIP_MAX 64

/* ---- stacks ------------------------------------------------------------------------------------------------- */

/* depth and skip as the script gave them; the frames to leave out and the frames to keep. */
static int stack_args(struct ktr_ctx *c, const struct ktr_val *args, u32 nargs, u32 *skip, u32 *depth)
{
	s64 d = STACK_DEFAULT, s = 0;

	if (nargs > 0 && args[0].type != KTR_NIL && ktr_lib_int(c, args, nargs, 1, &d))
		return KTR_ERR;
	if (nargs > 1 && args[1].type != KTR_NIL && ktr_lib_int(c, args, nargs, 2, &s))
		return KTR_ERR;
	*depth = d < 0 || d > KTR_STACK_FRAMES ? KTR_STACK_FRAMES : (u32)d;
	s = s > STACK_OLD_SKIP ? s - STACK_OLD_SKIP : 0;
	*skip = s > SKIP_MAX ? SKIP_MAX : (u32)s;
	return 0;
}

static int ret_stack(struct ktr_ctx *c, const struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want,
		     u32 (*capture)(struct ktr_ctx *c, u64 *addrs, u32 max))
{
	u32 skip, depth, n, bytes;
	struct ktr_val v;
	char *p;

	if (stack_args(c, args, nargs, &skip, &depth))
		return KTR_ERR;
	p = ktr_str_alloc(c, &v, (skip + depth) * 8);
	if (!p)
		return KTR_ERR;
	n = depth ? capture(c, (u64 *)p, skip + depth) : 0;
	bytes = n > skip ? (n - skip) * 8 : 0;
	if (skip)
		memmove(p, p + skip * 8, bytes);
	ktr_str_cut(&v, bytes);
	ktr__ictx(c)->scratch = (char *)v.s + ktr__str_bytes(bytes);
	v.type = KTR_STACK;
	return ktr_lib_return(c, &v, 1, ret, want);
}

int ktr_lib_stack(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return ret_stack(c, args, nargs, ret, want, ktr_port_stack);
}

int ktr_lib_ustack(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return ret_stack(c, args, nargs, ret, want, ktr_port_ustack);
}

/* ---- time --------------------------------------------------------------------------------------------------- */

#define TIME_FUNCTION(unit, divisor) \
int ktr_lib_gettimeofday_##unit(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want) \
{ \
	(void)args; \
	(void)nargs; \
	return ktr__ret_int(c, (s64)(ktr_port_real_ns() / (divisor)), ret, want); \
}
TIME_FUNCTION(ns, 1u)
TIME_FUNCTION(us, 1000u)
TIME_FUNCTION(ms, 1000000u)
TIME_FUNCTION(s, 1000000000u)

/* ---- machine and task --------------------------------------------------------------------------------------- */

int ktr_lib_num_cpus(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	(void)args;
	(void)nargs;
	return ktr__ret_int(c, ktr_port_num_cpus(), ret, want);
}

int ktr_lib_arch(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	(void)args;
	(void)nargs;
	return ktr__ret_text(c, ktr_port_arch(), ret, want);
}

int ktr_lib_kernel_v(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	(void)args;
	(void)nargs;
	return ktr__ret_text(c, ktr_port_release(), ret, want);
}

int ktr_lib_in_iowait(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	(void)args;
	(void)nargs;
	return ktr__ret_int(c, ktr_port_in_iowait(c), ret, want);
}

int ktr_lib_in_interrupt(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	(void)args;
	(void)nargs;
	return ktr__ret_int(c, ktr_port_in_interrupt(c), ret, want);
}

int ktr_lib_curr_task(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	(void)args;
	(void)nargs;
	return ktr__ret_int(c, (s64)ktr_port_task(c), ret, want);
}

int ktr_lib_curr_taskinfo(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	s64 offset, bytes = 4, v;

	if (ktr_lib_int(c, args, nargs, 1, &offset))
		return KTR_ERR;
	if (nargs > 1 && args[1].type != KTR_NIL && ktr_lib_int(c, args, nargs, 2, &bytes))
		return KTR_ERR;
	if (bytes != 4 && bytes != 8)
		return ktr_fail(c, "unsupported fetch bytes in curr_task_info");
	if (offset < 0 || ktr_port_taskinfo(c, (u64)offset, (u32)bytes, &v))
		return ktr_fail(c, "access out of bound value of task_struct");
	return ktr__ret_int(c, v, ret, want);
}

/* ---- memory ------------------------------------------------------------------------------------------------- */

static int ret_string_at(struct ktr_ctx *c, const struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want,
			 int (*read)(char *dst, u64 addr, u32 max))
{
	s64 addr, max = TEXT_MAX;
	struct ktr_val v;
	char *p;
	int n;

	if (ktr_lib_int(c, args, nargs, 1, &addr))
		return KTR_ERR;
	if (nargs > 1 && args[1].type != KTR_NIL && ktr_lib_int(c, args, nargs, 2, &max))
		return KTR_ERR;
	if (max < 0)
		max = 0;
	if (max > ktr__str_limit())
		max = ktr__str_limit();
	p = ktr_str_alloc(c, &v, (u32)max);
	if (!p)
		return KTR_ERR;
	n = read(p, (u64)addr, (u32)max + 1);
	if (n < 0) {
		ktr_count(KTR_STAT_FAULT);
		n = 0;
	}
	ktr_str_cut(&v, (u32)n);
	ktr__ictx(c)->scratch = (char *)v.s + ktr__str_bytes((u32)n);
	return ktr_lib_return(c, &v, 1, ret, want);
}

int ktr_lib_user_string(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return ret_string_at(c, args, nargs, ret, want, ktr_port_str_user);
}

int ktr_lib_kernel_string(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	return ret_string_at(c, args, nargs, ret, want, ktr__ffi_read_str);
}

/* A number of the machine's byte order; a faulting read gives nil and is counted. */
static int ret_read(struct ktr_ctx *c, const struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want, u32 bytes)
{
	union {
		u8 b1;
		u16 b2;
		u32 b4;
		u64 b8;
	} u = { .b8 = 0 };
	struct ktr_val v;
	s64 addr;

	if (ktr_lib_int(c, args, nargs, 1, &addr))
		return KTR_ERR;
	ktr_set_nil(&v);
	if (ktr__ffi_read(&u, (u64)addr, bytes))
		ktr_count(KTR_STAT_FAULT);
	else
		ktr_set_int(&v, (s64)(bytes == 1 ? u.b1 : bytes == 2 ? u.b2 : bytes == 4 ? u.b4 : u.b8));
	return ktr_lib_return(c, &v, 1, ret, want);
}

#define READ_FUNCTION(bits) \
int ktr_lib_kread_u##bits(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want) \
{ \
	return ret_read(c, args, nargs, ret, want, (bits) / 8); \
}
READ_FUNCTION(8)
READ_FUNCTION(16)
READ_FUNCTION(32)
READ_FUNCTION(64)

/* ---- network ------------------------------------------------------------------------------------------------ */

/* The number holds the four bytes as they lie in memory. */
int ktr_lib_net_format_ip_addr(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want)
{
	char text[16];
	u8 b[4];
	u32 raw;
	s64 n;

	if (ktr_lib_int(c, args, nargs, 1, &n))
		return KTR_ERR;
	raw = (u32)n;
	__builtin_memcpy(b, &raw, 4);
	ktr_format(text, sizeof(text), "%u.%u.%u.%u", (u32)b[0], (u32)b[1], (u32)b[2], (u32)b[3]);
	return ktr__ret_text(c, text, ret, want);
}
