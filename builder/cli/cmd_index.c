/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild index docker://REGISTRY/NAME[:TAG|@DIGEST]... --tag TAG */

#include "cli/commands.h"
#include "cli/registry_options.h"
#include "format/json/jsonw.h"
#include "format/text/image_name.h"
#include "transfer/registry/artifact.h"
#include "transfer/registry/joined_index.h"

struct index_options {
	struct registry_options registry;
	struct strings tags;
};

/* All parts stand in one repository: an index names them by digest, and nothing is copied. */
static bool index_read_operands(struct cli *c, struct reference *images, struct error *e)
{
	for (size_t i = 0; i < c->operands.n; i++) {
		if (!reference_parse(c->a, c->operands.v[i], &images[i], e))
			return false;
		if (strcmp(images[i].host, images[0].host) != 0 ||
		    strcmp(images[i].name, images[0].name) != 0)
			return err_set(
				e, ERR_USAGE,
				"index: %s is in another repository than %s; an index names images of its own repository: push it there, too",
				images[i].text, images[0].text);
	}
	return true;
}

static bool index_check_tags(const struct strings *tags, struct error *e)
{
	if (tags->n == 0)
		return err_set(e, ERR_USAGE, "index: name the index with --tag TAG");
	for (size_t i = 0; i < tags->n; i++) {
		if (!image_tag_ok(str_of(tags->v[i])))
			return err_set(
				e, ERR_USAGE,
				"index: \"%s\" is not a tag: 1 to 128 letters, digits, \"_\", \".\" and \"-\", the last two not first",
				tags->v[i]);
	}
	return true;
}

static void index_print(struct cli *c, const struct reference *to, const struct joined_index *x,
			struct str text)
{
	struct digest d = digest_of(text);
	struct buf out = { .a = c->a };
	struct jsonw w;

	if (!c->json) {
		fprintf(c->out, "%s/%s@sha256:%s\n", to->host, to->name, digest_hex_dup(c->a, &d));
		return;
	}
	jsonw_init(&w, &out, false);
	jsonw_object(&w, NULL);
	jsonw_printf(&w, "name", "%s/%s", to->host, to->name);
	jsonw_printf(&w, "digest", "sha256:%s", digest_hex_dup(c->a, &d));
	jsonw_array(&w, "platforms");
	list_each(p, &x->parts)
		jsonw_printf(&w, NULL, "%s/%s%s%s", p->os, p->architecture, p->variant ? "/" : "",
			     p->variant ? p->variant : "");
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	fprintf(c->out, "%s\n", buf_cstr(&out));
}

static bool index_join(struct cli *c, struct session *s, const struct reference *images,
		       const struct strings *tags, struct error *e)
{
	struct joined_index x = { { NULL, 0, 0 } };
	struct str text;

	for (size_t i = 0; i < c->operands.n; i++) {
		const char *reference = images[i].digest ? images[i].digest : images[i].tag;

		if (!joined_index_add(c->a, s, reference, images[i].text, &x, e))
			return false;
	}
	text = joined_index_text(c->a, &x);
	for (size_t i = 0; i < tags->n; i++) {
		if (artifact_put(s, tags->v[i], DOCUMENT_OCI_INDEX, text, NULL, e) < 0)
			return false;
	}
	index_print(c, &images[0], &x, text);
	return true;
}

static bool index_run(struct cli *c, struct error *e)
{
	const struct index_options *o = c->options;
	struct reference *images = arena_array(c->a, c->operands.n, sizeof(*images));
	struct session_options settings;
	struct strings scopes = { 0 };
	struct session s;
	bool ok;

	if (!registry_settings(c, &o->registry, &settings, e) || !index_check_tags(&o->tags, e) ||
	    !index_read_operands(c, images, e))
		return false;
	*list_push(c->a, &scopes) = arena_printf(c->a, "repository:%s:pull,push", images[0].name);
	ok = session_open(&s, &images[0], &settings, &scopes, e) &&
	     index_join(c, &s, images, &o->tags, e);
	session_close(&s);
	return ok;
}

static const struct option_row index_options[] = {
	{ "--tag", 0, "TAG", "what the index is called in that repository; repeatable",
	  OPTION_IS_LIST(struct index_options, tags) },
	REGISTRY_ROWS(struct index_options, registry),
	{ NULL },
};

const struct command cmd_index = {
	.name = "index",
	.summary = "join images of a registry, one for each platform, to one",
	.operands = { { "docker://REGISTRY/NAME[:TAG|@DIGEST]..." } },
	.wanted =
		"name the images: imgbuild index docker://REGISTRY/NAME:1.0-amd64 docker://REGISTRY/NAME:1.0-arm64 --tag 1.0",
	.examples = "index docker://h.example/hello:amd64 docker://h.example/hello:arm64 --tag 1.0",
	.text = "For platforms that were built on several machines: the index has the digest that one build for all of them has, if the order is the same. An index among the images adds every image that it names; what buildx attests beside them (platform unknown/unknown) is left out. Prints NAME@DIGEST.",
	.options = index_options,
	.options_size = sizeof(struct index_options),
	.run = index_run,
};
