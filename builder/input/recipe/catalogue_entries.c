/* SPDX-License-Identifier: Apache-2.0 */
/* Compares files, not names. With a memo the files of all entries are looked at once for a run; a
 * match is proved each time, and where there is none the files are looked at again. */

#include "input/recipe/catalogue_entries.h"

#include <sys/stat.h>

#include "input/recipe/recipe_memo.h"

/* The path that an entry names, unchecked; NULL: it names none. */
static const char *catalogue_entry_path(struct reader *rd, struct arena *a,
					const struct json_node *entry)
{
	struct error ignored = { 0 };
	struct json_node node;
	const char *text;

	return json_node_is_object(entry) && json_get(entry, "recipe", &node) &&
			       json_as_string(a, &node, &text, &ignored)
		       ? reader_join(a, rd->repository, text)
		       : NULL;
}

/* Whether an entry of images.json is of this recipe. One that names no file is not. There may be a
 * thousand entries: paths are checked of those that lead to its file. */
static bool entry_is_of(struct reader *rd, const struct json_node *entry, const struct recipe *r)
{
	AUTO_ARENA a = { 0 };
	const char *path = catalogue_entry_path(rd, &a, entry);
	struct error ignored = { 0 };
	struct json_node node;

	return path && reader_is_one_file(path, r->file) && json_get(entry, "recipe", &node) &&
	       read_path(rd, &node, &path, &ignored) && reader_is_one_file(path, r->file);
}

static void entries_look(struct entries_of *l, struct memo_section *s)
{
	struct json_node entry;

	if (!s->v)
		s->v = arena_array(&l->rd->memo->a, json_count(l->section), sizeof(*s->v));
	s->n = json_count(l->section);
	s->known = true;
	for (size_t i = 0; json_member(l->section, i, &entry); i++) {
		AUTO_ARENA scratch = { 0 };
		const char *path = catalogue_entry_path(l->rd, &scratch, &entry);
		struct stat st;

		s->v[i] = (struct memo_file){ .inode = 0 };
		if (path && stat(path, &st) == 0)
			s->v[i] = (struct memo_file){ st.st_dev, st.st_ino, st.st_ctim };
	}
}

static bool entries_seen(const struct memo_file *f, const struct stat *st)
{
	return f->inode == st->st_ino && f->device == st->st_dev &&
	       f->changed.tv_sec == st->st_ctim.tv_sec && f->changed.tv_nsec == st->st_ctim.tv_nsec;
}

/* The first place from `at` on where the recipe's file was seen, or s->n. */
static size_t entries_place(const struct memo_section *s, const struct stat *st, size_t at)
{
	while (at < s->n && !entries_seen(&s->v[at], st))
		at++;
	return at;
}

static struct memo_section *entries_memo(const struct entries_of *l)
{
	return l->rd->memo ? recipe_memo_section(l->rd->memo, l->section) : NULL;
}

bool entries_next(struct entries_of *l, struct json_node *entry)
{
	struct memo_section *s = entries_memo(l);
	struct stat st;

	if (s && stat(l->recipe->file, &st) < 0)
		s = NULL;
	if (s && l->at == 0 && (!s->known || entries_place(s, &st, 0) == s->n))
		entries_look(l, s);
	if (s)
		l->at = entries_place(s, &st, l->at);
	while (json_member(l->section, l->at, entry)) {
		l->at++;
		if (entry_is_of(l->rd, entry, l->recipe))
			return true;
		if (s)
			l->at = entries_place(s, &st, l->at);
	}
	return false;
}
