/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_UNPACK_UNPACK_H
#define MAKE_UNPACK_UNPACK_H

/* Downloads become files of the image. What an archive holds is kept in the store as a fragment,
 * under a key made of its digest and of how it is unpacked: it is read once. */

#include "make/compile/compile_job.h"
#include "make/compile/fragment.h"
#include "make/unpack/unpack_archive.h"

/* Raise it when what is made of the same file changes. */
#define UNPACK_FORMAT 1

/* Gives the fragment of a download (rq->source->unpack.form is set), unpacking it in a jail if the
 * store has none. The file must be in the store. Contents live in `a`; close with fragment_close.
 * ERR_INPUT for an archive that is not as it should be, ERR_VERIFY for a signature that is not
 * good, ERR_SYSTEM. */
MUST_CHECK bool unpack_source(struct arena *a, const struct compile_request *rq,
			      struct fragment *out, struct error *e);

/* Whether the store has the fragment already: then the file is not needed. */
MUST_CHECK bool unpack_is_cached(struct arena *a, const struct compile_request *rq, bool *cached,
				 struct error *e);

/* Unpacks an archive into the store, under a key. ERR_INPUT for one that is not as it should be,
 * ERR_SYSTEM. */
MUST_CHECK bool unpack_in_jail(const struct store *s, struct unpack_archive *x,
			       const struct digest *key, struct error *e);

/* The machine that the image is for, as uname(2) has it. */
const char *unpack_machine(const struct compile_request *rq);

#endif
