/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of `archives` read, and several of them made one. */

#include "input/recipe/recipe_reader.h"

static const char *const default_keyrings[] = {
	"/usr/share/keyrings/debian-archive-keyring.pgp",
	"/usr/share/keyrings/debian-archive-keyring.gpg",
};

/* [a-z0-9][a-z0-9-]*: such names stand before "=" in mirrors. */
static bool read_archive_name(struct reader *rd, const struct json_node *n, const char **out,
			      struct error *e)
{
	return read_name(rd, n, out, e) &&
	       (!strpbrk(*out, "._") ||
		json_fail(n, e, "\"%s\" is not the name of an archive: use a-z, 0-9 and \"-\"",
			  *out));
}

static bool read_codename(struct reader *rd, const struct json_node *n, const char **out,
			  struct error *e)
{
	const char *text;

	if (!json_as_string(rd->a, n, &text, e))
		return false;
	if (str_ends(str_of(text), STR("/")))
		return json_fail(n, e,
				 "\"%s\" is a flat repository; only suites with components, in "
				 "folders below dists/, can be used",
				 text);
	return read_name(rd, n, out, e);
}

/* A suite that does not say its archive is Debian's, if Debian has one of that name; else the
 * entry's. */
static bool default_archive(const struct json_node *n, struct suite *s, struct error *e)
{
	s->archive = archive_of_suite(str_of(s->codename));
	if (s->archive)
		return true;
	s->archive = s->entry;
	return strspn(s->entry, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(s->entry) ||
	       json_fail(n, e,
			 "say which archive suite %s is of: \"archive\": \"NAME\"; its mirrors are "
			 "then given as NAME=URL",
			 s->codename);
}

static bool read_suite(struct reader *rd, const struct json_node *n, void *context, struct error *e)
{
	static const char *const keys[] = { "codename", "archive", "components", "priority", NULL };
	struct archive *archive = context;
	struct suite *s = list_push(rd->a, &archive->suites);
	struct json_node codename, name, priority;

	s->entry = archive->name;
	if (!json_no_other_keys(n, keys, e) || !json_need(n, "codename", &codename, e) ||
	    !read_codename(rd, &codename, &s->codename, e) ||
	    !json_opt_strings(rd->a, n, "components", &s->components, e))
		return false;
	if (!(json_get(n, "archive", &name) ? read_archive_name(rd, &name, &s->archive, e)
					    : default_archive(n, s, e)))
		return false;
	if (s->components.n == 0)
		*list_push(rd->a, &s->components) = "main";
	if (!json_get(n, "priority", &priority))
		return true;
	return json_as_u64(&priority, &s->priority, e) &&
	       ((s->priority >= 1 && s->priority <= PRIORITY_MAX) ||
		json_fail(&priority, e, "must be 1 to %d, like apt's Pin-Priority", PRIORITY_MAX));
}

/* The names of the archives that the suites are of. */
static void archive_names(struct arena *a, const struct archive *archive, struct strings *out)
{
	for (size_t i = 0; i < archive->suites.n; i++) {
		if (!strings_has(out, archive->suites.v[i].archive))
			*list_push(a, out) = archive->suites.v[i].archive;
	}
}

static const char *join_names(struct arena *a, const struct strings *l)
{
	struct buf text = { .a = a };

	for (size_t i = 0; i < l->n; i++)
		buf_printf(&text, "%s%s", i ? ", " : "", l->v[i]);
	return buf_cstr(&text);
}

static bool is_debian_archive(struct str name)
{
	return str_eq(name, STR("debian")) || str_eq(name, STR("debian-security"));
}

/* "NAME=URL" stays; a URL alone is of the one archive that the suites are of, or of Debian's. */
static bool read_mirror(struct reader *rd, const struct json_node *n, const struct strings *names,
			const char **out, struct error *e)
{
	struct str name, url;

	if (!json_as_string(rd->a, n, out, e))
		return false;
	if (!str_starts(str_of(*out), STR("http")) && str_cut(str_of(*out), '=', &name, &url))
		return is_debian_archive(name) || strings_has(names, str_dup(rd->a, name)) ||
		       json_fail(n, e, "no suite here is of archive \"%.*s\"; they are of: %s",
				 STR_ARG(name), join_names(rd->a, names));
	if (names->n > 1 && !strings_has(names, "debian"))
		return json_fail(
			n, e,
			"say which archive this is a mirror of: \"NAME=URL\", where NAME is "
			"one of: %s",
			join_names(rd->a, names));
	*out = arena_printf(rd->a, "%s=%s", names->n == 1 ? names->v[0] : "debian", *out);
	return true;
}

static bool archive_read_mirrors(struct reader *rd, const struct json_node *n,
				 struct archive *archive, struct error *e)
{
	struct strings names = { 0 };
	struct json_node list, item;

	if (!json_get(n, "mirrors", &list))
		return true;
	if (!json_want_array(&list, e))
		return false;
	archive_names(rd->a, archive, &names);
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		if (!read_mirror(rd, &item, &names, list_push(rd->a, &archive->mirrors), e))
			return false;
	}
	return true;
}

/* One of the machine, "/usr/share/keyrings/...", may be missing where no index is verified; one of
 * the repository is there. */
static bool archive_read_keyrings(struct reader *rd, const struct json_node *archive,
				  struct strings *out, struct error *e)
{
	struct json_node list, item;

	if (!json_get(archive, "keyrings", &list))
		return true;
	if (!json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		const char **path = list_push(rd->a, out);

		if (!json_as_string(rd->a, &item, path, e) ||
		    ((*path)[0] != '/' && !reader_path(rd, &item, *path, path, e)))
			return false;
	}
	return true;
}

bool archive_read(struct reader *rd, const struct json_node *n, struct archive *out,
		  struct error *e)
{
	static const char *const keys[] = { "suites",  "mirrors",     "keyrings",
					    "signers", "description", NULL };
	struct strings keyrings = { 0 }, signers = { 0 };
	const char *ignored;

	*out = (struct archive){ .name = n->key ? arena_strdup(rd->a, n->key) : "archive" };
	if (!json_want_object(n, e) || !json_no_other_keys(n, keys, e) ||
	    !json_opt_string(rd->a, n, "description", &ignored, e) ||
	    !read_each(rd, n, "suites", read_suite, out, e))
		return false;
	if (out->suites.n == 0)
		return json_fail(n, e, "an archive needs \"suites\"");
	if (!archive_read_mirrors(rd, n, out, e) || !archive_read_keyrings(rd, n, &keyrings, e) ||
	    !read_signers(rd, n, &signers, e))
		return false;
	for (size_t i = 0; keyrings.n == 0 && i < 2; i++)
		*list_push(rd->a, &keyrings) = default_keyrings[i];
	for (size_t i = 0; i < out->suites.n; i++) {
		out->suites.v[i].keyrings = keyrings;
		out->suites.v[i].signers = signers;
	}
	return true;
}

static bool same_strings(const struct strings *x, const struct strings *y)
{
	for (size_t i = 0; x->n == y->n && i < x->n; i++) {
		if (strcmp(x->v[i], y->v[i]) != 0)
			return false;
	}
	return x->n == y->n;
}

static bool same_suite(const struct suite *x, const struct suite *y)
{
	return same_strings(&x->components, &y->components) &&
	       same_strings(&x->keyrings, &y->keyrings) && same_strings(&x->signers, &y->signers) &&
	       x->priority == y->priority;
}

/* Adds a suite of another entry; one that is there already is left out. */
static bool join_suite(struct reader *rd, const struct json_node *n, const struct suite *s,
		       struct archive *out, struct error *e)
{
	for (size_t i = 0; i < out->suites.n; i++) {
		const struct suite *o = &out->suites.v[i];

		if (strcmp(o->entry, s->entry) == 0 || strcmp(o->archive, s->archive) != 0 ||
		    strcmp(o->codename, s->codename) != 0)
			continue;
		return same_suite(o, s) ||
		       json_fail(n, e,
				 "suite %s of archive \"%s\" is in %s and in %s, with different "
				 "keys, components or priority; if it is another archive, give "
				 "the suite a name for it: \"archive\": \"NAME\"",
				 s->codename, s->archive, o->entry, s->entry);
	}
	*list_push(rd->a, &out->suites) = *s;
	return true;
}

bool archive_join(struct reader *rd, const struct json_node *n, const struct archive *more,
		  struct archive *out, struct error *e)
{
	for (size_t i = 0; i < out->suites.n; i++) {
		if (strcmp(out->suites.v[i].entry, more->name) == 0)
			return json_fail(n, e, "archive \"%s\" is there twice", more->name);
	}
	out->name = out->name ? arena_printf(rd->a, "%s, %s", out->name, more->name) : more->name;
	for (size_t i = 0; i < more->suites.n; i++) {
		if (!join_suite(rd, n, &more->suites.v[i], out, e))
			return false;
	}
	list_append(rd->a, &out->mirrors, &more->mirrors);
	return true;
}
