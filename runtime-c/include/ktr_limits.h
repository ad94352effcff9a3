/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ktr_limits.h - every limit that a script can run into, in one table: the runtime and the translator take their numbers from
 * here, and scripts/gen_limits.py writes docs/limits.md.
 *
 * KTR_LIMIT_LIST are those that a script's module has: kt2ko --param NAME=VALUE gives it another default when it is built, and
 * a parameter of that name when it is loaded. KTR_FIXED_LIMIT_LIST are those that a build of kt2ko has, and a module's
 * directory (kt2ko --emit-c): make KCFLAGS=-DNAME=VALUE, where the table says so.
 */
#ifndef KTR_LIMITS_H
#define KTR_LIMITS_H

#define KTR_LIMIT_ANY 0x7fffffffffffffffll

/*
 * X(NAME, name, default, least, most, what, over, case)
 *   what  is limited, with its unit
 *   over  what happens beyond: the run-time error's message, or the line of losses that counts it
 *   case  of tests/ that runs into it
 */
#define KTR_LIMIT_LIST(X) \
	X(MAX_LOOP_COUNT, max_loop_count, 100000, 1, KTR_LIMIT_ANY, \
	  "rounds of loops in one run of an event handler, and as many calls", \
	  "error: loop execute count exceed max limit(N); error: call count exceed max limit(N)", \
	  "run/cases/events/loop_limit_in_handler.kp") \
	X(MAX_MAIN_LOOP_COUNT, max_main_loop_count, 20000000, 1, KTR_LIMIT_ANY, \
	  "the same in the main chunk, one run of a tick handler, and trace_end", \
	  "error: loop execute count exceed max limit(N); error: call count exceed max limit(N)", \
	  "run/cases/errors/loop_limit_while.kp") \
	X(MAX_STRING, max_string, 4096, 64, 4096, "bytes of a string that is made at run time", \
	  "it is cut; counted: strings cut at the limit of their length", "run/cases/strings/limit.kp") \
	X(MAX_ELEMENTS, max_elements, KTR_DEF_MAX_ELEMENTS, 1, KTR_TOP_ELEMENTS, \
	  "elements of a table without a limit of its own", \
	  "the store is dropped; counted: table stores dropped: table at its limit of elements", \
	  "run/cases/limits/table_limit_in_handlers.kp") \
	X(MEMORY_KB, memory_kb, KTR_DEF_MEMORY_KB, 64, 1073741824, \
	  "KiB of memory for tables, kept texts and functions, all together", \
	  "the store is dropped; counted: stores dropped: the script's memory is used up", \
	  "run/cases/limits/memory_is_used_up.kp") \
	X(RESERVE_KB, reserve_kb, KTR_DEF_RESERVE_KB, 1, 1073741824, \
	  "of it, KiB that are taken at load and kept ready for handlers", \
	  "the store is dropped; counted: stores dropped: memory did not come in time", \
	  "run/cases/limits/memory_is_late.kp") \
	X(BUFFER_KB, buffer_kb, KTR_DEF_BUFFER_KB, 32, 1048576, "KiB of output of one CPU that nobody has read yet", \
	  "the record is dropped; counted: records dropped: output buffer full", "vm/cases/ktrun_losses.sh") \
	X(OUTPUT_KB, output_kb, 0, 0, 1073741824, \
	  "KiB of output of one CPU in a second, 0: any; less than 64 counts as 64", \
	  "the record is dropped; counted: records dropped: more output than the limit (output_kb)", \
	  "vm/cases/limits.sh") \
	X(OVERLOAD, overload, 50, 0, 100, "percent of a CPU that handlers take over overload_ms, 0: any", \
	  "the most expensive probe is disarmed, at last the script ends; counted: probes disarmed", \
	  "vm/cases/overload.sh") \
	X(OVERLOAD_MS, overload_ms, 1000, 10, 60000, "milliseconds over which that is judged", "", \
	  "vm/cases/overload.sh")

enum ktr_limit_id {
#define KTR__LIMIT_ENUM(NAME, name, def, least, most, what, over, test) KTR_LIM_##NAME,
	KTR_LIMIT_LIST(KTR__LIMIT_ENUM)
#undef KTR__LIMIT_ENUM
	KTR_N_LIMITS
};

/* ---- numbers that the table above uses, and --explain -------------------------------------------------------- */

#define KTR_DEF_MEMORY_KB 65536
#define KTR_DEF_RESERVE_KB 256
#define KTR_DEF_MAX_ELEMENTS 1048576
#define KTR_DEF_BUFFER_KB 1024

/* ---- fixed when something is built --------------------------------------------------------------------------- */

/*
 * X(NAME, what, over, case)
 * Those of the runtime may be given to the compiler.
 */
#define KTR_FIXED_LIMIT_LIST(X) \
	X(KTR_DEF_STACK_BUDGET, "bytes of stack that the calls of one run of an event handler take", \
	  "error: stack overflow, call depth too deep", "run/cases/limits/depth_in_handler.kp") \
	X(KTR_THREAD_STACK, "the same in the main chunk, tick handlers and trace_end", \
	  "error: stack overflow, call depth too deep", "run/cases/functions/recursion_too_deep.kp") \
	X(KTR_STACK_SPARE, "bytes of the interrupted task's stack that must be left besides that budget and the runtime's own needs", \
	  "the event is skipped; counted: events skipped: the stack of the interrupted task is nearly used up", \
	  "vm/cases/stack_spare.sh") \
	X(KTR_DEF_SLOTS, "values in use at once in an event handler: variables, arguments, intermediate results", \
	  "error: stack overflow, call depth too deep", "run/cases/limits/values_in_handler.kp") \
	X(KTR_THREAD_SLOTS, "the same in the main chunk, tick handlers and trace_end; it has what its text needs at least", \
	  "error: stack overflow, call depth too deep", "run/cases/limits/values_in_main.kp") \
	X(KTR_DEF_OUT, "bytes of one output of an event handler", \
	  "it is cut, its end is marked; counted: outputs cut", "run/cases/limits/long_outputs_are_cut.kp") \
	X(KTR_THREAD_OUT, "the same in the main chunk, tick handlers and trace_end", \
	  "it is cut, its end is marked; counted: outputs cut", "run/cases/limits/long_outputs_are_cut.kp") \
	X(KTR_STACK_FRAMES, "frames of a stack", "what is further out is left out", "run/cases/limits/stack_frames.kp") \
	X(KTR_TOP_ELEMENTS, "elements that table.new() can ask for, and max_elements", \
	  "error: table.new: N elements are too many: at most M", "run/cases/limits/table_too_many_elements.kp") \
	X(KTR_LHIST_MAX, "buckets of a linear histogram", "error: lhist: more than N buckets", \
	  "run/cases/aggregates/error_many.kp") \
	X(KTR_MAX_REGS, "registrations: trace statements that were executed, and calls of kdebug.* and timer.*", \
	  "error: too many trace statements executed", "vm/cases/limits.sh") \
	X(KTR_MAX_FFI_BYTES, "bytes of memory that ffi.new() gives a script", \
	  "error: ffi.new: a script can have N bytes of such memory at most", "run/cases/ffi/limit.kp") \
	X(KTR_MAX_SOURCE, "bytes of a script", "an error when it is translated", "unit/driver/test_load_source.cc") \
	X(KTR_MAX_CONSTANT, "bytes of a string constant", "an error when it is translated", "unit/parse/limit_test.cc") \
	X(KTR_MAX_NESTING, "blocks and brackets inside each other; parts of one if; `..` in one expression", "an error when it is translated", "unit/parse/limit_test.cc") \
	X(KTR_MAX_TREE, "depth of an expression, chains of operators included", "an error when it is translated", "unit/parse/limit_test.cc")

#ifndef KTR_DEF_STACK_BUDGET
#define KTR_DEF_STACK_BUDGET 3072u
#endif
#ifndef KTR_THREAD_STACK
#define KTR_THREAD_STACK 8192u
#endif
#ifndef KTR_STACK_SPARE
#define KTR_STACK_SPARE 1024u
#endif
#ifndef KTR_DEF_SLOTS
#define KTR_DEF_SLOTS 512u
#endif
#ifndef KTR_THREAD_SLOTS
#define KTR_THREAD_SLOTS 4096u
#endif
#ifndef KTR_DEF_OUT
#define KTR_DEF_OUT 4096u
#endif
#ifndef KTR_THREAD_OUT
#define KTR_THREAD_OUT 65536u
#endif
#ifndef KTR_STACK_FRAMES
#define KTR_STACK_FRAMES 50u
#endif
#ifndef KTR_MAX_REGS
#define KTR_MAX_REGS 65536u
#endif
#ifndef KTR_MAX_FFI_BYTES
#define KTR_MAX_FFI_BYTES 1048576u
#endif
#define KTR_TOP_ELEMENTS 16777216
#define KTR_LHIST_MAX 1000u
#define KTR_MAX_SOURCE 1048576
#define KTR_MAX_CONSTANT 65535
#define KTR_MAX_NESTING 200
#define KTR_MAX_TREE 2000

#endif
