/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_GO_SUM_H
#define FORMAT_TEXT_GO_SUM_H

/* go.sum (go.dev/ref/mod, "go.sum files"): the files of modules that a project may use, each with
 * the hash that it must have. */

#include "base/digest.h"

struct go_sum {
	const char *module, *version; /* "golang.org/x/net", "v0.1.0" */
	bool mod;		      /* its go.mod alone, not the zip of the module */
	const char *path;   /* where a module proxy has it: "golang.org/x/net/@v/v0.1.0.zip" */
	struct digest hash; /* h1: see format/archive/go_hash.h */
	unsigned line;
};

struct go_sums LIST(struct go_sum);

/* Reads the file `file`, in the order of its lines; what is there twice is taken once. ERR_INPUT at
 * the line that is malformed, has another kind of hash, or says something else than a line before
 * it. */
MUST_CHECK bool go_sum_read(struct arena *a, struct str text, const char *file, struct go_sums *out,
			    struct error *e);

/* "h1:..." as go.sum writes it. In `a`. */
const char *go_sum_hash(struct arena *a, const struct digest *hash);

#endif
