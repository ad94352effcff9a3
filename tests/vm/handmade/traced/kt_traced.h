/* SPDX-License-Identifier: GPL-2.0 */
/* Trace events with fields of every kind. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kt_traced

#if !defined(KT_TRACED_H) || defined(TRACE_HEADER_MULTI_READ)
#define KT_TRACED_H

#include <linux/tracepoint.h>

#ifndef KT_TRACED_TYPES
#define KT_TRACED_TYPES
enum kt_colour { KT_RED, KT_GREEN, KT_BLUE };
struct kt_pair {
	u32 first;
	u64 second;
};
#endif

/* Since v6.10 __assign_str() knows the source from __string(). */
#ifdef KT_ASSIGN_STR_HAS_SOURCE
#define KT_ASSIGN_STR(dst, src) __assign_str(dst, src)
#define KT_ASSIGN_REL_STR(dst, src) __assign_rel_str(dst, src)
#else
#define KT_ASSIGN_STR(dst, src) __assign_str(dst)
#define KT_ASSIGN_REL_STR(dst, src) __assign_rel_str(dst)
#endif

TRACE_EVENT(kt_numbers,
	TP_PROTO(s64 n),
	TP_ARGS(n),
	TP_STRUCT__entry(
		__field(s8, a8)
		__field(u8, b8)
		__field(s16, a16)
		__field(u16, b16)
		__field(int, a32)
		__field(unsigned int, b32)
		__field(s64, a64)
		__field(u64, b64)
		__field(long, along)
		__field(unsigned long, blong)
		__field(bool, yes)
		__field(bool, no)
		__field(enum kt_colour, colour)
		__field(void *, pointer)
		__field(const char *, text)
		__field(char, letter)
	),
	TP_fast_assign(
		__entry->a8 = n;
		__entry->b8 = n;
		__entry->a16 = n;
		__entry->b16 = n;
		__entry->a32 = n;
		__entry->b32 = n;
		__entry->a64 = n;
		__entry->b64 = n;
		__entry->along = n;
		__entry->blong = n;
		__entry->yes = true;
		__entry->no = false;
		__entry->colour = KT_BLUE;
		__entry->pointer = (void *)(unsigned long)n;
		__entry->text = NULL;
		__entry->letter = 'x';
	),
	TP_printk("%d %d %d %d %d %d %lld %lld %ld %ld %d %d %d %ld %d %d", __entry->a8, __entry->b8, __entry->a16,
		  __entry->b16, __entry->a32, (int)__entry->b32 < 0 ? -1 : 0, __entry->a64, (s64)__entry->b64,
		  __entry->along, (long)__entry->blong, __entry->yes, __entry->no, __entry->colour,
		  (long)__entry->pointer, __entry->text != NULL, __entry->letter)
);

TRACE_EVENT(kt_arrays,
	TP_PROTO(int n, const char *text, const unsigned long *mask),
	TP_ARGS(n, text, mask),
	TP_STRUCT__entry(
		__array(char, comm, 16)
		__array(u8, mac, 6)
		__array(int, x, 4)
		__array(unsigned long, args, 6)
		__array(s16, halves, 3)
		__array(bool, flags, 2)
		__string(text, text)
		__string(null, (const char *)NULL)
		__dynamic_array(u32, some, n)
		__dynamic_array(s8, bytes, n)
		__dynamic_array(u16, none, 0)
		__dynamic_array(u64, many, 400)
		__bitmask(bits, 70)
		__rel_string(rel, text)
		__rel_dynamic_array(s32, relsome, n)
		__field_struct(struct kt_pair, pair)
		__field(int, last)
	),
	TP_fast_assign(
		int i;

		memset(__entry->comm, 0, 16);
		strscpy(__entry->comm, text, 16);
		for (i = 0; i < 6; i++) {
			__entry->mac[i] = 'a' + i;
			__entry->args[i] = i * 0x100000000ul;
		}
		for (i = 0; i < 4; i++)
			__entry->x[i] = -i * n;
		for (i = 0; i < 3; i++)
			__entry->halves[i] = i - 1;
		__entry->flags[0] = true;
		__entry->flags[1] = false;
		KT_ASSIGN_STR(text, text);
		KT_ASSIGN_STR(null, (const char *)NULL);
		for (i = 0; i < n; i++) {
			((u32 *)__get_dynamic_array(some))[i] = 0xfffffff0u + i;
			((s8 *)__get_dynamic_array(bytes))[i] = 'A' + i;
			((s32 *)__get_rel_dynamic_array(relsome))[i] = -i;
		}
		for (i = 0; i < 400; i++)
			((u64 *)__get_dynamic_array(many))[i] = i;
		__assign_bitmask(bits, mask, 70);
		KT_ASSIGN_REL_STR(rel, text);
		__entry->pair.first = n;
		__entry->pair.second = 0;
		__entry->last = n;
	),
	TP_printk("comm=%s last=%d text=%s rel=%s x=%s bits=%s", __entry->comm, __entry->last, __get_str(text),
		  __get_rel_str(rel), __print_array(__entry->x, 4, 4), __get_bitmask(bits))
);

DECLARE_EVENT_CLASS(kt_plain,
	TP_PROTO(int n),
	TP_ARGS(n),
	TP_STRUCT__entry(__field(int, n)),
	TP_fast_assign(__entry->n = n;),
	TP_printk("n=%d", __entry->n)
);
DEFINE_EVENT(kt_plain, kt_first, TP_PROTO(int n), TP_ARGS(n));
DEFINE_EVENT(kt_plain, kt_second, TP_PROTO(int n), TP_ARGS(n));

#endif

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE kt_traced
#include <trace/define_trace.h>
