/* SPDX-License-Identifier: Apache-2.0 */
/* Puts entries of packages into the tree. Conflicts are the tree's to find; which packages and
 * which files are wanted is the caller's to say. */

#include "make/place/place.h"

#define LINKS_MAX 8
#define DOCUMENTS "usr/share/doc/"

static bool place_entry(struct tree *t, const struct deb *deb, const struct deb_entry *entry,
			const struct owner *owner, struct error *e)
{
	struct node n = deb_node(deb, entry, owner);

	return tree_add(t, &n, e);
}

/* Whether this owner has brought a folder, and so all above it that its package ships. */
static bool is_brought(const struct tree *t, const char *path, const struct owner *owner)
{
	const struct node *n = tree_find(t, path);

	return n && !n->implied && n->owner == owner;
}

/* The folders above `path` that the package ships, outermost first, with their modes. */
static bool place_parents(struct tree *t, const struct deb *deb, const char *path,
			  const struct owner *owner, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	char *copy = arena_strdup(&scratch, path), *end = copy + strlen(copy), *slash;
	bool brought = false;

	while (!brought && (slash = strrchr(copy, '/'))) {
		*slash = '\0';
		brought = is_brought(t, copy, owner);
	}
	/* down again, one slash after the other */
	for (char *cut = copy + strlen(copy); cut < end; cut += strlen(cut)) {
		const struct deb_entry *up = brought ? NULL : deb_find(deb, copy);

		if (up && up->type == NODE_DIR && !place_entry(t, deb, up, owner, e))
			return false;
		brought = false;
		*cut = '/';
	}
	return true;
}

static bool add_with_parents(struct tree *t, const struct deb *deb, const struct deb_entry *entry,
			     const struct owner *owner, struct error *e)
{
	return place_parents(t, deb, entry->path, owner, e) && place_entry(t, deb, entry, owner, e);
}

bool place_check_path(const char *path, const char *by, struct error *e)
{
	if (strcmp(path, "var/lib/dpkg/status") != 0 &&
	    !str_starts(str_of(path), STR("var/lib/dpkg/status.d/")))
		return true;
	return err_set(
		e, ERR_INPUT,
		"%s brings /%s, where imgbuild records packages: scanners would believe it; leave it "
		"out: \"drop\": [\"/%s\"]",
		by, path, path);
}

bool place_package(const struct placing *to, const struct deb *deb, struct selection *which,
		   const struct owner *owner, struct error *e)
{
	size_t files = 0;

	for (size_t i = 0; i < deb->entries.n; i++) {
		const struct deb_entry *entry = &deb->entries.v[i];

		bool is_dir = entry->type == NODE_DIR;

		if (!select_path(which->keep, which->drop, entry->path,
				 is_dir ? NULL : &which->used))
			continue;
		files += !is_dir;
		if (!is_dir && !place_check_path(entry->path, "the package", e))
			return err_wrap(e, "package %s", deb->package->name);
		if (!add_with_parents(to->tree, deb, entry, owner, e))
			return false;
	}
	which->files += files;
	return files == 0 || place_copyright(to, deb, owner, e);
}

/* An owner for what comes from a package other than the one that is being placed. */
static const struct owner *place_owner(struct tree *t, const struct deb *deb,
				       const struct owner *like)
{
	struct owner *o;

	if (strcmp(like->name, deb->package->name) == 0)
		return like;
	o = arena_alloc(t->a, sizeof(*o));
	*o = *like;
	o->name = deb->package->name;
	o->version = deb->package->version;
	o->why = arena_printf(t->a, "copyright of %s", like->name);
	return o;
}

/* A step towards a copyright file: what is at `path`, in the tree or in a package. */
struct found_entry {
	bool there;
	const char *link; /* a link's target; else NULL */
};

/* Opens the package whose folder of documents a path is in or is. */
static bool reach_documents(const struct placing *to, const char *path, const struct deb **deb,
			    struct error *e)
{
	AUTO_ARENA a = { 0 };
	const char *name = path + strlen(DOCUMENTS);

	*deb = NULL;
	if (!to->reach || strncmp(path, DOCUMENTS, strlen(DOCUMENTS)) != 0)
		return true;
	return to->reach(to->ctx, arena_strndup(&a, name, strcspn(name, "/")), deb, e);
}

/* Looks in the tree, then in the package itself, then in the others; adds what it finds. Folders
 * do not count: only files and links do. */
static bool find_and_add(const struct placing *to, const struct deb *deb, const char *path,
			 const struct owner *owner, struct found_entry *out, struct error *e)
{
	const struct node *n = tree_find(to->tree, path);
	const struct deb *more;

	*out = (struct found_entry){ n && n->type != NODE_DIR,
				     n && n->type == NODE_LINK ? n->target : NULL };
	for (size_t i = 0; !out->there && i <= to->n; i++) {
		const struct deb *from = i == 0 ? deb : to->debs[i - 1];
		const struct deb_entry *entry = deb_find(from, path);

		if (!entry || entry->type == NODE_DIR)
			continue;
		*out = (struct found_entry){ true, entry->target };
		return add_with_parents(to->tree, from, entry, place_owner(to->tree, from, owner),
					e);
	}
	if (out->there || deb_find(deb, path))
		return true;
	if (!reach_documents(to, path, &more, e) || !more)
		return e->kind == ERR_NONE;
	return find_and_add(&(struct placing){ to->tree, &more, 1, NULL, NULL }, deb, path, owner,
			    out, e);
}

bool place_copyright(const struct placing *to, const struct deb *deb, const struct owner *owner,
		     struct error *e)
{
	AUTO_ARENA a = { 0 };
	const char *folder = arena_printf(&a, "usr/share/doc/%s", deb->package->name);

	for (int i = 0; folder && i < LINKS_MAX; i++) {
		const char *file = arena_printf(&a, "%s/copyright", folder);
		struct found_entry f;

		if (!find_and_add(to, deb, folder, owner, &f, e))
			return false;
		if (f.link) {
			folder = path_follow(&a, folder, f.link);
			continue;
		}
		if (!find_and_add(to, deb, file, owner, &f, e))
			return false;
		if (!f.link)
			return true;
		/* a link in the place of the file: its target is named "copyright" too */
		file = path_follow(&a, file, f.link);
		folder = file && strcmp(path_base(file), "copyright") == 0 ? path_dir(&a, file)
									   : NULL;
	}
	return true;
}
