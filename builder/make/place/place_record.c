/* SPDX-License-Identifier: Apache-2.0 */
/* What scanners read of a package: its record in status.d. */

#include "make/place/place.h"

#include "make/deb/deb_control.h"

static bool is_of_package(const struct node *n, const char *package)
{
	return n->type != NODE_DIR && n->owner && n->owner->kind == OWNER_PACKAGE &&
	       strcmp(n->owner->name, package) == 0;
}

static bool in_tree(const struct tree *t, const char *package)
{
	for (size_t i = 0; i < t->n; i++) {
		if (is_of_package(t->v[i], package))
			return true;
	}
	return false;
}

/* " /etc/x MD5": a line of the field as dpkg's own database has it, for a file that the package
 * brought. */
static bool add_conffile(const struct tree *t, const struct deb *deb, struct str line, bool *first,
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
	if (!n || n->type != NODE_FILE || !is_of_package(n, deb->package->name))
		return true;
	if (!node_map(n, &m, e))
		return false;
	md5_hex(m.bytes, hex);
	buf_printf(out, "%s " STR_FMT " %s\n", *first ? "Conffiles:\n" : "", STR_ARG(path), hex);
	*first = false;
	return true;
}

/* Configuration files are never in md5sums: without this field nobody could tell whose they are. */
static bool add_conffiles(const struct tree *t, const struct deb *deb, struct buf *out,
			  struct error *e)
{
	struct str text = deb_control_text(deb, "conffiles"), line;
	bool first = true;

	if (control_field(deb_control_text(deb, "control"), "Conffiles").p)
		return true;
	while (str_next(&text, '\n', &line)) {
		if (!add_conffile(t, deb, line, &first, out, e))
			return false;
	}
	return true;
}

static bool is_conffile(const struct deb *deb, const char *path)
{
	struct str text = deb_control_text(deb, "conffiles"), line;

	while (str_next(&text, '\n', &line)) {
		line = str_trim(line);
		if (line.n && line.p[0] == '/' && str_eq(str_from(line, 1), str_of(path)))
			return true;
	}
	return false;
}

/* The sums of what a package brought that has none itself: dpkg makes them when it installs one. */
static bool sum_package(const struct tree *t, const struct deb *deb, struct buf *out,
			struct error *e)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct node *n = t->v[i];
		AUTO_MAPPING m = { 0 };
		char hex[33];

		if (n->type != NODE_FILE || !is_of_package(n, deb->package->name) ||
		    is_conffile(deb, n->path))
			continue;
		if (!node_map(n, &m, e))
			return false;
		md5_hex(m.bytes, hex);
		buf_printf(out, "%s  %s\n", hex, n->path);
	}
	return true;
}

static bool place_add_record(struct tree *t, const struct deb *deb, const char *suffix,
			     int64_t mtime, const struct buf *text, const struct owner *owner,
			     struct error *e)
{
	const struct node n = {
		.path = arena_printf(t->a, "var/lib/dpkg/status.d/%s%s", deb->package->name,
				     suffix),
		.type = NODE_FILE,
		.mode = 0644,
		.owner = owner,
		.mtime = mtime,
		.content = { .size = text->n, .bytes = buf_cstr(text) },
	};

	return tree_add(t, &n, e);
}

static bool record_control(struct tree *t, const struct deb *deb, const struct owner *owner,
			   struct error *e)
{
	const struct deb_control *c = deb_control_find(deb, "control");
	struct buf text = { .a = t->a };

	if (!c)
		return true;
	buf_add(&text, c->text);
	return add_conffiles(t, deb, &text, e) &&
	       place_add_record(t, deb, "", c->mtime, &text, owner, e);
}

static bool record_sums(struct tree *t, const struct deb *deb, const struct owner *owner,
			struct error *e)
{
	const struct deb_control *c = deb_control_find(deb, "md5sums"),
				 *control = deb_control_find(deb, "control");
	struct buf text = { .a = t->a };

	if (c)
		buf_add(&text, c->text);
	else if (!sum_package(t, deb, &text, e))
		return false;
	c = c ? c : control;
	return !c || (md5sums_check(buf_str(&text), e) &&
		      place_add_record(t, deb, ".md5sums", c->mtime, &text, owner, e));
}

bool place_record(struct tree *t, const struct deb *deb, const struct owner *owner, bool *added,
		  struct error *e)
{
	bool there = in_tree(t, deb->package->name);

	if (added)
		*added = there;
	/* control_check has seen to it that the name is a file name; a record is not summed */
	return !there || (record_sums(t, deb, owner, e) && record_control(t, deb, owner, e)) ||
	       err_wrap(e, "package %s", deb->package->name);
}
