/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_VULN_COMPONENT_INDEX_H
#define INSPECT_VULN_COMPONENT_INDEX_H

/* Components of an image by the names that data give them: there are as many entries of data as
 * there are packages, so no entry goes through all of them. What is found has the name; whether it
 * is meant, the readers tell (versions, architectures). */

#include "base/strmap.h"
#include "inspect/model/components.h"

/* Numbers of components, or of what else is counted from 0. */
struct positions LIST(size_t);

struct component_index {
	struct strmap sources, names, purls, products; /* lists of positions */
	struct positions cpes;			       /* all that have a CPE */
};

/* Notes a position under a name, which is borrowed; and what was noted, or none. */
void positions_note(struct arena *a, struct strmap *m, struct str name, size_t position);
const struct positions *positions_of(const struct strmap *m, struct str name);

/* Sorts them and drops repeated ones. */
void positions_sort(struct positions *l);

/* Of all components; keys live in `a`. */
void component_index_init(struct arena *a, const struct components *l, struct component_index *out);

/* Those made from a Debian source package, those of a Debian package's name, those whose package
 * URL has the type, namespace and name of this one. Ascending. */
const struct positions *component_index_source(const struct component_index *x, const char *source);
const struct positions *component_index_name(const struct component_index *x, const char *name);
const struct positions *component_index_purl(const struct component_index *x, const struct purl *p);

/* Those with a CPE of this one's product; of all products when it has a wildcard there. */
const struct positions *component_index_cpe(const struct component_index *x, const char *cpe);

#endif
