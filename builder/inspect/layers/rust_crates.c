/* SPDX-License-Identifier: Apache-2.0 */
/* JSON, compressed with zlib: {"packages": [{"name", "version", "source", "kind"}]}. */

#include "inspect/layers/embedded.h"

#include "format/archive/unzlib.h"
#include "format/debian/purl.h"
#include "format/json/jsonx.h"

#define CRATES_TEXT_MAX (8u << 20) /* as the reader of cargo-auditable has it */

static bool rust_crate_add(struct arena *a, const struct json_node *n, struct strings *purls,
			   struct error *e)
{
	const char *name = NULL, *version = NULL, *kind = "runtime";
	struct purl p;

	if (!json_want_object(n, e) || !jsonx_string(a, n, "name", &name, e) ||
	    !jsonx_string(a, n, "version", &version, e) || !jsonx_string(a, n, "kind", &kind, e))
		return false;
	if (!name || !*name || !version || !*version)
		return json_fail(n, e, "it has no name and version");
	if (strcmp(kind, "build") == 0 || purls->n == EMBEDDED_MAX)
		return true;
	purl_of(a, "cargo", name, version, &p);
	*list_push(a, purls) = purl_text(a, &p);
	return true;
}

bool rust_crates_read(struct arena *a, struct str section, struct strings *purls, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct json_node root, list, item;
	AUTO_JSON doc = { 0 };
	struct str text;

	if (!unzlib(&scratch, section, CRATES_TEXT_MAX, &text, e))
		return err_wrap(e, "section .dep-v0");
	if (!json_parse("section .dep-v0", text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_object(&root, e) || !json_need(&root, "packages", &list, e) ||
	    !json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		if (!rust_crate_add(a, &item, purls, e))
			return false;
	}
	return true;
}
