/* SPDX-License-Identifier: Apache-2.0 */
/* The go command takes all of them as one, too (modload.LoadModFile). */

#include "input/recipe/go_workspace.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "base/path.h"
#include "format/text/go_mod.h"
#include "format/text/go_sum.h"

#define GO_SUM_MAX (16u << 20)

bool go_workspace_add_sums(struct arena *a, struct str text, const char *file,
			   struct dependencies *out, struct error *e)
{
	struct go_sums sums = { NULL, 0, 0 };

	if (!go_sum_read(a, text, file, &sums, e))
		return false;
	list_each(s, &sums)
		*list_push(a, &out->v) = (struct dependency){ .name = s->module,
							      .version = s->version,
							      .path = s->path,
							      .hash = s->hash,
							      .lock = file,
							      .line = s->line };
	return true;
}

static bool workspace_add_file(struct arena *a, const char *file, struct dependencies *out,
			       struct strings *inputs, struct buf *texts, struct error *e)
{
	struct str text;

	if (access(file, F_OK) != 0)
		return true;
	if (!io_read_file(a, AT_FDCWD, file, GO_SUM_MAX, &text, e) ||
	    !go_workspace_add_sums(a, text, file, out, e))
		return false;
	*list_push(a, inputs) = file;
	buf_add(texts, text);
	return true;
}

static int compare_sums(const void *x, const void *y)
{
	const struct dependency *a = x, *b = y;

	return strcmp(a->path, b->path);
}

/* What two files name is taken once. */
static bool workspace_join(struct dependencies *out, struct error *e)
{
	size_t n = 0;

	if (out->v.n)
		qsort(out->v.v, out->v.n, sizeof(*out->v.v), compare_sums);
	for (size_t i = 0; i < out->v.n; i++) {
		const struct dependency *d = &out->v.v[i], *before = n ? &out->v.v[n - 1] : NULL;

		if (!before || strcmp(before->path, d->path) != 0) {
			out->v.v[n++] = *d;
		} else if (!digest_eq(&before->hash, &d->hash)) {
			err_set(e, ERR_INPUT, "%s %s has another hash in %s:%u", d->name,
				d->version, before->lock, before->line);
			return err_at(e, d->lock, d->line, 1);
		}
	}
	out->v.n = n;
	return true;
}

bool go_workspace_read(struct arena *a, struct str work, struct dependencies *out,
		       struct strings *inputs, struct buf *texts, struct error *e)
{
	struct go_mod_lines lines = { .rest = work, .word = STR("use") };
	const char *dir = path_dir(a, out->file);
	struct str path;

	if (!workspace_add_file(a, arena_printf(a, "%s.sum", out->file), out, inputs, texts, e))
		return false;
	while (go_mod_next(&lines, &path)) {
		const char *folder = path_in_folder(a, "", go_mod_unquoted(path));

		if (!folder)
			return err_set(e, ERR_INPUT,
				       "%s uses " STR_FMT ", which is outside of its folder",
				       out->file, STR_ARG(path));
		if (!workspace_add_file(a,
					arena_printf(a, "%s%s%s%sgo.sum", dir, dir[0] ? "/" : "",
						     folder, folder[0] ? "/" : ""),
					out, inputs, texts, e))
			return false;
	}
	return workspace_join(out, e);
}
