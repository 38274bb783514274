/* SPDX-License-Identifier: Apache-2.0 */
/* A package of programs alone is only needed by those who start one: their names stand in the files
 * of the image. */

#include "explain/init/dependency.h"

#include "explain/init/interpreters.h"
#include "explain/init/shebang.h"

#include "format/debian/debian_names.h"
#include "format/debian/relations.h"

#define NAMES_TOLD 4

/* Is the package of one source with those that the image has already? */
static bool is_sibling(const struct collecting *c, const struct placed *p)
{
	for (size_t i = 0; i < c->own.n; i++) {
		const struct placed *own = collect_placed(c, str_of(c->own.v[i]->package->name));

		if (own && strcmp(own->locked->source, p->locked->source) == 0)
			return true;
	}
	return false;
}

/* Base names of what it has in folders of programs. */
static void program_names(struct collecting *c, const struct deb *deb, struct strings *out)
{
	static const char *const folders[] = { "usr/bin/", "usr/sbin/" };

	for (size_t i = 0; i < deb->entries.n; i++) {
		const struct deb_entry *x = &deb->entries.v[i];

		for (size_t k = 0; x->type != NODE_DIR && k < ARRAY_SIZE(folders); k++) {
			if (strncmp(x->path, folders[k], strlen(folders[k])) == 0)
				*list_push(c->a, out) = path_base(x->path);
		}
	}
}

/* Folders of what else it has, to the fourth name: "usr/share/nodejs/acorn". Documents and the like
 * do not count. */
static void data_folders(struct collecting *c, const struct deb *deb, struct strings *out)
{
	static const char *const parents[] = { "usr/share/", "usr/lib/", "usr/libexec/" };
	static const char *const others[] = { "usr/share/doc/",
					      "usr/share/man/",
					      "usr/share/locale/",
					      "usr/share/lintian/",
					      "usr/share/bash-completion/",
					      "usr/lib/systemd/",
					      "usr/share/info/" };

	for (size_t i = 0; i < deb->entries.n; i++) {
		const struct deb_entry *x = &deb->entries.v[i];
		bool data = x->type == NODE_FILE;
		const char *end = x->path, *folder;

		for (size_t k = 0; k < ARRAY_SIZE(others); k++)
			data = data && strncmp(x->path, others[k], strlen(others[k])) != 0;
		for (unsigned names = 0; data && names < 4 && *end; names++)
			end += strcspn(end + 1, "/") + 1;
		folder = arena_strndup(c->a, x->path, (size_t)(end - x->path));
		for (size_t k = 0; data && k < ARRAY_SIZE(parents); k++) {
			if (strncmp(x->path, parents[k], strlen(parents[k])) == 0 &&
			    !strings_has(out, folder))
				*list_push(c->a, out) = folder;
		}
	}
}

/* Does the text have the name as a whole: behind '/' or NUL, and before NUL or a blank? In what an
 * interpreter reads it may also stand in quotes: subprocess.run(["git", "config"]). */
static bool is_spelt(struct str text, const char *name, bool program)
{
	const char *before = program ? "/" : "/'\"`", *behind = program ? " \n" : " \n'\"`";
	size_t n = strlen(name);

	while (text.n) {
		const char *at = memmem(text.p, text.n, name, n);

		if (!at)
			return false;
		/* strchr() finds the NUL at the end of the set, too */
		if (at > text.p && strchr(before, at[-1]) &&
		    (at + n == text.p + text.n || strchr(behind, at[n])))
			return true;
		text = str_from(text, (size_t)(at - text.p) + 1);
	}
	return false;
}

/* Does its first line name one to start it: "#!/usr/bin/env lua5.4"? */
static bool is_started(struct arena *a, struct str text, const struct strings *names)
{
	struct shebang line;

	return shebang_read(text, &line) && strings_has(names, path_base(str_dup(a, line.program)));
}

/* Of the packages of the recipe itself and of their libraries; not of the base. */
static bool is_of_own(const struct collecting *c, const struct node *n)
{
	return n->owner && n->owner->kind == OWNER_PACKAGE &&
	       layer_is_of(n->owner->layer, c->d->name);
}

/* Scripts for something else than a shell, and modules. */
static bool is_interpreted(const struct node *n, struct str text)
{
	if (!str_starts(text, STR("#!")))
		return interpreter_loads(n->path);
	return !strstr(path_base(n->path), ".sh") &&
	       !memmem(text.p, text.n < 40 ? text.n : 40, "sh", 2);
}

/* ELF files count, and what an interpreter reads; a link counts by where it leads. */
static bool node_names_one(struct arena *a, const struct node *n, const struct strings *names,
			   const struct strings *folders, bool *found, struct error *e)
{
	AUTO_MAPPING map = { 0 };
	struct str text;
	bool program;

	if (n->type == NODE_LINK)
		text = str_of(n->target);
	else if (n->type != NODE_FILE || n->content.size < 4)
		return true;
	else if (!node_map(n, &map, e))
		return false;
	else
		text = map.bytes;
	if (n->type == NODE_LINK) {
		*found = *found || strings_has(names, path_base(n->target));
		return true;
	}
	program = str_starts(text, STR("\177ELF"));
	if (!program && !is_interpreted(n, text))
		return true;
	*found = *found || is_started(a, text, names);
	for (size_t i = 0; !*found && i < names->n; i++)
		*found = is_spelt(text, names->v[i], program);
	for (size_t i = 0; !*found && i < folders->n; i++)
		*found = memmem(text.p, text.n, folders->v[i], strlen(folders->v[i])) != NULL;
	return true;
}

/* Those of what it depends on from its own source, too: python3 has its program in python3-minimal.
 * Not those of an Essential one: an image has perl-base only if perl is what it starts
 * (interpreters.h), and without it no other script can run. */
static bool sibling_names(struct collecting *c, const struct placed *p, struct strings *out,
			  struct error *e)
{
	struct str rest = str_of(p->locked->depends), group;

	while (relation_group(&rest, &group)) {
		struct relation r;
		const struct placed *q;

		if (relation_next(&group, &r, e) < 0)
			return err_wrap(e, "Depends of %s", p->locked->name);
		q = collect_placed(c, r.name);
		if (q && q->open && strcmp(q->locked->source, p->locked->source) == 0 &&
		    !name_is_essential(str_of(q->locked->name)))
			program_names(c, &q->deb, out);
	}
	return true;
}

/* Do only packages of which nothing is taken depend on it? */
static bool dependency_is_of_emptied(const struct collecting *c, const struct depends_miss *m)
{
	for (size_t i = 0; i < m->by.n; i++) {
		if (!strings_has(&c->d->emptied, m->by.v[i]))
			return false;
	}
	return true;
}

bool dependency_judge(struct collecting *c, const struct depends_miss *m, const char **reason,
		      struct error *e)
{
	const struct placed *p = collect_placed(c, str_of(m->package));
	struct strings names = { 0 }, folders = { 0 };
	struct buf told = { .a = c->a };
	bool found = false;

	*reason = NULL;
	if (!p || !p->open || m->spelt || is_sibling(c, p))
		return true;
	program_names(c, &p->deb, &names);
	if (names.n == 0)
		return true;
	if (!sibling_names(c, p, &names, e))
		return false;
	data_folders(c, &p->deb, &folders);
	for (size_t i = 0; !found && i < c->chain->tree.n; i++) {
		if (is_of_own(c, c->chain->tree.v[i]) &&
		    !node_names_one(c->a, c->chain->tree.v[i], &names, &folders, &found, e))
			return false;
	}
	if (found)
		return true;
	if (dependency_is_of_emptied(c, m)) {
		*reason = DEPENDENCY_EMPTIED;
		return true;
	}
	for (size_t i = 0; i < names.n && i < NAMES_TOLD; i++)
		buf_printf(&told, "%s%s", i ? ", " : "", names.v[i]);
	*reason = arena_printf(
		c->a,
		"of %s: programs (%s%s) that no file of the image names, nor a folder of its data, unless it is a script of a shell",
		m->by.v[0], buf_cstr(&told), names.n > NAMES_TOLD ? " ..." : "");
	return true;
}
