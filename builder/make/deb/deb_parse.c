/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a whole .deb: members, control.tar, data.tar. Everything below this function sees bytes
 * that someone else wrote, so that it opens nothing, stores nothing and asks nobody. */

#include "make/deb/deb_parse.h"

#include <stdlib.h>
#include <sys/param.h>

#include "base/frames.h"
#include "format/archive/tar.h"
#include "make/deb/deb_index.h"
#include "make/deb/deb_members.h"

#define MIB ((uint64_t)1 << 20)
#define CONTROL_MAX (8 * MIB)
#define CONTROL_FILES_MAX 256
#define DATA_MIN (64 * MIB)
#define DATA_MAX (4096 * MIB)

struct deb_options deb_options_of(uint64_t installed_size)
{
	uint64_t data = installed_size > DATA_MAX / 4096 ? DATA_MAX : installed_size * 4096;

	return (struct deb_options){ .control = CONTROL_MAX, .data = MAX(data, DATA_MIN) };
}

/* A member of the package, decompressed as a stream. */
struct member_stream {
	struct str_source file;
	struct decompress plain;
};

static void stream_close(struct member_stream *s)
{
	decompress_close(&s->plain);
}
#define AUTO_STREAM __attribute__((cleanup(stream_close))) struct member_stream

static bool stream_open(struct member_stream *s, const struct deb_member *m, uint64_t budget,
			const struct xz_library *xz, struct error *e)
{
	str_source_init(&s->file, m->bytes, m->name);
	return decompress_open_with(&s->plain, &s->file.base, m->codec, budget, xz, e);
}

/* The text of the tar reader's current entry. Its size is bounded by the stream's budget, but only
 * once it has been read: the buffer grows with the bytes, not with the number in the header. */
static bool deb_read_text(struct arena *a, struct tar *t, struct str *out, struct error *e)
{
	struct buf b = { .a = a, .max = CONTROL_MAX };
	struct str chunk;
	int got;

	while ((got = tar_data(t, &chunk, e)) == 1)
		buf_add(&b, chunk);
	*out = buf_str(&b);
	return got == 0;
}

static bool read_control_file(struct arena *a, struct tar *t, const struct tar_entry *entry,
			      struct deb *deb, struct error *e)
{
	struct deb_control *c;

	if (entry->type == TAR_DIR && !entry->path[0])
		return true;
	if (entry->type != TAR_FILE || strchr(entry->path, '/'))
		return err_set(e, ERR_INPUT, "control archive: %s is not a file at its top",
			       entry->path);
	c = list_push(a, &deb->control);
	c->name = entry->path;
	c->mtime = entry->mtime;
	return deb_read_text(a, t, &c->text, e);
}

static int compare_control_names(const void *a, const void *b)
{
	return strcmp(((const struct deb_control *)a)->name, ((const struct deb_control *)b)->name);
}

static bool check_control(struct deb *deb, struct error *e)
{
	bool found = false;

	if (deb->control.n)
		qsort(deb->control.v, deb->control.n, sizeof(*deb->control.v),
		      compare_control_names);
	for (size_t i = 0; i < deb->control.n; i++) {
		if (i && compare_control_names(&deb->control.v[i - 1], &deb->control.v[i]) == 0)
			return err_set(e, ERR_INPUT, "control archive: %s occurs twice",
				       deb->control.v[i].name);
		found = found || strcmp(deb->control.v[i].name, "control") == 0;
	}
	return found || err_set(e, ERR_INPUT, "control archive: there is no control file in it");
}

static bool deb_read_control(struct arena *a, const struct deb_member *m,
			     const struct deb_options *o, struct deb *deb, struct error *e)
{
	struct tar_options options = { .max_entries = CONTROL_FILES_MAX };
	AUTO_STREAM s = { .plain.state = NULL };
	AUTO_TAR *t = NULL;
	struct tar_entry entry;
	int got;

	if (!stream_open(&s, m, o->control, o->xz, e))
		return false;
	t = tar_open(a, &s.plain.base, &options, e);
	if (!t)
		return false;
	while ((got = tar_next(t, &entry, e)) == 1) {
		if (!read_control_file(a, t, &entry, deb, e))
			return false;
	}
	return got == 0 && check_control(deb, e);
}

static int compare_deb_entries(const void *a, const void *b)
{
	return strcmp(((const struct deb_entry *)a)->path, ((const struct deb_entry *)b)->path);
}

static bool is_same_deb_folder(const struct deb_entry *a, const struct deb_entry *b)
{
	return a->type == NODE_DIR && b->type == NODE_DIR && a->mode == b->mode &&
	       a->uid == b->uid && a->gid == b->gid;
}

/* Drops the second of two like folders (lib/x and usr/lib/x of one package). */
static bool deb_unify_folders(struct deb *deb, struct error *e)
{
	struct deb_entry *v = deb->entries.v;
	size_t n = 0;

	for (size_t i = 0; i < deb->entries.n; i++) {
		if (n == 0 || compare_deb_entries(&v[n - 1], &v[i]) != 0)
			v[n++] = v[i];
		else if (!is_same_deb_folder(&v[n - 1], &v[i]))
			return err_set(e, ERR_INPUT, "%s occurs twice once /usr is merged",
				       v[i].path);
	}
	deb->entries.n = n;
	return true;
}

/* Entries as the merged /usr has them: what lies in the old folders moves, the folders themselves
 * are gone (a package that ships the links, base-files, keeps them). */
static bool merge_usr(struct arena *a, const struct tar_list *l, struct deb *deb, struct error *e)
{
	static const enum node_type types[] = {
		[TAR_FILE] = NODE_FILE,
		[TAR_DIR] = NODE_DIR,
		[TAR_SYMLINK] = NODE_LINK,
	};

	for (size_t i = 0; i < l->entries.n; i++) {
		const struct tar_entry *t = &l->entries.v[i];

		if (t->type != TAR_SYMLINK && deb_is_merged_folder(t->path)) {
			if (t->type == TAR_DIR)
				continue;
			return err_set(e, ERR_INPUT, "%s is a file; it must be a folder or a link",
				       t->path);
		}
		*list_push(a, &deb->entries) = (struct deb_entry){
			deb_merged_path(a, t->path),
			types[t->type],
			t->mode,
			t->uid,
			t->gid,
			t->mtime,
			t->target,
			t->offset,
			t->size,
		};
	}
	if (deb->entries.n)
		qsort(deb->entries.v, deb->entries.n, sizeof(*deb->entries.v), compare_deb_entries);
	return deb_unify_folders(deb, e);
}

static bool deb_read_data(struct arena *a, const struct deb_member *m, const struct deb_options *o,
			  struct sink *copy, struct tar_list *l, struct error *e)
{
	struct tar_options options = { .copy = copy };
	AUTO_STREAM s = { .plain.state = NULL };

	return stream_open(&s, m, o->data, o->xz, e) &&
	       tar_read_all(a, &s.plain.base, &options, l, e);
}

static bool send_index(struct arena *a, const struct deb *deb, struct sink *out, struct error *e)
{
	struct buf text = { .a = a };

	deb_index_write(deb, &text);
	if (text.overflow)
		return err_set(e, ERR_INPUT, "the index of its files is too large");
	return frame_put(out, FRAME_INDEX, buf_str(&text), e);
}

bool deb_parse(struct str file, const char *name, const struct deb_options *o, struct sink *out,
	       struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct deb_members members;
	struct deb deb = { 0 };
	struct tar_list list;
	struct frame_sink data;

	frame_sink_init(&data, out, FRAME_DATA);
	return deb_members_find(file, name, &members, e) &&
	       deb_read_control(&a, &members.control, o, &deb, e) &&
	       deb_read_data(&a, &members.data, o, &data.base, &list, e) &&
	       merge_usr(&a, &list, &deb, e) && send_index(&a, &deb, out, e);
}
