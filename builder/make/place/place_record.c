/* SPDX-License-Identifier: Apache-2.0 */
/* What scanners read of a package: its record in status.d. */

#include "make/place/place.h"

#include "make/deb/deb_control.h"

static bool in_tree(const struct tree *t, const char *package)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct node *n = t->v[i];

		if (n->type != NODE_DIR && n->owner && n->owner->kind == OWNER_PACKAGE &&
		    strcmp(n->owner->name, package) == 0)
			return true;
	}
	return false;
}

/* " /etc/x MD5": a line of the field as dpkg's own database has it, for a file that the package
 * brought. */
static bool add_conffile(const struct tree *t, const struct deb *deb, struct str line,
			 struct buf *out, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	AUTO_MAPPING m = { 0 };
	struct str path = str_trim(line);
	const struct node *n;
	char hex[33];

	if (path.n < 2 ||
	    path.p[0] != '/') /* "remove-on-upgrade /etc/x": it is not in the package */
		return true;
	n = tree_find(t, str_dup(&scratch, str_from(path, 1)));
	if (!n || n->type != NODE_FILE || n->owner->kind != OWNER_PACKAGE ||
	    strcmp(n->owner->name, deb->package->name) != 0)
		return true;
	if (!node_map(n, &m, e))
		return false;
	md5_hex(m.bytes, hex);
	buf_printf(out, "%s " STR_FMT " %s\n", out->n ? "" : "Conffiles:\n", STR_ARG(path), hex);
	return true;
}

/* Configuration files are never in md5sums: without this field nobody could tell whose they are. */
static bool add_conffiles(const struct tree *t, const struct deb *deb, struct buf *out,
			  struct error *e)
{
	struct str text = deb_control_text(deb, "conffiles"), line;

	if (control_field(deb_control_text(deb, "control"), "Conffiles").p)
		return true;
	while (str_next(&text, '\n', &line)) {
		if (!add_conffile(t, deb, line, out, e))
			return false;
	}
	return true;
}

/* A member of the package's control data, `more` behind it. */
static bool place_add_record(struct tree *t, const struct deb *deb, const char *member,
			     struct str more, const char *suffix, const struct owner *owner,
			     struct error *e)
{
	const struct deb_control *c = deb_control_find(deb, member);
	struct node n = { .type = NODE_FILE, .mode = 0644, .owner = owner };

	if (!c)
		return true;
	n.path = arena_printf(t->a, "var/lib/dpkg/status.d/%s%s", deb->package->name, suffix);
	n.mtime = c->mtime;
	n.content = (struct content){ .size = c->text.n + more.n,
				      .bytes = arena_printf(t->a, STR_FMT STR_FMT, STR_ARG(c->text),
							    STR_ARG(more)) };
	return tree_add(t, &n, e);
}

bool place_record(struct tree *t, const struct deb *deb, const struct owner *owner, bool *added,
		  struct error *e)
{
	bool there = in_tree(t, deb->package->name);
	struct buf conffiles = { .a = t->a };

	if (added)
		*added = there;
	if (!there)
		return true;
	/* control_check has seen to it that the name is a file name */
	return (md5sums_check(deb_control_text(deb, "md5sums"), e) &&
		add_conffiles(t, deb, &conffiles, e) &&
		place_add_record(t, deb, "control", buf_str(&conffiles), "", owner, e) &&
		place_add_record(t, deb, "md5sums", (struct str){ "", 0 }, ".md5sums", owner, e)) ||
	       err_wrap(e, "package %s", deb->package->name);
}
