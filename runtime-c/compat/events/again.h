/* SPDX-License-Identifier: GPL-2.0 */
/* again.h - from here on the macros of trace event headers lead to KTR_PICK(), see begin.h. */
#define TRACE_HEADER_MULTI_READ

#undef TRACE_EVENT
#undef TRACE_EVENT_CONDITION
#undef TRACE_EVENT_FN
#undef TRACE_EVENT_FN_COND
#undef TRACE_EVENT_NOP
#undef TRACE_EVENT_FLAGS
#undef TRACE_EVENT_PERF_PERM
#undef DECLARE_EVENT_CLASS
#undef DECLARE_EVENT_CLASS_NOP
#undef DECLARE_EVENT_NOP
#undef DEFINE_EVENT
#undef DEFINE_EVENT_CONDITION
#undef DEFINE_EVENT_FN
#undef DEFINE_EVENT_NOP
#undef DEFINE_EVENT_PRINT
#undef DECLARE_TRACE
#undef DECLARE_TRACE_CONDITION
#undef TRACE_DEFINE_ENUM
#undef TRACE_DEFINE_SIZEOF

#define DECLARE_EVENT_CLASS(call, proto, args, tstruct, assign, print) \
	KTR_PICK(KTR_NOW_##call)(call, PARAMS(proto), PARAMS(tstruct), PARAMS(assign))
#define TRACE_EVENT(call, proto, args, tstruct, assign, print) \
	KTR_PICK(KTR_NOW_##call)(call, PARAMS(proto), PARAMS(tstruct), PARAMS(assign))
#define TRACE_EVENT_CONDITION(call, proto, args, cond, tstruct, assign, print) \
	KTR_PICK(KTR_NOW_##call)(call, PARAMS(proto), PARAMS(tstruct), PARAMS(assign))
#define TRACE_EVENT_FN(call, proto, args, tstruct, assign, print, reg, unreg) \
	KTR_PICK(KTR_NOW_##call)(call, PARAMS(proto), PARAMS(tstruct), PARAMS(assign))
#define TRACE_EVENT_FN_COND(call, proto, args, cond, tstruct, assign, print, reg, unreg) \
	KTR_PICK(KTR_NOW_##call)(call, PARAMS(proto), PARAMS(tstruct), PARAMS(assign))

#define TRACE_EVENT_NOP(...)
#define TRACE_EVENT_FLAGS(...)
#define TRACE_EVENT_PERF_PERM(...)
#define DECLARE_EVENT_CLASS_NOP(...)
#define DECLARE_EVENT_NOP(...)
#define DEFINE_EVENT(...)
#define DEFINE_EVENT_CONDITION(...)
#define DEFINE_EVENT_FN(...)
#define DEFINE_EVENT_NOP(...)
#define DEFINE_EVENT_PRINT(...)
#define DECLARE_TRACE(...)
#define DECLARE_TRACE_CONDITION(...)
#define TRACE_DEFINE_ENUM(...)
#define TRACE_DEFINE_SIZEOF(...)

#undef TP_STRUCT__entry
#undef TP_fast_assign
#undef __entry
#undef __perf_count
#undef __perf_task
#define TP_STRUCT__entry(args...) args
#define TP_fast_assign(args...) args
#define __entry entry
#define __perf_count(c) (c)
#define __perf_task(t) (t)

/* Records whose size is known only when the event happens are not built here: the names stay undefined. */
#undef __field
#undef __field_ext
#undef __field_struct
#undef __field_struct_ext
#undef __array
#undef __dynamic_array
#undef __string
#undef __string_len
#undef __vstring
#undef __bitmask
#undef __cpumask
#undef __sockaddr
#undef __rel_dynamic_array
#undef __rel_string
#undef __rel_string_len
#undef __rel_bitmask
#undef __rel_cpumask
#undef __rel_sockaddr

/* Each pass defines these four and the macro that KTR_NOW_... names. */
#define __field(type, item) KTR_FIELD(type, item, is_signed_type(type))
#define __field_ext(type, item, filter) KTR_FIELD(type, item, is_signed_type(type))
#define __field_struct(type, item) KTR_FIELD(type, item, 0)
#define __field_struct_ext(type, item, filter) KTR_FIELD(type, item, 0)
#define __array(type, item, len) KTR_ARRAY(type, item, len)
