/* SPDX-License-Identifier: Apache-2.0 */
/* Of a constraint pip takes the version alone, uv its hashes, too, and so does this. */

#include "format/text/python_marker.h"
#include "format/text/requirements.h"
#include "format/version/pep440_specifiers.h"

static bool constrain_check(const struct requirement *r, struct error *e)
{
	if (!r->version[0] && str_starts(r->specifiers, STR("==")))
		err_set(e, ERR_INPUT, "%s: \"" STR_FMT "\" is not one version", r->name,
			STR_ARG(str_trim(str_from(r->specifiers, 2))));
	else if (!r->version[0])
		err_set(e, ERR_INPUT,
			"\"%s" STR_FMT "\" is not a requirement with a fixed version: write "
			"name==version",
			r->name, STR_ARG(r->specifiers));
	else if (!r->hashes.n)
		err_set(e, ERR_INPUT,
			"%s %s has no --hash=sha256:... of its own, so nothing says which bytes it "
			"is; pip-compile --generate-hashes writes them",
			r->name, r->version);
	else
		return true;
	return err_at(e, r->file, r->line, 1);
}

int requirement_holds(const struct requirement *c, const char *machine, struct error *e)
{
	int holds = c->marker.n ? python_marker_holds(c->marker, machine, e) : 1;

	if (holds < 0)
		err_at(e, c->file, c->line, 1);
	return holds;
}

static bool constrain_by(const struct requirement *c, struct requirement *r, struct error *e)
{
	bool given = !r->version[0] && c->version[0];
	struct str version = str_of(given ? c->version : r->version);

	if (version.n && !pep440_fits(version, given ? r->specifiers : c->specifiers)) {
		err_set(e, ERR_INPUT,
			"%s" STR_FMT " and the constraint \"%s" STR_FMT
			"\" of %s:%u have no version in common: name one version in both",
			r->name, STR_ARG(r->specifiers), c->name, STR_ARG(c->specifiers), c->file,
			c->line);
		return err_at(e, r->file, r->line, 1);
	}
	if (given)
		r->version = c->version;
	if (!r->hashes.n && c->version[0])
		r->hashes.v = c->hashes.v, r->hashes.n = r->hashes.cap = c->hashes.n;
	return true;
}

bool requirement_constrain(const struct requirements *all, const struct requirement *r,
			   const char *machine, struct requirement *out, struct error *e)
{
	const struct requirement_list *same = strmap_get(&all->constrained, str_of(r->name));

	*out = *r;
	for (size_t i = 0; same && i < same->n; i++) {
		const struct requirement *c = &same->v[i];
		int holds = requirement_holds(c, machine, e);

		if (holds < 0 || (holds && !constrain_by(c, out, e)))
			return false;
	}
	return constrain_check(out, e);
}
