/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_RELATION_MATCH_H
#define INPUT_RESOLVE_RELATION_MATCH_H

/* Which packages a relation means: real ones, those that provide the name, and those that may not
 * stand together. Policy 7.5, and apt where Policy is silent. */

#include "format/debian/relations.h"
#include "input/resolve/picks.h"

/* The ways to meet a group, best first, each package once. */
struct matches {
	const struct index_package **v;
	size_t n, cap;
	bool restricted; /* empty because all its alternatives are for other architectures */
};

MUST_CHECK bool match_group(struct arena *a, const struct index *x, struct str group,
			    struct matches *out, struct error *e);

/* Sets *e: why nothing meets the group that is `why` ("needed by bar"). Returns false. */
bool match_explain(struct arena *a, const struct index *x, struct str group, const char *why,
		   struct error *e);

/* What may have been meant by a name that no package has: "; did you mean nginx?", "; it is
 * provided by mawk and 2 others: name one of them", or "". */
const char *match_hint(struct arena *a, const struct index *x, const char *name);

/* "owner may not be together with ..." */
struct taboo {
	struct relation relation;
	const struct index_package *owner, *hit;
	bool breaks;
};

struct taboos LIST(struct taboo);

/* Adds the Conflicts and Breaks of `p`. */
MUST_CHECK bool taboos_add(struct arena *a, struct taboos *t, const struct index_package *p,
			   struct error *e);

/* Whether `p` and one of `picks` (whose taboos are `t`) exclude each other: 1 and *clash, 0 no, -1
 * error in the relations of `p`. */
MUST_CHECK int taboo_between(const struct index *x, const struct taboos *t,
			     const struct picks *picks, const struct index_package *p,
			     struct taboo *clash, struct error *e);

#endif
