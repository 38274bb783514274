/* SPDX-License-Identifier: Apache-2.0 */
/* Source packages of an index: those that were asked for, all at once. */

#include <stdlib.h>

#include "format/debian/debversion.h"
#include "input/resolve/index_record.h"
#include "input/resolve/package_index.h"

static int compare_index_sources(const void *a, const void *b)
{
	const struct index_source *x = *(struct index_source *const *)a;
	const struct index_source *y = *(struct index_source *const *)b;
	int order = str_cmp(x->name, y->name);

	if (order == 0)
		order = (y->priority > x->priority) - (y->priority < x->priority);
	if (order == 0)
		order = debversion_compare(y->version, x->version);
	if (order == 0) /* the same version in two suites: any order, but always the same */
		order = strcmp(x->suite->codename, y->suite->codename);
	return order;
}

void index_finish_sources(struct index *x)
{
	if (x->sources.n)
		qsort(x->sources.v, x->sources.n, sizeof(*x->sources.v), compare_index_sources);
}

const struct index_source *const *index_source_versions(const struct index *x, const char *name,
							size_t *n)
{
	size_t first = 0;

	while (first < x->sources.n && !str_eq(x->sources.v[first]->name, str_of(name)))
		first++;
	for (*n = 0;
	     first + *n < x->sources.n && str_eq(x->sources.v[first + *n]->name, str_of(name));)
		++*n;
	return *n ? (const struct index_source *const *)x->sources.v + first : NULL;
}

static bool add_source(struct index *x, const struct suite *suite, const struct kept_index *kept,
		       const struct kept_entry *entry, struct str name, const char *file,
		       struct error *e)
{
	struct index_source *s = arena_alloc(x->a, sizeof(*s));
	struct str record;

	s->suite = suite;
	s->priority = index_priority(x, suite);
	*list_push(x->a, &x->sources) = s;
	return (kept_record(x->a, kept, entry, &record, e) || err_wrap(e, "%s", file)) &&
	       record_read_source(x->a, name, record, file, s, e);
}

bool index_add_sources(struct index *x, const struct suite *suite, const struct strings *names,
		       const struct kept_index *kept, const char *file, struct error *e)
{
	list_each(name, names) {
		const struct kept_entry *entry;
		size_t n;

		entry = kept_find(kept, str_of(*name), &n);
		for (size_t i = 0; i < n; i++) {
			if (!add_source(x, suite, kept, &entry[i], str_of(*name), file, e))
				return false;
		}
	}
	return !kept_is_damaged(kept) ||
	       err_set(e, ERR_SYSTEM, "what is kept of an index of %s is damaged: run this again",
		       suite->codename);
}
