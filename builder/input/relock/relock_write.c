/* SPDX-License-Identifier: Apache-2.0 */
/* Several files that change together. Their new texts are written into one file of the repository
 * first; from then on the change has happened, and whoever finds that file puts the texts into
 * their places. */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "format/json/json.h"
#include "format/json/jsonw.h"
#include "input/relock/relock.h"

#define JOURNAL ".imgbuild-locks.json"
#define LOCK_MAX (64u << 20)

struct file_change {
	const char *path;
	struct str text;
};

struct changes LIST(struct file_change);

bool relocked_changed(const struct relocked *r)
{
	return !r->old || !lock_same(r->old, r->now);
}

/* What a file has to become, if it is not that. One that stayed as it was is left alone, whatever
 * its format. */
static void add_change(struct arena *a, const struct relocked *r, struct changes *out)
{
	struct buf text = { .a = a };
	struct error ignored = { 0 };
	struct str there;

	if (r->now == r->old)
		return;
	lock_format(r->now, &text);
	if (!io_read_file(a, AT_FDCWD, r->path, LOCK_MAX, &there, &ignored) ||
	    !str_eq(there, buf_str(&text)))
		*list_push(a, out) = (struct file_change){ r->path, buf_str(&text) };
}

static void add_tools(struct arena *a, const struct relocks *l, struct changes *out)
{
	struct buf text = { .a = a };

	lock_format(l->tools, &text);
	*list_push(a, out) = (struct file_change){ l->tools_path, buf_str(&text) };
}

static bool apply_changes(struct arena *a, const struct changes *l, struct error *e)
{
	for (size_t i = 0; i < l->n; i++) {
		if (!file_mkdirs(AT_FDCWD, path_dir(a, l->v[i].path), e) ||
		    !file_write_path(l->v[i].path, 0644, l->v[i].text, e))
			return false;
	}
	return true;
}

static void note_one(struct arena *a, const struct relocked *r, struct progress *progress)
{
	struct buf text = { .a = a };
	struct error e = { 0 };
	struct lock there;
	struct str before;
	char why[1024];

	lock_format(r->now, &text);
	if (!io_read_file(a, AT_FDCWD, r->path, LOCK_MAX, &before, &e) ||
	    str_eq(before, buf_str(&text)) || !lock_load(a, r->path, &there, &e) ||
	    there.format != LOCK_FORMAT || !lock_same(&there, r->now))
		return;
	if (file_write_path(r->path, 0644, buf_str(&text), &e)) {
		progress_note(
			progress,
			"%s now says which libraries its packages have, and which of them are "
			"needed: later builds fetch less, and earlier",
			r->path);
		return;
	}
	err_format(&e, why, sizeof(why));
	progress_warn(progress,
		      "%s does not say which libraries its packages have, and which of them are "
		      "needed: %s",
		      r->path, why);
}

void relock_note(struct arena *a, const struct relocks *l, struct progress *progress)
{
	for (size_t i = 0; i < l->n; i++)
		note_one(a, &l->v[i], progress);
}

static const char *journal_path(struct arena *a, const char *repository)
{
	return arena_printf(a, "%s/" JOURNAL, repository);
}

/* "recipes/x.lock.json" of "../recipes//x.lock.json" in repository "..". */
static bool journal_path_below(struct arena *a, const char *repository, const char *path,
			       const char **out, struct error *e)
{
	size_t n = strcmp(repository, ".") == 0 ? 0 : strlen(repository);

	path += strncmp(path, repository, n) == 0 ? n : 0;
	return path_normalise(a, str_of(path + strspn(path, "/")), out, e);
}

static bool write_journal(struct arena *a, const char *repository, const struct changes *l,
			  struct error *e)
{
	struct buf text = { .a = a };
	struct jsonw w;

	jsonw_init(&w, &text, true);
	jsonw_object(&w, NULL);
	jsonw_array(&w, "locks");
	for (size_t i = 0; i < l->n; i++) {
		const char *below;

		if (!journal_path_below(a, repository, l->v[i].path, &below, e))
			return false;
		jsonw_object(&w, NULL);
		jsonw_cstr(&w, "path", below);
		jsonw_str(&w, "text", l->v[i].text);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	return file_write_path(journal_path(a, repository), 0644, buf_str(&text), e);
}

static bool end_journal(const char *path, struct error *e)
{
	return unlink(path) == 0 || errno == ENOENT || err_sys(e, "remove %s", path);
}

bool relock_write(struct arena *a, const struct relocks *l, struct error *e)
{
	struct changes changes = { 0 };
	const char *repository;

	for (size_t i = 0; i < l->n; i++)
		add_change(a, &l->v[i], &changes);
	if (l->tools)
		add_tools(a, l, &changes);
	if (changes.n < 2)
		return apply_changes(a, &changes, e);
	/* what belongs to recipes before the last one has been written before */
	repository = l->v[l->n - 1].recipe->repository;
	return write_journal(a, repository, &changes, e) && apply_changes(a, &changes, e) &&
	       end_journal(journal_path(a, repository), e);
}

/* The file may have come with the repository: it may name locks in it and nothing else. */
static bool read_change(struct arena *a, const char *repository, const struct json_node *n,
			struct file_change *c, struct error *e)
{
	static const char *const keys[] = { "path", "text", NULL };
	const char *below, *text;
	struct json_node path, v;

	if (!json_want_object(n, e) || !json_need(n, "path", &path, e) ||
	    !json_as_string(a, &path, &c->path, e) || !json_need(n, "text", &v, e) ||
	    !json_as_string(a, &v, &text, e) || !json_no_other_keys(n, keys, e))
		return false;
	if (!path_normalise(a, str_of(c->path), &below, e) || strcmp(below, c->path) != 0 ||
	    !str_ends(str_of(below), STR(".lock.json"))) {
		err_clear(e);
		return json_fail(&path, e, "\"%s\" is not the path of a lock below the repository",
				 c->path);
	}
	c->path = strcmp(repository, ".") == 0 ? below
					       : arena_printf(a, "%s/%s", repository, below);
	c->text = str_of(text);
	return true;
}

static bool read_journal(struct arena *a, const char *repository, struct changes *out,
			 struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, list, item;

	if (!json_load(a, journal_path(a, repository), &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_object(&root, e) || !json_need(&root, "locks", &list, e) ||
	    !json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		if (!read_change(a, repository, &item, list_push(a, out), e))
			return false;
	}
	return true;
}

bool relock_recover(struct arena *a, const char *repository, bool may_write,
		    struct progress *progress, struct error *e)
{
	const char *path = journal_path(a, repository);
	struct changes changes = { 0 };

	if (access(path, F_OK) != 0)
		return true;
	if (!may_write)
		return err_set(
			e, ERR_INPUT,
			"%s: an update of locks was interrupted; run imgbuild lock to end it",
			path);
	if (!read_journal(a, repository, &changes, e))
		return false;
	progress_note(progress, "ending an update of %zu locks that was interrupted", changes.n);
	return apply_changes(a, &changes, e) && end_journal(path, e);
}
