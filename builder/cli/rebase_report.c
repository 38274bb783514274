/* SPDX-License-Identifier: Apache-2.0 */
/* What came of a rebase, as text and as JSON. */

#include "base/buf.h"
#include "cli/rebasing.h"
#include "format/json/jsonw.h"
#include "inspect/report/escape.h"

static void rebase_print_text(struct rebasing *r)
{
	const char *image = escape_line(r->c->a, r->image.document.name);
	const char *verb = r->o->check ? "can stand" : "stands";

	list_each(x, &r->obstacles)
		fprintf(r->c->out, "%s: %s%s%s%s\n", image, x->path ? "/" : "",
			x->path ? escape_line(r->c->a, x->path) : "", x->path ? ": " : "",
			escape_line(r->c->a, x->text));
	if (r->obstacles.n)
		return;
	fprintf(r->c->out,
		"%s: %s on %s as sha256:%s\n  %zu files, %zu programs and libraries above the "
		"base; %zu libraries of the base, of which they take %zu symbols\n",
		image, verb, content_digest_text(r->c->a, &r->now->document.facts->manifest),
		digest_hex_dup(r->c->a, &r->manifest), r->proof.files, r->proof.programs,
		r->proof.libraries, r->proof.symbols);
}

static void rebase_print_there(struct rebasing *r)
{
	const char *base = content_digest_text(r->c->a, &r->now->document.facts->manifest);
	struct buf text = { .a = r->c->a };
	struct jsonw w;

	if (!r->c->json) {
		fprintf(r->c->out, "%s: stands on %s already\n",
			escape_line(r->c->a, r->image.document.name), base);
		return;
	}
	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "image", r->image.document.name);
	jsonw_cstr(&w, "base", base);
	jsonw_bool(&w, "unchanged", true);
	jsonw_object_end(&w);
	fprintf(r->c->out, "%s\n", buf_cstr(&text));
}

static void rebase_print_json(struct rebasing *r)
{
	struct buf text = { .a = r->c->a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "image", r->image.document.name);
	jsonw_cstr(&w, "old-base", content_digest_text(r->c->a, &r->old->document.facts->manifest));
	jsonw_cstr(&w, "base", content_digest_text(r->c->a, &r->now->document.facts->manifest));
	if (!r->obstacles.n)
		jsonw_printf(&w, "digest", "sha256:%s", digest_hex_dup(r->c->a, &r->manifest));
	jsonw_u64(&w, "files", r->proof.files);
	jsonw_u64(&w, "programs", r->proof.programs);
	jsonw_u64(&w, "libraries", r->proof.libraries);
	jsonw_u64(&w, "symbols", r->proof.symbols);
	jsonw_array(&w, "obstacles");
	list_each(x, &r->obstacles) {
		jsonw_object(&w, NULL);
		if (x->path)
			jsonw_printf(&w, "path", "/%s", x->path);
		jsonw_cstr(&w, "text", x->text);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	fprintf(r->c->out, "%s\n", buf_cstr(&text));
}

void rebase_tell(struct rebasing *r)
{
	if (r->there)
		rebase_print_there(r);
	else
		(r->c->json ? rebase_print_json : rebase_print_text)(r);
}
