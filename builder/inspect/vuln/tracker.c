/* SPDX-License-Identifier: Apache-2.0 */
/* Debian's own view: by source package, in Debian's version order. */

#include "inspect/vuln/tracker.h"

#include "format/debian/debversion.h"
#include "format/json/jsonx.h"

static const struct {
	const char *version, *name;
} tracker_releases[] = {
	{ "11", "bullseye" },
	{ "12", "bookworm" },
	{ "13", "trixie" },
	{ "14", "forky" },
};

static const char *codename_of(const char *release)
{
	for (size_t i = 0; release && i < ARRAY_SIZE(tracker_releases); i++)
		if (strcmp(tracker_releases[i].version, release) == 0)
			return tracker_releases[i].name;
	return NULL;
}

const char *tracker_release(const char *suite)
{
	struct str name, rest;

	str_cut(str_of(suite), '-', &name, &rest);
	for (size_t i = 0; i < ARRAY_SIZE(tracker_releases); i++)
		if (str_eq(name, str_of(tracker_releases[i].name)))
			return tracker_releases[i].version;
	return NULL;
}

/* What one release says of one vulnerability. */
struct verdict {
	const char *status, *fixed, *urgency, *nodsa, *reason;
};

static enum vuln_state state_of(const struct verdict *v, const char *version)
{
	if (strcmp(v->status, "undetermined") == 0)
		return VULN_INVESTIGATED;
	if (v->fixed && debversion_compare(str_of(version), str_of(v->fixed)) >= 0)
		return VULN_FIXED;
	if (strcmp(v->urgency, "unimportant") == 0)
		return VULN_UNIMPORTANT;
	return !v->fixed && v->nodsa ? VULN_DEFERRED : VULN_AFFECTED;
}

/* One vulnerability against each package made from the source. */
static void tracker_report(struct vuln_set *s, const char *source, const char *id,
			   const struct verdict *v)
{
	const struct positions *made = component_index_source(&s->index, source);

	for (size_t i = 0; i < made->n; i++) {
		const struct image_component *c = &s->components.v[made->v[i]];

		vuln_add(s, &(struct vuln){ .id = id,
					    .component = c,
					    .state = state_of(v, c->source_version),
					    .fixed = v->fixed,
					    .note = v->reason && *v->reason ? v->reason : NULL });
	}
}

static bool read_verdict(struct arena *a, const struct json_node *n, struct verdict *v,
			 struct error *e)
{
	return json_want_object(n, e) && jsonx_string(a, n, "status", &v->status, e) &&
	       jsonx_string(a, n, "fixed_version", &v->fixed, e) &&
	       jsonx_string(a, n, "urgency", &v->urgency, e) &&
	       jsonx_string(a, n, "nodsa", &v->nodsa, e) &&
	       jsonx_string(a, n, "nodsa_reason", &v->reason, e);
}

static bool check_status(const struct json_node *release, const struct verdict *v, struct error *e)
{
	static const char *const known[] = { "open", "resolved", "undetermined" };
	struct json_node at;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcmp(v->status, known[i]) == 0)
			return true;
	return json_need(release, "status", &at, e) &&
	       json_fail(&at, e, "unknown status \"%s\"", v->status);
}

static void tracker_note_releases(struct vuln_set *s, const struct json_node *releases)
{
	struct json_node n;

	for (size_t i = 0; !s->release_told && i < ARRAY_SIZE(tracker_releases); i++) {
		if (jsonx_get(releases, tracker_releases[i].name, &n))
			vuln_note_release(s, str_of(tracker_releases[i].version));
	}
}

/* What is said of packages that the image does not have must be in order, too: data that are broken
 * in one place are not to be trusted in another. */
static bool read_cve(struct vuln_set *s, const char *source, const char *id,
		     const struct json_node *cve, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct verdict v = { .status = "", .urgency = "" };
	struct json_node releases, release;

	if (!json_need(cve, "releases", &releases, e) || !json_want_object(&releases, e))
		return false;
	tracker_note_releases(s, &releases);
	if (!jsonx_get(&releases, codename_of(s->release), &release))
		return true;
	if (!read_verdict(&scratch, &release, &v, e) || !check_status(&release, &v, e))
		return false;
	if (v.fixed && strcmp(v.fixed, "0") == 0)
		return true; /* never affected */
	if (strcmp(v.status, "undetermined") == 0 || strcmp(v.status, "open") == 0 ||
	    (strcmp(v.status, "resolved") == 0 && v.fixed))
		tracker_report(s, source, id, &v);
	return true;
}

static bool tracker_read_piece(struct vuln_set *s, const struct jsoncut *c,
			       const struct jsoncut_piece *cve, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root;

	if (!jsoncut_parse(c, cve, &doc, e))
		return false;
	root = json_root(&doc);
	return read_cve(s, cve->of, cve->key, &root, e) || jsoncut_fail(cve, e) ||
	       err_wrap(e, "%s", cve->key);
}

bool tracker_read(struct vuln_set *s, struct jsoncut *c, struct error *e)
{
	struct jsoncut_piece cve;
	int got;

	if (!codename_of(s->release))
		return err_set(e, ERR_USAGE,
			       "--cve %s: the image is not of Debian 11 to 14: the tracker "
			       "knows only these",
			       c->file);
	c->form = JSONCUT_NESTED;
	c->max = VULN_DOCUMENT_MAX;
	while ((got = jsoncut_next(c, &cve, e)) == 1) {
		if (!tracker_read_piece(s, c, &cve, e))
			return err_wrap(e, "source package %s", cve.of);
		s->entries++;
	}
	return got == 0;
}
