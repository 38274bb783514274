/* SPDX-License-Identifier: Apache-2.0 */
/* Two documents, shared with those who ask. */

#include "input/recipe/recipe_memo.h"

#include <assert.h>
#include <fcntl.h>
#include <unistd.h>

/* The document lives on in those who have it. */
static void memo_forget(struct memo_catalogue *c)
{
	json_drop(&c->doc);
	*c = (struct memo_catalogue){ .path = NULL };
}

void recipe_memo_close(struct recipe_memo *m)
{
	memo_forget(&m->own);
	memo_forget(&m->builtin);
	arena_free(&m->a);
	*m = (struct recipe_memo){ .found = m->found };
}

/* A file server is asked for the state when a file is opened; stat(2) may have an old one. */
static bool memo_state(const char *path, struct stat *st)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	return fd >= 0 && fstat(fd, st) == 0;
}

static bool memo_parse(struct recipe_memo *m, struct memo_catalogue *c, const char *path,
		       const char *shown, const struct stat *st, struct error *e)
{
	struct stat after;

	if (!json_load_as(&m->a, path, shown, &c->doc, e)) {
		memo_forget(c);
		return false;
	}
	c->path = c->doc.file = arena_strdup(&m->a, path);
	m->texts += c->doc.text.n;
	if (memo_state(path, &after) && file_state_same(st, &after))
		c->state = *st;
	return true;
}

void recipe_memo_trim(struct recipe_memo *m)
{
	if (m->texts > MEMO_TEXTS_MAX)
		recipe_memo_close(m);
}

bool recipe_memo_document(struct arena *a, struct recipe_memo *m, struct memo_catalogue *c,
			  const char *path, const char *shown, struct json_doc *doc,
			  struct error *e)
{
	struct stat st;
	bool there = memo_state(path, &st);

	if (there && c->path && strcmp(c->path, path) == 0 && file_state_same(&c->state, &st)) {
		m->found++;
	} else {
		memo_forget(c);
		if (!there || file_state_young(&st))
			return json_load_as(a, path, shown, doc, e);
		*doc = (struct json_doc){ .file = shown, .text = { "", 0 } };
		if (!memo_parse(m, c, path, shown, &st, e))
			return false;
	}
	json_share(&c->doc, doc);
	doc->file = shown;
	return true;
}

static struct memo_catalogue *memo_of_document(struct recipe_memo *m, const struct json_doc *doc)
{
	struct memo_catalogue *all[] = { &m->own, &m->builtin };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (all[i]->path && all[i]->doc.root == doc->root)
			return all[i];
	}
	return NULL;
}

struct memo_section *recipe_memo_section(struct recipe_memo *m, const struct json_node *section)
{
	struct memo_catalogue *c = memo_of_document(m, section->doc);
	struct memo_section *s;

	if (!c)
		return NULL;
	s = c->sections;
	if (s->name && strcmp(s->name, section->key) != 0)
		s++;
	assert(!s->name || strcmp(s->name, section->key) == 0);
	s->name = section->key;
	return s;
}
