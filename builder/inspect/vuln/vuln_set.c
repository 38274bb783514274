/* SPDX-License-Identifier: Apache-2.0 */
/* What readers say about vulnerabilities: noted, under the names that people know. */

#include "inspect/vuln/vuln_set.h"

#define OTHER_RELEASES_MAX 8 /* that a message names */

const char *vuln_state_name(enum vuln_state s)
{
	static const char *const names[] = {
		[VULN_AFFECTED] = "affected",
		[VULN_DEFERRED] = "deferred",
		[VULN_UNIMPORTANT] = "unimportant",
		[VULN_INVESTIGATED] = "under_investigation",
		[VULN_FIXED] = "fixed",
		[VULN_NOT_AFFECTED] = "not_affected",
	};

	return names[s];
}

const char *vuln_plain_id(const char *id)
{
	static const char prefix[] = "DEBIAN-";

	return strncmp(id, prefix, sizeof(prefix) - 1) == 0 ? id + sizeof(prefix) - 1 : id;
}

static void copy_names(struct arena *a, const struct strings *from, struct strings *to)
{
	*to = (struct strings){ NULL, 0, 0 };
	for (size_t i = 0; i < from->n; i++)
		*list_push(a, to) = arena_strdup(a, from->v[i]);
}

/* The name most people know it by: of a record that is about one CVE, the CVE. */
static const char *best_id(const struct vuln *v)
{
	const char *id = vuln_plain_id(v->id);

	if (strncmp(id, "CVE-", 4) == 0)
		return id;
	for (size_t i = 0; i < v->aliases.n; i++)
		if (strncmp(v->aliases.v[i], "CVE-", 4) == 0)
			return v->aliases.v[i];
	return v->parts.n == 1 && strncmp(v->parts.v[0], "CVE-", 4) == 0 ? v->parts.v[0] : id;
}

bool vuln_add(struct vuln_set *s, const struct vuln *v)
{
	struct vuln *new;

	if (s->vulns->n == VULNS_MAX)
		return false;
	new = list_push(s->a, s->vulns);
	*new = *v;
	new->order = s->vulns->n;
	new->id = arena_strdup(s->a, best_id(v));
	new->fixed = v->fixed ? arena_strdup(s->a, v->fixed) : NULL;
	new->note = v->note ? arena_strdup(s->a, v->note) : NULL;
	copy_names(s->a, &v->aliases, &new->aliases);
	copy_names(s->a, &v->parts, &new->parts);
	if (strcmp(new->id, v->id) != 0)
		*list_push(s->a, &new->aliases) = arena_strdup(s->a, v->id);
	return true;
}

void vuln_note_release(struct vuln_set *s, struct str release)
{
	if (!s->release || s->release_told)
		return;
	s->release_told = str_eq(release, str_of(s->release));
	for (size_t i = 0; i < s->others.n; i++) {
		if (str_eq(release, str_of(s->others.v[i])))
			return;
	}
	if (!s->release_told && s->others.n < OTHER_RELEASES_MAX)
		*list_push(s->a, &s->others) = str_dup(s->a, release);
}
