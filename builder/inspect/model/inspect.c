/* SPDX-License-Identifier: Apache-2.0 */
/* The steps from a reference to what is in the image, in their order. */

#include "inspect/model/inspect.h"

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

bool inspect_image(struct arena *a, const struct inspect_request *req, struct inspection *out,
		   struct error *e)
{
	static const struct strings nothing = { NULL, 0, 0 };

	return bundle_open(a, req->image, &out->bundle, e) &&
	       manifest_read(a, &out->bundle, req->platform, &out->facts, e) &&
	       model_read_keeping(a, &out->bundle, &out->facts, req->keep, &out->model, e) &&
	       packages_read(a, &out->model, req->owned ? req->owned : &nothing, &out->records, e) &&
	       read_os(a, &out->model, e);
}

void inspect_close(struct inspection *i)
{
	model_close(&i->model);
	bundle_close(&i->bundle);
}
