/* SPDX-License-Identifier: Apache-2.0 */
/* Where mirrors may be named, and the names people give them there. */

#include "input/release/mirrors.h"

#include "base/buf.h"
#include "format/debian/deb822.h"
#include "input/release/apt_sources.h"

static bool is_archive_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && i)))
			return false;
	}
	return s.n > 0;
}

/* "[ARCHIVE=]URL" */
static bool add_named(struct arena *a, struct mirrors *m, struct str text, const char *origin,
		      struct error *e)
{
	struct str archive = STR("debian"), head, url = text;

	if (!str_starts(text, STR("http")) && str_cut(text, '=', &head, &url)) {
		archive = head;
		if (!is_archive_name(archive))
			return err_set(e, ERR_USAGE,
				       "%s: \"%.*s\" is not the name of an archive: use "
				       "a-z, 0-9 and \"-\"",
				       origin, STR_ARG(archive));
	}
	if (!mirror_url_valid(url))
		return err_set(e, ERR_USAGE,
			       "%s: expected [ARCHIVE=]URL with http:// or https:// and "
			       "without credentials",
			       origin);
	while (str_ends(url, STR("/")))
		url.n--;
	mirrors_add(a, m, str_dup(a, archive), str_dup(a, url), origin);
	return true;
}

static bool mirrors_add_list(struct arena *a, struct mirrors *m, const struct strings *l,
			     const char *origin, struct error *e)
{
	for (size_t i = 0; i < l->n; i++) {
		if (!add_named(a, m, str_of(l->v[i]), origin, e))
			return false;
	}
	return true;
}

static void find_lacking(struct arena *a, const struct archive *archive, struct mirrors *out)
{
	struct strings names = { 0 };
	struct buf text = { .a = a };

	for (size_t i = 0; i < archive->suites.n; i++) {
		const char *name = archive->suites.v[i].archive;

		if (mirrors_have(out, name) || strings_has(&names, name))
			continue;
		*list_push(a, &names) = name;
		buf_printf(&text, "%s%s", names.n > 1 ? " and " : "", name);
	}
	out->lacking = names.n ? buf_cstr(&text) : NULL;
}

/* A name given at the command line that is nearly one of the recipe's is a typing mistake; others
 * are of other recipes. */
static bool mirrors_check_given(struct arena *a, const struct mirrors *given,
				const struct archive *archive, struct error *e)
{
	struct strings names = { 0 };

	*list_push(a, &names) = "debian";
	*list_push(a, &names) = "debian-security";
	for (size_t i = 0; i < archive->suites.n; i++)
		*list_push(a, &names) = archive->suites.v[i].archive;
	for (size_t i = 0; i < given->v.n; i++) {
		const char *name = given->v.v[i].archive;
		const char *near = str_nearest(str_of(name), names.v, names.n);

		if (near && !strings_has(&names, name))
			return err_set(e, ERR_USAGE,
				       "--mirror: no suite is of archive \"%s\"; did you mean "
				       "\"%s\"?",
				       name, near);
	}
	return true;
}

bool mirrors_find(struct arena *a, const struct strings *options, const char *env,
		  const struct archive *archive, const char *apt_root, struct mirrors *out,
		  struct error *e)
{
	struct str rest = str_of(env ? env : ""), word;

	*out = (struct mirrors){ 0 };
	if (options && !mirrors_add_list(a, out, options, "--mirror", e))
		return false;
	if (archive && !mirrors_check_given(a, out, archive, e))
		return false;
	while (deb822_word(&rest, &word)) {
		if (!add_named(a, out, word, "IMGBUILD_MIRROR", e))
			return false;
	}
	if (archive && !mirrors_add_list(a, out, &archive->mirrors,
					 arena_printf(a, "archive %s", archive->name), e)) {
		e->kind = ERR_INPUT; /* a recipe's mistake, not the command line's */
		return false;
	}
	apt_sources_find(a, apt_root, out);
	if (archive)
		find_lacking(a, archive, out);
	return true;
}
