/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_DEBIAN_RELATIONS_H
#define FORMAT_DEBIAN_RELATIONS_H

/* Relations between packages (Policy 7.1, deb-src-control(5)): groups separated by commas, of which
 * each must hold; alternatives separated by bars, of which one must. Read in place. */

#include "format/debian/debversion.h"

/* "name:qualifier (op version)" */
struct relation {
	struct str name;
	struct str qualifier; /* "any", "native", an architecture, or empty */
	enum debversion_op op;
	struct str version;
};

/* Takes the text of the next group from `rest`: false when there is none left. Empty groups are
 * skipped. */
bool relation_group(struct str *rest, struct str *group);

/* Takes the next alternative of a group: 1, 0 at the end, -1 with *e set (ERR_INPUT saying what is
 * wrong with which text). Restrictions to architectures and build profiles are errors here. */
MUST_CHECK int relation_next(struct str *group, struct relation *out, struct error *e);

/* As relation_next for Build-Depends: alternatives whose [architectures] do not hold `arch`, or
 * whose <profiles> ask for one, are passed over. */
MUST_CHECK int relation_next_build(struct str *group, const char *arch, struct relation *out,
				   struct error *e);

/* Whether a name that is provided in this version (empty: in none) meets the relation: a version
 * must be given where one is asked for (Policy 7.5). */
bool relation_takes_provided(const struct relation *r, struct str version);

/* Whether any alternative of any group of a field has this name, in whatever version; what cannot
 * be read has none. */
bool relations_name(struct str field, const char *package);

/* "name (>= 1.2)", as in control data, in `a`. */
const char *relation_format(struct arena *a, const struct relation *r);

#endif
