/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps header lines. Pure; the bytes come from anyone. */

#include "transfer/http/http_headers.h"

#include <strings.h>

void http_headers_line(struct http_headers *h, struct str line)
{
	struct str name, value;

	line = str_trim(line);
	if (str_starts(line, STR("HTTP/")))
		h->v.n = 0;
	else if (str_cut(line, ':', &name, &value) && name.n)
		*list_push(h->a, &h->v) = (struct http_header){ str_dup(h->a, name),
								str_dup(h->a, str_trim(value)) };
}

const char *http_headers_get(const struct http_headers *h, const char *name, size_t n)
{
	for (size_t i = 0; i < h->v.n; i++) {
		if (strcasecmp(h->v.v[i].name, name) == 0 && n-- == 0)
			return h->v.v[i].value;
	}
	return NULL;
}
