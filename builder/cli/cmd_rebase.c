/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild rebase IMAGE... --base NEW */

#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/rebasing.h"
#include "make/image/image.h"
#include "trust/attestation/layer_facts.h"
#include "trust/key/named_key.h"

static bool rebase_check_target(struct cli *c, const char *target, struct error *e)
{
	struct reference to;

	if (!target)
		return true;
	if (!reference_parse(c->a, target, &to, e))
		return false;
	return !to.digest ||
	       err_set(e, ERR_USAGE,
		       "rebase: --to %s: an image is pushed to a tag; its digest comes of its bytes",
		       target);
}

static bool rebase_check_options(struct cli *c, const struct rebase_options *o, size_t images,
				 struct error *e)
{
	if (images > 1 && (o->output || o->to))
		return err_set(e, ERR_USAGE, "rebase: --output and --to go with one image only");
	if (o->signing.keys.n && (o->output || o->check))
		return err_set(e, ERR_USAGE,
			       "rebase: --sign signs beside the image in its registry; it does not "
			       "go with %s",
			       o->output ? "--output" : "--check");
	return rebase_check_target(c, o->to, e) && (!o->output || image_check_layout(o->output, e));
}

/* What this run and earlier ones know of layers, and whose facts are taken. */
static bool rebase_open_layers(struct rebase_common *all, struct error *e)
{
	const struct strings *names = &all->o->facts_keys;

	all->store.progress = all->c->progress;
	if (!store_open(all->c->a, all->c->cache_dir, &all->store, e))
		return false;
	all->layers.max = LAYER_FACTS_MEMORY;
	all->layers.kept.store = &all->store;
	all->layers.stands_for_blobs = true;
	for (size_t i = 0; i < names->n; i++) {
		if (!named_key_public(all->c->a, names->v[i],
				      list_push(all->c->a, &all->facts_keys), e))
			return false;
	}
	return true;
}

static bool rebase_run(struct cli *c, struct error *e)
{
	const struct rebase_options *o = c->options;
	AUTO_REBASE_IMAGE now = REBASE_IMAGE_INIT;
	struct rebase_common all = { .o = o,
				     .c = c,
				     .now = &now,
				     .bases = { .a = c->a, .lock = PTHREAD_MUTEX_INITIALIZER },
				     .store = STORE_INIT,
				     .layers = LAYER_MEMO_INIT,
				     .certificates = PEM_MEMO_INIT,
				     .book = FACTS_BOOK_INIT,
				     .verdicts = REBASE_VERDICTS_INIT,
				     .stems = REBASE_STEMS_INIT,
				     .pool = SESSION_POOL_INIT,
				     .known = PUSH_KNOWN_INIT };
	const struct rebase_reading reading = { c,	     &o->registry,	o->platform,
						&all.layers, &all.certificates, NULL,
						NULL };
	struct strings images = { 0 };
	bool ok;

	if (c->operands.n == 0 && !o->list)
		return err_set(e, ERR_USAGE, "rebase: %s", c->command->wanted);
	if (!o->base)
		return err_set(e, ERR_USAGE, "rebase: name the new base: --base IMAGE");
	c->pool = &all.pool;
	ok = rebase_list(c, o, &images, e) &&
	     rebase_check_options(c, o, c->operands.n > 1 ? c->operands.n : images.n, e) &&
	     signing_keys(c, &o->signing, &all.keys, e) && rebase_open_layers(&all, e) &&
	     rebase_image_read(&reading, o->base, &now, e) &&
	     rebase_image_look(&reading, &now, e) && rebase_batch(&all, &images, e);
	keys_drop(&all.keys);
	keys_drop(&all.facts_keys);
	session_pool_close(&all.pool);
	push_known_close(&all.known);
	c->pool = NULL;
	rebase_verdicts_close(&all.verdicts);
	rebase_stems_close(&all.stems);
	pem_memo_close(&all.certificates);
	facts_book_close(&all.book);
	layer_memo_close(&all.layers);
	store_close(&all.store);
	return ok;
}

static const struct option_row rebase_rows[] = {
	{ "--base", 0, "IMAGE", "what it is to stand on",
	  OPTION_IS_TEXT(struct rebase_options, base), .word = WORD_IMAGE },
	{ "--from", 0, "IMAGE", "what it stands on now",
	  .otherwise = "in the repository of --base, under the digest that the image records",
	  OPTION_IS_TEXT(struct rebase_options, from), .word = WORD_IMAGE },
	{ "--to", 0, "docker://REGISTRY/NAME[:TAG]", "where the result goes",
	  .otherwise = "the image's own tag", OPTION_IS_TEXT(struct rebase_options, to),
	  .excludes = "--output --check" },
	{ "--output", 'o', "DIR", "write the result as an OCI layout",
	  OPTION_IS_TEXT(struct rebase_options, output), .word = WORD_FOLDER,
	  .excludes = "--check" },
	{ "--list", 0, "FILE", "these images, too: one a line",
	  OPTION_IS_TEXT(struct rebase_options, list), .word = WORD_FILE,
	  .excludes = "--output --to" },
	{ "--check", 0, NULL, "change nothing; say whether it can be, and exit 1 if not",
	  OPTION_IS_FLAG(struct rebase_options, check) },
	SIGNING_ROWS(struct rebase_options, signing, "--sign",
		     "sign the result with a private key, as imgbuild sign; repeatable"),
	{ "--facts-key", 0, "FILE",
	  "take what is in an image's layers from the facts that this public key signed (imgbuild "
	  "attest); repeatable: one of them",
	  .otherwise = "layers are read, each once",
	  OPTION_IS_LIST(struct rebase_options, facts_keys), .word = WORD_FILE },
	OPTION_PLATFORM_OF_INDEX(struct rebase_options, platform),
	REGISTRY_ROWS(struct rebase_options, registry),
	{ NULL },
};

const struct command cmd_rebase = {
	.name = "rebase",
	.summary = "put published images on a newer base, if it is proven that they run there",
	.operands = { { "[IMAGE...]", WORD_IMAGE } },
	.wanted =
		"name an image: imgbuild rebase docker://REGISTRY/NAME:TAG --base docker://REGISTRY/BASE:TAG",
	.examples =
		"rebase docker://h.example/app:1 --base docker://h.example/base:1\n"
		"rebase docker://h.example/app:1 --base docker://h.example/base:1 --check\n"
		"rebase docker://h.example/app:1 --base docker://h.example/base:1 --facts-key release.pub\n"
		"rebase out/hello --from out/base --base out/base-new -o out/hello-new",
	.text = "Nothing is built: the layers of the base are exchanged. Refused is what cannot be proven: a file that both "
		"have, a library or SONAME that is gone, a symbol or version that a program needs and the new base lacks, a loader's "
		"cache or a package record that would change. Names image, file and symbol then, and exits 1.",
	.options = rebase_rows,
	.options_size = sizeof(struct rebase_options),
	.run = rebase_run,
	.jails = true,
};
