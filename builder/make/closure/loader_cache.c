/* SPDX-License-Identifier: Apache-2.0 */
/* ldconfig over a tree (glibc 2.41, elf/ldconfig.c): which folders, which files, under which
 * names. The format of the result is format/ldcache's business. */

#include "make/closure/loader_cache.h"

#include "make/closure/elf_objects.h"
#include "format/elf/loader_search.h"
#include "format/elf/ldcache.h"
#include "format/elf/ldconf.h"

#define CONF "/etc/ld.so.conf"
#define CONF_SIZE_MAX (1u << 20)

/* ldconf's view of a tree. */
struct tree_source {
	struct ldconf_source base;
	struct arena *a;
	const struct tree *t;
};

static bool conf_source_read(struct ldconf_source *base, const char *path, struct str *text,
			     bool *found, struct error *e)
{
	struct tree_source *s = (struct tree_source *)base;
	const struct node *n = tree_resolve(s->t, path);
	AUTO_MAPPING m = { 0 };

	if (!n || n->type != NODE_FILE)
		return true;
	if (n->content.size > CONF_SIZE_MAX)
		return err_set(e, ERR_INPUT, "%s has more than %u bytes", path, CONF_SIZE_MAX);
	if (!node_map(n, &m, e))
		return false;
	*text = str_copy(s->a, m.bytes);
	*found = true;
	return true;
}

/* Calls visit() for the nodes directly in a folder, in order; what is no folder has none. */
static bool each_child(const struct tree *t, const struct node *folder,
		       bool (*visit)(void *ctx, const struct node *child, struct error *e),
		       void *ctx, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const char *prefix = arena_printf(&a, "%s/", folder->path);
	size_t n = strlen(prefix);

	for (size_t i = tree_lower(t, prefix); i < t->n; i++) {
		if (strncmp(t->v[i]->path, prefix, n) != 0)
			break;
		if (!strchr(t->v[i]->path + n, '/') && !visit(ctx, t->v[i], e))
			return false;
	}
	return true;
}

struct lister {
	struct arena *a;
	struct strings *names;
};

static bool list_name(void *ctx, const struct node *child, struct error *e)
{
	struct lister *l = ctx;

	(void)e;
	*list_push(l->a, l->names) = path_base(child->path);
	return true;
}

static bool source_list(struct ldconf_source *base, const char *folder, struct strings *names,
			struct error *e)
{
	struct tree_source *s = (struct tree_source *)base;
	const struct node *n = tree_resolve(s->t, folder);
	struct lister l = { s->a, names };

	return !n || each_child(s->t, n, list_name, &l, e);
}

bool cache_conf_folders(struct arena *a, const struct tree *t, struct strings *out, struct error *e)
{
	struct tree_source s = { { conf_source_read, source_list }, a, t };

	return ldconf_read(a, &s.base, CONF, out, e);
}

/* The cache while it is collected. */
struct cache_collector {
	struct arena *a;
	const struct tree *t;
	struct objects objects;
	const char *folder;	/* as ldconfig spells it */
	struct strings done;	/* real paths of folders seen */
	struct nodes libraries; /* of this folder */
	struct strings sonames; /* of this folder */
	struct ldcache cache;
};

/* _dl_is_dso */
static bool is_dso_name(const char *name)
{
	struct str s = str_of(name);

	return ((str_starts(s, STR("lib")) || str_starts(s, STR("ld-"))) && strstr(name, ".so")) ||
	       str_starts(s, STR("ld.so.")) || str_starts(s, STR("ld64.so."));
}

/* Names whose order in the loader depends on the signedness of char (bytes beyond ASCII) or on the
 * overflow of an int (long numbers) would make its search go astray. */
static bool has_order(const char *s)
{
	size_t digits = 0;

	for (; *s; s++) {
		digits = *s >= '0' && *s <= '9' ? digits + 1 : 0;
		if ((unsigned char)*s > 0x7e || digits > 9)
			return false;
	}
	return true;
}

/* The library that a process would get under this absolute path, or NULL. */
static bool library_at(struct cache_collector *c, const char *path, struct object **out,
		       struct error *e)
{
	const struct node *n = tree_resolve(c->t, path);

	*out = NULL;
	if (!n || n->type != NODE_FILE)
		return true;
	if (!objects_get(&c->objects, n, out, e))
		return false;
	if (!(*out)->file.is_elf || (*out)->file.bad || (*out)->file.elf->type != ET_DYN ||
	    !(*out)->file.elf->dynamic || (*out)->file.elf->big_endian != c->cache.big_endian ||
	    ldcache_flags((*out)->file.elf) == 0)
		*out = NULL;
	return true;
}

/* The name a file is cached under: its SONAME. The link for the linker (libz.so, of a library named
 * libz.so.1) is cached under its own. */
static const char *cached_name(const struct node *child, const struct elf *elf)
{
	const char *base = path_base(child->path);

	if (!elf->soname)
		return base;
	if (child->type == NODE_LINK && str_ends(str_of(base), STR(".so")) &&
	    str_starts(str_of(elf->soname), str_of(base)))
		return base;
	return elf->soname;
}

/* Notes a file that may be a library, so that all of a folder are read at once. */
static bool list_library(void *ctx, const struct node *child, struct error *e)
{
	struct cache_collector *c = ctx;
	const struct node *n;

	(void)e;
	n = is_dso_name(path_base(child->path)) ? tree_resolve(c->t, child->path) : NULL;
	if (n && n->type == NODE_FILE)
		*list_push(c->a, &c->libraries) = n;
	return true;
}

static bool add_library(void *ctx, const struct node *child, struct error *e)
{
	struct cache_collector *c = ctx;
	const char *name = path_base(child->path), *path;
	struct object *o;

	if (!is_dso_name(name))
		return true;
	if (!library_at(c, arena_printf(c->a, "%s/%s", c->folder, name), &o, e))
		return false;
	if (!o)
		return true;
	name = cached_name(child, o->file.elf);
	if (strchr(name, '/') || !has_order(name) || strings_has(&c->sonames, name))
		return true;
	path = arena_printf(c->a, "%s/%s", c->folder, name);
	if (!library_at(c, path, &o, e))
		return false;
	if (!o)
		return true;
	*list_push(c->a, &c->sonames) = name;
	*list_push(c->a, &c->cache.entries) = (struct ldcache_entry){
		.soname = name,
		.path = path,
		.flags = ldcache_flags(o->file.elf),
	};
	return true;
}

static bool cache_add_folder(struct cache_collector *c, const char *folder, struct error *e)
{
	const struct node *n = tree_resolve(c->t, folder);

	if (!n || n->type != NODE_DIR || strings_has(&c->done, n->path))
		return true;
	*list_push(c->a, &c->done) = n->path;
	c->folder = folder;
	c->libraries.n = c->sonames.n = 0;
	return each_child(c->t, n, list_library, c, e) &&
	       objects_read(&c->objects, &c->libraries, e) &&
	       each_child(c->t, n, add_library, c, e);
}

/* The first ELF file of the tree when nobody named one. */
static bool find_like(struct cache_collector *c, const struct node *like, struct object **out,
		      struct error *e)
{
	*out = NULL;
	if (like)
		return objects_get(&c->objects, like, out, e);
	for (size_t i = 0; i < c->t->n && !*out; i++) {
		if (c->t->v[i]->type != NODE_FILE)
			continue;
		if (!objects_get(&c->objects, c->t->v[i], out, e))
			return false;
		/* of what is no ELF file, or a bad one, the header is empty */
		if (ldcache_flags((*out)->file.elf) == 0)
			*out = NULL;
	}
	return true;
}

bool cache_build(struct arena *a, const struct tree *t, const struct node *like, struct buf *out,
		 struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct cache_collector c = { .a = &scratch, .t = t, .objects = { .a = &scratch } };
	struct strings folders = { 0 };
	struct object *o;

	if (!find_like(&c, like, &o, e) || !cache_conf_folders(&scratch, t, &folders, e))
		return false;
	if (o) {
		c.cache.big_endian = o->file.elf->big_endian;
		search_default_folders(&scratch, o->file.elf, &folders);
	}
	for (size_t i = 0; i < folders.n; i++) {
		if (!cache_add_folder(&c, folders.v[i], e))
			return err_wrap(e, "ld.so.cache");
	}
	ldcache_write(a, &c.cache, out);
	return true;
}
