/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ktr_lib.h - the script library as emitted code calls it; part of ktr.h.
 *
 * Every function has the convention of ktr_lib_code: args[0..nargs-1] are the arguments, results go to ret as `want` says.
 * The C name is ktr_lib_ + the script's name with '.' as '_'. KTR_LIB_LIST has one row per function; the objects
 * ktr_libval_... are the same functions as values. All may collect. What each does is in docs/language.md.
 *
 * Context: any, except where a row says process (the script's own thread; elsewhere they fail with a message).
 */
#ifndef KTR_LIB_H
#define KTR_LIB_H

/* X(C name, script name) */
#define KTR_LIB_LIST(X) \
	X(print, "print") \
	X(printf, "printf") \
	X(print_hist, "print_hist") \
	X(print_folded, "print_folded") \
	X(len, "len") \
	X(delete, "delete") \
	X(stack, "stack") \
	X(ustack, "ustack") \
	X(print_trace_clock, "print_trace_clock") \
	X(num_cpus, "num_cpus") \
	X(arch, "arch") \
	X(kernel_v, "kernel_v") \
	X(user_string, "user_string") \
	X(kernel_string, "kernel_string") \
	X(stringof, "stringof") \
	X(ipof, "ipof") \
	X(gettimeofday_ns, "gettimeofday_ns") \
	X(gettimeofday_us, "gettimeofday_us") \
	X(gettimeofday_ms, "gettimeofday_ms") \
	X(gettimeofday_s, "gettimeofday_s") \
	X(curr_task, "curr_task") \
	X(curr_taskinfo, "curr_taskinfo") \
	X(in_iowait, "in_iowait") \
	X(in_interrupt, "in_interrupt") \
	X(exit, "exit") \
	X(type, "type") \
	X(tostring, "tostring") \
	X(tonumber, "tonumber") \
	X(pairs, "pairs")			/* as a value only: loops use ktr_iter_begin() */ \
	X(sort_pairs, "sort_pairs")		/* as a value only: loops use ktr_iter_sorted() */ \
	X(count, "count") \
	X(sum, "sum") \
	X(min, "min") \
	X(max, "max") \
	X(avg, "avg") \
	X(stddev, "stddev") \
	X(stats, "stats") \
	X(hist, "hist") \
	X(lhist, "lhist") \
	X(qhist, "qhist") \
	X(percentile, "percentile") \
	X(kread_u8, "kread_u8") \
	X(kread_u16, "kread_u16") \
	X(kread_u32, "kread_u32") \
	X(kread_u64, "kread_u64") \
	X(table_new, "table.new") \
	X(string_len, "string.len") \
	X(string_sub, "string.sub") \
	X(string_find, "string.find") \
	X(string_upper, "string.upper") \
	X(string_lower, "string.lower") \
	X(string_rep, "string.rep") \
	X(string_byte, "string.byte") \
	X(string_char, "string.char") \
	X(string_format, "string.format") \
	X(string_split, "string.split") \
	X(string_starts, "string.starts") \
	X(string_ends, "string.ends") \
	X(string_glob, "string.glob") \
	X(string_basename, "string.basename") \
	X(string_trim, "string.trim") \
	X(ansi_clear_screen, "ansi.clear_screen") \
	X(ansi_set_color, "ansi.set_color") \
	X(ansi_set_color2, "ansi.set_color2") \
	X(ansi_set_color3, "ansi.set_color3") \
	X(ansi_reset_color, "ansi.reset_color") \
	X(ansi_new_line, "ansi.new_line") \
	X(net_format_ip_addr, "net.format_ip_addr") \
	X(kdebug_trace, "kdebug.trace")		/* process */ \
	X(kdebug_trace_end, "kdebug.trace_end")	/* process */ \
	X(kdebug_kprobe, "kdebug.kprobe")	/* process */ \
	X(kdebug_tracepoint, "kdebug.tracepoint") /* process */ \
	X(kdebug_remove, "kdebug.remove") \
	X(kdebug_symbol, "kdebug.symbol")	/* process */ \
	X(timer_tick, "timer.tick")		/* process */ \
	X(timer_profile, "timer.profile")	/* process */

#define KTR__LIB_DECLARE(id, text) \
	int ktr_lib_##id(struct ktr_ctx *c, struct ktr_val *args, u32 nargs, struct ktr_val *ret, int want); \
	extern const struct ktr_lib ktr_libval_##id;
KTR_LIB_LIST(KTR__LIB_DECLARE)

/* The table `arg`: element 0 is the script's name, 1.. its arguments. May collect. Context: process. */
int ktr_args(struct ktr_ctx *c, struct ktr_val *out);

#endif
