/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild store verify */

#include "base/size.h"
#include "cli/commands.h"
#include "format/json/jsonw.h"
#include "transfer/store/store_gc.h"

static void print_check(struct cli *c, const struct store_check *r)
{
	struct buf text = { .a = c->a };
	struct jsonw w;

	if (!c->json) {
		fprintf(c->out, "%zu entries, %s: %zu damaged\n", r->checked,
			size_text(c->a, r->bytes), r->damaged);
		return;
	}
	jsonw_init(&w, &text, true);
	jsonw_object(&w, NULL);
	jsonw_u64(&w, "checked", r->checked);
	jsonw_u64(&w, "bytes", r->bytes);
	jsonw_u64(&w, "damaged", r->damaged);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	fputs(buf_cstr(&text), c->out);
}

static bool store_run(struct cli *c, struct error *e)
{
	const char *lacking = store_lacking(c->a, c->cache_dir);
	struct store_check check;
	AUTO_STORE s = STORE_INIT;

	if (lacking)
		return err_set(e, ERR_SYSTEM,
			       "there is no store at %s; say where it is with --cache-dir or "
			       "IMGBUILD_CACHE_DIR",
			       lacking);
	s.progress = c->progress;
	if (!store_open(c->a, c->cache_dir, &s, e) || !store_verify(&s, &check, e))
		return false;
	print_check(c, &check);
	return check.damaged == 0 || err_set(e, ERR_FINDINGS, "%zu of %zu entries were damaged%s",
					     check.damaged, check.checked,
					     s.readonly ? ""
							: " and have been removed; the next build "
							  "fetches or makes them again");
}

static const char *const store_deeds[] = { "verify", NULL };

const struct command cmd_store = {
	.name = "store",
	.summary = "check the store: verify hashes everything in it again",
	.operands = { { "verify", WORD_CHOICE, store_deeds } },
	.wanted = "say what to do with the store: imgbuild store verify",
	.examples = "store verify",
	.run = store_run,
};
