/* SPDX-License-Identifier: Apache-2.0 */
/* Compares a build with an earlier image. */

#include "cli/build_against.h"

#include "inspect/compare/increase.h"

/* What is compared is what is there, not what rules say of it. */
static bool against_read(struct cli *c, const char *image, const struct bundle *opened,
			 const char *platform, struct audit_result *out, struct error *e)
{
	const struct audit_request req = {
		.image = image, .opened = opened, .platform = platform, .policy = "report-only"
	};

	return audit_image(c->a, &req, out, e);
}

bool against_open(struct cli *c, const struct registry_options *registry, const char *name,
		  const struct platforms *platforms, struct against *out, struct error *e)
{
	out->name = name;
	if (!name)
		return true;
	out->images = arena_array(c->a, platforms->n, sizeof(*out->images));
	out->results = arena_array(c->a, platforms->n, sizeof(*out->results));
	for (size_t i = 0; i < platforms->n; i++) {
		const char *platform = platforms->v[i]->name;

		out->images[out->n++] = (struct image_operand)IMAGE_OPERAND_INIT;
		if (!image_operand_open(c, registry, name, IMAGE_ONE, platform, &out->images[i],
					e) ||
		    !against_read(c, name, &out->images[i].bundle, platform, &out->results[i], e))
			return err_wrap(e, "--against");
	}
	return true;
}

void against_close(struct against *x)
{
	while (x->n)
		image_operand_close(&x->images[--x->n]);
}

static void against_say(struct cli *c, const struct against *x, const struct audit_result *before,
			const struct audit_result *after, const char *platform)
{
	struct buf text = { .a = c->a };
	struct increase found;

	increase_find(c->a, before, after, &found);
	buf_printf(&text, "since %s%s%s: ", x->name, platform ? ", " : "",
		   platform ? platform : "");
	increase_text(&found, &text);
	progress_note_list(c->progress, buf_cstr(&text));
}

bool against_tell(struct cli *c, const struct against *x, const struct build_order *o,
		  const struct build_result *r, struct error *e)
{
	for (size_t i = 0; i < x->n; i++) {
		const char *platform = o->platforms.v[i]->name;
		const struct audit_result *after = i < r->audits.n ? &r->audits.v[i] : NULL;
		struct audit_result read;

		if (!after && !against_read(c, r->output, NULL, platform, &read, e))
			return err_wrap(e, "--against");
		against_say(c, x, &x->results[i], after ? after : &read,
			    x->n > 1 ? platform : NULL);
	}
	return true;
}
