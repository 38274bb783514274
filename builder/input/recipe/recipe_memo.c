/* SPDX-License-Identifier: Apache-2.0 */
/* One document, shared with those who ask. */

#include "input/recipe/recipe_memo.h"

#include <assert.h>
#include <fcntl.h>
#include <unistd.h>

void recipe_memo_close(struct recipe_memo *m)
{
	json_drop(&m->doc);
	arena_free(&m->a);
	*m = (struct recipe_memo){ .found = m->found };
}

/* The document lives on in those who have it. */
static void memo_forget(struct recipe_memo *m)
{
	json_drop(&m->doc);
	m->path = NULL;
	m->state = (struct stat){ .st_ino = 0 };
	memset(m->sections, 0, sizeof(m->sections));
}

/* A file server is asked for the state when a file is opened; stat(2) may have an old one. */
static bool memo_state(const char *path, struct stat *st)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	return fd >= 0 && fstat(fd, st) == 0;
}

static bool memo_parse(struct recipe_memo *m, const char *path, const struct stat *st,
		       struct error *e)
{
	struct json_doc doc = { 0 };
	struct stat after;

	if (!json_load(&m->a, path, &doc, e)) {
		json_drop(&doc);
		return false;
	}
	m->doc = doc;
	m->path = arena_strdup(&m->a, path);
	m->doc.file = m->path;
	m->texts += doc.text.n;
	if (memo_state(path, &after) && file_state_same(st, &after))
		m->state = *st;
	return true;
}

void recipe_memo_trim(struct recipe_memo *m)
{
	if (m->texts > MEMO_TEXTS_MAX)
		recipe_memo_close(m);
}

bool recipe_memo_document(struct arena *a, struct recipe_memo *m, const char *path,
			  struct json_doc *doc, struct error *e)
{
	struct stat st;
	bool there = memo_state(path, &st);

	if (there && m->path && strcmp(m->path, path) == 0 && file_state_same(&m->state, &st)) {
		m->found++;
	} else {
		memo_forget(m);
		if (!there || file_state_young(&st))
			return json_load(a, path, doc, e);
		*doc = (struct json_doc){ .file = path, .text = { "", 0 } };
		if (!memo_parse(m, path, &st, e))
			return false;
	}
	json_share(&m->doc, doc);
	doc->file = path;
	return true;
}

struct memo_section *recipe_memo_section(struct recipe_memo *m, const struct json_node *section)
{
	struct memo_section *s = m->sections;

	if (!m->path || section->doc->root != m->doc.root)
		return NULL;
	if (s->name && strcmp(s->name, section->key) != 0)
		s++;
	assert(!s->name || strcmp(s->name, section->key) == 0);
	s->name = section->key;
	return s;
}
