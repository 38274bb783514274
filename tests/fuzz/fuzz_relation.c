/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as relations: what is read is written, read again and the same. */

#include <stdlib.h>

#include "input/resolve/constraint.h"
#include "format/debian/relations.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_relation_round_trip(struct arena *a, const struct relation *r)
{
	const char *text = relation_format(a, r);
	struct str again = str_of(text);
	struct error e = { 0 };
	struct relation s;

	if (relation_next(&again, &s, &e) != 1 || !str_eq(r->name, s.name) || r->op != s.op ||
	    !str_eq(r->version, s.version) || !str_eq(r->qualifier, s.qualifier))
		abort();
}

static void fuzz_read_relations(struct arena *a, struct str rest, const char *arch)
{
	struct error e = { 0 };
	struct str group;

	while (relation_group(&rest, &group)) {
		struct relation r;
		int got;

		while ((got = arch ? relation_next_build(&group, arch, &r, &e)
				   : relation_next(&group, &r, &e)) > 0)
			fuzz_relation_round_trip(a, &r);
		if (got < 0)
			return;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };
	int holds;

	fuzz_read_relations(&a, text, NULL);
	fuzz_read_relations(&a, text, "amd64");
	holds = constraint_holds(str_dup(&a, text), STR("1:3.12-1"), &e);
	if ((holds < 0) != (e.kind == ERR_INPUT))
		abort();
	return 0;
}
