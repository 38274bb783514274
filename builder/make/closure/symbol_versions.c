/* SPDX-License-Identifier: Apache-2.0 */
/* Compares versions asked for with versions offered, along the edges of a closure. */

#include "make/closure/symbol_versions.h"

static bool offers_version(const struct elf *library, const char *version)
{
	for (size_t i = 0; i < library->versions.n; i++) {
		if (strcmp(library->versions.v[i].name, version) == 0)
			return true;
	}
	return false;
}

static void check_edge(struct arena *a, const struct closure_edge *edge,
		       const struct closure_object *file, const struct closure_object *library,
		       struct version_misses *out)
{
	for (size_t i = 0; i < file->elf->needs.n; i++) {
		const struct elf_need *need = &file->elf->needs.v[i];

		if (strcmp(need->library, edge->needed) != 0)
			continue;
		for (size_t k = 0; k < need->versions.n; k++) {
			const struct elf_version *v = &need->versions.v[k];

			if (offers_version(library->elf, v->name))
				continue;
			*list_push(a, &out->v) = (struct version_miss){
				.file = edge->file,
				.library = edge->found,
				.version = v->name,
				.weak = v->weak,
				.unversioned = library->elf->versions.n == 0,
			};
		}
	}
}

void versions_check(struct arena *a, const struct closure *c, struct version_misses *out)
{
	*out = (struct version_misses){ 0 };
	for (size_t i = 0; i < c->edges.n; i++) {
		const struct closure_edge *edge = &c->edges.v[i];
		const struct closure_object *file = closure_object(c, edge->file), *library;

		library = edge->found ? closure_object(c, edge->found) : NULL;
		if (file && library)
			check_edge(a, edge, file, library, out);
	}
}

bool version_miss_is_fatal(const struct version_miss *miss)
{
	return !miss->weak && !miss->unversioned;
}
