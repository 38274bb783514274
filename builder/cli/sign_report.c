/* SPDX-License-Identifier: Apache-2.0 */
/* What people and programs are told of signatures that were made. */

#include "cli/sign_report.h"

#include "format/json/jsonw.h"

static void sign_print_json(struct cli *c, const struct reference *image, const struct keys *keys,
			    const struct signing_result *r)
{
	struct buf text = { .a = c->a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_printf(&w, "name", "%s/%s", image->host, image->name);
	jsonw_cstr(&w, "digest", r->digest);
	jsonw_array(&w, "signed-with");
	for (size_t i = 0; i < keys->n; i++)
		jsonw_cstr(&w, NULL, keys->v[i].file);
	jsonw_array_end(&w);
	jsonw_u64(&w, "manifests", r->manifests);
	jsonw_u64(&w, "signatures", r->made);
	jsonw_u64(&w, "present", r->there);
	jsonw_object_end(&w);
	fprintf(c->out, "%s\n", buf_cstr(&text));
}

bool sign_and_report(struct cli *c, const struct signing_order *order, struct error *e)
{
	const struct reference *image = order->image;
	struct signing_result r;

	progress_begin(c->progress, "sign", "%s", image->text);
	if (!image_sign(c->a, order, &r, e))
		return err_wrap(e, "sign %s", image->text);
	if (r.made)
		progress_end(c->progress, "sign", false,
			     "%zu signatures made for %zu manifests, %zu were there already",
			     r.made, r.manifests, r.there);
	else
		progress_end(c->progress, "sign", true, "every key has signed it already");
	if (c->json)
		sign_print_json(c, image, order->keys, &r);
	else
		fprintf(c->out, "%s/%s@%s\n", image->host, image->name, r.digest);
	return true;
}
