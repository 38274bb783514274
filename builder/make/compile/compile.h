/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMPILE_COMPILE_H
#define COMPILE_COMPILE_H

/* Sources become files of the image. A source recipe is compiled in a sealed Debian 13 file system
 * (sandbox.h) and what it installs is kept in the store as a fragment, under a key made of
 * everything that can change the result: the same source is compiled once. */

#include "base/progress.h"
#include "transfer/store/store.h"
#include "input/lock/lock.h"
#include "input/recipe/recipe.h"
#include "make/tree/tree.h"

struct launcher;

/* How to compile. None of it is an input of the result. */
struct compile_options {
	unsigned jobs;			/* 0: all processors, or what make lends (makeflags) */
	bool explain;			/* say which input changed when nothing could be reused */
	bool shell_on_failure;		/* open a shell in the sandbox of a step that failed */
	const struct launcher *launcher;	/* compile through it (launcher.h), or NULL */
	const char *makeflags;		/* $MAKEFLAGS, or NULL: where a jobserver may be (base/jobserver.h) */
};

struct compile_request {
	const struct store *store;
	const struct lock *lock;
	const struct source_recipe *source;
	const struct compile_options *options;
	struct progress *progress;
};

/* Indices of patterns that matched nothing of what was installed. */
struct fragment_unused {
	uint64_t *v;
	size_t n, cap;
};

/* What a source installed: nodes sorted by path, without owner; mtime 0. */
struct fragment {
	struct blob blob;		/* all contents, one after the other */
	struct digest blob_digest;
	list_of(struct node) nodes;
	struct fragment_unused unused_keep, unused_drop;	/* of the source's patterns */
	bool cached;
};

/* Gives the fragment of a source, compiling it if the store has none. The packages and source
 * files it needs must be in the store. Contents live in `a`; close with fragment_close. ERR_INPUT
 * when a step fails (after showing the end of its log), ERR_SYSTEM when the sandbox cannot be had. */
MUST_CHECK bool compile_source(struct arena *a, const struct compile_request *rq,
			       struct fragment *out, struct error *e);
void fragment_close(struct fragment *f);

/* Whether the store has the fragment already: then nothing of its toolchain is needed. Looks at no options. */
MUST_CHECK bool compile_is_cached(struct arena *a, const struct compile_request *rq, bool *cached,
				  struct error *e);

/* The platform that a lock is for. */
const struct platform *compile_platform(const struct lock *lock);

/* The role in the lock of the packages that make up the file system a source is compiled in. */
const char *compile_role(struct arena *a, const struct source_recipe *s);

#endif
