/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_SCRIPTS_SCRIPTS_H
#define MAKE_SCRIPTS_SCRIPTS_H

/* What the maintainer scripts, triggers and conffiles of packages would have done (deb-postinst(5),
 * deb-triggers(5)): here they never run. Their effects are found by reading the scripts, so that a
 * new version of a package is judged by what it does, not by its name; each effect is done
 * natively, has no meaning in an image, or is accepted by the recipe - or the build fails. */

#include "input/recipe/recipe.h"
#include "make/deb/deb.h"

/* One kind of effect of one script, and how it was treated. */
struct script_effect {
	const char *package;
	const char *script;    /* "postinst", "preinst", "triggers", "conffiles", ... */
	const char *effect;    /* "creates users (adduser)" */
	const char *treatment; /* why nothing is missing; NULL: nobody accounts for it */
};

struct script_report {
	struct LIST(struct script_effect) v; /* in the order of packages, then scripts */
};

/* Reviews `n` packages, for an image of the files in `t` (NULL: not known). Packages whose effects
 * nobody accounts for make it ERR_INPUT, naming each with its effects and the JSON with which the
 * recipe accepts them; the report is filled all the same. */
MUST_CHECK bool scripts_review(struct arena *a, const struct recipe *r, const struct tree *t,
			       const struct deb *const *debs, size_t n,
			       struct script_report *report, struct error *e);

/* A link that a package's postinst registers, and where it would lead. */
struct script_alternative {
	const char *link, *target; /* absolute */
	uint64_t priority;
	bool slave; /* a manual page or the like, beside another one */
};

struct script_alternatives LIST(struct script_alternative);

/* Adds those of a package whose paths are written out: none from loops over variables. */
void scripts_alternatives(struct arena *a, const struct deb *deb, struct script_alternatives *out);

#endif
