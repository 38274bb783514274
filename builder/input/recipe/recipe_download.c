/* SPDX-License-Identifier: Apache-2.0 */
/* A provider's "download": a file that its author publishes, taken as it is. Its digest stands in
 * the recipe, so that nobody between author and image has to be believed. */

#include "input/recipe/recipe_reader.h"

#include "format/debian/purl.h"

#define STRIP_MAX 16

/* What a wheel is for: pip's place on Debian, which is on sys.path of python3.13. */
#define WHEELS_TO "/usr/local/lib/python3.13/dist-packages"

static const char *const download_forms[UNPACK_FORMS] = {
	[UNPACK_TAR] = "tar",
	[UNPACK_ZIP] = "zip",
	[UNPACK_WHEEL] = "wheel",
	[UNPACK_PLAIN] = "plain",
};

static bool download_read_form(struct reader *rd, const struct json_node *n, enum unpack_form *out,
			       struct error *e)
{
	struct json_node form;
	const char *text;

	if (!json_need(n, "unpack", &form, e) || !json_as_string(rd->a, &form, &text, e))
		return false;
	for (size_t i = UNPACK_NONE + 1; i < UNPACK_FORMS; i++) {
		if (download_forms[i] && strcmp(text, download_forms[i]) == 0) {
			*out = (enum unpack_form)i;
			return true;
		}
	}
	return json_fail(&form, e,
			 "\"%s\" is not a form of a download; known forms: tar, zip, wheel, plain",
			 text);
}

static bool download_read_place(struct reader *rd, const struct json_node *n, struct unpacking *u,
				struct error *e)
{
	struct json_node to, mode, strip;

	u->to = u->form == UNPACK_WHEEL ? WHEELS_TO : "/";
	u->mode = 0644;
	if (json_get(n, "to", &to)) {
		if (!(u->form == UNPACK_PLAIN ? read_file_place : read_absolute)(rd, &to, &u->to,
										 e) ||
		    !variables_put_version(rd, &to, &u->to, e))
			return false;
	} else if (u->form == UNPACK_PLAIN) {
		return json_fail(n, e, "a plain download needs \"to\": the path of the file");
	}
	if (json_get(n, "mode", &mode)) {
		if (u->form != UNPACK_PLAIN)
			return json_fail(&mode, e, "only a plain download has a \"mode\"");
		if (!read_mode(rd, &mode, &u->mode, e))
			return false;
		if (u->mode & ~0777u)
			return json_fail(&mode, e,
					 "a download may be neither setuid nor setgid, nor sticky");
	}
	if (!json_get(n, "strip", &strip))
		return true;
	if (u->form != UNPACK_TAR && u->form != UNPACK_ZIP)
		return json_fail(&strip, e, "only tar and zip have names to \"strip\"");
	return json_as_u64(&strip, &u->strip, e) &&
	       (u->strip <= STRIP_MAX || json_fail(&strip, e, "must be at most %d", STRIP_MAX));
}

static bool download_read_origin(struct reader *rd, const struct json_node *n,
				 struct source_recipe *s, struct error *e)
{
	struct json_node file, sha, urls, url;

	if (!source_read_addresses(rd, n, "urls", &s->urls, e) ||
	    (json_get(n, "file", &file) && !read_path(rd, &file, &s->local, e)))
		return false;
	for (size_t i = 0; i < s->urls.n; i++) {
		if (!json_need(n, "urls", &urls, e) || !json_item(&urls, i, &url) ||
		    !variables_put_version(rd, &url, &s->urls.v[i], e))
			return false;
	}
	if ((s->urls.n > 0) == (s->local != NULL))
		return json_fail(n, e, "a download has either \"urls\" or \"file\"");
	return json_need(n, "sha256", &sha, e) && read_digest(rd, &sha, &s->sha256, e) &&
	       source_read_signature(rd, n, &s->signature, e);
}

static bool download_read_purl(struct reader *rd, const struct json_node *n,
			       struct source_recipe *s, struct error *e)
{
	struct json_node node;
	struct purl parsed;

	if (!json_get(n, "purl", &node))
		return true;
	return json_as_string(rd->a, &node, &s->purl, e) &&
	       (purl_parse(rd->a, s->purl, &parsed) ||
		json_fail(&node, e,
			  "\"%s\" is not a package URL; write it like pkg:github/owner/name@1.2.3",
			  s->purl));
}

/* It becomes part of a file's name, of a package URL, and of what has ${version} in it. */
static bool download_read_version(struct reader *rd, const struct json_node *n, const char **out,
				  struct error *e)
{
	static const char first[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	struct json_node version;
	size_t n_first;
	const char *text;

	if (!json_need(n, "version", &version, e) || !json_as_string(rd->a, &version, &text, e))
		return false;
	n_first = strspn(text, first);
	*out = text;
	text += n_first;
	text += strspn(text,
		       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.+~_:-");
	return (n_first > 0 && *text == '\0') ||
	       json_fail(&version, e,
			 "\"%s\" is not a version: it has letters, digits and .+~_:- and begins "
			 "with a letter or a digit",
			 *out);
}

/* All that may hold ${version}. */
static bool download_read_versioned(struct reader *rd, const struct json_node *n,
				    struct source_recipe *s, struct error *e)
{
	bool done;

	rd->version = s->version;
	done = download_read_place(rd, n, &s->unpack, e) && download_read_origin(rd, n, s, e);
	rd->version = NULL;
	return done;
}

bool download_read(struct reader *rd, const struct json_node *n, const char *name,
		   const struct source_recipe **out, struct error *e)
{
	static const char *const keys[] = { "urls",   "file",	 "sha256",    "signature",
					    "unpack", "version", "to",	      "strip",
					    "mode",   "purl",	 "platforms", NULL };
	struct source_recipe *s = arena_alloc(rd->a, sizeof(*s));

	s->name = name;
	s->file = n->doc->file;
	s->at = read_place(n);
	*out = s;
	return json_want_object(n, e) && json_no_other_keys(n, keys, e) &&
	       download_read_version(rd, n, &s->version, e) &&
	       download_read_form(rd, n, &s->unpack.form, e) &&
	       download_read_versioned(rd, n, s, e) && download_read_purl(rd, n, s, e) &&
	       read_platforms(rd, n, &s->platforms, e);
}
