/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_COMPILE_H
#define MAKE_COMPILE_COMPILE_H

/* Sources become files of the image. A source recipe is compiled in a sealed Debian 13 file system
 * (sandbox.h) and what it installs is kept in the store as a fragment, under a key made of
 * everything that can change the result: the same source is compiled once. */

#include "make/compile/compile_job.h"
#include "make/compile/fragment.h"

/* Gives the fragment of a source, compiling it if the store has none. The packages and source
 * files it needs must be in the store. Contents live in `a`; close with fragment_close. ERR_INPUT
 * when a step fails (after showing the end of its log), ERR_SYSTEM when the sandbox cannot be had.
 */
MUST_CHECK bool compile_source(struct arena *a, const struct compile_request *rq,
			       struct fragment *out, struct error *e);

/* Whether the store has the fragment already: then nothing of its toolchain is needed. Looks at no
 * options. */
MUST_CHECK bool compile_is_cached(struct arena *a, const struct compile_request *rq, bool *cached,
				  struct error *e);

/* Whether the toolchain is laid out: then none of its packages is needed. */
bool compile_has_tools(const struct compile_request *rq);

#endif
