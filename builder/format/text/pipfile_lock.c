/* SPDX-License-Identifier: Apache-2.0 */
/* What `pipenv requirements --hash` prints, without pipenv. */

#include "format/text/pipfile_lock.h"

#include "format/json/jsonx.h"

#define PIPFILE_AGAIN "pipenv lock"

static bool pipfile_check_form(struct arena *a, const struct json_node *root, struct error *e)
{
	struct json_node meta, form;
	const char *text;

	if (!json_want_object(root, e))
		return false;
	if (!jsonx_get(root, "_meta", &meta) || !json_node_is_object(&meta) ||
	    !jsonx_get(&meta, "pipfile-spec", &form))
		return json_fail(root, e,
				 "it has no \"pipfile-spec\": " PIPFILE_AGAIN " writes it anew");
	text = json_text(a, &form);
	return strcmp(text, "6") == 0 ||
	       json_fail(&form, e,
			 "pipfile-spec %s is not known, 6 is: " PIPFILE_AGAIN " writes it anew",
			 text);
}

/* Of several indexes each package says which is its own; pip asks all of them. Addresses with
 * variables are for pipenv to fill in. */
static bool pipfile_read_sources(struct arena *a, const struct json_node *root, const char *file,
				 struct requirements *out, struct error *e)
{
	struct json_node meta, list, one;
	unsigned line, col;

	if (!jsonx_get(root, "_meta", &meta) || !jsonx_get(&meta, "sources", &list))
		return true;
	if (!json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &one); i++) {
		const char *url = json_node_is_object(&one) ? jsonx_text(a, &one, "url") : NULL;

		if (!url || strchr(url, '$'))
			continue;
		json_place(&one, &line, &col);
		if (!requirement_index(a, str_of(url), "sources", &out->indexes, e))
			return err_at(e, file, line, col);
		out->indexes_alone = true;
	}
	return true;
}

static bool pipfile_read_hashes(struct arena *a, const struct json_node *n, struct requirement *r,
				struct error *e)
{
	struct strings list = { NULL, 0, 0 };

	if (!jsonx_strings(a, n, "hashes", &list, e))
		return false;
	list_each(x, &list) {
		struct content_digest d;

		if (!content_digest_parse(str_of(*x), &d))
			return json_fail(n, e, "%s: \"%s\" is not a hash: " CONTENT_DIGEST_FORMS,
					 r->name, *x);
		*list_push(a, &r->hashes) = d;
	}
	return r->hashes.n > 0 ||
	       json_fail(n, e, "%s has no hashes: " PIPFILE_AGAIN " writes them", r->name);
}

/* What no index has. */
static bool pipfile_check_source(struct arena *a, const struct json_node *n, const char *name,
				 struct error *e)
{
	static const char *const keys[] = { "git", "hg", "svn", "bzr", "path", "file" };
	struct json_node from;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *at = jsonx_text(a, n, keys[i]);

		if (jsonx_get(n, keys[i], &from))
			return json_fail(
				n, e,
				"%s comes from %s (%s), of which no hash of a file is known: put a "
				"wheel of it on a server that is an index, or take a release, and "
				"run " PIPFILE_AGAIN,
				name, at ? at : "elsewhere", keys[i]);
	}
	return true;
}

static bool pipfile_read_one(struct arena *a, const struct json_node *n, const char *file,
			     const char *name, struct requirements *out, struct error *e)
{
	struct requirement r = { .name = requirement_name(a, str_of(name)), .file = file };
	const char *version = NULL, *markers = NULL;
	unsigned col;

	if (!json_want_object(n, e) || !pipfile_check_source(a, n, name, e) ||
	    !jsonx_string(a, n, "version", &version, e) ||
	    !jsonx_string(a, n, "markers", &markers, e) || !pipfile_read_hashes(a, n, &r, e))
		return false;
	if (!version || strncmp(version, "==", 2) != 0 || strpbrk(version + 2, "=,*<>!~/ ") ||
	    !version[2])
		return json_fail(n, e, "%s has no fixed version: " PIPFILE_AGAIN " writes it",
				 name);
	r.specifiers = str_of(version);
	r.version = version + 2;
	r.marker = str_of(markers ? markers : "");
	json_place(n, &r.line, &col);
	*list_push(a, &out->v) = r;
	return true;
}

bool pipfile_lock_read(struct arena *a, struct str text, const char *file, struct requirements *out,
		       struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, section, one;

	if (!json_parse(file, text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!pipfile_check_form(a, &root, e) || !pipfile_read_sources(a, &root, file, out, e))
		return false;
	if (!jsonx_get(&root, "default", &section))
		return true;
	if (!json_want_object(&section, e))
		return false;
	for (size_t i = 0; json_member(&section, i, &one); i++) {
		if (!pipfile_read_one(a, &one, file, str_dup(a, str_of(one.key)), out, e))
			return false;
	}
	return true;
}
