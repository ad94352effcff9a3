// SPDX-License-Identifier: GPL-2.0
/*
 * proc.c - the directory /proc/kt2ko/<module>/: made, drained and removed here; who reads what, and waking them.
 */
#include "proc.h"

#include <linux/delay.h>
#include <linux/file.h>
#include <linux/magic.h>
#include <linux/moduleparam.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/workqueue.h>

#define KTR_PUMP_TICKS max_t(unsigned long, HZ / 50, 1)
#define KTR_DRAIN_STEP_MS 10

struct ktr_waits *ktr_waits;

static struct proc_dir_entry *dir;
static unsigned int state_seq;

static DEFINE_MUTEX(claims_lock);
static bool trace_claimed;
static struct cpumask cpus_claimed;
static struct cpumask cpu_files;

/* ---- who reads ---------------------------------------------------------------------------------------------- */

int ktr_proc_claim_trace(void)
{
	int err = -EBUSY;

	mutex_lock(&claims_lock);
	if (!trace_claimed && cpumask_empty(&cpus_claimed)) {
		trace_claimed = true;
		err = 0;
	}
	mutex_unlock(&claims_lock);
	return err;
}

void ktr_proc_unclaim_trace(void)
{
	mutex_lock(&claims_lock);
	trace_claimed = false;
	mutex_unlock(&claims_lock);
}

int ktr_proc_claim_cpu(unsigned int cpu)
{
	int err = -EBUSY;

	mutex_lock(&claims_lock);
	if (!trace_claimed && !cpumask_test_and_set_cpu(cpu, &cpus_claimed))
		err = 0;
	mutex_unlock(&claims_lock);
	return err;
}

void ktr_proc_unclaim_cpu(unsigned int cpu)
{
	mutex_lock(&claims_lock);
	cpumask_clear_cpu(cpu, &cpus_claimed);
	mutex_unlock(&claims_lock);
}

/* An attached reader has not got everything yet. */
static bool reader_behind(void)
{
	bool behind;
	unsigned int cpu;

	mutex_lock(&claims_lock);
	behind = trace_claimed && !ktr_proc_trace_at_end();
	for_each_cpu(cpu, &cpus_claimed)
		behind |= ktr_stream_has_data(cpu);
	mutex_unlock(&claims_lock);
	return behind;
}

void ktr_proc_drain(void)
{
	u64 until = ktime_get_mono_fast_ns() + (u64)ktr_p_linger * NSEC_PER_SEC;

	while (reader_behind() && ktime_get_mono_fast_ns() < until) {
		ktr_proc_wake_readers();
		msleep(KTR_DRAIN_STEP_MS);
	}
}

/* ---- waking them -------------------------------------------------------------------------------------------- */

bool ktr_proc_any_data(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (ktr_stream_has_data(cpu))
			return true;
	return false;
}

/*
 * Handlers never wake a reader for a single record. While somebody waits this work looks for output, and a handler that
 * fills a sub-buffer asks for a wake-up.
 */
static void pump_fn(struct work_struct *work);
static DECLARE_DELAYED_WORK(pump_work, pump_fn);

static void pump_fn(struct work_struct *work)
{
	if (ktr_proc_any_data())
		wake_up_all(&ktr_waits->output);
	if (waitqueue_active(&ktr_waits->output) && !ktr_closing())
		ktr_proc_pump();
}

void ktr_proc_pump(void)
{
	queue_delayed_work(system_wq, &pump_work, KTR_PUMP_TICKS);
}

void ktr_proc_wake_readers(void)
{
	wake_up_all(&ktr_waits->output);
}

void ktr_proc_state_changed(void)
{
	WRITE_ONCE(state_seq, state_seq + 1);
	wake_up_all(&ktr_waits->state);
	wake_up_all(&ktr_waits->output);
}

unsigned int ktr_proc_state_seq(void)
{
	return READ_ONCE(state_seq);
}

/* ---- the directory ------------------------------------------------------------------------------------------ */

/*
 * Whether /proc/kt2ko is there. procfs has no such question for kernel code, and creating a directory twice is
 * answered with a warning. The loader's /proc may be missing or be something else, so it is believed only when it says
 * yes; else a mount of our own is asked.
 */
static int parent_exists(bool *yes)
{
	struct file_system_type *type;
	struct vfsmount *mnt;
	struct path path;
	struct file *file;
	int err;

	*yes = false;
	if (!kern_path("/proc/" KTR_PROC_DIR, LOOKUP_FOLLOW, &path)) {
		*yes = path.dentry->d_sb->s_magic == PROC_SUPER_MAGIC;
		path_put(&path);
	}
	if (*yes)
		return 0;
	type = get_fs_type("proc");
	if (!type)
		return -ENODEV;
	mnt = kern_mount(type);
	module_put(type->owner);
	if (IS_ERR(mnt))
		return PTR_ERR(mnt);
	file = file_open_root_mnt(mnt, KTR_PROC_DIR, O_PATH, 0);
	err = PTR_ERR_OR_ZERO(file);
	*yes = !err;
	if (*yes)
		fput(file);
	kern_unmount(mnt);
	return err == -ENOENT ? 0 : err;	/* without memory nobody knows */
}

/*
 * The directory that all scripts share: whoever comes first makes it, and it stays. The lock of the built-in kernel
 * parameters is borrowed, as the one exported mutex that exists once for all modules.
 */
static int make_parent(void)
{
	bool there;
	int err;

	kernel_param_lock(NULL);
	err = parent_exists(&there);
	if (!err && !there && !proc_mkdir_mode(KTR_PROC_DIR, 0555, NULL))
		err = -ENOMEM;
	kernel_param_unlock(NULL);
	return err;
}

static int make_file(const char *name, umode_t mode, const struct proc_ops *ops, void *data)
{
	return proc_create_data(name, mode, dir, ops, data) ? 0 : -ENOMEM;
}

/* A file with output. For a moment the group is root's, whose members are no strangers. */
static int make_output_file(const char *name, const struct proc_ops *ops, void *data)
{
	bool shared = ktr_p_gid != KTR_NO_GID;
	struct proc_dir_entry *file = proc_create_data(name, shared ? 0440 : 0400, dir, ops, data);

	if (!file)
		return -ENOMEM;
	if (shared)
		proc_set_user(file, GLOBAL_ROOT_UID, KGIDT_INIT(ktr_p_gid));
	return 0;
}

int ktr_proc_add_cpu(unsigned int cpu)
{
	char name[16];
	int err;

	if (cpumask_test_cpu(cpu, &cpu_files))
		return 0;
	snprintf(name, sizeof(name), "cpu%u", cpu);
	err = make_output_file(name, &ktr_proc_cpu_ops, (void *)(unsigned long)cpu);
	if (!err)
		cpumask_set_cpu(cpu, &cpu_files);
	return err;
}

static int make_files(void)
{
	unsigned int cpu;
	int err = make_file("status", 0444, &ktr_proc_status_ops, NULL);

	if (!err)
		err = make_file("control", 0600, &ktr_proc_control_ops, NULL);
	if (!err)
		err = make_output_file("trace", &ktr_proc_trace_ops, NULL);
	if (!err)
		err = make_file(KTR_FORMATS_FILE, 0444, &ktr_proc_formats_ops, NULL);
	if (!err && ktg_script.user_stacks)
		err = make_output_file(KTR_CODE_FILE, &ktr_proc_code_ops, NULL);
	if (!err)
		err = make_file(KTR_RESOLVE_FILE, 0600, &ktr_proc_resolve_ops, NULL);
	/* also for those that may come online later: readers open the files once */
	for_each_present_cpu(cpu)
		if (!err)
			err = ktr_proc_add_cpu(cpu);
	return err;
}

int ktr_proc_init(void)
{
	char path[sizeof(KTR_PROC_DIR) + 1 + MODULE_NAME_LEN];
	int err;

	ktr_waits = kzalloc(sizeof(*ktr_waits), GFP_KERNEL);
	if (!ktr_waits)
		return -ENOMEM;
	init_waitqueue_head(&ktr_waits->output);
	init_waitqueue_head(&ktr_waits->state);
	init_waitqueue_head(&ktr_waits->resolve);
	err = make_parent();
	if (err)
		return err;
	snprintf(path, sizeof(path), KTR_PROC_DIR "/%s", THIS_MODULE->name);
	dir = proc_mkdir_mode(path, 0555, NULL);
	return dir ? make_files() : -ENOMEM;
}

#define KTR_POLLERS_TRIES 100

/* True when nobody is on the queue any more; the pollers leave it when they are woken and find the file gone. */
static bool queue_emptied(wait_queue_head_t *q)
{
	unsigned int i;

	for (i = 0; i < KTR_POLLERS_TRIES; i++) {
		/* the key makes epoll forget the queue; everybody else just wakes */
		__wake_up(q, TASK_NORMAL, 0, poll_to_key(EPOLLHUP | POLLFREE));
		if (!waitqueue_active(q))
			return true;
		msleep(KTR_DRAIN_STEP_MS);
	}
	return false;
}

static void free_waits(void)
{
	bool empty = queue_emptied(&ktr_waits->output);

	empty &= queue_emptied(&ktr_waits->state);
	empty &= queue_emptied(&ktr_waits->resolve);
	if (!empty) {
		/* a frozen poller: leave it the few bytes that it will touch */
		ktr_pr_warn("a task is stuck in poll(); its wait queue is not freed\n");
		return;
	}
	synchronize_rcu();	/* epoll looks at the queue under RCU after POLLFREE */
	kfree(ktr_waits);
}

void ktr_proc_exit(void)
{
	if (!ktr_waits)
		return;
	wake_up_all(&ktr_waits->output);
	wake_up_all(&ktr_waits->state);
	wake_up_all(&ktr_waits->resolve);
	if (dir)
		proc_remove(dir);
	cancel_delayed_work_sync(&pump_work);
	free_waits();
}
