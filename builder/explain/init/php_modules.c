/* SPDX-License-Identifier: Apache-2.0 */
/* What phpenmod would do. */

#include "explain/init/php_modules.h"

#include <fnmatch.h>
#include <stdlib.h>

#include "base/path.h"

#define SAPI "usr/lib/php/"

struct php_module {
	unsigned priority;
	const char *name, *version; /* "mysqli", "8.4" */
	struct str text;
};

struct php_modules LIST(struct php_module);

unsigned php_priority(struct str text)
{
	static const char mark[] = "priority=";
	const char *at = memmem(text.p, text.n, mark, strlen(mark));
	struct str number = str_from(text, at ? (size_t)(at - text.p) + strlen(mark) : text.n);
	size_t n = 0;
	uint64_t priority;

	while (n < number.n && number.p[n] >= '0' && number.p[n] <= '9')
		n++;
	return str_u64((struct str){ number.p, n }, &priority) && priority < 100
		       ? (unsigned)priority
		       : 20;
}

/* "8.4" of "usr/share/php8.4-mysql/mysql/mysqli.ini" and of "etc/php/8.4/mods-available/x.ini";
 * NULL: it is no module's. */
static const char *php_version_of(struct arena *a, const char *path)
{
	const char *from = NULL;

	if (fnmatch("usr/share/php[0-9]*.[0-9]*-*/*/*.ini", path, FNM_PATHNAME) == 0)
		from = path + strlen("usr/share/php");
	else if (fnmatch("etc/php/[0-9]*/mods-available/*.ini", path, FNM_PATHNAME) == 0)
		from = path + strlen("etc/php/");
	return from ? arena_strndup(a, from, strspn(from, "0123456789.")) : NULL;
}

/* Is the library there that the file loads? */
static bool php_is_whole(const struct collecting *c, struct str text)
{
	for (struct str line; str_next(&text, '\n', &line);) {
		struct str key, value;
		const char *end;

		if (!str_cut(str_trim(line), '=', &key, &value) ||
		    !str_ends(str_trim(key), STR("extension")) || str_starts(key, STR(";")))
			continue;
		end = arena_printf(c->a, "/" STR_FMT "%s", STR_ARG(str_trim(value)),
				   str_ends(str_trim(value), STR(".so")) ? "" : ".so");
		for (size_t i = tree_lower(&c->chain->tree, SAPI); i < c->chain->tree.n; i++) {
			const char *path = c->chain->tree.v[i]->path;

			if (strncmp(path, SAPI, strlen(SAPI)) != 0)
				return false;
			if (str_ends(str_of(path), str_of(end)))
				break;
		}
	}
	return true;
}

static int php_compare(const void *a, const void *b)
{
	const struct php_module *x = a, *y = b;

	return x->priority != y->priority ? (x->priority < y->priority ? -1 : 1)
					  : strcmp(x->name, y->name);
}

static bool php_find(struct collecting *c, struct php_modules *out, struct error *e)
{
	for (size_t i = 0; i < c->own.n; i++) {
		const struct deb *deb = c->own.v[i];

		for (size_t k = 0; k < deb->entries.n; k++) {
			const struct deb_entry *x = &deb->entries.v[k];
			const char *version = php_version_of(c->a, x->path);
			const char *base = path_base(x->path);
			struct collect_text t;

			if (!version || x->type != NODE_FILE)
				continue;
			if (!collect_read(c, deb, x, &t, e))
				return false;
			if (php_is_whole(c, t.text))
				*list_push(c->a, out) = (struct php_module){
					php_priority(t.text),
					arena_strndup(c->a, base, strlen(base) - strlen(".ini")),
					version, t.text
				};
		}
	}
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), php_compare);
	return true;
}

/* "/etc/php/8.4/fpm/conf.d/10-modules.ini" */
static void php_file(struct collecting *c, const struct php_modules *l, const char *version,
		     const char *sapi)
{
	const char *path = arena_printf(c->a, "/etc/php/%s/%s/conf.d/10-modules.ini", version,
					sapi);
	struct buf text = { .a = c->a }, names = { .a = c->a };

	if (draft_has_file(c->d, path))
		return;
	list_each(m, l) {
		if (strcmp(m->version, version) != 0)
			continue;
		buf_add(&text, m->text);
		if (!str_ends(m->text, STR("\n")))
			buf_putc(&text, '\n');
		buf_printf(&names, "%s%s", names.n ? ", " : "", m->name);
	}
	if (text.n == 0)
		return;
	*list_push(c->a, &c->d->files) =
		(struct draft_file){ .path = path, .text = buf_str(&text), .mode = 0644 };
	draft_chose(c->d, "files", path, "what phpenmod would do: PHP loads %s", buf_cstr(&names));
}

bool collect_php_modules(struct collecting *c, struct error *e)
{
	struct php_modules modules = { 0 };

	if (!php_find(c, &modules, e))
		return false;
	for (size_t i = tree_lower(&c->chain->tree, SAPI); modules.n && i < c->chain->tree.n; i++) {
		const char *path = c->chain->tree.v[i]->path, *version = path + strlen(SAPI);

		if (strncmp(path, SAPI, strlen(SAPI)) != 0)
			break;
		if (fnmatch(SAPI "[0-9]*/sapi/*", path, FNM_PATHNAME) == 0)
			php_file(c, &modules, arena_strndup(c->a, version, strcspn(version, "/")),
				 path_base(path));
	}
	return true;
}
