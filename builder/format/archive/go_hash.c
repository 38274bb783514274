/* SPDX-License-Identifier: Apache-2.0 */
/* Contents are hashed as they stream by. */

#include "format/archive/go_hash.h"

#include <stdlib.h>

#define GO_CONTENT_MAX ((uint64_t)2 << 30) /* Go itself takes 500 MiB (module/zip) */

static void go_hash_line(struct hash *list, const struct digest *d, const char *name)
{
	char hex[DIGEST_TEXT];

	digest_hex(d, hex);
	digest_add(list, (struct str){ hex, DIGEST_HEX });
	digest_add(list, STR("  "));
	digest_add(list, str_of(name));
	digest_add(list, STR("\n"));
}

static int compare_zip_members(const void *x, const void *y)
{
	const struct zip_member *const *a = x, *const *b = y;

	return strcmp((*a)->name, (*b)->name);
}

static bool go_hash_member(const struct zip *z, const struct zip_member *m, uint64_t *left,
			   struct digest *out, struct error *e)
{
	AUTO_ZIP_SOURCE from = { .inflate = NULL };
	struct digest_sink to;
	bool ok;

	if (strchr(m->name, '\n'))
		return err_set(e, ERR_INPUT, "a name in it has a line end");
	if (m->size > *left)
		return err_set(e, ERR_INPUT, "its files have more bytes than a module may have");
	*left -= m->size;
	if (!zip_source_open(&from, z, m, e))
		return false;
	digest_sink_init(&to, NULL);
	ok = io_copy(&from.base, &to.base, e);
	*out = to.digest;
	digest_sink_drop(&to);
	return ok;
}

bool go_hash_zip(const struct zip *z, struct digest *out, struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_HASH list = { NULL };
	const struct zip_member **sorted = arena_array(&a, z->members.n, sizeof(*sorted));
	uint64_t left = GO_CONTENT_MAX;
	struct digest one;

	for (size_t i = 0; i < z->members.n; i++)
		sorted[i] = &z->members.v[i];
	qsort(sorted, z->members.n, sizeof(*sorted), compare_zip_members);
	digest_begin(&list);
	for (size_t i = 0; i < z->members.n; i++) {
		if (!go_hash_member(z, sorted[i], &left, &one, e))
			return err_wrap(e, "%s", z->file);
		go_hash_line(&list, &one, sorted[i]->name);
	}
	*out = digest_end(&list);
	return true;
}

bool go_hash_file(int fd, const char *name, struct digest *out, struct error *e)
{
	AUTO_HASH list = { NULL };
	struct digest one;

	if (!digest_fd(fd, name, &one, NULL, e))
		return false;
	digest_begin(&list);
	go_hash_line(&list, &one, name);
	*out = digest_end(&list);
	return true;
}
