/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a Release file: one stanza, in which only SHA256 counts. MD5Sum and SHA1 sections are
 * not looked at; a file without SHA256 is refused. */

#include <stdlib.h>
#include <strings.h>

#include "base/date.h"
#include "input/release/release.h"
#include "format/debian/deb822.h"

#define ENTRIES_MAX 200000
#define PATH_MAX_BYTES 512

/* A path below dists/SUITE/: no empty, "." or ".." component, no byte that has a meaning in URLs.
 */
static bool is_index_path(struct str s)
{
	struct str one;

	if (s.n > PATH_MAX_BYTES || str_ends(s, STR("/")))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || strchr("?#%@:\\", s.p[i]))
			return false;
	}
	while (str_next(&s, '/', &one)) {
		if (one.n == 0 || str_eq(one, STR(".")) || str_eq(one, STR("..")))
			return false;
	}
	return true;
}

/* " <sha256> <size> <path>" */
static bool parse_entry(const struct deb822 *r, struct str line, struct release_entry *entry,
			struct error *e)
{
	struct str hex, size;

	if (!deb822_word(&line, &hex) || !digest_parse(hex, &entry->sha256) ||
	    !deb822_word(&line, &size) || !str_u64(size, &entry->size) ||
	    !deb822_word(&line, &entry->path) || str_trim(line).n)
		return deb822_fail(r, "SHA256", e, "expected \"sha256 size path\" in each line");
	return is_index_path(entry->path) ||
	       deb822_fail(r, "SHA256", e, "\"%.*s\" may not be the path of an index",
			   STR_ARG(entry->path));
}

static int compare_release_entries(const void *a, const void *b)
{
	return str_cmp(((const struct release_entry *)a)->path,
		       ((const struct release_entry *)b)->path);
}

static bool parse_entries(struct arena *a, const struct deb822 *r, struct release *out,
			  struct error *e)
{
	struct str lines, line;

	if (!deb822_need(r, "SHA256", &lines, e))
		return false;
	while (deb822_line(&lines, &line)) {
		if (out->entries.n == ENTRIES_MAX)
			return deb822_fail(r, "SHA256", e, "more than %d entries", ENTRIES_MAX);
		if (!parse_entry(r, line, list_push(a, &out->entries), e))
			return false;
	}
	if (out->entries.n > 1)
		qsort(out->entries.v, out->entries.n, sizeof(*out->entries.v),
		      compare_release_entries);
	for (size_t i = 1; i < out->entries.n; i++) {
		if (str_eq(out->entries.v[i - 1].path, out->entries.v[i].path))
			return deb822_fail(r, "SHA256", e, "\"%.*s\" is there twice",
					   STR_ARG(out->entries.v[i].path));
	}
	return true;
}

static bool parse_dates(struct arena *a, const struct deb822 *r, struct release *out,
			struct error *e)
{
	struct str text;
	int64_t until;

	if (!deb822_need(r, "Date", &text, e))
		return false;
	if (!date_parse(text, &out->when))
		return deb822_fail(r, "Date", e, "\"%.*s\" is not a date", STR_ARG(text));
	out->date = str_dup(a, text);
	text = deb822_get(r, "Valid-Until");
	if (text.n && !date_parse(text, &until))
		return deb822_fail(r, "Valid-Until", e, "\"%.*s\" is not a date", STR_ARG(text));
	out->valid_until = text.n ? str_dup(a, text) : NULL;
	return true;
}

/* One stanza and no more. */
static bool read_stanza(struct deb822 *r, struct error *e)
{
	struct error ignored = { 0 };
	struct deb822 rest;
	int got = deb822_next(r, e);

	if (got < 0)
		return false;
	if (got == 0) {
		err_set(e, ERR_INPUT, "the file is empty");
		return err_at(e, r->file, 1, 1);
	}
	rest = *r;
	if (deb822_next(&rest, &ignored) != 0)
		return deb822_fail(r, "", e, "a Release file has one stanza, this has more");
	return true;
}

/* As apt understands it. */
static bool says_yes(const struct deb822 *r, const char *field)
{
	static const char *const yes[] = { "yes", "true", "with", "on", "enable", "1" };
	struct str value = deb822_get(r, field);

	for (size_t i = 0; i < ARRAY_SIZE(yes); i++) {
		if (value.n == strlen(yes[i]) && strncasecmp(value.p, yes[i], value.n) == 0)
			return true;
	}
	return false;
}

bool release_parse(struct arena *a, struct str text, const char *name, struct release *out,
		   struct error *e)
{
	struct str codename;
	struct deb822 r;

	deb822_init(&r, text, name);
	if (!read_stanza(&r, e) || !deb822_need(&r, "Codename", &codename, e))
		return false;
	if (!str_eq(codename, str_of(out->suite->codename))) {
		err_set(e, ERR_VERIFY, "this is suite \"%.*s\", not \"%s\"", STR_ARG(codename),
			out->suite->codename);
		return err_at(e, name, 1, 1);
	}
	out->components = deb822_get(&r, "Components");
	out->by_hash = says_yes(&r, "Acquire-By-Hash");
	out->priority = !says_yes(&r, "NotAutomatic")	       ? 500
			: says_yes(&r, "ButAutomaticUpgrades") ? 100
							       : 1;
	return parse_dates(a, &r, out, e) && parse_entries(a, &r, out, e);
}

const struct release_entry *release_find(const struct release *r, struct str path)
{
	struct release_entry key = { .path = path };

	if (r->entries.n == 0)
		return NULL;
	return bsearch(&key, r->entries.v, r->entries.n, sizeof(key), compare_release_entries);
}
