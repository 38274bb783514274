/* SPDX-License-Identifier: Apache-2.0 */
/* glibc's search, on the model. $LIB and $PLATFORM are what Debian's loader makes of them on
 * amd64 and its siblings: folders with other variables in them are passed over. */

#include "inspect/model/model_search.h"

#include "inspect/layers/elf_facts.h"
#include "base/path.h"
#include "format/elf/machine.h"

bool search_init(struct arena *a, const struct model *m, struct search *out, struct error *e)
{
	struct error ignored = { .kind = ERR_NONE };
	struct str text;

	*out = (struct search){ .m = m };
	if (!model_text(a, m, model_resolve(m, "", "etc/ld.so.cache", NULL), &text, e))
		return false;
	out->has_cache = text.p && ldcache_read(a, text, &out->cache, &ignored);
	return true;
}

static const struct item *fitting(const struct search *s, const struct item *by, const char *path)
{
	const struct item *i = model_resolve(s->m, "", path, NULL);

	return i && i->type == ITEM_FILE && i->elf && i->elf->readable &&
	       elf_same_machine(&by->elf->head, &i->elf->head) ? i : NULL;
}

static const struct item *in_folder(const struct search *s, const struct item *by, struct str dir,
				    const char *name)
{
	AUTO_ARENA scratch = { 0 };

	return fitting(s, by, arena_printf(&scratch, "/" STR_FMT "/%s", STR_ARG(dir), name));
}

/* "$ORIGIN/../lib" for an object in usr/bin -> "usr/bin/../lib". */
static bool expand(struct arena *a, struct str element, const struct item *of, struct str *out)
{
	static const struct str origin[] = { STR("$ORIGIN"), STR("${ORIGIN}") };

	for (size_t i = 0; i < 2; i++)
		if (str_starts(element, origin[i]))
			element = str_of(arena_printf(a, "/%s" STR_FMT, path_dir(a, of->path),
						      STR_ARG(str_from(element, origin[i].n))));
	*out = element;
	return element.n && element.p[0] == '/' && !memchr(element.p, '$', element.n);
}

static const struct item *in_list(const struct search *s, const struct item *by,
				  const struct item *of, const char *list, const char *name)
{
	struct str rest = str_of(list ? list : ""), element, dir;

	while (str_next(&rest, ':', &element)) {
		AUTO_ARENA scratch = { 0 };
		const struct item *i = expand(&scratch, element, of, &dir)
					       ? in_folder(s, by, dir, name) : NULL;

		if (i)
			return i;
	}
	return NULL;
}

static const struct item *in_rpaths(const struct search *s, const struct loaded *objects, size_t at,
				    const char *name)
{
	const struct item *by = objects[at].item;

	if (by->elf->head.runpath)
		return NULL;
	for (; at != SIZE_MAX; at = objects[at].by) {
		const struct item *of = objects[at].item;
		const struct item *i = of->elf->head.runpath
			? NULL : in_list(s, by, of, of->elf->head.rpath, name);

		if (i)
			return i;
	}
	return NULL;
}

static const struct item *in_cache(const struct search *s, const struct item *by, const char *name)
{
	const struct ldcache_entry *c;

	if (!s->has_cache || by->elf->head.df_1 & DF_1_NODEFLIB)
		return NULL;
	c = ldcache_find(&s->cache, name, ldcache_flags(&by->elf->head));
	return c ? fitting(s, by, c->path) : NULL;
}

static const struct item *in_defaults(const struct search *s, const struct item *by,
				      const char *name)
{
	const struct machine *m = machine_of_elf(&by->elf->head);
	const char *const bases[] = { "lib", "usr/lib" };
	AUTO_ARENA scratch = { 0 };

	if (by->elf->head.df_1 & DF_1_NODEFLIB)
		return NULL;
	for (size_t i = 0; m && i < 2; i++) {
		struct str dir = str_of(arena_printf(&scratch, "%s/%s", bases[i], m->triplet));
		const struct item *lib = in_folder(s, by, dir, name);

		if (lib)
			return lib;
	}
	for (size_t i = 0; i < 2; i++) {
		const struct item *lib = in_folder(s, by, str_of(bases[i]), name);

		if (lib)
			return lib;
	}
	return NULL;
}

/* A library that no program loads is a plug-in: who opens it has loaded those libraries of its package
 * that it needs, and they may stand where no search leads (libattach.so and libjvm.so of a JVM). */
static const struct item *in_package(const struct search *s, const struct item *by, const char *name)
{
	for (size_t i = 0; by->package && i < s->m->items.n; i++) {
		const struct item *lib = s->m->items.v[i];

		if (lib->package == by->package && lib != by && lib->type == ITEM_FILE && lib->elf &&
		    lib->elf->readable && lib->elf->head.soname &&
		    strcmp(lib->elf->head.soname, name) == 0 &&
		    elf_same_machine(&by->elf->head, &lib->elf->head))
			return lib;
	}
	return NULL;
}

const struct item *search_library(const struct search *s, const struct loaded *objects, size_t at,
				  const char *name)
{
	const struct item *by = objects[at].item, *lib;

	if (strchr(name, '/'))
		return name[0] == '/' ? fitting(s, by, name) : NULL;
	lib = in_rpaths(s, objects, at, name);
	if (!lib)
		lib = in_list(s, by, by, by->elf->head.runpath, name);
	if (!lib)
		lib = in_cache(s, by, name);
	if (!lib)
		lib = in_defaults(s, by, name);
	return lib || objects[0].item->elf->program ? lib : in_package(s, by, name);
}
