/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_CACHE_ACTION_RESULT_H
#define TRUST_CACHE_ACTION_RESULT_H

/* An entry of a cache in the form that bazel-remote checks and plain stores keep: the JSON of an
 * ActionResult (remote execution API v2). It names the blobs, so that the server keeps them with
 * it; the record stands in stdoutRaw, and is all that is read of it. */

#include "trust/cache/cache_record.h"

#define ACTION_RESULT_MAX (1u << 20)

/* Of a record (its text as it is kept). */
struct str action_result_text(struct arena *a, const struct cache_record *r, struct str record);

/* The record's text. ERR_INPUT for what is not such a document. */
MUST_CHECK bool action_result_read(struct arena *a, struct str text, struct str *record,
				   struct error *e);

#endif
