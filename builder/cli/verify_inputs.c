/* SPDX-License-Identifier: Apache-2.0 */
/* From a registry to a folder that a build can be made in. */

#include "cli/verify_inputs.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/attest_files.h"
#include "cli/attest_inputs.h"
#include "line/attest_folder.h"
#include "trust/attestation/attestations.h"
#include "trust/attestation/predicate_types.h"
#include "trust/attestation/provenance.h"
#include "trust/signature/statement.h"

/* A provenance that names files, and their list. */
struct inputs_source {
	const struct found_attestation *from;
	struct digest list;
};

struct inputs_sources LIST(struct inputs_source);

/* Those that count; and why the last did not. */
static void inputs_choose(struct arena *a, const struct found_attestations *found, bool keys,
			  struct inputs_sources *out, const char **why)
{
	*why = "the build of an older imgbuild, or files that could not be kept";
	for (size_t i = 0; i < found->v.n; i++) {
		const struct found_attestation *f = &found->v.v[i];
		struct error bad = { 0 };
		struct digest list;
		bool known = false;

		if (!f->type || (keys && !f->key)) {
			*why = f->why ? f->why : "it is not signed by a key that was named";
			continue;
		}
		if (provenance_inputs(a, f->predicate, &list, &bad) <= 0)
			continue;
		for (size_t k = 0; k < out->n; k++)
			known |= digest_eq(&out->v[k].list, &list);
		if (!known)
			*list_push(a, out) = (struct inputs_source){ f, list };
	}
}

static bool inputs_find(struct arena *a, const struct verify_inputs_order *o,
			struct found_attestations *found, struct inputs_sources *out,
			struct error *e)
{
	const struct attestation_query query = { .type = PREDICATE_PROVENANCE };
	const struct reference *r = o->image->image;
	size_t keys = o->image->keys->n;
	const char *why;

	if (!attestations_read(a, o->image, &query, found, e))
		return false;
	inputs_choose(a, found, keys > 0, out, &why);
	if (out->n == 0 && keys)
		return err_set(e, ERR_VERIFY,
			       "no provenance of %s/%s@%s that names the files of its build is "
			       "signed by a key of --builder-key: %s",
			       r->host, r->name, found->digest, why);
	if (out->n == 0)
		return err_set(e, ERR_FINDINGS,
			       "the provenance of %s/%s@%s names no files of its build: %s",
			       r->host, r->name, found->digest, why);
	return keys || out->n == 1 ||
	       err_set(e, ERR_VERIFY,
		       "%s/%s@%s has %zu provenances with different files; say with --builder-key "
		       "FILE whose counts",
		       r->host, r->name, found->digest, out->n);
}

static bool inputs_fetch(struct arena *a, const struct verify_inputs_order *o, const char *digest,
			 const struct inputs_sources *from, const struct inputs_source **taken,
			 struct kept_texts *out, struct error *e)
{
	for (size_t i = 0; i < from->n; i++) {
		int got = attached_inputs_get(a, o->image, digest, &from->v[i].list, out, e);

		*taken = &from->v[i];
		if (got)
			return got > 0;
	}
	return err_set(e, ERR_FINDINGS,
		       "the files that the provenance of %s/%s@%s names (" KEPT_LIST_FILE
		       ", sha256:%s) are not attached to it; its builder attaches them with "
		       "imgbuild attest",
		       o->image->image->host, o->image->image->name, digest,
		       digest_hex_dup(a, &from->v[0].list));
}

static bool inputs_write(struct arena *a, const struct verify_inputs_order *o,
			 const struct kept_texts *files, struct verify_inputs *out, struct error *e)
{
	const char *data = arena_printf(a, "%s/" KEPT_BUILTIN, o->folder);
	struct kept_inputs list;

	if (!kept_inputs_read(a, files->list, &list, e) ||
	    !kept_inputs_restore(&list, files->archive, o->dirfd, e))
		return err_wrap(e, "the files that its build read");
	out->files = list.v.n;
	out->data = access(data, F_OK) == 0 ? data : "";
	out->recipe = arena_printf(a, "%s/" KEPT_REPOSITORY "/%s", o->folder, o->recipe);
	return access(out->recipe, F_OK) == 0 ||
	       err_set(e, ERR_INPUT,
		       "the files that its build read lack %s, which the image was made from",
		       o->recipe);
}

/* The same of what stands beside the image. */
static bool inputs_restore_beside(struct arena *a, const struct verify_inputs_order *o,
				  struct verify_inputs *out, struct error *e)
{
	const char *digest = o->image->image->digest;
	const char *name = arena_printf(a, "%s/" PROVENANCE_FILE, o->beside);
	struct statement s = { .predicate_type = NULL };
	struct digest list, sum;
	struct kept_texts files;
	struct str text;
	int named;

	if (!attest_files_get(a, o->beside, "provenance", digest, o->image->keys, &text, &out->key,
			      e))
		return false;
	if (!statement_read_from(a, name, text, &s, e))
		return false;
	if (strcmp(s.predicate_type, PREDICATE_PROVENANCE) != 0 ||
	    !strings_has(&s.subjects, digest + strlen("sha256:")))
		return err_set(e, ERR_VERIFY, "%s is no provenance of %s", name, digest);
	named = provenance_inputs(a, s.predicate, &list, e);
	if (named < 0)
		return err_wrap(e, "%s", name);
	if (!named)
		return err_set(e, ERR_FINDINGS, "%s names no files of its build", name);
	sum = digest_of(text);
	out->provenance = digest_hex_dup(a, &sum);
	return attest_inputs_read(a, o->beside, name, &list, &files, e) &&
	       inputs_write(a, o, &files, out, e);
}

bool verify_inputs_restore(struct arena *a, const struct verify_inputs_order *o,
			   struct verify_inputs *out, struct error *e)
{
	const struct inputs_source *taken = NULL;
	struct inputs_sources sources = { NULL, 0, 0 };
	struct found_attestations found;
	struct kept_texts files;
	struct digest statement;

	*out = (struct verify_inputs){ .recipe = NULL };
	if (o->beside)
		return inputs_restore_beside(a, o, out, e);
	if (!inputs_find(a, o, &found, &sources, e) ||
	    !inputs_fetch(a, o, found.digest, &sources, &taken, &files, e))
		return false;
	statement = digest_of(taken->from->statement);
	out->provenance = digest_hex_dup(a, &statement);
	out->key = taken->from->key;
	return inputs_write(a, o, &files, out, e);
}
