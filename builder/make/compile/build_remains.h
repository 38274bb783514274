/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_BUILD_REMAINS_H
#define MAKE_COMPILE_BUILD_REMAINS_H

/* What a build that failed leaves behind, for who mends its recipe. */

#include <pthread.h>

#include "base/arena.h"
#include "base/str.h"

/* Sources are compiled beside each other and beside other work: while they are, only the functions
 * below touch it, and nobody else the arena. */
struct build_remains {
	pthread_mutex_t lock;
	struct arena *a;      /* of all that follows */
	struct str log;	      /* its end */
	const char *step;     /* that failed; "": none, but what is kept is not there; NULL: nothing
				 was compiled */
	struct strings built; /* programs in ELF below the source's folder: "src/app" */
	struct strings installed; /* below ${destdir}: "usr/bin/app" */
	struct strings told;	  /* what a person would have been told of the step */
	const char *warning;	  /* of libraries; or NULL */
};

#define BUILD_REMAINS_INIT(arena) { .lock = PTHREAD_MUTEX_INITIALIZER, .a = (arena) }

/* A line for a person; the step that failed; a warning. They are copied. */
void build_remains_tell(struct build_remains *r, const char *line);
void build_remains_name_step(struct build_remains *r, const char *step);
void build_remains_warn(struct build_remains *r, const char *text);

/* Looks at what is there, before it is removed: `build` is the folder that steps see as /build. No
 * step failed if none was noted. Links are not followed; what cannot be read is passed by. */
void build_remains_take(struct build_remains *r, int build, const char *log_path);

#endif
