/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/code/distribution_packages.h"

#include "format/version/pep440_specifiers.h"
#include "input/resolve/archive_state.h"

/* The upstream part of a version of Debian: "2.31.0" of "1:2.31.0+dfsg-1". */
static const char *distribution_upstream(struct arena *a, struct str version)
{
	struct str epoch, rest;

	if (str_cut(version, ':', &epoch, &rest))
		version = rest;
	version.n -= str_cut(version, '-', &epoch, &rest) ? version.n - epoch.n : 0;
	return arena_strndup(a, version.p, strcspn(str_dup(a, version), "+~"));
}

/* One that is installed: in the version of Debian, if that is one of those asked for. */
static bool distribution_take(struct own_project *p, struct own_library *l, const char *package,
			      const struct index *x)
{
	const struct index_package *found = index_candidate(x, str_of(package));
	const char *version;

	if (!found)
		return false;
	version = distribution_upstream(p->a, found->version);
	if (!pep440_fits(str_of(version), str_of(l->specifiers ? l->specifiers : ""))) {
		l->has = version;
		return false;
	}
	draft_add_package(p->d, package,
			  arena_printf(p->a, "%s needs %s%s: it is %s", l->at, l->name,
				       l->specifiers ? l->specifiers : "", version));
	return true;
}

bool distribution_packages_take(struct own_project *p, const struct lock_order *o,
				const char *const packages[], bool taken[], struct error *e)
{
	static const struct strings no_sources = { NULL, 0, 0 };
	AUTO_STATE s = { 0 };
	bool any = false;

	for (size_t i = 0; i < p->libraries.n; i++)
		any = any || p->libraries.v[i].form == LIBRARY_NEEDED;
	if (!any)
		return true;
	if (!state_open(p->a, o, &no_sources, &s, e))
		return false;
	for (size_t i = 0; i < p->libraries.n; i++) {
		if (p->libraries.v[i].form == LIBRARY_NEEDED)
			taken[i] = packages[i] &&
				   distribution_take(p, &p->libraries.v[i], packages[i], &s.index);
	}
	return state_sound(&s, e);
}

bool distribution_packages_check(const struct own_project *p, bool asked, struct error *e)
{
	list_each(l, &p->libraries) {
		if (l->form != LIBRARY_NEEDED)
			continue;
		if (!asked)
			return err_set(e, ERR_INPUT, "%s", p->unlocked);
		if (l->has)
			return err_set(e, ERR_INPUT,
				       "%s; Debian has %s in version %s, and %s is asked for",
				       p->unlocked, l->name, l->has, l->specifiers);
		return err_set(e, ERR_INPUT, "%s; Debian has no package of %s", p->unlocked,
			       l->name);
	}
	return true;
}
