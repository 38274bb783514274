/* SPDX-License-Identifier: Apache-2.0 */
/* What is named twice would be a riddle to whoever pulls it: refused. */

#include "transfer/registry/joined_index.h"

#include "format/json/jsonx.h"
#include "transfer/registry/artifact.h"
#include "transfer/registry/index_document.h"

static const char *joined_platform(struct arena *a, const struct document_part *p)
{
	return arena_printf(a, "%s/%s%s%s", p->os, p->architecture, p->variant ? "/" : "",
			    p->variant ? p->variant : "");
}

static bool joined_add_part(struct arena *a, const struct document_part *p, const char *shown,
			    struct joined_index *out, struct error *e)
{
	const char *platform;

	if (!p->os || !p->architecture)
		return err_set(e, ERR_INPUT, "%s: %s does not say its platform", shown, p->label);
	platform = joined_platform(a, p);
	list_each(x, &out->parts) {
		if (strcmp(joined_platform(a, x), platform) == 0)
			return err_set(
				e, ERR_INPUT,
				"%s: there are two images for %s; an index has one for each platform",
				shown, platform);
	}
	*list_push(a, &out->parts) = *p;
	return true;
}

/* A manifest does not say for what it is: its configuration does. */
static bool joined_ask_config(struct arena *a, struct session *s,
			      const struct document_part *config, struct document_part *out,
			      struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root;
	struct str text;

	if (!artifact_blob(a, s, config, &text, e) || !json_parse(config->label, text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_object(&root, e))
		return false;
	out->os = jsonx_text(a, &root, "os");
	out->architecture = jsonx_text(a, &root, "architecture");
	out->variant = jsonx_text(a, &root, "variant");
	return true;
}

/* What buildx puts beside an image is not one. */
static bool joined_is_attestation(const struct document_part *p)
{
	return p->os && strcmp(p->os, "unknown") == 0;
}

bool joined_index_add(struct arena *a, struct session *s, const char *reference, const char *shown,
		      struct joined_index *out, struct error *e)
{
	struct artifact found;
	struct document_part one = { .os = NULL };
	size_t before = out->parts.n;
	int got = artifact_get(a, s, reference, &found, e);

	if (got == 0)
		return err_set(e, ERR_NETWORK, "%s is not there", shown);
	if (got < 0)
		return false;
	if (found.document.index) {
		list_each(p, &found.document.parts) {
			if (!joined_is_attestation(p) && !joined_add_part(a, p, shown, out, e))
				return false;
		}
		return out->parts.n > before ||
		       err_set(e, ERR_INPUT, "%s: this index names no image", shown);
	}
	one.media_type = found.document.media_type;
	one.digest = found.document.digest;
	one.size = found.document.text.n;
	document_part_name(&one, "manifest");
	return joined_ask_config(a, s, &found.document.parts.v[0], &one, e) &&
	       joined_add_part(a, &one, shown, out, e);
}

struct str joined_index_text(struct arena *a, const struct joined_index *x)
{
	return index_document_text(a, x->parts.v, x->parts.n, NULL);
}
