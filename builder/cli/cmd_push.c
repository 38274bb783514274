/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild push IMAGE docker://REGISTRY/NAME[:TAG]... */

#include "transfer/registry/push.h"

#include "base/size.h"
#include "cli/commands.h"
#include "cli/image_operand.h"
#include "cli/sign_report.h"
#include "cli/signing_options.h"
#include "format/text/image_name.h"
#include "format/json/jsonw.h"

struct push_options {
	struct registry_options registry;
	struct signing_options signing;
	const char *mount_from;
};

struct pushing {
	struct cli *c;
	const char *image;
	const char *mount_from;
	const struct registry_options *registry;
	struct session_options options;
	struct keys keys; /* --sign */
	struct certificate_chains chains;
	struct push_plan plan;
};

/* Signs what was pushed: by its digest, whatever the tag has become. */
static bool push_sign(struct pushing *p, const struct reference *to, const char *digest,
		      struct error *e)
{
	struct reference image;
	const struct signing_order order = { &image, &p->keys, &p->options, &p->chains };
	const char *text = arena_printf(p->c->a, "docker://%s/%s@%s", to->host, to->name, digest);

	return p->keys.n == 0 ||
	       (reference_parse(p->c->a, text, &image, e) && sign_and_report(p->c, &order, e));
}

static bool check_targets(struct arena *a, const struct strings *targets, struct reference *out,
			  struct error *e)
{
	for (size_t i = 0; i < targets->n; i++) {
		if (!reference_parse(a, targets->v[i], &out[i], e))
			return false;
		if (out[i].digest)
			return err_set(
				e, ERR_USAGE,
				"%s: an image is pushed to a tag; its digest comes of its bytes",
				targets->v[i]);
	}
	return true;
}

static bool check_mount(struct arena *a, const char *name, struct error *e)
{
	if (!name ||
	    (!strchr(name, ':') && image_name_check(arena_printf(a, "localhost/%s", name), e)))
		return true;
	*e = (struct error){ 0 };
	return err_set(
		e, ERR_USAGE,
		"--mount-from is the name of a repository of the same registry, as in team/base, not \"%s\"",
		name);
}

static void push_print_json(struct pushing *p, const struct reference *to,
			    const struct push_result *r)
{
	struct buf text = { .a = p->c->a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_printf(&w, "name", "%s/%s", to->host, to->name);
	jsonw_cstr(&w, "tag", to->tag);
	jsonw_cstr(&w, "digest", r->digest);
	jsonw_u64(&w, "blobs", p->plan.blobs.v.n);
	jsonw_u64(&w, "uploaded", r->sent);
	jsonw_u64(&w, "mounted", r->mounted);
	jsonw_u64(&w, "present", r->there);
	jsonw_u64(&w, "uploaded-bytes", r->bytes);
	jsonw_u64(&w, "manifests", r->manifests);
	jsonw_bool(&w, "unchanged", !r->sent && !r->mounted && !r->manifests);
	jsonw_object_end(&w);
	fprintf(p->c->out, "%s\n", buf_cstr(&text));
}

static void push_tell_amounts(struct pushing *p, const struct push_result *r)
{
	if (!r->sent && !r->mounted && !r->manifests)
		progress_end(p->c->progress, "push", true,
			     "everything is there already: nothing was sent");
	else
		progress_end(p->c->progress, "push", false,
			     "%zu blobs sent (%s), %zu mounted, %zu there already", r->sent,
			     size_text(p->c->a, r->bytes), r->mounted, r->there);
}

static bool push_to(struct pushing *p, const struct push_source *from, const struct reference *to,
		    struct error *e)
{
	struct push_order order = { .from = from,
				    .plan = &p->plan,
				    .to = to,
				    .mount_from = p->mount_from,
				    .options = &p->options };
	struct push_result r;

	progress_begin(p->c->progress, "push", "%s to %s/%s:%s", p->image, to->host, to->name,
		       to->tag);
	if (!push_image(&order, &r, e))
		return err_wrap(e, "push %s", p->image);
	push_tell_amounts(p, &r);
	if (p->c->json)
		push_print_json(p, to, &r);
	else if (p->keys.n == 0) /* else signing prints it */
		fprintf(p->c->out, "%s/%s@%s\n", to->host, to->name, r.digest);
	return push_sign(p, to, r.digest, e);
}

static bool push_all(struct pushing *p, const struct reference *targets, size_t n, struct error *e)
{
	AUTO_IMAGE_OPERAND image = IMAGE_OPERAND_INIT;
	struct push_source from;

	if (!image_operand_open(p->c, p->registry, p->image, IMAGE_ALL, NULL, &image, e) ||
	    !image_operand_plan(p->c->a, &image, &from, &p->plan, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!push_to(p, &from, &targets[i], e))
			return false;
	}
	return true;
}

static bool push_run(struct cli *c, struct error *e)
{
	struct session_pool pool = SESSION_POOL_INIT; /* one connection for all names of a host */
	const struct push_options *o = c->options;
	const struct strings names = { c->operands.v + 1, c->operands.n - 1, 0 };
	struct pushing p = { .c = c,
			     .image = c->operands.v[0],
			     .mount_from = o->mount_from,
			     .registry = &o->registry };
	struct reference *targets = arena_array(c->a, names.n, sizeof(*targets));

	bool ok;

	c->pool = &pool;
	ok = registry_settings(c, &o->registry, &p.options, e) &&
	     check_mount(c->a, o->mount_from, e) && check_targets(c->a, &names, targets, e) &&
	     signing_keys(c, &o->signing, &p.keys, e) &&
	     signing_certificates(c, &o->signing, &p.keys, &p.chains, e) &&
	     push_all(&p, targets, names.n, e);

	keys_drop(&p.keys);
	c->pool = NULL;
	session_pool_close(&pool);
	return ok;
}

static const struct option_row push_options[] = {
	{ "--mount-from", 0, "NAME",
	  "another repository of the registry that may have layers already",
	  OPTION_IS_TEXT(struct push_options, mount_from) },
	SIGNING_ROWS(struct push_options, signing, "--sign",
		     "sign what was pushed with a private key, as imgbuild sign; repeatable"),
	CERTIFICATE_ROW(struct push_options, signing, "--sign"),
	REGISTRY_ROWS(struct push_options, registry),
	{ NULL },
};

const struct command cmd_push = {
	.name = "push",
	.summary = "send an image to a registry",
	.operands = { { "IMAGE", WORD_IMAGE }, { "docker://REGISTRY/NAME[:TAG]..." } },
	.wanted =
		"name an image and where it goes: imgbuild push out/hello docker://REGISTRY/NAME:TAG",
	.examples = "push out/hello docker://registry.example/team/hello:1.0\n"
		    "push oci-archive:hello.tar docker://127.0.0.1:5000/hello\n"
		    "push out/hello docker://registry.example/team/hello:1.0 --sign release.pem",
	.text = "IMAGE is a layout folder (DIR, oci:DIR[:TAG]), oci-archive:FILE or docker://REGISTRY/NAME[:TAG]; an image of several platforms goes as "
		"a whole. What the registry has is not sent again. Prints NAME@DIGEST.",
	.options = push_options,
	.options_size = sizeof(struct push_options),
	.run = push_run,
	.jails = true,
};
