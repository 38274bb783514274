/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_COMPILE_KEY_H
#define MAKE_COMPILE_COMPILE_KEY_H

/* The key of a compiled result: a digest of everything that can change it, and nothing else. */

#include "make/compile/compile_job.h"
#include "transfer/store/history.h"

/* The text the key is the digest of: one "name value" line for each input. Local folders count by
 * their names and bytes. */
MUST_CHECK bool compile_key_text(struct arena *a, const struct compile_request *rq,
				 struct str *text, struct error *e);

/* That digest. ERR_INPUT, ERR_SYSTEM from local files. */
MUST_CHECK bool compile_key_digest(struct arena *a, const struct compile_request *rq,
				   struct digest *key, struct error *e);

/* The digest of all but the files of the source's folder: of how it is compiled. */
MUST_CHECK bool compile_key_setup(struct arena *a, const struct compile_request *rq,
				  struct digest *setup, struct error *e);

/* The same inputs one by one, with the packages of the toolchain, to say later which has changed.
 */
MUST_CHECK bool compile_inputs(struct arena *a, const struct compile_request *rq,
			       struct str key_text, struct history_inputs *out, struct error *e);

#endif
