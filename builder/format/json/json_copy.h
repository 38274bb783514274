/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_JSON_JSON_COPY_H
#define FORMAT_JSON_JSON_COPY_H

/* From a document that was read into one that is written. */

#include "format/json/json.h"
#include "format/json/jsonw.h"

/* Writes a value with all that is in it, its members in their order. ERR_INPUT for one that is
 * nested deeper than jsonw writes. */
MUST_CHECK bool json_copy(struct jsonw *w, const char *key, const struct json_node *n,
			  struct error *e);

#endif
