/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild gc: removes what no recent build used from the store. */

#include <time.h>

#include "base/size.h"
#include "cli/commands.h"
#include "format/json/jsonw.h"
#include "transfer/store/store_gc.h"

#define DAY_S (24u * 60 * 60)

/* A number with one of the given units: "30d" is 30 times what stands for 'd'. Only 0 says enough
 * by itself. */
static bool amount_read(const char *option, const char *text, const char *units,
			const char *example, const uint64_t *factors, uint64_t *out,
			struct error *e)
{
	struct str s = str_of(text);
	const char *unit = s.n ? strchr(units, s.p[s.n - 1]) : NULL;
	uint64_t factor = 1;

	if (unit) {
		factor = factors[unit - units];
		s.n--;
	}
	if (!str_u64(s, out) || __builtin_mul_overflow(*out, factor, out) || (*out && !unit))
		return err_set(e, ERR_USAGE,
			       "%s takes a number with a unit, one of %s, such as %s, not \"%s\"",
			       option, units, example, text);
	return true;
}

static bool age_read(struct arena *a, const char *option, const char *value, void *target,
		     struct error *e)
{
	static const uint64_t factors[] = { 1, 60, 60 * 60, DAY_S, 7 * DAY_S };

	(void)a;
	return amount_read(option, value, "smhdw", "30d", factors, target, e);
}

static bool bytes_read(struct arena *a, const char *option, const char *value, void *target,
		       struct error *e)
{
	static const uint64_t factors[] = { 1ull << 10, 1ull << 20, 1ull << 30, 1ull << 40 };

	(void)a;
	return amount_read(option, value, "KMGT", "5G", factors, target, e);
}

static void gc_write_count(struct jsonw *w, const struct store_gc_count *count)
{
	jsonw_u64(w, "removed", count->removed);
	jsonw_u64(w, "removed-bytes", count->removed_bytes);
	jsonw_u64(w, "kept", count->kept);
	jsonw_u64(w, "kept-bytes", count->kept_bytes);
}

static void print_gc(struct cli *c, const struct store_gc_rules *rules,
		     const struct store_gc_result *r)
{
	struct buf text = { .a = c->a };
	struct jsonw w;

	if (!c->json) {
		fprintf(c->out, "%s %zu entries, %s; kept %zu entries, %s",
			rules->dry_run ? "would remove" : "removed", r->all.removed,
			size_text(c->a, r->all.removed_bytes), r->all.kept,
			size_text(c->a, r->all.kept_bytes));
		if (r->in_use)
			fprintf(c->out, ", %zu of them only because a build uses them", r->in_use);
		fputc('\n', c->out);
		if (r->caches.removed + r->caches.kept)
			fprintf(c->out,
				"caches of compilers among them: %s %zu, %s; kept %zu, %s\n",
				rules->dry_run ? "would remove" : "removed", r->caches.removed,
				size_text(c->a, r->caches.removed_bytes), r->caches.kept,
				size_text(c->a, r->caches.kept_bytes));
		return;
	}
	jsonw_init(&w, &text, true);
	jsonw_object(&w, NULL);
	jsonw_bool(&w, "dry-run", rules->dry_run);
	gc_write_count(&w, &r->all);
	jsonw_u64(&w, "in-use", r->in_use);
	jsonw_object(&w, "compiler-caches");
	gc_write_count(&w, &r->caches);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	fputs(buf_cstr(&text), c->out);
}

static bool gc_run(struct cli *c, struct error *e)
{
	const struct store_gc_rules *rules = c->options;
	const char *lacking = store_lacking(c->a, c->cache_dir);
	struct store_gc_result result = { 0 };
	AUTO_STORE s = STORE_INIT;

	if (lacking) { /* a CI job collects whether or not it got to build */
		progress_note(c->progress, "there is no store at %s", lacking);
		print_gc(c, rules, &result);
		return true;
	}
	s.progress = c->progress;
	if (!store_open(c->a, c->cache_dir, &s, e) || !store_gc(&s, rules, time(NULL), &result, e))
		return false;
	print_gc(c, rules, &result);
	return result.stuck == 0 ||
	       err_set(e, ERR_SYSTEM,
		       "%zu entries of the store %s cannot be removed; the warnings "
		       "say why",
		       result.stuck, s.path);
}

static const struct option_row gc_options[] = {
	{ "--keep", 0, "AGE", "what was used since then stays: a number and s, m, h, d or w",
	  OPTION_IS_READ(struct store_gc_rules, keep_s, age_read), .initial = "30d" },
	{ "--max-size", 0, "N",
	  "the oldest go until the store is no larger: a number and K, M, G or T",
	  OPTION_IS_READ(struct store_gc_rules, max_bytes, bytes_read), .initial = "5G" },
	{ "--for-ci", 0, NULL,
	  "toolchains and logs go, too, which packages in the store make again, and caches of "
	  "incremental builds, which are not read in CI: before a CI service saves it",
	  OPTION_IS_FLAG(struct store_gc_rules, for_ci) },
	{ "--dry-run", 0, NULL, "only say what would go",
	  OPTION_IS_FLAG(struct store_gc_rules, dry_run) },
	{ NULL },
};

const struct command cmd_gc = {
	.name = "gc",
	.summary = "remove what no recent build used from the store",
	.examples = "gc --keep 30d --max-size 5G",
	.options = gc_options,
	.options_size = sizeof(struct store_gc_rules),
	.run = gc_run,
};
