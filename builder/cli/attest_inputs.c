/* SPDX-License-Identifier: Apache-2.0 */
/* From the provenance to the files beside it. */

#include "cli/attest_inputs.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/path.h"
#include "trust/attestation/predicate_types.h"
#include "trust/attestation/provenance.h"
#include "trust/signature/statement.h"

#define LIST_MAX (64u << 20)

bool attest_inputs_read(struct arena *a, const char *folder, const char *provenance,
			const struct digest *list, struct kept_texts *out, struct error *e)
{
	const char *names = arena_printf(a, "%s/" KEPT_LIST_FILE, folder);
	const char *archive = arena_printf(a, "%s/" KEPT_ARCHIVE_FILE, folder);
	struct kept_inputs kept;
	struct digest found;

	if (access(names, F_OK) != 0 || access(archive, F_OK) != 0)
		return err_set(e, ERR_FINDINGS,
			       "%s is not there, which %s names: the files that the build read",
			       access(names, F_OK) != 0 ? names : archive, provenance);
	if (!io_read_file(a, AT_FDCWD, names, LIST_MAX, &out->list, e) ||
	    !io_read_file(a, AT_FDCWD, archive, KEPT_BYTES_MAX, &out->archive, e))
		return false;
	found = digest_of(out->list);
	if (!digest_eq(&found, list))
		return err_set(e, ERR_VERIFY, "%s is not the list that %s names; build again",
			       names, provenance);
	if (!kept_inputs_read(a, out->list, &kept, e))
		return err_wrap(e, "%s", folder);
	found = digest_of(out->archive);
	return digest_eq(&found, &kept.archive) ||
	       err_set(e, ERR_VERIFY, "%s is not the archive that %s names; build again", archive,
		       names);
}

bool attest_inputs_load(struct cli *c, const char *provenance, const struct attest_statements *made,
			struct attest_inputs *out, struct error *e)
{
	struct arena *a = c->a;
	struct statement s = { .predicate_type = NULL };
	struct digest list;
	int named;

	*out = (struct attest_inputs){ .there = false };
	for (size_t i = 0; provenance && i < made->n; i++) {
		const struct attestation *x = &made->v[i].of;

		if (strcmp(x->type, PREDICATE_PROVENANCE) != 0)
			continue;
		*list_push(a, &out->digests) = x->digest;
		if (!s.predicate_type && !statement_read(a, x->statement, &s, e))
			return err_wrap(e, "%s", provenance);
	}
	if (!s.predicate_type)
		return true;
	named = provenance_inputs(a, s.predicate, &list, e);
	if (named < 0)
		return err_wrap(e, "%s", provenance);
	if (!named)
		return true;
	out->folder = path_dir(a, provenance);
	if (!out->folder[0])
		out->folder = ".";
	out->there = access(arena_printf(a, "%s/" KEPT_LIST_FILE, out->folder), F_OK) == 0;
	if (!out->there)
		progress_warn(c->progress,
			      "%s/" KEPT_LIST_FILE
			      " is not there: the files that the build read are not attached, and "
			      "others need a checkout to build the image again",
			      out->folder);
	return !out->there || attest_inputs_read(a, out->folder, provenance, &list, &out->files, e);
}
