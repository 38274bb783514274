/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild lock --verify. */

#include "cli/lock.h"

#include "format/jsonw.h"
#include "lock/verify.h"

static void print_text(struct cli *c, const struct lock *lock, const struct lock_verified *v)
{
	fprintf(c->out, "%s: %zu packages and %zu Debian sources are what these signed files say:\n",
		lock->file, v->packages, v->sources);
	for (size_t i = 0; i < lock->suites.n; i++) {
		const struct locked_suite *s = &lock->suites.v[i];

		fprintf(c->out, "  %s of %s, sha256:%s\n", s->codename, s->date,
			digest_hex_dup(c->a, &s->inrelease));
		for (size_t k = 0; k < s->signers.n; k++)
			fprintf(c->out, "    signed by %s\n", s->signers.v[k]);
	}
	if (v->older)
		fprintf(c->out, "  %zu sources are of an older state and were not compared\n", v->older);
}

static void print_json(struct cli *c, const struct lock *lock, const struct lock_verified *v)
{
	struct buf text = { .a = c->a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "lock", lock->file);
	jsonw_u64(&w, "packages", v->packages);
	jsonw_u64(&w, "sources", v->sources);
	jsonw_u64(&w, "not-compared", v->older);
	jsonw_array(&w, "suites");
	for (size_t i = 0; i < lock->suites.n; i++) {
		const struct locked_suite *s = &lock->suites.v[i];

		jsonw_object(&w, NULL);
		jsonw_cstr(&w, "codename", s->codename);
		jsonw_cstr(&w, "date", s->date);
		jsonw_cstr(&w, "inrelease", digest_hex_dup(c->a, &s->inrelease));
		jsonw_strings(&w, "signers", &s->signers);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	fprintf(c->out, "%s\n", buf_cstr(&text));
}

bool lock_verify_recipe(struct cli *c, const struct store *s, const char *file,
			const struct platform *p, struct error *e)
{
	struct recipe recipe = { 0 };
	struct mirrors none = { 0 };
	struct lock_order order = { .store = s, .mirrors = &none, .recipe = &recipe, .platform = p,
				    .progress = c->progress };
	struct lock lock = { 0 };
	struct lock_verified v;

	if (!recipe_load(c->a, file, &recipe, e) ||
	    !lock_load(c->a, recipe_lock_path(c->a, file, p), &lock, e) ||
	    !lock_check(&lock, &recipe, p, e) ||
	    !lock_verify(c->a, &order, &lock, &v, e))
		return false;
	if (c->json)
		print_json(c, &lock, &v);
	else
		print_text(c, &lock, &v);
	return true;
}
