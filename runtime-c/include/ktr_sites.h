/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ktr_sites.h - places in user programs and libraries: what the ELF reader (elf/) finds, what emitted C embeds, what
 * ktrun answers, what the kernel home probes. Plain data; the header includes nothing.
 */
#ifndef KTR_SITES_H
#define KTR_SITES_H

#define KTR_SITES_MAX 65536u		/* of one event */
#define KTR_SITE_NAME_MAX 255u		/* bytes of a name, NUL excluded; longer names are cut */
#define KTR_MARKER_ARGS_MAX 12u
#define KTR_FILE_ID_MAX 32u
#define KTR_USER_PATH_MAX 4096u		/* NUL included */

/* Where an argument of a marker lies. */
enum ktr_marker_op {
	KTR_MARK_NONE,		/* it cannot be told: nil */
	KTR_MARK_CONST,		/* value */
	KTR_MARK_REG,		/* register `base`, shifted right by `shift` bits */
	KTR_MARK_MEM		/* memory at value + base + index * scale */
};

/* x86: ax bx cx dx si di bp sp r8 ... r15; arm64: x0 ... x30 sp */
#define KTR_MARK_X86_REGS 16u
#define KTR_MARK_ARM64_REGS 32u
#define KTR_MARK_NO_REG 255u

struct ktr_marker_arg {
	unsigned char op;	/* enum ktr_marker_op */
	signed char size;	/* bytes: 1, 2, 4, 8; negative: signed */
	unsigned char base;	/* KTR_MARK_NO_REG: none */
	unsigned char index;	/* the same */
	unsigned char scale;	/* 1, 2, 4, 8 */
	unsigned char shift;	/* 0 or 8 */
	unsigned char relative;	/* 1: value counts from the marker's own address */
	unsigned char pad;
	long long value;
};

/* One place to probe. */
struct ktr_site {
	unsigned long long offset;	/* in the file */
	unsigned long long counter;	/* file offset of the 16-bit count of users, 0: none */
	const char *name;		/* of the function or marker */
	unsigned int n_args;
	const struct ktr_marker_arg *args;
};

/*
 * Which build of a file it is: n_bytes > 0: these bytes (its build id) at this offset; else its size and ktr_file_hash()
 * of all its bytes.
 */
struct ktr_file_id {
	unsigned long long offset;
	unsigned long long size;
	unsigned long long hash;
	unsigned int n_bytes;
	unsigned char bytes[KTR_FILE_ID_MAX];
};

/* The places of one event in one build of one file. */
struct ktr_sites {
	const char *path;		/* absolute */
	struct ktr_file_id id;
	unsigned int n_sites;
	const struct ktr_site *sites;
};

/*
 * A hash of bytes that come in pieces, each but the last a multiple of 8 long; begin with h = 0. It tells builds apart,
 * it does not resist anybody who wants two to look the same.
 */
static inline unsigned long long ktr_file_hash(unsigned long long h, const unsigned char *p, unsigned long n)
{
	unsigned long i, k;

	for (i = 0; i < n; i += 8) {
		unsigned long long word = 0;

		for (k = 0; k < 8 && i + k < n; k++)
			word |= (unsigned long long)p[i + k] << (8 * k);
		h = (h ^ word) * 0x9e3779b97f4a7c15ull;
		h ^= h >> 29;
	}
	return h;
}

#endif
