/* SPDX-License-Identifier: Apache-2.0 */
/* Guesses by name, proofs by content. Contents indexes are not asked: the security archive's are
 * empty. */

#include "input/resolve/library_search.h"

#include <ctype.h>

#include "input/resolve/provider_needs.h"
#include "input/resolve/relation_match.h"

#define GUESSES_MAX 8

const char *library_package_name(struct arena *a, const char *soname)
{
	struct str s = str_of(soname), name, version;
	const char *so = strstr(soname, ".so");
	char *out;

	if (!so)
		return NULL;
	name = (struct str){ s.p, (size_t)(so - soname) };
	version = str_from(s, name.n + 3);
	if (version.n && version.p[0] == '.') {
		version = str_from(version, 1);
	} else {
		const char *dash = memrchr(name.p, '-', name.n);

		if (!dash)
			return NULL;
		version = str_from(name, (size_t)(dash - name.p) + 1);
		name.n = (size_t)(dash - name.p);
	}
	if (name.n == 0 || version.n == 0)
		return NULL;
	out = arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(name),
			   isdigit((unsigned char)name.p[name.n - 1]) ? "-" : "", STR_ARG(version));
	for (char *c = out; *c; c++)
		*c = *c == '_' ? '-' : (char)tolower((unsigned char)*c);
	return out;
}

static void add_guess(struct arena *a, struct strings *out, struct str name)
{
	const char *text = str_dup(a, name);

	if (out->n < GUESSES_MAX && !strings_has(out, text))
		*list_push(a, out) = text;
}

/* "libasound2t64" for "libasound2", not "libasound20": what follows is a suffix, no more of the
 * version. */
static bool is_suffixed(struct str name, struct str guess)
{
	struct str rest = str_from(name, guess.n);

	return str_starts(name, guess) && rest.n && !isdigit((unsigned char)rest.p[0]) &&
	       rest.p[0] != '.' && !memmem(rest.p, rest.n, "-d", 2);
}

static void guess_packages(struct arena *a, const struct index *x, const char *soname,
			   struct strings *out)
{
	const char *name = library_package_name(a, soname);
	const struct index_provide *provides;
	struct strings longer = { 0 };
	size_t n;

	if (!name)
		return;
	if (index_candidate(x, str_of(name)))
		add_guess(a, out, str_of(name));
	provides = index_providers(x, str_of(name), &n);
	for (size_t i = 0; i < n; i++)
		add_guess(a, out, provides[i].by->name);
	index_names(a, x, str_of(name), &longer);
	list_each(other, &longer) {
		if (is_suffixed(str_of(*other), str_of(name)))
			add_guess(a, out, str_of(*other));
	}
}

/* Whether the package has the file where the loader looks. */
static int has_library(struct arena *a, const struct archive_state *s, const char *package,
		       const char *soname, struct error *e)
{
	const char *folders[] = {
		arena_printf(a, "/usr/lib/%s", s->order->platform->machine->triplet), "/usr/lib"
	};

	for (size_t i = 0; i < 2; i++) {
		struct component c = { .name = "library" };
		struct provider p = { 0 };
		const char *lost;
		int got;

		*list_push(a, &c.needs_files) = arena_printf(a, "%s/%s", folders[i], soname);
		*list_push(a, &p.packages) = package;
		got = needs_met(a, s, &c, &p, &lost, e);
		if (got)
			return got;
	}
	return 0;
}

static bool find_library(struct arena *a, const struct archive_state *s, struct library_found *l,
			 struct error *e)
{
	struct strings guesses = { 0 };

	guess_packages(a, &s->index, l->soname, &guesses);
	for (size_t i = 0; i < guesses.n && !l->package; i++) {
		int got = has_library(a, s, guesses.v[i], l->soname, e);

		if (got < 0)
			return err_wrap(e, "look for %s", l->soname);
		if (got)
			l->package = guesses.v[i];
	}
	return true;
}

static bool find_all_libraries(struct arena *a, struct archive_state *s, struct library_found *l,
			       size_t n, struct error *e)
{
	bool ok = true;

	for (size_t i = 0; ok && i < n; i++)
		ok = find_library(a, s, &l[i], e);
	return state_sound(s, e) && ok;
}

bool library_find(struct arena *a, const struct lock_order *o, struct library_found *libraries,
		  size_t n, struct error *e)
{
	const struct strings no_sources = { 0 };

	for (int tries = 0; tries < STATE_TRIES; tries++) {
		AUTO_STATE s = { 0 };

		err_clear(e);
		if (state_open(a, o, &no_sources, &s, e) &&
		    find_all_libraries(a, &s, libraries, n, e))
			return true;
		if (!state_mend(&s))
			break;
	}
	return false;
}
