/* SPDX-License-Identifier: Apache-2.0 */
/* Files are known by their paths; content_intake.c keeps the texts of exactly these, and notes what
 * programs and jars say of themselves. */

#include "inspect/model/language_packages.h"

#include "base/path.h"
#include "base/strmap.h"
#include "format/json/jsonx.h"
#include "inspect/layers/embedded.h"
#include "inspect/layers/kept_paths.h"

struct language_reading {
	struct arena *a;
	const struct model *m;
	struct components *out;
	struct strmap seen; /* locators */
	struct remarks *problems;
};

static void language_add(struct language_reading *r, const struct image_component *c)
{
	void **seen = strmap_slot(r->a, &r->seen, str_of(c->locator));

	if (*seen)
		return;
	*seen = r;
	*list_push(r->a, r->out) = *c;
}

static void language_problem(struct language_reading *r, const struct item *i, const char *text)
{
	*list_push(r->a, r->problems) = (struct layer_remark){ "package.bad-record", i->path,
							       text };
}

/* The headers of METADATA and PKG-INFO (core metadata): up to the first empty line. */
static void language_read_python(struct language_reading *r, const struct item *i, struct str text)
{
	struct image_component c = { .record = i->path };
	struct str line, key, value;

	while (str_next(&text, '\n', &line) && str_trim(line).n) {
		if (!str_cut(line, ':', &key, &value) || !str_trim(value).n)
			continue;
		if (!c.name && str_eq(key, STR("Name")))
			c.name = str_dup(r->a, str_trim(value));
		if (!c.version && str_eq(key, STR("Version")))
			c.version = str_dup(r->a, str_trim(value));
	}
	if (!c.name || !c.version) {
		language_problem(r, i, "it names no project with a version");
		return;
	}
	purl_of(r->a, "pypi", c.name, c.version, &c.purl);
	c.name = c.purl.name;
	c.locator = purl_text(r->a, &c.purl);
	language_add(r, &c);
}

static bool language_parse_node(struct language_reading *r, const struct item *i, struct str text,
				struct error *e)
{
	struct image_component c = { .record = i->path };
	struct json_node root;
	AUTO_JSON doc = { 0 };

	if (!json_parse(i->path, text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_object(&root, e) || !jsonx_string(r->a, &root, "name", &c.name, e) ||
	    !jsonx_string(r->a, &root, "version", &c.version, e))
		return false;
	if (!c.name || !c.name[0] || !c.version)
		return true; /* a folder of a package, with settings of its own */
	purl_of(r->a, "npm", c.name, c.version, &c.purl);
	if (!*c.purl.name)
		return true;
	c.locator = purl_text(r->a, &c.purl);
	language_add(r, &c);
	return true;
}

/* As people of the ecosystem name it. */
static const char *language_name(struct arena *a, const struct purl *p)
{
	const char *between = strcmp(p->type, "maven") == 0 ? ":" : "/";

	return *p->space ? arena_printf(a, "%s%s%s", p->space, between, p->name) : p->name;
}

/* What a program or a jar was built from. The list comes from a child that may have been taken
 * over: what is no package URL is left out. */
static void language_take_embedded(struct language_reading *r, const struct item *i)
{
	for (size_t n = 0; n < i->embedded->purls.n; n++) {
		struct image_component c = { .record = i->path,
					     .locator = i->embedded->purls.v[n] };

		if (!purl_parse(r->a, c.locator, &c.purl))
			continue;
		c.name = language_name(r->a, &c.purl);
		c.version = c.purl.version;
		language_add(r, &c);
	}
	if (i->embedded->problem)
		language_problem(r, i, i->embedded->problem);
}

static bool language_read(struct language_reading *r, const struct item *i, struct error *e)
{
	enum kept_language kind = kept_language(i->path);
	AUTO_ARENA scratch = { 0 };
	struct error bad = { .kind = ERR_NONE };
	struct str text;

	if (i->type != ITEM_FILE || i->package)
		return true;
	if (i->embedded)
		language_take_embedded(r, i);
	if (kind != KEPT_PYTHON_METADATA && kind != KEPT_NODE_PACKAGE)
		return true;
	if (!model_text(&scratch, r->m, i, &text, e))
		return false;
	if (!text.p)
		return true;
	if (kind == KEPT_PYTHON_METADATA)
		language_read_python(r, i, text);
	else if (!language_parse_node(r, i, text, &bad))
		language_problem(r, i, arena_printf(r->a, "line %u: %s", bad.at.line, bad.cause));
	return true;
}

bool language_components(struct arena *a, const struct model *m, struct components *out,
			 struct remarks *problems, struct error *e)
{
	struct language_reading r = { .a = a, .m = m, .out = out, .problems = problems };

	list_each(c, out) {
		if (c->locator) /* a document names it already */
			strmap_add(a, &r.seen, str_of(c->locator));
	}
	for (size_t n = 0; n < m->items.n; n++) {
		if (!language_read(&r, m->items.v[n], e))
			return false;
	}
	return true;
}

/* The first field of a line of RECORD (RFC 4180): quoted where it has a comma or a quote. */
static const char *record_path(struct arena *a, struct str line)
{
	struct buf out = { .a = a };
	struct str path, rest;

	if (!line.n || line.p[0] != '"') {
		str_cut(line, ',', &path, &rest);
		return str_dup(a, path);
	}
	for (size_t i = 1; i < line.n; i++) {
		if (line.p[i] == '"' && (i + 1 == line.n || line.p[++i] != '"'))
			break;
		buf_putc(&out, line.p[i]);
	}
	return buf_cstr(&out);
}

/* Paths are relative to the folder that the .dist-info stands in. */
static bool language_own_record(struct model *m, const struct item *list, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	const char *info = path_dir(&scratch, list->path);
	struct str text, line;

	if (!model_text(&scratch, m, list, &text, e))
		return false;
	while (str_next(&text, '\n', &line)) {
		const char *path = record_path(&scratch, str_trim(line));
		const char *real = path[0] ? path_follow(&scratch, info, path) : NULL;
		struct item *i = real ? model_at(m, real) : NULL;

		if (i)
			i->owned = true;
	}
	return true;
}

/* Items are in the order of their paths, so that a folder's stand together; another package inside
 * it has a package.json of its own. */
static void language_own_folder(struct model *m, const struct item *package)
{
	AUTO_ARENA scratch = { 0 };
	const char *dir = path_dir(&scratch, package->path);

	for (size_t i = items_lower(&m->items, dir); i < m->items.n; i++) {
		struct item *item = m->items.v[i];

		if (path_below(item->path, dir))
			item->owned |= !kept_in_modules(item->path + strlen(dir) + 1);
		else if (strncmp(item->path, dir, strlen(dir)) != 0)
			break;
	}
}

bool language_own(struct model *m, struct error *e)
{
	for (size_t n = 0; n < m->items.n; n++) {
		struct item *i = m->items.v[n];
		enum kept_language kind = i->type == ITEM_FILE ? kept_language(i->path) : KEPT_NONE;

		if (kind == KEPT_PYTHON_RECORD && !language_own_record(m, i, e))
			return false;
		if (kind == KEPT_NODE_PACKAGE)
			language_own_folder(m, i);
		if (i->type == ITEM_FILE && i->embedded && i->embedded->purls.n)
			i->owned = true;
	}
	return true;
}
