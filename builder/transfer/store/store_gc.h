/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_STORE_STORE_GC_H
#define TRANSFER_STORE_STORE_GC_H

/* Looking after the store as a whole: removing what nobody used for long, hashing everything. */

#include "transfer/store/store.h"

/* One thing that can be removed by itself: a blob, an action, a root, a log, a compiler's cache. */
struct store_entry {
	const char
		*folder; /* "blobs/sha256", "actions", "roots", "logs", "ccache", "incremental" */
	const char *name;
	uint64_t size;	/* of the file, or of all files below a folder */
	int64_t used;	/* its last use: modification time, seconds since 1970 */
	bool temporary; /* an unfinished ".tmp-" file */
};

struct store_entries {
	struct LIST(struct store_entry) v;
};

struct store_gc_rules {
	uint64_t keep_s;    /* what was used within these seconds stays, unless... */
	uint64_t max_bytes; /* ... the rest is larger than this: then the oldest go */
	bool dry_run;	    /* only say what would go */
	bool for_ci;	    /* toolchain roots and logs go, too, however young: packages that stay
			       make them again; and the caches of --incremental, which CI does not
			       read */
};

struct store_gc_count {
	size_t removed, kept;
	uint64_t removed_bytes, kept_bytes;
};

struct store_gc_result {
	struct store_gc_count all, caches; /* caches: those of compilers among them */
	size_t in_use;			   /* those kept only because a build is running */
	size_t stuck; /* those kept because they cannot be removed; each was told */
};

/* Removes what the rules do not keep, and what dead processes left, also in $TMPDIR. Waits for a
 * store_verify(). What running builds have used or made stays, whatever the rules; builds that
 * begin while it runs alone wait for its end. Only where a build runs that may but read the store,
 * and so cannot mark what it uses, nothing is removed: ERR_SYSTEM. `now`: seconds since 1970. */
MUST_CHECK bool store_gc(struct store *s, const struct store_gc_rules *rules, int64_t now,
			 struct store_gc_result *result, struct error *e);

struct store_check {
	size_t checked, damaged;
	uint64_t bytes;
};

/* Opens every blob and action as a build would, and compares toolchain roots with what they were
 * made of, on all processors: damaged ones are removed, with a warning each. */
MUST_CHECK bool store_verify(const struct store *s, struct store_check *out, struct error *e);

#endif
