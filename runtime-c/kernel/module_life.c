// SPDX-License-Identifier: GPL-2.0
/*
 * module_life.c - the states of a script and the thread that takes it through them.
 *
 *   held -> starting -> running -> ending -> ended
 *
 * The thread runs the main chunk, the tick handlers and trace_end, and it alone changes the state. Everybody else asks:
 * by a bit in `asked`, and a wake-up. An ended thread stays until unloading stops it.
 */
#include "home.h"

#include <linux/cpuhotplug.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>

#include "attach.h"
#include "fn_names.h"
#include "ktr_module.h"
#include "render.h"
#include "scope.h"
#include "user_code.h"

enum ask_bits {
	ASK_GO,			/* hold: begin */
	ASK_STOP,		/* end in order */
	ASK_ERROR,		/* a run-time error was reported: end without trace_end */
	ASK_OVERLOAD,		/* with ASK_STOP: its handlers take too much */
};

unsigned int ktr_gate = KTR_GATE_CLOSED;
struct task_struct *ktr_thread;

static unsigned long asked;
static enum ktr_state state;
static bool closing;

/* Text of the first error; KTR_OUT_HEADROOM bytes before it belong to the record's header. */
static char error_text[KTR_OUT_HEADROOM + KTR_ERR_MAX + 256] __aligned(8);

static const char *const state_names[] = {
	[KTR_STATE_HELD] = "held",
	[KTR_STATE_STARTING] = "starting",
	[KTR_STATE_RUNNING] = "running",
	[KTR_STATE_ENDING] = "ending",
	[KTR_STATE_ENDED] = "ended",
};

enum ktr_state ktr_state(void)
{
	return smp_load_acquire(&state);
}

const char *ktr_state_name(enum ktr_state s)
{
	return state_names[s];
}

int ktr_exit_status(void)
{
	return test_bit(ASK_ERROR, &asked) || test_bit(ASK_OVERLOAD, &asked);
}

bool ktr_closing(void)
{
	return READ_ONCE(closing);
}

static DECLARE_WAIT_QUEUE_HEAD(ended);		/* only unloading waits here */

static void set_state(enum ktr_state s)
{
	smp_store_release(&state, s);
	ktr_proc_state_changed();
	wake_up(&ended);
}

/* ---- asking ------------------------------------------------------------------------------------------------- */

void ktr_life_go(void)
{
	set_bit(ASK_GO, &asked);
	ktr_ring_bell(KTR_BELL_THREAD);
}

static void close_gate(void)
{
	ktr_gate_set(READ_ONCE(ktr_gate) | KTR_GATE_CLOSED);
}

void ktr_life_stop(void)
{
	set_bit(ASK_STOP, &asked);
	close_gate();
	ktr_ring_bell(KTR_BELL_THREAD);
}

void ktr_life_overload(void)
{
	set_bit(ASK_OVERLOAD, &asked);
	ktr_life_stop();
}

/* on_error=1: handlers fail for themselves; the main chunk and trace_end are no handlers. */
static bool may_go_on(const struct ktr_ictx *x)
{
	return ktr_p_on_error && (x->pub.level != KTR_LEVEL_THREAD || ktr_state() == KTR_STATE_RUNNING);
}

void ktr_life_error(struct ktr_ictx *x)
{
	u32 len;

	if (may_go_on(x)) {
		ktr_count(KTR_STAT_HANDLER_ERROR);
		return;
	}
	if (test_and_set_bit(ASK_ERROR, &asked))
		return;		/* the first one is told */
	len = ktr_error_text(x, error_text + KTR_OUT_HEADROOM, sizeof(error_text) - KTR_OUT_HEADROOM);
	ktr_port_emit(&x->pub, KTR_REC_TEXT, KTR_RF_ERROR, error_text, len);
	close_gate();
	ktr_ring_bell(KTR_BELL_THREAD);
}

bool ktr_life_has_owner(void)
{
	if (ktr_proc_has_owner())
		return true;
	if (ktr_p_hold != KTR_HOLD_FOR_LOADER || ktr_state() != KTR_STATE_HELD)
		return false;
	if (!ktr_scope_loader_gone())
		return true;
	ktr_life_stop();
	return false;
}

const char *ktr_life_state_name(void)
{
	enum ktr_state s = ktr_state();

	return ktr_state_name(s < KTR_STATE_ENDING && ktr_life_asked() ? KTR_STATE_ENDING : s);
}

/* ---- the thread --------------------------------------------------------------------------------------------- */

bool ktr_life_asked(void)
{
	return test_bit(ASK_STOP, &asked) || test_bit(ASK_ERROR, &asked);
}

bool ktr_life_must_end(void)
{
	if (signal_pending(current)) {
		flush_signals(current);
		set_bit(ASK_STOP, &asked);
	}
	return ktr_life_asked();
}

bool ktr_port_yield(struct ktr_ctx *c)
{
	cond_resched();
	c->cpu = raw_smp_processor_id();
	/* trace_end is what ending is for: only its own limits end it */
	return ktr_state() < KTR_STATE_ENDING && ktr_life_must_end();
}

/* Runs something on the thread's own context. */
static int run_on_thread(int (*run)(struct ktr_ictx *x, struct ktr_att *a), struct ktr_att *a)
{
	struct ktr_ictx *x = ktr_thread_ctx;
	int rc;

	x->pub.cpu = raw_smp_processor_id();
	ktr_ctx_begin(x, NULL);
	rc = run(x, a);
	ktr_life_outcome(x, rc);
	ktr_ctx_end(x);
	return rc;
}

static int run_main(struct ktr_ictx *x, struct ktr_att *unused)
{
	return ktr_run_main(x);
}

static int run_attach(struct ktr_ictx *x, struct ktr_att *unused)
{
	return ktr_attach_all(&x->pub);
}

static int run_handler(struct ktr_ictx *x, struct ktr_att *a)
{
	const struct ktr_reg *reg = a->reg;
	u64 start = ktime_get_mono_fast_ns();
	int rc = 1;

	this_cpu_inc(a->stats->leaf.hits);
	if (ktr_has_filter(reg->trace))
		rc = ktr_run_filter(x, reg->trace, &reg->func);
	if (rc > 0)
		rc = ktr_run(x, &reg->func);
	ktr_load_tick(a, ktime_get_mono_fast_ns() - start);
	return rc;
}

static int run_end(struct ktr_ictx *x, struct ktr_att *unused)
{
	return ktr_run(x, ktr_end_handler());
}

void ktr_life_run(struct ktr_att *a)
{
	run_on_thread(run_handler, a);
}

static void open_gate(void)
{
	ktr_gate_set(ktr_scope_selects() ? KTR_GATE_FILTER : 0);
	smp_mb();		/* who asks sets the bit and then closes: one of us sees the other */
	if (ktr_life_must_end())		/* asked between attaching and here */
		close_gate();
}

/* Sleeps until it is woken, at most until `until` (0: no limit) on the monotonic clock. The task's state is set. */
static void sleep_until(u64 until)
{
	ktime_t expires = ns_to_ktime(until);

	schedule_hrtimeout_range(until ? &expires : NULL, 0, HRTIMER_MODE_ABS);
}

/* Nobody tells when a process has gone: it is looked at so often. */
#define KTR_PROCESS_POLL_NS (100 * NSEC_PER_MSEC)

static u64 next_poll(void)
{
	return ktime_get_mono_fast_ns() + KTR_PROCESS_POLL_NS;
}

static void wait_held(void)
{
	for (;;) {
		bool awaits_loader = ktr_life_has_owner() && !ktr_proc_has_owner();

		set_current_state(TASK_INTERRUPTIBLE);
		if (test_bit(ASK_GO, &asked) || ktr_life_must_end())
			break;
		sleep_until(awaits_loader ? next_poll() : 0);
	}
	__set_current_state(TASK_RUNNING);
}

/* Waits for something to happen. */
static void wait_running(u64 until)
{
	set_current_state(TASK_INTERRUPTIBLE);
	if (!ktr_life_must_end() && !ktr_attach_reap_wanted() && !ktr_load_is_over())
		sleep_until(until);
	__set_current_state(TASK_RUNNING);
}

/* What handlers asked for. */
static void take_down(void)
{
	if (!ktr_attach_reap_wanted() && !ktr_load_is_over())
		return;
	ktr_self_begin(KTR_SELF_THREAD);
	ktr_load_relieve();
	ktr_attach_reap();
}

static void run_events(void)
{
	if (ktr_ticks_any() || ktr_p_pid || ktr_proc_has_owner())	/* else the thread only sleeps */
		ktr_self_begin(KTR_SELF_THREAD);
	open_gate();
	set_state(KTR_STATE_RUNNING);	/* after the gate: a command that is started then must be seen */
	ktr_ticks_start();
	ktr_load_start();
	while (!ktr_life_must_end()) {
		u64 until = ktr_ticks_run();

		take_down();
		if (!ktr_attach_count())
			break;		/* nothing can happen any more */
		if (ktr_p_pid) {
			if (ktr_scope_target_gone())
				break;
			until = until ? min(until, next_poll()) : next_poll();
		}
		wait_running(until);
	}
	close_gate();
	ktr_load_stop();
	ktr_self_end(KTR_SELF_THREAD);
}

static void run_script(void)
{
	set_state(KTR_STATE_STARTING);
	if (ktr_life_must_end() || run_on_thread(run_main, NULL) != KTR_OK)
		return;
	if (!ktr_attach_count())
		return;
	if (run_on_thread(run_attach, NULL) == KTR_OK)
		run_events();
}

static void end_script(void)
{
	close_gate();
	set_state(KTR_STATE_ENDING);
	ktr_detach_all();
	ktr_scope_close();
	if (ktr_end_handler() && !test_bit(ASK_ERROR, &asked))
		run_on_thread(run_end, NULL);
	ktr_bell_sync();
	set_state(KTR_STATE_ENDED);
}

static int thread_fn(void *unused)
{
	allow_signal(SIGINT);
	allow_signal(SIGTERM);
	allow_signal(SIGKILL);
	if (ktr_p_hold)
		wait_held();
	run_script();
	end_script();
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		if (signal_pending(current))
			flush_signals(current);
		else
			schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/* ---- CPUs --------------------------------------------------------------------------------------------------- */

static int hotplug_state = -1;
static bool hotplug_ready;	/* the first round, for the CPUs that are online at load, is over */

/* Before a CPU comes online, in process context: what it needs when the first event hits there. */
static int prepare_cpu(unsigned int cpu)
{
	int err = ktr_stream_add_cpu(cpu);

	if (!err)
		err = ktr_contexts_add_cpu(cpu);
	if (!err)
		err = ktr_render_add_cpu(cpu);
	if (!err)
		err = ktr_proc_add_cpu(cpu);
	if (err && hotplug_ready) {
		ktr_pr_warn("no memory for CPU %u: events there will be skipped\n", cpu);
		return 0;	/* no reason to keep the CPU offline */
	}
	return err;
}

/* The kernel has a few slots for such callbacks only. Without one, all CPUs get their memory now. */
static int prepare_all(void)
{
	unsigned int cpu;
	int err = 0;

	cpus_read_lock();
	for_each_present_cpu(cpu)
		if (!err)
			err = prepare_cpu(cpu);
	cpus_read_unlock();
	return err;
}

static int init_cpus(void)
{
	int rc = cpuhp_setup_state(CPUHP_BP_PREPARE_DYN, "kt2ko:prepare", prepare_cpu, NULL);

	if (rc == -ENOSPC)
		return prepare_all();
	if (rc < 0)
		return rc;
	hotplug_state = rc;
	hotplug_ready = true;
	return 0;
}

static void exit_cpus(void)
{
	if (hotplug_state >= 0)
		cpuhp_remove_state_nocalls(hotplug_state);
}

/* ---- load and unload ---------------------------------------------------------------------------------------- */

static int start_script_thread(void)
{
	struct task_struct *t = kthread_create(thread_fn, NULL, "kt2ko/%s", ktg_script.name);

	if (IS_ERR(t))
		return PTR_ERR(t);
	ktr_thread = get_task_struct(t);
	wake_up_process(t);
	return 0;
}

/* What ktr_module_init() has done so far, so that one function takes it back in order. */
static unsigned int n_done;

static int init_core(void)
{
	const struct ktr_mem_cfg cfg = {
		.limit = (u64)ktr_limits[KTR_LIM_MEMORY_KB] << 10,
		.reserve = (u64)ktr_limits[KTR_LIM_RESERVE_KB] << 10,
		.table_max = ktr_limits[KTR_LIM_MAX_ELEMENTS],
	};
	const char *missing;

	if (!ktr_memory_is_there(cfg.reserve) || ktr_core_init(&cfg)) {
		ktr_pr_err("no memory for the reserve of %lld KiB (reserve_kb)\n", ktr_limits[KTR_LIM_RESERVE_KB]);
		return -ENOMEM;
	}
	missing = ktr_missing_symbol();
	if (!missing)
		return 0;
	ktr_pr_err("unknown kernel symbol %s%s\n", missing,
		   IS_ENABLED(CONFIG_KALLSYMS_ALL) ? "" : " (this kernel tells where its functions are, not its variables)");
	return -ENOENT;
}

static const struct step {
	const char *what;
	int (*up)(void);
	void (*down)(void);
} steps[] = {
	{ "parameters", ktr_params_init, ktr_params_exit },
	{ "target process", ktr_scope_init, ktr_scope_exit },
	{ "names of functions", NULL, ktr_fn_names_exit },	/* tables have them as keys */
	{ "memory and symbols", init_core, ktr_core_exit },
	{ "ends of threads", ktr_own_task_init, ktr_own_task_exit },
	{ "contexts", ktr_contexts_init, ktr_contexts_exit },
	{ "output", ktr_stream_init, ktr_stream_exit },
	{ "user code", ktr_user_code_init, ktr_user_code_exit },
	{ "files", ktr_proc_init, ktr_proc_exit },
	{ "CPUs", init_cpus, exit_cpus },
	{ "load", ktr_load_init, NULL },
	{ "events", ktr_attach_init, ktr_attach_exit },
	{ "thread", start_script_thread, NULL },
};

static void undo_steps(void)
{
	while (n_done)
		if (steps[--n_done].down)
			steps[n_done].down();
}

int ktr_module_init(void)
{
	ktr_bell_init();
	state = ktr_p_hold ? KTR_STATE_HELD : KTR_STATE_STARTING;
	while (n_done < ARRAY_SIZE(steps)) {
		const struct step *s = &steps[n_done++];	/* counted first: a failed step cleans up too */
		int err = s->up ? s->up() : 0;

		if (err) {
			ktr_pr_err("cannot load: %s: error %d\n", s->what, err);
			undo_steps();
			return err;
		}
	}
	return 0;
}

/* A long trace_end, or thousands of events to detach, are no hung task: idle sleep. kthread_stop() would be one. */
static void end_and_wait(void)
{
	ktr_life_stop();
	wait_event_idle(ended, ktr_state() == KTR_STATE_ENDED);
}

void ktr_module_exit(void)
{
	end_and_wait();
	kthread_stop(ktr_thread);
	ktr_proc_drain();
	WRITE_ONCE(closing, true);
	ktr_bell_sync();
	undo_steps();
	put_task_struct(ktr_thread);
}
