/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of files, contents and licences. */

#include <ctype.h>

#include "base/path.h"
#include "inspect/suite/suite_checks.h"

#define DOCS "usr/share/doc"

/* What stands at a path; links in its folders are followed, itself it is not. NULL: nothing. The
 * root is not an item: *root tells. */
static const struct item *item_itself(const struct model *m, const char *path, bool *root)
{
	AUTO_ARENA scratch = { 0 };
	struct error ignored = { 0 };
	const char *name, *dir;
	const struct item *parent;

	*root = false;
	if (!path_normalise(&scratch, str_of(path), &name, &ignored))
		return NULL;
	*root = !*name;
	dir = path_dir(&scratch, name);
	if (!*name || !*dir)
		return *name ? model_at(m, name) : NULL;
	parent = model_resolve(m, "", dir, NULL);
	return parent && parent->type == ITEM_DIR
		       ? model_at(m, arena_printf(&scratch, "%s/%s", parent->path, path_base(name)))
		       : NULL;
}

const struct item *item_meant(const struct model *m, const char *path)
{
	return model_resolve(m, "", path, NULL);
}

/* "-rwxr-xr-x", "drwxr-xr-x", "Lrwxrwxrwx", "dtrwxrwxrwx": as Go writes a FileMode. */
static const char *go_permissions(struct arena *a, const struct item *i)
{
	static const char *const types[] = { "", "d", "L", "Dc", "D", "p", "" };
	static const char letters[] = "rwxrwxrwx";
	struct buf out = { .a = a };

	buf_puts(&out, types[i->type]);
	if (i->mode & 04000)
		buf_putc(&out, 'u');
	if (i->mode & 02000)
		buf_putc(&out, 'g');
	if (i->mode & 01000)
		buf_putc(&out, 't');
	if (out.n == 0)
		buf_putc(&out, '-');
	for (int bit = 0; bit < 9; bit++)
		buf_putc(&out, i->mode & (0400 >> bit) ? letters[bit] : '-');
	return buf_cstr(&out);
}

static void check_attributes(struct checking *c, const struct item *i, const char *path)
{
	const struct existence_test *t = &c->test->existence;
	const char *is = go_permissions(c->a, i);

	if (t->permissions && strcmp(t->permissions, is) != 0)
		check_failed(c, "%s has the permissions %s, not %s", path, is, t->permissions);
	if (t->executable && !(i->mode & t->executable))
		check_failed(c, "%s is not executable as asked: %s", path, is);
	if (t->uid != ANY_ID && t->uid != i->uid)
		check_failed(c, "%s belongs to user %u, not %lld", path, i->uid, (long long)t->uid);
	if (t->gid != ANY_ID && t->gid != i->gid)
		check_failed(c, "%s belongs to group %u, not %lld", path, i->gid,
			     (long long)t->gid);
}

/* Of / engines only agree that it is root's. */
static bool check_asks_of_root(const struct existence_test *t)
{
	return t->permissions || t->executable || (t->uid != ANY_ID && t->uid != 0) ||
	       (t->gid != ANY_ID && t->gid != 0);
}

void check_existence(struct checking *c)
{
	const struct existence_test *t = &c->test->existence;
	const char *path = expand_variables(c->a, &c->image->facts, t->path);
	bool root;
	const struct item *i = item_itself(&c->image->model, path, &root);

	if (!i && !root) {
		if (t->should_exist)
			check_failed(c, "%s is not there", path);
	} else if (!t->should_exist) {
		check_failed(c, "%s is there", path);
	} else if (root && check_asks_of_root(t)) {
		check_failed(c, "an image says nothing about the permissions of /");
	} else if (t->asks_directory && t->directory != (root || i->type == ITEM_DIR)) {
		check_failed(c, "%s is %s directory", path, t->directory ? "no" : "a");
	} else if (i) {
		check_attributes(c, i, path);
	}
}

/* The text of a file, or a failure. */
static bool check_read_text(struct checking *c, const char *path, struct str *out, struct error *e)
{
	const struct item *i = item_meant(&c->image->model, path);

	*out = (struct str){ NULL, 0 };
	if (!i || i->type != ITEM_FILE) {
		check_failed(c, "%s is %s", path, i ? "not a file" : "not there");
		return true;
	}
	if (!model_text(c->a, &c->image->model, i, out, e))
		return false;
	if (!out->p)
		check_failed(c, "%s is larger than what is read for a test (8 MiB)", path);
	return true;
}

bool check_content(struct checking *c, struct error *e)
{
	const struct content_test *t = &c->test->content;
	const char *path = expand_variables(c->a, &c->image->facts, t->path);
	struct str text;

	if (!check_read_text(c, path, &text, e))
		return false;
	if (text.p)
		check_patterns(c, &t->expected, &t->excluded, text, path);
	return true;
}

/* The words container-structure-test refuses. */
static bool check_words(struct checking *c, const char *path, struct error *e)
{
	static const char *const words[] = { "AGPL", "WTFPL" };
	struct str text;
	char *upper;

	if (!check_read_text(c, path, &text, e))
		return false;
	upper = arena_strndup(c->a, text.p ? text.p : "", text.n);
	for (size_t i = 0; i < text.n; i++)
		upper[i] = (char)toupper((unsigned char)upper[i]);
	for (size_t w = 0; w < ARRAY_SIZE(words); w++)
		if (memmem(upper, text.n, words[w], strlen(words[w])))
			check_failed(c, "%s holds the word %s", path, words[w]);
	return true;
}

/* Every folder of usr/share/doc must have a copyright file, but for one package whose file names
 * what it does not use. */
static bool check_debian(struct checking *c, struct error *e)
{
	const struct model *m = &c->image->model;
	bool any = false;

	for (size_t i = items_lower(&m->items, DOCS); i < m->items.n; i++) {
		const struct item *one = m->items.v[i];

		if (strcmp(one->path, DOCS) == 0)
			continue;
		if (!path_below(one->path, DOCS))
			break;
		if (one->type != ITEM_DIR || strchr(one->path + sizeof(DOCS), '/') ||
		    strcmp(path_base(one->path), "libgnutls30") == 0)
			continue;
		any = true;
		if (!check_words(c, arena_printf(c->a, "/%s/copyright", one->path), e))
			return false;
	}
	if (!any)
		check_failed(c, "/%s holds no folder of a package", DOCS);
	return true;
}

bool check_license(struct checking *c, struct error *e)
{
	const struct license_test *t = &c->test->license;

	if (t->debian && !check_debian(c, e))
		return false;
	for (size_t i = 0; i < t->files.n; i++)
		if (!check_words(c, t->files.v[i], e))
			return false;
	return true;
}
