/* SPDX-License-Identifier: Apache-2.0 */
/* Folders are left out: those of the image are made by what is in them. */

#include "make/unpack/unpacked.h"

#include <stdlib.h>

#include "base/path.h"

#define INDEX_MAX ((size_t)256 << 20)

void unpacked_begin(struct unpack_writer *u, struct arena *a, const struct unpacking *how,
		    const char *name, uint64_t budget, struct sink *out)
{
	*u = (struct unpack_writer){ .a = a, .how = how, .out = out };
	frame_sink_init(&u->frames, out, UNPACKED_CONTENT);
	limit_sink_init(&u->content, &u->frames.base, budget, name);
}

bool unpacked_place(const struct unpack_writer *u, const char *name, const char **out,
		    struct error *e)
{
	const char *path, *to;

	if (!path_normalise(u->a, str_of(name), &path, e) ||
	    !path_normalise(u->a, str_of(u->how->to), &to, e))
		return false;
	for (uint64_t i = 0; path && i < u->how->strip; i++) {
		const char *slash = strchr(path, '/');

		path = slash ? slash + 1 : NULL;
	}
	*out = path && path[0] ? arena_printf(u->a, "%s%s%s", to, to[0] ? "/" : "", path) : NULL;
	return true;
}

void unpacked_note_file(struct unpack_writer *u, const char *path, bool executable, uint64_t offset,
			uint64_t size)
{
	*list_push(u->a, &u->fragment.nodes) = (struct node){ .path = path,
							      .type = NODE_FILE,
							      .mode = executable ? 0755 : 0644,
							      .content = { .offset = offset,
									   .size = size } };
}

void unpacked_note_link(struct unpack_writer *u, const char *path, const char *target)
{
	*list_push(u->a, &u->fragment.nodes) =
		(struct node){ .path = path, .type = NODE_LINK, .mode = 0777, .target = target };
}

bool unpacked_add_file(struct unpack_writer *u, const char *path, bool executable,
		       struct source *from, struct digest *digest, struct error *e)
{
	uint64_t offset = u->content.given;
	AUTO_HASH hash = { NULL };
	struct str chunk;
	int got;

	digest_begin(&hash);
	while ((got = from->next(from, &chunk, e)) == 1) {
		digest_add(&hash, chunk);
		if (!u->content.base.write(&u->content.base, chunk, e))
			return false;
	}
	if (got < 0)
		return false;
	if (digest)
		*digest = digest_end(&hash);
	unpacked_note_file(u, path, executable, offset, u->content.given - offset);
	return true;
}

static int compare_unpacked(const void *a, const void *b)
{
	return strcmp(((const struct node *)a)->path, ((const struct node *)b)->path);
}

bool unpacked_finish(struct unpack_writer *u, struct error *e)
{
	struct fragment *f = &u->fragment;
	struct buf text = { .a = u->a, .max = INDEX_MAX };

	if (f->nodes.n == 0)
		return err_set(e, ERR_INPUT, "%s has no files%s", u->content.name,
			       u->how->strip ? " below what \"strip\" takes away" : "");
	qsort(f->nodes.v, f->nodes.n, sizeof(*f->nodes.v), compare_unpacked);
	for (size_t i = 1; i < f->nodes.n; i++) {
		if (compare_unpacked(&f->nodes.v[i - 1], &f->nodes.v[i]) == 0)
			return err_set(e, ERR_INPUT, "%s: /%s is there twice", u->content.name,
				       f->nodes.v[i].path);
	}
	f->size = u->content.given;
	fragment_index_put(f, &text);
	if (text.overflow)
		return err_set(e, ERR_INPUT, "%s: the list of its files is too large",
			       u->content.name);
	return frame_put(u->out, UNPACKED_INDEX, buf_str(&text), e);
}
