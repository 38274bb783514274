/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild gc, imgbuild store verify. */

#include "cli/cmd_store.h"

#include <time.h>

#include "base/size.h"
#include "transfer/store/store_gc.h"
#include "format/json/jsonw.h"

#define DAY_S (24u * 60 * 60)
#define KEEP_DEFAULT "30d"
#define MAX_SIZE_DEFAULT "5G"

/* A number with one of the given units: "30d" is 30 times what stands for 'd'. */
static bool read_amount(const char *option, const char *text, const char *units,
			const uint64_t *factors, uint64_t *out, struct error *e)
{
	struct str s = str_of(text);
	const char *unit = s.n ? strchr(units, s.p[s.n - 1]) : NULL;
	uint64_t factor = 1;

	if (unit) {
		factor = factors[unit - units];
		s.n--;
	}
	if (!str_u64(s, out) || __builtin_mul_overflow(*out, factor, out))
		return err_set(e, ERR_USAGE,
			       "%s takes a number and one of the units %s, not \"%s\"", option,
			       units, text);
	return true;
}

static bool read_age(const char *text, uint64_t *seconds, struct error *e)
{
	static const uint64_t factors[] = { 1, 60, 60 * 60, DAY_S, 7 * DAY_S };

	return read_amount("--keep", text, "smhdw", factors, seconds, e);
}

static bool read_size(const char *text, uint64_t *bytes, struct error *e)
{
	static const uint64_t factors[] = { 1ull << 10, 1ull << 20, 1ull << 30, 1ull << 40 };

	return read_amount("--max-size", text, "KMGT", factors, bytes, e);
}

static bool read_rules(struct cli *c, struct store_gc_rules *rules, struct error *e)
{
	static const char *const known[] = { "--keep", "--max-size", "--dry-run" };
	const char *keep = KEEP_DEFAULT, *max_size = MAX_SIZE_DEFAULT;

	for (int i = 1; i < c->argc; i++) {
		int got = cli_option(c, &i, "--keep", true, &keep, e);

		if (got == 0)
			got = cli_option(c, &i, "--max-size", true, &max_size, e);
		if (got == 0) {
			got = cli_option(c, &i, "--dry-run", false, NULL, e);
			if (got > 0)
				rules->dry_run = true;
		}
		if (got < 0)
			return false;
		if (got == 0)
			return cli_unknown("gc", c->argv[i], known, 3, e);
	}
	return read_age(keep, &rules->keep_s, e) && read_size(max_size, &rules->max_bytes, e);
}

static void print_gc(struct cli *c, const struct store_gc_rules *rules,
		     const struct store_gc_result *r)
{
	struct buf text = { .a = c->a };
	struct jsonw w;

	if (!c->json) {
		fprintf(c->out, "%s %zu entries, %s; kept %zu entries, %s",
			rules->dry_run ? "would remove" : "removed", r->removed,
			size_text(c->a, r->removed_bytes), r->kept, size_text(c->a, r->kept_bytes));
		if (r->in_use)
			fprintf(c->out, ", %zu of them only because a build uses them", r->in_use);
		fputc('\n', c->out);
		return;
	}
	jsonw_init(&w, &text, true);
	jsonw_object(&w, NULL);
	jsonw_bool(&w, "dry-run", rules->dry_run);
	jsonw_u64(&w, "removed", r->removed);
	jsonw_u64(&w, "removed-bytes", r->removed_bytes);
	jsonw_u64(&w, "kept", r->kept);
	jsonw_u64(&w, "in-use", r->in_use);
	jsonw_u64(&w, "kept-bytes", r->kept_bytes);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	fputs(buf_cstr(&text), c->out);
}

bool cmd_gc(struct cli *c, struct error *e)
{
	struct store_gc_rules rules = { 0 };
	struct store_gc_result result;
	AUTO_STORE s = STORE_INIT;

	if (!read_rules(c, &rules, e))
		return false;
	s.progress = c->progress;
	if (!store_open(c->a, c->cache_dir, &s, e) ||
	    !store_gc(&s, &rules, time(NULL), &result, e))
		return false;
	print_gc(c, &rules, &result);
	return result.stuck == 0 || err_set(e, ERR_SYSTEM, "%zu entries of the store %s cannot be removed; the warnings "
					    "say why", result.stuck, s.path);
}

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

bool cmd_store(struct cli *c, struct error *e)
{
	static const char *const known[] = { "verify" };
	struct store_check check;
	AUTO_STORE s = STORE_INIT;

	if (c->argc < 2)
		return err_set(e, ERR_USAGE,
			       "say what to do with the store: imgbuild store verify");
	if (c->argc > 2 || strcmp(c->argv[1], "verify") != 0)
		return cli_unknown("store", c->argv[c->argc > 2 ? 2 : 1], known, 1, e);
	s.progress = c->progress;
	if (!store_open(c->a, c->cache_dir, &s, e) || !store_verify(&s, &check, e))
		return false;
	print_check(c, &check);
	return check.damaged == 0 ||
	       err_set(e, ERR_FINDINGS, "%zu of %zu entries were damaged%s", check.damaged,
		       check.checked, s.readonly ? "" : " and have been removed; the next build "
		       "fetches or makes them again");
}
