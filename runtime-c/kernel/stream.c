// SPDX-License-Identifier: GPL-2.0
/*
 * stream.c - output: one relay channel, a buffer per CPU.
 *
 * Writing: with interrupts off a record is reserved in this CPU's buffer, filled, and then published: `published` holds
 * how far the buffer is complete, as sub-buffer number and offset. Readers go by that alone. (relay's own read()
 * follows relay's write position, which moves before the bytes are there, and while a sub-buffer is being switched it
 * can be taken for a buffer that is one sub-buffer ahead.)
 *
 * When the buffer is full, or there was too much output in this second, records are dropped. Nothing fits again before a
 * new sub-buffer can begin, so the loss is told by a record at the start of that one, written in relay's subbuf_start
 * callback.
 *
 * In NMI relay is forbidden: it may have interrupted a write. There records go to a small ring of their own that the
 * same CPU empties, with interrupts off, before its next record or from irq_work, whatever is first.
 */
#include "home.h"

#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/relay.h>
#include <linux/timekeeping.h>

#define KTR_NMI_RING_BYTES 32768u	/* a power of two */
#define KTR_MIN_SUBBUFS 2
#define KTR_MAX_SUBBUF (256u * 1024)
#define KTR_MIN_SUBBUF 16384u		/* the longest record and a note of a loss fit */
#define KTR_MIN_RATE 65536u		/* some sub-buffers a second */
#define KTR_OFFSET_BITS 20		/* of a position; an offset may be KTR_MAX_SUBBUF */

static_assert(KTR_MIN_SUBBUF > KTR_REC_MAX_PAYLOAD + 128);
static_assert(KTR_OUT_HEADROOM == sizeof(struct ktr_rec));

/* A note of a loss as it stands in the stream. */
struct lost_note {
	struct ktr_rec rec;
	struct ktr_rec_lost lost;
};

/* Ring of one CPU: written in NMI only, read by the same CPU with interrupts off. */
struct nmi_ring {
	u32 head;			/* bytes written */
	u32 tail;			/* bytes read */
	unsigned long dropped;		/* written in NMI only */
	unsigned long dropped_seen;
	char bytes[KTR_NMI_RING_BYTES];
};

struct stream {
	/* this CPU, interrupts off */
	u64 last_time;
	unsigned long lost;		/* all; NMI's not yet noticed ones excluded */
	unsigned long over_rate;	/* of them, those that were too much in a second */
	unsigned long lost_told;	/* what of both was told in the stream */
	unsigned long over_rate_told;
	struct rchan_buf *buf;		/* relay's; NULL: the CPU has never been online */
	struct nmi_ring *nmi;		/* the same */
	u32 nmi_news;			/* set in NMI: its ring has records, or lost some */
	struct irq_work nmi_work;
	u32 in_flight;
	u64 second;			/* when the running one began */
	u64 rest;			/* bytes that may still be written in it */
	bool too_fast;			/* that is why there is no room */

	/* from writer to reader: position() of the first byte that is not complete */
	u64 published;

	/* reader */
	u64 seq ____cacheline_aligned_in_smp;
	u32 offset;
	u32 tail_left;			/* of the note below, made when the script has ended */
	struct lost_note tail;
};

static struct rchan *chan;
static struct stream __percpu *streams;
static u64 rate;			/* bytes of one CPU in a second, 0: any */

static u64 position(u64 seq, u32 offset)
{
	return seq << KTR_OFFSET_BITS | offset;
}

static struct rchan_buf *buffer_of(unsigned int cpu)
{
	return *per_cpu_ptr(chan->buf, cpu);
}

/* ---- writing ------------------------------------------------------------------------------------------------ */

/*
 * Whether the CPU may write another sub-buffer. Only here the limit is looked at, so records pay nothing for it; what is
 * over it finds no room in the last one.
 */
static bool has_rest(struct stream *s)
{
	u64 now = ktime_get_mono_fast_ns();

	if (now - s->second >= NSEC_PER_SEC) {
		s->second = now;
		s->rest = rate;
	}
	if (s->rest < chan->subbuf_size)
		return false;
	s->rest -= chan->subbuf_size;
	return true;
}

static void write_note(struct stream *s, struct lost_note *note)
{
	note->rec.time = s->last_time;
	note->rec.size = sizeof(note->lost);
	note->rec.kind = KTR_REC_LOST;
	note->rec.flags = 0;
	note->lost.count = s->lost - s->lost_told;
	note->lost.over_rate = s->over_rate - s->over_rate_told;
	s->lost_told = s->lost;
	s->over_rate_told = s->over_rate;
}

static int subbuf_start(struct rchan_buf *buf, void *subbuf, void *prev_subbuf, size_t prev_padding)
{
	struct stream *s;
	struct lost_note *note = subbuf;

	if (!prev_subbuf)	/* the buffer is being made */
		return 1;
	s = this_cpu_ptr(streams);
	s->too_fast = false;
	if (relay_buf_full(buf))
		return 0;
	if (unlikely(rate) && !has_rest(s)) {
		s->too_fast = true;
		return 0;
	}
	if (s->lost != s->lost_told) {
		write_note(s, note);
		subbuf_start_reserve(buf, sizeof(*note));
	}
	/* With a reader waiting for output, a full sub-buffer is worth a wake-up. */
	ktr_ring_bell(KTR_BELL_READERS);
	return 1;
}

/*
 * The channel has no files of relay's own: with a NULL base name relay asks once for each buffer, with a NULL file name,
 * and wants something that is neither NULL nor an error; it does not look at it.
 */
static struct dentry *create_buf_file(const char *filename, struct dentry *parent, umode_t mode, struct rchan_buf *buf,
				      int *is_global)
{
	return (struct dentry *)buf;
}

static int remove_buf_file(struct dentry *dentry)
{
	return 0;
}

static const struct rchan_callbacks relay_callbacks = {
	.subbuf_start = subbuf_start,
	.create_buf_file = create_buf_file,
	.remove_buf_file = remove_buf_file,
};

/* Time of the next record: ascending within the stream, though a record from NMI may have been delayed. */
static u64 next_time(struct stream *s, u64 time)
{
	if (time < s->last_time)
		time = s->last_time;
	s->last_time = time;
	return time;
}

static __always_inline void publish(struct stream *s, const struct rchan_buf *buf)
{
	u32 offset = buf->offset;

	/* relay marks a buffer that could not switch by an offset past the end; the sub-buffer did not begin then */
	if (offset > chan->subbuf_size)
		offset = 0;
	smp_store_release(&s->published, position(buf->subbufs_produced, offset));
}

/*
 * Room for n bytes, NULL: counted as lost. Interrupts off. Functions that relay calls when it begins a sub-buffer can be probed;
 * their handlers must not write in the middle of that.
 */
static noinline void *take_room_slowly(struct stream *s, u32 n)
{
	unsigned int level = interrupt_context_level();
	u8 busy = this_cpu_read(ktr_guard.busy[level]);
	void *p;

	this_cpu_write(ktr_guard.busy[level], 1);
	barrier();
	p = relay_reserve(chan, n);
	barrier();
	this_cpu_write(ktr_guard.busy[level], busy);
	if (unlikely(!p)) {
		s->lost++;
		s->over_rate += s->too_fast;
		ktr_count(s->too_fast ? KTR_STAT_OUT_RATE : KTR_STAT_RING_FULL);
	}
	return p;
}

static __always_inline void *take_room(struct stream *s, struct rchan_buf *buf, u32 n)
{
	void *p = buf->data + buf->offset;

	if (unlikely(buf->offset + n > chan->subbuf_size))
		return take_room_slowly(s, n);
	buf->offset += n;
	return p;
}

/* Room for one record, header filled in, padding zeroed; NULL: counted as lost. Interrupts off. */
static void *reserve(struct stream *s, u64 time, u16 kind, u16 flags, u32 len)
{
	u32 padded = ALIGN(len, KTR_REC_ALIGN);
	struct ktr_rec *rec = take_room(s, *this_cpu_ptr(chan->buf), sizeof(*rec) + padded);

	if (unlikely(!rec))
		return NULL;
	rec->time = time;
	rec->size = len;
	rec->kind = kind;
	rec->flags = flags;
	if (padded != len)
		memset((char *)(rec + 1) + padded - KTR_REC_ALIGN, 0, KTR_REC_ALIGN);
	return rec + 1;
}

/* ---- NMI ---------------------------------------------------------------------------------------------------- */

static void ring_copy_in(struct nmi_ring *r, u32 at, const void *src, u32 n)
{
	u32 from = at & (KTR_NMI_RING_BYTES - 1);
	u32 first = min(n, KTR_NMI_RING_BYTES - from);

	memcpy(r->bytes + from, src, first);
	memcpy(r->bytes, (const char *)src + first, n - first);
}

static void ring_copy_out(const struct nmi_ring *r, u32 at, void *dst, u32 n)
{
	u32 from = at & (KTR_NMI_RING_BYTES - 1);
	u32 first = min(n, KTR_NMI_RING_BYTES - from);

	memcpy(dst, r->bytes + from, first);
	memcpy((char *)dst + first, r->bytes, n - first);
}

static void nmi_emit(struct stream *s, struct ktr_rec *rec, u32 len)
{
	struct nmi_ring *r = s->nmi;
	u32 need = sizeof(*rec) + ALIGN(len, KTR_REC_ALIGN);

	WRITE_ONCE(s->nmi_news, 1);
	if (need > KTR_NMI_RING_BYTES - (r->head - READ_ONCE(r->tail))) {
		WRITE_ONCE(r->dropped, r->dropped + 1);
		ktr_count(KTR_STAT_RING_FULL);
		return;
	}
	ring_copy_in(r, r->head, rec, sizeof(*rec) + len);
	barrier();	/* same CPU: only the compiler could reorder */
	WRITE_ONCE(r->head, r->head + need);
	irq_work_queue(&s->nmi_work);
}

/* Moves what NMIs left into the stream. Interrupts off; an NMI may add to the ring meanwhile. */
static void drain_nmi(struct stream *s)
{
	struct nmi_ring *r = s->nmi;
	unsigned long dropped;

	WRITE_ONCE(s->nmi_news, 0);
	barrier();	/* what comes after this is either seen here or told again */
	dropped = READ_ONCE(r->dropped);
	s->lost += dropped - r->dropped_seen;
	r->dropped_seen = dropped;
	while (r->tail != READ_ONCE(r->head)) {
		struct ktr_rec rec;
		void *payload;

		ring_copy_out(r, r->tail, &rec, sizeof(rec));
		payload = reserve(s, next_time(s, rec.time), rec.kind, rec.flags, rec.size);
		if (payload)
			ring_copy_out(r, r->tail + sizeof(rec), payload, rec.size);
		publish(s, *this_cpu_ptr(chan->buf));
		barrier();
		WRITE_ONCE(r->tail, r->tail + sizeof(rec) + ALIGN(rec.size, KTR_REC_ALIGN));
	}
}

static void nmi_work_fn(struct irq_work *work)
{
	struct stream *s = container_of(work, struct stream, nmi_work);
	unsigned long flags = ktr_port_irq_save();

	/* the work of another CPU's stream would only be run here if that CPU went offline: leave its ring alone */
	if (s == this_cpu_ptr(streams)) {
		WRITE_ONCE(s->in_flight, 1);
		barrier();
		drain_nmi(s);
		barrier();
		WRITE_ONCE(s->in_flight, 0);
	}
	ktr_port_irq_restore(flags);
}

/* ---- the port's function ------------------------------------------------------------------------------------ */

/*
 * Longer output is cut into records that follow each other immediately: interrupts stay off, so that no other record
 * of this CPU comes between them.
 */
static void emit_pieces(struct stream *s, u16 kind, u16 flags, const char *text, u32 len)
{
	u64 time = next_time(s, ktime_get_mono_fast_ns());

	do {
		u32 n = min(len, KTR_REC_MAX_PAYLOAD);
		u16 more = n < len ? KTR_RF_MORE : 0;
		void *payload = reserve(s, time, kind, flags | more, n);

		if (likely(payload))
			memcpy(payload, text, n);
		text += n;
		len -= n;
	} while (unlikely(len));
}

void ktr_port_emit(struct ktr_ctx *c, u16 kind, u16 flags, void *rec, u32 len)
{
	struct stream *s;
	unsigned long irq = ktr_port_irq_save();

	s = this_cpu_ptr(streams);
	if (unlikely(c->level == KTR_LEVEL_NMI)) {
		/* an event handler's context, so this CPU has a ring */
		struct ktr_rec *head = rec;

		head->time = ktime_get_mono_fast_ns();
		head->size = min(len, KTR_REC_MAX_PAYLOAD);
		head->kind = kind;
		head->flags = flags;
		nmi_emit(s, head, head->size);
	} else if (likely(s->nmi && *this_cpu_ptr(chan->buf))) {
		WRITE_ONCE(s->in_flight, 1);
		barrier();
		if (unlikely(READ_ONCE(s->nmi_news)))
			drain_nmi(s);
		emit_pieces(s, kind, flags, (char *)rec + KTR_OUT_HEADROOM, len);
		publish(s, *this_cpu_ptr(chan->buf));
		barrier();
		WRITE_ONCE(s->in_flight, 0);
	}
	ktr_port_irq_restore(irq);
}

static __always_inline void copy_words(u64 *to, const u64 *from, const u64 *end)
{
	while (from != end)
		*to++ = *from++;
}

static noinline void quick_print_in_nmi(struct stream *s, u64 *rec, u32 size, u64 what)
{
	struct ktr_rec *head = (struct ktr_rec *)rec;

	*head = (struct ktr_rec){ ktime_get_mono_fast_ns(), size, KTR_REC_FORMAT, 0 };
	rec[KTR_LATE_HEAD - 1] = what;
	nmi_emit(s, head, size);
}

/* A quick handler found the guard open, so this CPU has a buffer and a ring, and no other handler is writing. */
void ktr_quick_print(u64 *rec, u64 *end, u32 format, u32 tags)
{
	u32 size = (const char *)end - (const char *)rec;
	u64 what = (u64)tags << 32 | format;
	struct stream *s;
	unsigned long irq;
	u64 *to, time;

	raw_local_irq_save(irq);
	s = this_cpu_ptr(streams);
	if (unlikely(in_nmi())) {
		quick_print_in_nmi(s, rec, size - sizeof(struct ktr_rec), what);
	} else {
		WRITE_ONCE(s->in_flight, 1);
		barrier();
		if (unlikely(READ_ONCE(s->nmi_news)))
			drain_nmi(s);
		time = next_time(s, ktime_get_mono_fast_ns());
		to = take_room(s, s->buf, size);
		if (likely(to)) {
			*(struct ktr_rec *)to = (struct ktr_rec){ time, size - sizeof(struct ktr_rec), KTR_REC_FORMAT, 0 };
			to[KTR_LATE_HEAD - 1] = what;
			copy_words(to + KTR_LATE_HEAD, rec + KTR_LATE_HEAD, end);
		}
		publish(s, s->buf);
		barrier();
		WRITE_ONCE(s->in_flight, 0);
	}
	raw_local_irq_restore(irq);
}

/* ---- reading ------------------------------------------------------------------------------------------------ */

/* Steps over finished sub-buffers, giving them back; the bytes that can be read. */
static u32 readable(unsigned int cpu, struct stream *s, struct rchan_buf *buf)
{
	for (;;) {
		u64 pub = smp_load_acquire(&s->published);
		u32 end;

		if (s->seq == pub >> KTR_OFFSET_BITS)
			return (pub & (BIT(KTR_OFFSET_BITS) - 1)) - s->offset;
		end = chan->subbuf_size - buf->padding[s->seq % chan->n_subbufs];
		if (s->offset < end)
			return end - s->offset;
		s->seq++;
		s->offset = 0;
		smp_mb();	/* our reads of the sub-buffer come before the writer may reuse it */
		relay_subbufs_consumed(chan, cpu, 1);
	}
}

/* After the end nothing will be written, so what was not told yet is told by a note that is not in the buffer. */
static bool make_tail(struct stream *s)
{
	if (s->tail_left)
		return true;
	if (!s->nmi || ktr_state() != KTR_STATE_ENDED)
		return false;
	s->lost += s->nmi->dropped - s->nmi->dropped_seen;
	s->nmi->dropped_seen = s->nmi->dropped;
	if (s->lost == s->lost_told)
		return false;
	write_note(s, &s->tail);
	s->tail_left = sizeof(s->tail);
	return true;
}

bool ktr_stream_peek(unsigned int cpu, const void **p, u32 *n)
{
	struct stream *s = per_cpu_ptr(streams, cpu);
	struct rchan_buf *buf = buffer_of(cpu);

	if (!buf)
		return false;
	*n = readable(cpu, s, buf);
	if (*n) {
		*p = buf->start + (s->seq % chan->n_subbufs) * chan->subbuf_size + s->offset;
		return true;
	}
	if (!make_tail(s))
		return false;
	*n = s->tail_left;
	*p = (const char *)(&s->tail + 1) - s->tail_left;
	return true;
}

void ktr_stream_consume(unsigned int cpu, u32 n)
{
	struct stream *s = per_cpu_ptr(streams, cpu);

	if (s->tail_left) {
		s->tail_left -= n;
		return;
	}
	s->offset += n;
	readable(cpu, s, buffer_of(cpu));	/* gives back what is finished now */
}

bool ktr_stream_has_data(unsigned int cpu)
{
	struct stream *s = per_cpu_ptr(streams, cpu);

	if (!buffer_of(cpu))
		return false;
	return smp_load_acquire(&s->published) != position(READ_ONCE(s->seq), READ_ONCE(s->offset)) ||
	       READ_ONCE(s->tail_left) ||
	       (ktr_state() == KTR_STATE_ENDED && s->lost != s->lost_told);
}

bool ktr_stream_in_flight(unsigned int cpu)
{
	return READ_ONCE(per_cpu_ptr(streams, cpu)->in_flight);
}

u64 ktr_stream_bytes(void)
{
	unsigned int cpu;
	u64 sum = 0;

	for_each_possible_cpu(cpu) {
		if (per_cpu_ptr(streams, cpu)->nmi)
			sum += sizeof(struct nmi_ring);
		if (buffer_of(cpu))
			sum += chan->alloc_size;
	}
	return sum;
}

/* ---- life --------------------------------------------------------------------------------------------------- */

static u32 subbuf_bytes(u64 buffer)
{
	u64 bytes = clamp_t(u64, buffer / 8, KTR_MIN_SUBBUF, KTR_MAX_SUBBUF);

	return rounddown_pow_of_two(bytes);
}

int ktr_stream_add_cpu(unsigned int cpu)
{
	struct stream *s = per_cpu_ptr(streams, cpu);

	if (!s->nmi)
		s->nmi = kvzalloc_node(sizeof(*s->nmi), GFP_KERNEL, cpu_to_node(cpu));
	/* relay prepares a CPU before we do, and keeps what it has */
	s->buf = buffer_of(cpu);
	return s->nmi && s->buf ? 0 : -ENOMEM;
}

int ktr_stream_init(void)
{
	u64 buffer = (u64)ktr_limits[KTR_LIM_BUFFER_KB] * 1024;
	u32 subbuf;
	unsigned int cpu;

	rate = (u64)ktr_limits[KTR_LIM_OUTPUT_KB] * 1024;
	if (rate)
		rate = max_t(u64, rate, KTR_MIN_RATE);
	/* the smaller a sub-buffer, the better the rate is kept */
	subbuf = subbuf_bytes(rate ? min(buffer, 2 * rate) : buffer);
	streams = alloc_percpu(struct stream);
	if (!streams)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		per_cpu_ptr(streams, cpu)->nmi_work = IRQ_WORK_INIT_HARD(nmi_work_fn);
	chan = relay_open(NULL, NULL, subbuf, max_t(u64, buffer / subbuf, KTR_MIN_SUBBUFS), &relay_callbacks, NULL);
	return chan ? 0 : -ENOMEM;
}

void ktr_stream_exit(void)
{
	unsigned int cpu;

	if (!streams)
		return;
	for_each_possible_cpu(cpu) {
		struct stream *s = per_cpu_ptr(streams, cpu);

		if (s->nmi) {
			irq_work_sync(&s->nmi_work);
			kvfree(s->nmi);
		}
	}
	if (chan)
		relay_close(chan);
	free_percpu(streams);
}
