/* SPDX-License-Identifier: Apache-2.0 */
/* From files to an archive and its list. */

#include "line/input_archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/size.h"
#include "format/archive/tarw.h"
#include "format/json/jsonw.h"
#include "input/recipe/builtin.h"
#include "trust/attestation/kept_inputs.h"

#define HEADER_MAX 2048 /* of one file in the archive, more or less */

/* A file and its place in the archive. */
struct archived {
	const struct input_file *from;
	struct kept_input to;
};

struct archiving {
	struct LIST(struct archived) v;
	struct kept_inputs *list;
	struct arena *a;
	struct sink *out;
};

static int archived_compare(const void *x, const void *y)
{
	const struct archived *p = x, *q = y;
	int order = strcmp(p->to.path, q->to.path);

	return order ? order : (int)p->to.type - (int)q->to.type;
}

/* "(built-in) images.json" -> "built-in/images.json". NULL: it is outside of both folders. */
static const char *archived_path(struct arena *a, const struct input_file *f)
{
	const char *name = f->name, *below;
	struct error ignored = { 0 };

	if (f->builtin)
		name += strlen(BUILTIN_MARK);
	if (name[0] == '/' || !path_normalise(a, str_of(name), &below, &ignored) || !below[0])
		return NULL;
	return arena_printf(a, "%s/%s", f->builtin ? KEPT_BUILTIN : KEPT_REPOSITORY, below);
}

/* What JSON can say. */
static bool archive_is_text(const char *name)
{
	struct str rest = str_of(name);

	while (rest.n) {
		size_t n = (unsigned char)rest.p[0] < 0x80 ? 1 : jsonw_utf8_sequence(rest);

		if (n == 0)
			return false;
		rest = str_from(rest, n);
	}
	return true;
}

/* In order of their paths, each once: a file may be listed as itself and in a folder. */
static void archive_sort(struct archiving *x)
{
	size_t kept = 0;

	if (x->v.n > 1)
		qsort(x->v.v, x->v.n, sizeof(*x->v.v), archived_compare);
	for (size_t i = 0; i < x->v.n; i++) {
		if (kept == 0 || strcmp(x->v.v[kept - 1].to.path, x->v.v[i].to.path) != 0)
			x->v.v[kept++] = x->v.v[i];
	}
	x->v.n = kept;
}

/* Gives why they cannot be kept, in `a`; NULL: they can. */
static const char *archive_collect(struct archiving *x, const struct input_files *files)
{
	uint64_t size = 0;

	for (size_t i = 0; i < files->n; i++) {
		const struct input_file *f = &files->v[i];
		const char *path = archived_path(x->a, f);

		if (!path)
			return arena_printf(x->a, "%s is outside of the repository", f->name);
		if (!archive_is_text(path) || (f->target && !archive_is_text(f->target)))
			return arena_printf(x->a, "the name %s, or where it leads, is not UTF-8",
					    f->name);
		*list_push(x->a, &x->v) = (struct archived){ f,
							     { .path = path,
							       .type = f->folder   ? KEPT_FOLDER
								       : f->target ? KEPT_LINK
										   : KEPT_FILE,
							       .target = f->target,
							       .sha256 = f->sha256,
							       .executable = f->executable } };
	}
	archive_sort(x);
	for (size_t i = 0; i < x->v.n; i++)
		size += x->v.v[i].from->size + HEADER_MAX;
	return size <= KEPT_BYTES_MAX ? NULL
				      : arena_printf(x->a, "they have %s, more than %u MiB",
						     size_text(x->a, size), KEPT_BYTES_MAX >> 20);
}

/* The bytes that were hashed are those that are kept. */
static bool archive_add_bytes(struct tarw *t, struct archived *f, struct error *e)
{
	const char *path = f->from->path;
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct tarw_entry entry = { .path = f->to.path,
				    .type = TARW_FILE,
				    .mode = f->to.executable ? 0755 : 0644,
				    .size = f->from->size };
	AUTO_HASH hash = { 0 };
	struct fd_source from;
	struct digest found;
	struct str chunk;
	int more;

	if (fd < 0)
		return err_sys(e, "open %s", path);
	if (!tarw_entry(t, &entry, e))
		return false;
	f->to.offset = t->size;
	f->to.size = entry.size;
	digest_begin(&hash);
	fd_source_init(&from, fd, 0, entry.size, path);
	while ((more = from.base.next(&from.base, &chunk, e)) > 0) {
		digest_add(&hash, chunk);
		if (!tarw_data(t, chunk, e))
			return false;
	}
	if (more < 0)
		return false;
	found = digest_end(&hash);
	return digest_eq(&found, &f->to.sha256) ||
	       err_set(e, ERR_INPUT, "%s changed while it was read; build again", path);
}

static bool archive_add_input(struct tarw *t, struct archived *f, struct error *e)
{
	const struct tarw_entry entry = { .path = f->to.path,
					  .type = f->to.type == KEPT_LINK ? TARW_LINK : TARW_DIR,
					  .mode = f->to.type == KEPT_LINK ? 0777 : 0755,
					  .target = f->to.target };

	return f->to.type == KEPT_FILE ? archive_add_bytes(t, f, e) : tarw_entry(t, &entry, e);
}

static bool archive_fill(void *ctx, struct sink *to, struct error *e)
{
	struct archiving *x = ctx;
	struct digest_sink counter;
	struct tarw tar;
	bool ok = true;

	digest_sink_init(&counter, to);
	tarw_init(&tar, &counter.base);
	for (size_t i = 0; ok && i < x->v.n; i++) {
		ok = archive_add_input(&tar, &x->v.v[i], e);
		*list_push(x->a, &x->list->v) = x->v.v[i].to;
	}
	ok = ok && tarw_finish(&tar, e) && counter.base.finish(&counter.base, e);
	x->list->archive = counter.digest;
	x->list->size = counter.size;
	digest_sink_drop(&counter);
	return ok;
}

static bool archive_remove(struct arena *a, const char *folder, struct error *e)
{
	static const char *const names[] = { KEPT_LIST_FILE, KEPT_ARCHIVE_FILE };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *path = arena_printf(a, "%s/%s", folder, names[i]);

		if (unlink(path) < 0 && errno != ENOENT)
			return err_sys(e, "remove %s", path);
	}
	return true;
}

bool input_archive_write(struct arena *a, const struct input_files *files, struct attest_folder *to,
			 struct kept_archive *out, struct error *e)
{
	struct kept_inputs list = { .size = 0 };
	struct archiving x = { .list = &list, .a = a };
	struct str text;

	*out = (struct kept_archive){ .obstacle = archive_collect(&x, files) };
	if (out->obstacle)
		return archive_remove(a, to->path, e);
	if (!file_batch_fill(&to->files, to->fd, arena_printf(a, "%s/" KEPT_ARCHIVE_FILE, to->path),
			     0644, archive_fill, &x, e))
		return false;
	text = kept_inputs_text(a, &list);
	out->list = digest_of(text);
	return file_batch_write(&to->files, to->fd, arena_printf(a, "%s/" KEPT_LIST_FILE, to->path),
				0644, text, e);
}
