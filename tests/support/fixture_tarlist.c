/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of tar streams for tests. */

#include "support/fixture_tarlist.h"

#include <string.h>

#include "support/gen_deb.h"

bool tarlist_read(struct arena *a, struct str bytes, bool pax, struct tar_list *out,
		  struct error *e)
{
	struct tar_options options = { .pax = pax };
	struct str_source from;

	str_source_init(&from, bytes, "x.tar");
	return tar_read_all(a, &from.base, &options, out, e);
}

const struct tar_entry *tarlist_find(const struct tar_list *l, const char *path)
{
	for (size_t i = 0; i < l->entries.n; i++) {
		if (strcmp(l->entries.v[i].path, path) == 0)
			return &l->entries.v[i];
	}
	return NULL;
}

struct str tarlist_inner(struct buf *t)
{
	struct buf b = { .a = t->a };

	debgen_tar_file(&b, "./inner", "smuggled");
	return buf_str(&b);
}
