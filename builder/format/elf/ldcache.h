/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ELF_LDCACHE_H
#define FORMAT_ELF_LDCACHE_H

/* /etc/ld.so.cache in glibc's new format ("glibc-ld.so.cache1.1", the only one that glibc writes
 * since 2.32): a sorted list of library names and the paths where they are. glibc,
 * sysdeps/generic/dl-cache.h and elf/cache.c; there is no other specification. */

#include "base/buf.h"
#include "format/elf/elf.h"
#include "format/machine/machine.h"

struct ldcache_entry {
	const char *soname; /* the name that programs need: "libz.so.1" */
	const char *path;   /* absolute: "/usr/lib/x86_64-linux-gnu/libz.so.1" */
	uint32_t flags;	    /* ldcache_flags() */
	uint64_t hwcap;	    /* 0: for any processor */
	const char *hwcaps; /* of glibc-hwcaps: "x86-64-v3"; else NULL */
};

struct ldcache {
	bool big_endian;
	struct LIST(struct ldcache_entry) entries;
	const char *generator; /* what wrote it, if it says so; else NULL */
};

/* The flags of a library: its calling convention as ldconfig numbers it, or 0 for a machine that
 * is not in the table (machine.h). */
uint32_t ldcache_flags(const struct elf *elf);

/* The order of names in the cache: by bytes, but runs of digits by their value. As the loader's
 * binary search compares, so it must not be improved upon. */
int ldcache_compare(const char *a, const char *b);

/* Sorts the entries (of equal name and flags the earlier one stays first and wins in the loader)
 * and writes the file. `generator` may be NULL. The bytes equal those of ldconfig for the same
 * entries and generator. */
void ldcache_write(struct arena *a, struct ldcache *cache, struct buf *out);

/* Reads a cache, in the order of the file. ERR_INPUT if it is malformed; a file in the old format
 * only is malformed, too: Debian 13's loader does not read it either. */
MUST_CHECK bool ldcache_read(struct arena *a, struct str bytes, struct ldcache *out,
			     struct error *e);

/* What the loader of a machine would find under this name, on a processor that has the `hwcaps`
 * least folders of glibc-hwcaps; NULL: nothing. */
const struct ldcache_entry *ldcache_find(const struct ldcache *cache, const char *soname,
					 const struct machine *m, size_t hwcaps);

#endif
