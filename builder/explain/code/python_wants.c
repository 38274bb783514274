/* SPDX-License-Identifier: Apache-2.0 */
/* What cannot be read whole is left to a lock file. */

#include "explain/code/python_wants.h"

#include "format/text/python_marker.h"
#include "format/text/requirements.h"

bool python_need_holds(struct str requirement)
{
	struct error ignored = { .kind = ERR_NONE };
	struct str marker;

	if (!str_cut(requirement, ';', &requirement, &marker))
		return true;
	return python_marker_holds(str_trim(marker), "x86_64", &ignored) != 0;
}

void python_wants_add(struct arena *a, struct str requirement, const char *at,
		      struct python_wants *out)
{
	struct error ignored = { .kind = ERR_NONE };
	struct requirement r = { .name = NULL };

	if (!python_need_holds(requirement))
		return;
	if (memchr(requirement.p, '@', requirement.n) || /* an address */
	    !requirement_split(a, requirement, &r, &ignored)) {
		out->unknown = true;
		return;
	}
	*list_push(a, &out->v) = (struct python_need){ r.name, str_dup(a, r.specifiers),
						       str_dup(a, r.extras), at };
}

/* "^3.1", "~3.1": at least that; what Poetry reads otherwise takes any. */
static const char *wants_of_poetry(struct arena *a, const char *version)
{
	if (version[0] == '^' || (version[0] == '~' && version[1] != '='))
		return arena_printf(a, ">=%s", version + 1);
	return strpbrk(version, "<>=!~") ? version : "";
}

void python_wants_add_poetry(struct arena *a, const struct strings *keys, const char *value,
			     const char *at, struct python_wants *out)
{
	const char *name = requirement_name(a, str_of(keys->v[0]));
	const char *key = keys->n > 1 ? keys->v[1] : "version";
	struct python_need *need = out->v.n ? &out->v.v[out->v.n - 1] : NULL;

	if (!need || strcmp(need->name, name) != 0) {
		need = list_push(a, &out->v);
		*need = (struct python_need){ name, "", "", at };
	}
	if (strcmp(key, "version") == 0)
		need->specifiers = wants_of_poetry(a, value);
	else if (strcmp(key, "optional") == 0 && strcmp(value, "true") == 0)
		need->name = ""; /* only an extra has it */
	else if (strcmp(key, "extras") == 0)
		need->extras = value;
	else if (strcmp(key, "optional") != 0)
		out->unknown = true;
}

/* A requirements file without hashes. */
static bool wants_read_file(struct own_project *p, const char *file, struct python_wants *out)
{
	struct requirements all = { .v = { NULL, 0, 0 } };
	struct error ignored = { .kind = ERR_NONE };
	struct str text;

	if (!own_text(p, file, &text, &ignored) ||
	    !requirements_read(p->a, text, own_path(p, file), false, &all, &ignored))
		return false;
	list_each(r, &all.v) {
		int holds = requirement_holds(r, "x86_64", &ignored);

		if (holds < 0)
			return false;
		if (holds)
			*list_push(p->a, &out->v) = (struct python_need){
				r->name, str_dup(p->a, r->specifiers), str_dup(p->a, r->extras),
				arena_printf(p->a, "%s:%u", r->file, r->line)
			};
	}
	return true;
}

/* What the base "python3" has without these packages, on which those of modules depend. */
static void wants_stand_for(struct init_draft *d)
{
	static const struct draft_pair pairs[] = {
		{ .name = "python3", .text = "the base has Python itself" },
		{ .name = "ca-certificates", .text = "the base has the certificates" },
		{ .name = "python3-minimal", .text = "" },
		{ .name = "python3.13", .text = "" },
		{ .name = "openssl", .text = "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		*list_push(d->a, &d->stood_for) = pairs[i];
}

/* What is asked for twice is to be both. false: its name is none, or too much is asked for. */
static bool wants_look_for(struct own_project *p, const struct python_need *need)
{
	if (need->extras[0])
		draft_leave(
			p->d,
			"%s asks for %s[%s]: which packages of Debian that needs besides is not "
			"known; add them to \"packages\"",
			need->at, need->name, need->extras);
	own_add_library(p, LIBRARY_NEEDED, need->name, need->at);
	list_each(l, &p->libraries) {
		bool both = l->specifiers && l->specifiers[0] && need->specifiers[0];

		if (l->form != LIBRARY_NEEDED || strcmp(l->name, need->name) != 0)
			continue;
		if (both)
			l->specifiers = arena_printf(p->a, "%s,%s", l->specifiers,
						     need->specifiers);
		else if (!l->specifiers || need->specifiers[0])
			l->specifiers = need->specifiers;
		return true;
	}
	return false;
}

bool python_wants_packages(struct own_project *p, const struct python_wants *needs,
			   const char *file, struct error *e)
{
	struct python_wants of_file = { .v = { NULL, 0, 0 } };
	const struct python_wants *all = needs;

	if (file && (needs->unknown || !needs->v.n)) {
		of_file.unknown = !wants_read_file(p, file, &of_file);
		all = &of_file;
	}
	if (all->unknown || !all->v.n)
		return err_set(e, ERR_INPUT, "%s", p->unlocked);
	wants_stand_for(p->d);
	list_each(need, &all->v) {
		if (!need->name[0])
			continue;
		if (!wants_look_for(p, need))
			return err_set(e, ERR_INPUT, "%s", p->unlocked);
	}
	return true;
}

/* Programs that ask git for the version, which is not there, and the variable that says it. */
static const struct {
	const char *name, *variable;
} wants_versioned[] = {
	{ "setuptools-scm", "SETUPTOOLS_SCM_PRETEND_VERSION" },
	{ "hatch-vcs", "SETUPTOOLS_SCM_PRETEND_VERSION" },
	{ "flit-scm", "SETUPTOOLS_SCM_PRETEND_VERSION" },
	{ "pbr", "PBR_VERSION" },
	{ "pdm-backend", "PDM_BUILD_SCM_VERSION" },
	{ "pdm-pep517", "PDM_BUILD_SCM_VERSION" },
	{ "poetry-dynamic-versioning", "POETRY_DYNAMIC_VERSIONING_BYPASS" },
};

void python_wants_tool(struct own_project *p, const char *name, const char *at)
{
	const char *known = requirement_name(p->a, str_of(name));
	const char *version = p->version ? p->version : "0";

	own_add_library(p, LIBRARY_DISTRIBUTION, known, at);
	for (size_t i = 0; i < ARRAY_SIZE(wants_versioned); i++) {
		if (strcmp(known, wants_versioned[i].name) != 0)
			continue;
		own_add_env(p, wants_versioned[i].variable, version);
		if (!p->version)
			draft_leave(p->d,
				    "%s takes the version from git, which no build has: \"env\" of "
				    "the source says it is %s in %s",
				    known, version, wants_versioned[i].variable);
	}
}
