/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_COMPILE_JOB_H
#define MAKE_COMPILE_COMPILE_JOB_H

/* One source to be compiled, as every part of this folder is asked about it: what from, with which
 * lock and how; and what that means, its platform and the role of its toolchain in the lock. */

#include <stdatomic.h>

#include "base/progress.h"
#include "transfer/store/store.h"
#include "input/lock/lock.h"
#include "input/recipe/recipe.h"
#include "make/tree/node.h"

struct build_remains;
struct compile_request;
struct deb_decoder;
struct file_digests;
struct fragment;
struct launcher;
struct workplace;

/* How to compile. None of it is an input of the result, but for `incremental`. */
struct compile_options {
	unsigned jobs;	       /* 0: all processors, or what make lends (makeflags) */
	bool explain;	       /* say which input changed when nothing could be reused */
	bool incremental;      /* with compilers' caches (incremental.h): then it is an input */
	bool shell_on_failure; /* open a shell in the sandbox of a step that failed */
	/* told of each result that is used, whether it was compiled now or before; may be NULL */
	void (*used)(void *ctx, const struct compile_request *rq, const struct digest *key,
		     const struct fragment *result);
	void *used_ctx;
	struct build_remains *remains;	 /* of the last build that failed; NULL: nobody asks */
	struct file_digests *digests;	 /* of files in the sources' folders; or NULL */
	const struct launcher *launcher; /* compile through it (launcher.h), or NULL */
	const char
		*makeflags; /* $MAKEFLAGS, or NULL: where a jobserver may be (base/jobserver.h) */
};

/* Files of the image that a source is compiled from (source_recipe.of_image). */
struct composed_files LIST(const struct node *);

struct compile_request {
	const struct store *store;
	const struct lock *lock;
	const struct source_recipe *source;
	const struct compile_options *options;
	struct progress *progress;
	struct deb_decoder *decoder; /* of that store; needed to compile */
	const atomic_bool *stop;     /* when it becomes true, the step that runs is ended, and no
					other is begun; or NULL */

	struct workplace *workplace; /* where the build's folder is left, for the caller to close
					(workplace.h); NULL: it is gone when the result is there */

	bool afresh;	  /* in a folder of its own: none that is kept (kept_tree.h) */
	bool tried_again; /* a step that fails is: nothing is shown of it */

	struct composed_files image; /* sorted by path */

	/* Unpacks a file of the lock into a folder: unpack_folder() of make/unpack/unpack_folder.h,
	 * a room that this one does not see. NULL where nothing is compiled. */
	bool (*unpack)(const struct compile_request *rq, const struct locked_file *f,
		       const struct unpacking *how, int dir, struct error *e);
};

/* The platform that a lock is for. */
const struct platform *compile_platform(const struct lock *lock);

/* The role in the lock of the packages that make up the file system a source is compiled in. */
const char *compile_role(struct arena *a, const struct source_recipe *s);

#endif
