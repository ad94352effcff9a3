/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ktr_sizes.h - what a script's data takes in memory, in numbers that the translator can tell people (kt2ko --explain). The
 * runtime asserts each number where it defines what is counted. Bytes, on machines of 64 bits.
 */
#ifndef KTR_SIZES_H
#define KTR_SIZES_H

/* variables */
#define KTR_SIZE_NUMBER 8	/* a shared number, or its part of one CPU */
#define KTR_SIZE_VALUE 16	/* in a frame's slot */
#define KTR_SIZE_CELL 24	/* shared, with its lock */
#define KTR_SIZE_BOX 32		/* captured */
#define KTR_SIZE_OWN 40		/* the element t[tid] of a thread */
#define KTR_SIZE_SPREAD 1104	/* a histogram of which each CPU has its own, of one CPU */

/* tables */
#define KTR_SIZE_TABLE 112
#define KTR_SIZE_ENTRY 32	/* an element */
#define KTR_SIZE_BUCKET 8	/* one for each element */
#define KTR_SIZE_TEXT 17	/* of kept texts, stacks and keys of several parts, besides their bytes */
#define KTR_SIZE_PART 16	/* a number in a key of several parts; texts: 8 and their bytes, rounded up to 8 */
#define KTR_SIZE_FRAME 8	/* an address of a stack */
#define KTR_SIZE_AGG 48		/* avg() and the like; stddev(), stats(), lhist() have more words, histograms a word a bucket */
#define KTR_SIZE_AGG_WORD 8

/*
 * Elements that quick handlers add to: a way leads from a statement to an element, and each CPU has cells for it, of
 * KTR_SIZE_NUMBER. Both are made in chunks of so many, of which there are KTR_WAYS_CHUNKS at most: for numbers (count, sum, min
 * and max too), for avg, stddev and stats, and for hist.
 */
#define KTR_SIZE_WAY 72
#define KTR_WAYS_CHUNK 256
#define KTR_SIZE_STATS_WAY 144
#define KTR_STATS_WAYS_CHUNK 32
#define KTR_STATS_CELLS 9
#define KTR_SIZE_HIST_WAY 640
#define KTR_HIST_WAYS_CHUNK 16
#define KTR_HIST_CELLS 70
#define KTR_WAYS_CHUNKS 64
#define KTR_SIZE_ADDER_SLOTS 4096	/* of a statement whose key differs from event to event */

/* a module's contexts: what they take at most */
#define KTR_SIZE_CPU_CONTEXTS (4 * 52 * 1024)	/* of one CPU: a context for each level */
#define KTR_SIZE_THREAD_CONTEXT (704 * 1024)	/* of the script's own thread */

/* of a module whose script takes user stacks: the files that their frames lie in, at most; their paths besides */
#define KTR_SIZE_USER_FILES (96 * 1024)

#endif
