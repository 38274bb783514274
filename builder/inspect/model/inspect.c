/* SPDX-License-Identifier: Apache-2.0 */
/* The steps from a reference to what is in the image, in their order. */

#include "inspect/model/inspect.h"

#include "inspect/model/rootfs.h"

/* os-release(5): NAME=value or NAME="value". */
static const char *os_value(struct arena *a, struct str text, const char *name)
{
	struct str line, key, value;

	while (str_next(&text, '\n', &line)) {
		if (!str_cut(str_trim(line), '=', &key, &value) || !str_eq(key, str_of(name)))
			continue;
		if (value.n >= 2 && (value.p[0] == '"' || value.p[0] == '\''))
			value = (struct str){ value.p + 1, value.n - 2 };
		return value.n ? str_dup(a, value) : NULL;
	}
	return NULL;
}

static bool read_os(struct arena *a, struct model *m, struct error *e)
{
	const struct item *i = model_resolve(m, "", "etc/os-release", NULL);
	AUTO_ARENA scratch = { 0 };
	struct str text;

	if (!i)
		i = model_resolve(m, "", "usr/lib/os-release", NULL);
	if (!model_text(&scratch, m, i, &text, e))
		return false;
	m->os_id = os_value(a, text, "ID");
	m->os_version = os_value(a, text, "VERSION_ID");
	return true;
}

/* What was asked for, and the files behind symlinks. */
struct keep_more {
	struct keep_rule base;
	const struct keep_rule *asked; /* or NULL */
	struct strings paths, dirs;
};

static bool wants_more(const struct keep_rule *k, const char *path)
{
	const struct keep_more *more = (const struct keep_more *)k;

	for (size_t i = 0; i < more->dirs.n; i++) {
		if (path_below(path, more->dirs.v[i]))
			return true;
	}
	return strings_has(&more->paths, path) ||
	       (more->asked && more->asked->want && more->asked->want(more->asked, path));
}

/* Package records may be symlinks, whose targets are known when all layers are read: then these are
 * read again. */
static bool read_records_again(struct arena *a, const struct inspect_request *req,
			       struct inspection *out, struct error *e)
{
	static const char *const dirs[] = { "var/lib/dpkg/status.d", "var/lib/dpkg/info" };
	struct keep_more more = { { .want = NULL }, req->keep, { 0 }, { 0 } };
	struct record_files records = { 0 };

	if (req->keep)
		more.base = *req->keep;
	more.base.want = wants_more;
	packages_records(a, &out->model, &records);
	for (size_t i = 0; i < records.n; i++) {
		const struct item *item = records.v[i].item;

		if (strcmp(item->path, records.v[i].path) != 0 && item->size && !item->kept_at)
			*list_push(a, &more.paths) = item->path;
	}
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		const struct item *dir = model_resolve(&out->model, "", dirs[i], NULL);

		if (dir && dir->type == ITEM_DIR && strcmp(dir->path, dirs[i]) != 0)
			*list_push(a, &more.dirs) = dir->path;
	}
	if (more.paths.n == 0 && more.dirs.n == 0)
		return true;
	model_close(&out->model);
	return model_read_keeping(a, &out->bundle, &out->facts, &more.base, &out->model, e);
}

static bool inspect_facts(struct arena *a, const struct inspect_request *req,
			  struct inspection *out, struct error *e)
{
	if (!req->facts)
		return manifest_read(a, &out->bundle, req->platform, &out->facts, e);
	out->facts = *req->facts;
	return true;
}

bool inspect_image(struct arena *a, const struct inspect_request *req, struct inspection *out,
		   struct error *e)
{
	static const struct strings nothing = { NULL, 0, 0 };

	return (req->opened ? bundle_share(req->opened, &out->bundle, e)
			    : bundle_open(a, req->image, &out->bundle, e)) &&
	       inspect_facts(a, req, out, e) &&
	       model_read_keeping(a, &out->bundle, &out->facts, req->keep, &out->model, e) &&
	       read_records_again(a, req, out, e) &&
	       packages_read(a, &out->model, req->owned ? req->owned : &nothing, &out->records,
			     e) &&
	       read_os(a, &out->model, e) && (rootfs_describe(&out->model, &out->facts), true);
}

void inspect_close(struct inspection *i)
{
	model_close(&i->model);
	bundle_close(&i->bundle);
}
