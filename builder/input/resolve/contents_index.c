/* SPDX-License-Identifier: Apache-2.0 */
/* A line is a path, blanks, and "[[AREA/]SECTION/]PACKAGE,...": of millions of them a few count,
 * which leave the child as "WANT FILE PACKAGES PATH". */

#include "input/resolve/contents_index.h"

#include <ctype.h>
#include <time.h>

#include "base/path.h"
#include "base/strmap.h"
#include "format/debian/debian_names.h"
#include "format/text/glob.h"
#include "input/resolve/archive_memo.h"
#include "input/resolve/state_releases.h"

#define LINE_MAX_BYTES (256u << 10)
#define FILE_NAME_MAX 255
#define MADE_MAX (4u << 20) /* bytes of the lines that count */

struct contents_place {
	size_t want, file;
};

/* Files of one name, in small letters, that are wanted. */
struct contents_name {
	struct LIST(struct contents_place) places;
};

/* The name in small letters, in `out`; longer than any file's: an empty one. */
static struct str contents_small_letters(char out[static FILE_NAME_MAX], struct str name)
{
	if (name.n > FILE_NAME_MAX)
		return STR("");
	for (size_t i = 0; i < name.n; i++)
		out[i] = (char)tolower((unsigned char)name.p[i]);
	return (struct str){ out, name.n };
}

static void contents_add_name(struct contents_maker *m, const char *file,
			      struct contents_place place)
{
	char small[FILE_NAME_MAX];
	struct str key = str_copy(m->a, contents_small_letters(small, str_of(file)));
	void **slot = strmap_slot(m->a, m->names, key);
	struct contents_name *name;

	if (!*slot)
		*slot = arena_alloc(m->a, sizeof(*name));
	name = *slot;
	*list_push(m->a, &name->places) = place;
}

static void contents_begin(void *ctx, struct arena *a, struct sink *out)
{
	struct contents_maker *m = ctx;

	m->a = a;
	m->out = out;
	m->line = (struct buf){ .a = a };
	m->names = arena_alloc(a, sizeof(*m->names));
	for (size_t i = 0; i < m->wants->n; i++) {
		const struct contents_want *w = &m->wants->v[i];

		for (size_t k = 0; !w->path && k < w->files.n; k++)
			contents_add_name(m, w->files.v[k].name, (struct contents_place){ i, k });
	}
}

/* The folder of a path, "" without one. */
static struct str contents_folder_of(struct str path)
{
	const char *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;

	return (struct str){ path.p, slash ? (size_t)(slash - path.p) : 0 };
}

static bool contents_matches(const char *pattern, bool any_case, struct str path)
{
	AUTO_ARENA a = { 0 };

	return any_case ? path_glob(str_lower(&a, str_of(pattern)), str_lower(&a, path))
			: path_glob(pattern, str_dup(&a, path));
}

static bool contents_file_is(const struct contents_file *f, struct str path)
{
	struct str folder = contents_folder_of(path);

	if (!f->any_case && !str_eq(str_from(path, folder.n ? folder.n + 1 : 0), str_of(f->name)))
		return false;
	for (size_t i = 0; i < f->folders.n; i++) {
		const struct contents_folder *one = &f->folders.v[i];

		if (one->pattern ? contents_matches(one->path, f->any_case, path)
				 : str_eq(one->within ? contents_folder_of(folder) : folder,
					  str_of(one->path)))
			return true;
	}
	return false;
}

static bool contents_tell(struct contents_maker *m, struct contents_place p, struct str packages,
			  struct str path, struct error *e)
{
	AUTO_ARENA a = { 0 };

	return m->out->write(m->out,
			     str_of(arena_printf(&a, "%zu %zu " STR_FMT " " STR_FMT "\n", p.want,
						 p.file, STR_ARG(packages), STR_ARG(path))),
			     e);
}

/* A line without its end. What is malformed has nothing that anybody wants. */
static bool contents_look(struct contents_maker *m, struct str line, struct error *e)
{
	const char *blank = line.n ? memrchr(line.p, ' ', line.n) : NULL;
	struct str packages = blank ? str_from(line, (size_t)(blank - line.p) + 1) : line;
	struct str path = str_trim((struct str){ line.p, line.n - packages.n });
	struct str folder = contents_folder_of(path);
	const struct contents_name *name;
	char small[FILE_NAME_MAX];

	if (!blank || !folder.n)
		return true;
	name = strmap_get(m->names, contents_small_letters(small, str_from(path, folder.n + 1)));
	for (size_t i = 0; name && i < name->places.n; i++) {
		struct contents_place p = name->places.v[i];

		if (contents_file_is(&m->wants->v[p.want].files.v[p.file], path) &&
		    !contents_tell(m, p, packages, path, e))
			return false;
	}
	return true;
}

static bool contents_bytes(void *ctx, struct str chunk, struct error *e)
{
	struct contents_maker *m = ctx;
	const char *end;

	while ((end = chunk.n ? memchr(chunk.p, '\n', chunk.n) : NULL)) {
		struct str line = { chunk.p, (size_t)(end - chunk.p) };

		if (m->line.n) {
			buf_add(&m->line, line);
			line = buf_str(&m->line);
		}
		if (!contents_look(m, line, e))
			return false;
		m->line.n = 0;
		chunk = str_from(chunk, (size_t)(end - chunk.p) + 1);
	}
	buf_add(&m->line, chunk);
	return m->line.n <= LINE_MAX_BYTES ||
	       err_set(e, ERR_INPUT, "it has a line of more than %u bytes", LINE_MAX_BYTES);
}

static bool contents_end(void *ctx, struct error *e)
{
	struct contents_maker *m = ctx;

	return contents_look(m, buf_str(&m->line), e);
}

struct index_making contents_making(struct contents_maker *m)
{
	return (struct index_making){
		.begin = contents_begin, .end = contents_end, .ctx = m, .bytes = contents_bytes
	};
}

/* The packages of a line; none of a better file may be known. */
static bool contents_note(struct arena *a, struct contents_want *w, size_t file,
			  struct str packages, struct str path)
{
	struct str one;

	if (w->path && file > w->found)
		return true;
	if (!w->path || file < w->found)
		w->packages.n = 0;
	w->found = file;
	w->path = str_dup(a, path);
	while (str_next(&packages, ',', &one)) {
		struct str name = str_from(one, contents_folder_of(one).n);

		if (name.n && name.p[0] == '/')
			name = str_from(name, 1);
		if (!name_is_package(name))
			return false;
		*list_push(a, &w->packages) = str_dup(a, name);
	}
	return true;
}

bool contents_take(struct arena *a, struct str made, struct contents_wants *wants, struct error *e)
{
	struct str line, want, file, packages, path;
	uint64_t i, k;

	while (str_next(&made, '\n', &line)) {
		if (!str_cut(line, ' ', &want, &file) || !str_cut(file, ' ', &file, &packages) ||
		    !str_cut(packages, ' ', &packages, &path) || !str_u64(want, &i) ||
		    !str_u64(file, &k) || i >= wants->n || k >= wants->v[i].files.n ||
		    !contents_file_is(&wants->v[i].files.v[k], path) ||
		    !contents_note(a, &wants->v[i], k, packages, path))
			return err_set(e, ERR_INPUT, "its parser returned malformed data");
	}
	list_each(w, wants)
		strings_unique(&w->packages);
	return true;
}

/* The indices of one machine, of all suites that have them. */
struct contents_reading {
	struct arena *a;
	const struct lock_order *order;
	const struct release_context *c;
	struct archive_state state;
};

static bool contents_list(struct contents_reading *r, const char *arch,
			  struct release_index **indices, size_t *n, struct error *e)
{
	struct LIST(struct release_index) found = { 0 };
	const char *kind = arena_printf(r->a, "Contents-%s", arch);

	list_each(release, &r->state.releases) {
		const struct strings *components = &release->suite->components;

		for (size_t i = 0; i < components->n; i++) {
			if (release_has_index(r->a, release, components->v[i], kind) &&
			    !release_index_find(r->a, release, components->v[i], kind,
						list_push(r->a, &found), e))
				return false;
		}
	}
	*indices = found.v;
	*n = found.n;
	return true;
}

static bool contents_read(struct contents_reading *r, const struct release_index *index,
			  struct contents_wants *wants, struct error *e)
{
	struct contents_maker maker = { .wants = wants };
	const struct index_making making = contents_making(&maker);
	struct buf made = { .a = r->a };
	struct limit_sink most;
	struct buf_sink to;

	buf_sink_init(&to, &made, index->path);
	limit_sink_init(&most, &to.base, MADE_MAX, index->path);
	return release_index_make(r->c, index, &making, &most.base, e) &&
	       contents_take(r->a, buf_str(&made), wants, e);
}

/* An index that no mirror has, for it is being updated, has nothing. */
static bool contents_read_all(struct contents_reading *r, const char *arch,
			      struct contents_wants *wants, struct error *e)
{
	struct LIST(struct want) files = { 0 };
	struct release_index *indices;
	size_t n;

	if (!contents_list(r, arch, &indices, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		release_index_want(r->a, r->c, &indices[i], list_push(r->a, &files));
	if (n &&
	    !fetch_wants(r->order->store, files.v, n, r->order->offline, r->order->progress, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!files.v[i].missing && !contents_read(r, &indices[i], wants, e))
			return false;
	}
	return true;
}

static bool contents_is_complete(const struct contents_wants *wants)
{
	for (size_t i = 0; i < wants->n; i++) {
		if (wants->v[i].files.n && !wants->v[i].path)
			return false;
	}
	return true;
}

static bool contents_ask(struct contents_reading *r, struct contents_wants *wants, struct error *e)
{
	const char *const machines[] = { r->order->platform->machine->debian, "all" };

	if (!state_ask_releases(&r->state, r->c, e))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(machines) && !contents_is_complete(wants); i++) {
		if (!contents_read_all(r, machines[i], wants, e))
			return false;
	}
	return true;
}

bool contents_find(struct arena *a, const struct lock_order *o, struct contents_wants *wants,
		   struct error *e)
{
	AUTO_MEMO own = { 0 };
	AUTO_HTTP http = HTTP_INIT;
	struct release_context c = { o->store,	     o->mirrors, NULL, (int64_t)time(NULL),
				     o->allow_older, o->progress };
	struct contents_reading r = { a, o, &c, { .a = a, .order = o } };

	r.state.memo = o->memo ? o->memo : &own;
	if (!o->offline) {
		if (!http_open(a, NULL, &http, e))
			return false;
		http.settings.progress = o->progress;
		c.http = &http;
	}
	return contents_ask(&r, wants, e);
}
