/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_BUILD_REMAINS_H
#define MAKE_COMPILE_BUILD_REMAINS_H

/* What a build that failed leaves behind, for who mends its recipe. */

#include "base/arena.h"
#include "base/str.h"

struct build_remains {
	struct arena *a;      /* of all that follows */
	struct str log;	      /* its end */
	const char *step;     /* that failed; "": none, but what is kept is not there; NULL: nothing
				 was compiled */
	struct strings built; /* programs in ELF below the source's folder: "src/app" */
	struct strings installed; /* below ${destdir}: "usr/bin/app" */
	struct strings told;	  /* what a person would have been told of the step */
	const char *warning;	  /* of libraries; or NULL */
};

/* Looks at what is there, before it is removed: `build` is the folder that steps see as /build. No
 * step failed if none was noted. Links are not followed; what cannot be read is passed by. */
void build_remains_take(struct build_remains *r, int build, const char *log_path);

#endif
