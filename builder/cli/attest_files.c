/* SPDX-License-Identifier: Apache-2.0 */
/* Names of files, and what is in them. */

#include "cli/attest_files.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "line/attest_folder.h"
#include "trust/attestation/attestations.h"
#include "trust/signature/signatures.h"

#define STATEMENT_FILE_MAX (64u << 20)
#define BUNDLES_MAX 32 /* of one statement: one a key */

const char *attest_folder_of(struct arena *a, const char *image)
{
	static const struct str forms[] = { STR("oci:"), STR("oci-archive:") };
	struct str path = str_of(image), tag;

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		if (str_starts(path, forms[i])) {
			path = str_from(path, forms[i].n);
			if (i == 0)
				str_cut(path, ':', &path, &tag);
			break;
		}
	}
	return attest_folder_path(a, str_dup(a, path));
}

bool attest_file_put(struct cli *c, const char *folder, const char *name, struct str text,
		     struct error *e)
{
	const char *path = arena_printf(c->a, "%s/%s", folder, name);

	if (!file_mkdirs(AT_FDCWD, folder, e) || !file_write_path(path, 0644, text, e))
		return false;
	fprintf(c->out, "%s\n", path);
	return true;
}

static const char *attest_bundle_name(struct arena *a, const char *name, size_t i)
{
	const char *number = i ? arena_printf(a, ".%zu", i + 1) : "";

	return arena_printf(a, "%s%s.sigstore.json", name, number);
}

bool attest_files_put(struct cli *c, const char *folder, const char *name, struct str statement,
		      const struct keys *keys, struct error *e)
{
	struct arena *a = c->a;

	if (!attest_file_put(c, folder, arena_printf(a, "%s.json", name), statement, e))
		return false;
	for (size_t i = 0; i < keys->n; i++) {
		struct str text;

		if (!attestation_bundle(a, &keys->v[i], statement, &text, e) ||
		    !attest_file_put(c, folder, attest_bundle_name(a, name, i), text, e))
			return false;
	}
	return true;
}

/* NULL if one of the keys signed it; else why not. */
static const char *attest_judge_file(struct arena *a, struct str text, const char *digest,
				     const struct keys *keys, struct str *statement,
				     const struct key **key)
{
	struct image_signature s = { .form = SIGNATURE_BUNDLE };
	const char *why = "it is not a bundle";
	struct error bad = { 0 };

	if (!dsse_bundle_read(a, text, &s.bundle, &bad))
		return arena_strdup(a, bad.cause);
	for (size_t i = 0; i < keys->n; i++) {
		why = signature_judge(a, &s, &keys->v[i], digest, NULL);
		if (why)
			continue;
		*statement = s.bundle.payload;
		*key = &keys->v[i];
		return NULL;
	}
	return why;
}

static bool attest_files_find(struct arena *a, const char *folder, const char *name,
			      const char *digest, const struct keys *keys, struct str *statement,
			      const struct key **key, struct error *e)
{
	const char *path = NULL, *why = NULL;
	struct str text;

	for (size_t i = 0; i < BUNDLES_MAX; i++) {
		path = arena_printf(a, "%s/%s", folder, attest_bundle_name(a, name, i));
		if (i && access(path, F_OK) != 0)
			break;
		if (access(path, F_OK) != 0)
			return err_set(e, ERR_FINDINGS,
				       "%s is not there: imgbuild attest with --key writes it",
				       path);
		if (!io_read_file(a, AT_FDCWD, path, STATEMENT_FILE_MAX, &text, e))
			return false;
		why = attest_judge_file(a, text, digest, keys, statement, key);
		if (!why)
			return true;
	}
	return err_set(e, ERR_VERIFY,
		       "no %s*.sigstore.json in %s is signed by a key that is named: %s", name,
		       folder, why);
}

bool attest_files_get(struct arena *a, const char *folder, const char *name, const char *digest,
		      const struct keys *keys, struct str *statement, const struct key **key,
		      struct error *e)
{
	const char *path = arena_printf(a, "%s/%s.json", folder, name);

	*key = NULL;
	if (keys->n)
		return attest_files_find(a, folder, name, digest, keys, statement, key, e);
	if (access(path, F_OK) != 0)
		return err_set(e, ERR_FINDINGS, "%s is not there", path);
	return io_read_file(a, AT_FDCWD, path, STATEMENT_FILE_MAX, statement, e);
}
