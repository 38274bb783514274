/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_SBOM_SBOM_OUTPUT_H
#define INSPECT_SBOM_SBOM_OUTPUT_H

/* A JSON document that goes out while it is being written: no more than a piece of it is in memory.
 */

#include "base/io.h"
#include "format/json/jsonw.h"

struct out {
	struct jsonw w;
	struct buf text;
	struct sink *to;
	struct error *e;
	bool failed;
};

void out_begin(struct out *o, struct arena *a, struct sink *to, struct error *e);

/* Between two elements: what is there goes out, if it is enough to be worth it. */
void out_spill(struct out *o);

/* The end of the text. Tells whether all of it could be written. */
MUST_CHECK bool out_end(struct out *o);

/* A member if there is a value. */
void out_optional(struct out *o, const char *key, const char *value);

/* JSON has no bytes that are not UTF-8: what a path loses is told in hexadecimal, after `prefix`,
 * if it loses anything. */
bool out_is_utf8(struct str s);
void out_path_bytes(struct out *o, const char *key, const char *prefix, const char *path);

#endif
