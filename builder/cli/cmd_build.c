/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild build RECIPE.json... */

#include <stdlib.h>
#include <unistd.h>

#include "base/kept_memory.h"
#include "base/size.h"
#include "cli/archive_option.h"
#include "cli/build_against.h"
#include "cli/build_verdict.h"
#include "cli/cache_options.h"
#include "cli/catalogue_operand.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/cve_data.h"
#include "cli/shard_option.h"
#include "cli/watch.h"
#include "format/json/jsonw.h"
#include "inspect/audit/rules.h"
#include "line/build.h"
#include "line/plan.h"
#include "line/run_memo.h"
#include "line/shared_results.h"
#include "line/unchanged.h"
#include "make/compile/launcher.h"
#include "transfer/store/verified_file.h"

static const char *const wave_names[] = { "1", "2", NULL }; /* as enum plan_wave */

struct build_options {
	struct registry_options registry; /* of `against`, and of caches */
	struct cache_options cache;
	const char *output, *tag, *variant, *against;
	struct strings cve;
	struct archive_options archive;
	struct platforms platforms;
	bool no_audit, shell_on_failure, keep_going, watch, incremental;
	const char *run; /* what --watch runs, or NULL */
	struct shard shard;
	unsigned wave; /* enum plan_wave */
};

static void build_print_text(struct cli *c, const struct build_result *r)
{
	char hex[DIGEST_TEXT];

	digest_hex(&r->manifest, hex);
	fprintf(c->out, "%s %s sha256:%s\n", r->name, r->output, hex);
	fprintf(c->out, "  %llu layers, %llu files, %llu packages, %s%s\n",
		(unsigned long long)r->layers, (unsigned long long)r->files,
		(unsigned long long)r->packages, size_text(c->a, r->size),
		r->unchanged ? "; nothing had changed" : "");
}

static void build_print_json(struct cli *c, const struct build_order *o,
			     const struct build_result *r)
{
	struct buf text = { .a = c->a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "name", r->name);
	jsonw_cstr(&w, "output", r->output);
	jsonw_array(&w, "platforms");
	for (size_t i = 0; i < o->platforms.n; i++)
		jsonw_cstr(&w, NULL, o->platforms.v[i]->name);
	jsonw_array_end(&w);
	jsonw_printf(&w, "digest", "sha256:%s", digest_hex_dup(c->a, &r->manifest));
	jsonw_u64(&w, "layers", r->layers);
	jsonw_u64(&w, "files", r->files);
	jsonw_u64(&w, "packages", r->packages);
	jsonw_u64(&w, "bytes", r->size);
	jsonw_strings(&w, "compressors", &r->compressors);
	jsonw_bool(&w, "substituted", r->substituted);
	jsonw_bool(&w, "unchanged", r->unchanged);
	jsonw_bool(&w, "rejected", r->rejected);
	jsonw_object_end(&w);
	fprintf(c->out, "%s\n", buf_cstr(&text));
}

/* When standard output is the archive, the person reads the result among the messages. */
static void build_print(struct cli *c, const struct build_order *o, const struct build_result *r)
{
	if (o->archive && strcmp(o->archive, "-") == 0)
		progress_note(c->progress, "%s %s sha256:%s", r->name, r->output,
			      digest_hex_dup(c->a, &r->manifest));
	else if (c->json)
		build_print_json(c, o, r);
	else
		build_print_text(c, r);
}

static bool build_one(struct cli *c, const struct build_order *o, struct against *against,
		      struct strings *variants, struct error *e)
{
	const struct build_options *options = c->options;
	AUTO_ARENA a = { 0 };
	struct build_result r;

	if (!build_image(&a, o, &r, e))
		return false;
	for (size_t i = 0; i < r.variants.n; i++)
		*list_push(c->a, variants) = arena_strdup(c->a, r.variants.v[i]);
	build_verdict_warn(c->progress, &r);
	if (!against_tell(c, against, o, &r, e))
		return false;
	build_print(c, o, &r);
	return !r.rejected || build_verdict_refuse(&r, options->against, e);
}

/* What a build could not do in the end is told before it begins. */
static bool build_check(const struct build_options *o, size_t platforms, size_t recipes,
			struct error *e)
{
	if (o->shell_on_failure && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)))
		return err_set(e, ERR_USAGE, "--shell-on-failure needs a terminal");
	if (o->archive.form == ARCHIVE_DOCKER && platforms > 1)
		return err_set(
			e, ERR_USAGE,
			"build: --archive-format docker holds one platform, not %zu; take oci or "
			"hybrid",
			platforms);
	if (recipes > 1 && (o->output || o->archive.file || o->tag || o->against))
		return err_set(e, ERR_USAGE,
			       "build: -o, --archive, --tag and --against go with one recipe "
			       "only");
	if (o->no_audit && o->cve.n)
		return err_set(e, ERR_USAGE,
			       "build: --cve is for the audit, and --no-audit skips that");
	if (o->watch && o->archive.file && strcmp(o->archive.file, "-") == 0)
		return err_set(e, ERR_USAGE,
			       "build: --watch builds more than once, and --archive - is for one "
			       "archive; write --archive FILE");
	if (o->archive.file && strcmp(o->archive.file, "-") == 0 && isatty(STDOUT_FILENO))
		return err_set(e, ERR_USAGE,
			       "build: --archive -: standard output is a terminal; send it to "
			       "a program, as in imgbuild RECIPE.json --archive - | podman load");
	return true;
}

/* Services that build for others set this variable; what they give out must not come from caches
 * that some build before has filled. */
static bool build_is_of_service(void)
{
	const char *ci = getenv("CI");

	return ci && ci[0] && strcmp(ci, "false") != 0 && strcmp(ci, "0") != 0;
}

/* Whether caches of compilers are read. */
static bool build_read_incremental(struct cli *c, const struct build_options *o, bool *out,
				   struct error *e)
{
	bool of_service = build_is_of_service();

	if (o->incremental && c->locked)
		return err_set(e, ERR_USAGE,
			       "build: --locked reads no cache of a compiler: leave out "
			       "--incremental");
	if (o->incremental && of_service)
		progress_warn(c->progress,
			      "the variable CI is set: caches of compilers are not read, in spite "
			      "of --incremental");
	*out = (o->incremental || o->watch) && !of_service && !c->locked;
	return true;
}

static struct build_order order_make(struct cli *c, const struct build_options *o,
				     const struct store *store)
{
	return (struct build_order){ .store = store,
				     .mirrors = &c->mirrors,
				     .locked = c->locked,
				     .mirror_env = getenv("IMGBUILD_MIRROR"),
				     .offline = c->offline,
				     .output = o->output,
				     .tag = o->tag,
				     .archive = o->archive.file,
				     .form = o->archive.form,
				     .archive_fd = STDOUT_FILENO,
				     .platforms = o->platforms,
				     .no_audit = o->no_audit,
				     .compile = { .jobs = c->jobs,
						  .explain = c->explain,
						  .shell_on_failure = o->shell_on_failure,
						  .makeflags = getenv("MAKEFLAGS") },
				     .progress = c->progress };
}

/* The recipe itself and its variants; or the one that was asked for. */
static bool build_all_variants(struct cli *c, struct build_order o, struct against *against,
			       struct error *e)
{
	const struct build_options *options = c->options;
	struct strings variants = { 0 };

	o.variant = options->variant;
	o.one = !options->variant &&
		(options->output || options->archive.file || options->tag || options->against);
	if (!build_one(c, &o, against, &variants, e))
		return false;
	for (size_t i = 0; !options->variant && i < variants.n; i++) {
		o.variant = variants.v[i];
		if (!build_one(c, &o, against, &variants, e))
			return false;
	}
	return true;
}

/* One after the other. Of several failures the first one gives the status. */
static bool build_recipes(struct cli *c, struct build_order o, const struct strings *recipes,
			  struct against *against, struct error *e)
{
	const struct build_options *options = c->options;
	bool goes_on = options->keep_going || options->shard.of;
	size_t failed = 0;

	for (size_t i = 0; i < recipes->n; i++) {
		struct error why = { 0 };
		char text[sizeof(struct error) * 4];
		bool ok;

		o.recipe = recipes->v[i];
		ok = build_all_variants(c, o, against, &why);
		if (o.cache)
			remote_cache_give(o.cache);
		if (ok)
			continue;
		progress_subject(c->progress, "%s", "");
		if (failed++ == 0)
			*e = why;
		if (!goes_on)
			return false;
		err_format(&why, text, sizeof(text));
		progress_warn(c->progress, "%s failed: %s", recipes->v[i], text);
	}
	return failed == 0 || (failed == 1 ? false
					   : err_wrap(e, "%zu of %zu recipes failed; the first",
						      failed, recipes->n));
}

/* The part of the recipes that is this machine's. */
static bool build_take_part(struct cli *c, struct strings *recipes, struct error *e)
{
	const struct build_options *options = c->options;
	const struct shard *s = &options->shard;
	struct strings all = *recipes;
	struct fleet_plan p;

	if (!s->of)
		return true;
	plan_make(c->a, &all, s->of, &p);
	if (!plan_check_names(c->a, &p, e))
		return false;
	*recipes = (struct strings){ 0 };
	plan_part(c->a, &p, s->part, options->wave, recipes);
	progress_note(c->progress, "part %u of %u%s%s: %zu of %zu recipes", s->part, s->of,
		      s->said ? ", by " : "", s->said ? s->said : "", recipes->n, all.n);
	return true;
}

/* What is built again and again. */
struct build_work {
	struct cli *c;
	const struct build_order *order;
	const struct strings *recipes;
	struct against *against;
};

static bool build_work_once(void *ctx, struct error *e)
{
	const struct build_work *w = ctx;
	bool ok = build_recipes(w->c, *w->order, w->recipes, w->against, e);
	struct error second = { 0 };

	ok = store_settle(w->order->store, ok ? e : &second) && ok;
	fflush(w->c->out);
	return ok;
}

static bool build_work_on(struct build_work *w, const struct build_options *options,
			  struct error *e)
{
	const struct watch watch = { .order = w->order,
				     .recipes = w->recipes,
				     .command = options->run,
				     .build = build_work_once,
				     .ctx = w };

	return options->watch ? watch_builds(&watch, e) : build_work_once(w, e);
}

/* With the caches that other machines share, if there are any. */
static bool build_with_caches(struct cli *c, struct build_order o, const struct strings *recipes,
			      struct against *against, struct error *e)
{
	const struct build_options *options = c->options;
	struct session_options session = registry_session(c, &options->registry);
	struct remote_cache_order order = { .store = o.store,
					    .offline = c->offline,
					    .settings = { .registry = &session,
							  .progress = c->progress } };
	AUTO_REMOTE_CACHE cache = REMOTE_CACHE_INIT;
	bool ok;

	if (recipes->n == 0)
		return true;
	ok = cache_options_read(c, &options->cache, recipes->v[0], &order, e);
	if (ok && (order.from.n || order.to.n)) {
		remote_cache_open(c->a, &order, &cache);
		o.cache = &cache;
		o.compile.used = shared_result_used;
		o.compile.used_ctx = &cache;
	}
	ok = ok && build_work_on(&(struct build_work){ c, &o, recipes, against }, options, e);
	remote_cache_close(&cache);
	keys_drop(&order.keys);
	return ok;
}

/* Who builds again and again has hashed the blobs. */
static void build_trust_notes(const struct store *s, struct run_memo *m)
{
	verified_file_read(s);
	m->layers.shared = &m->verified;
}

/* What is the same in all images of the run is done once; and what was read of a layer counts for
 * the next run, unless the image is one to be relied on. */
static void build_share(struct cli *c, struct build_order *o, struct store *s, struct run_memo *m)
{
	o->memo = m;
	o->compile.digests = &m->digests;
	s->verified = &m->verified;
	s->later = &m->later;
	if (!o->locked && !build_is_of_service())
		m->kept.reader = unchanged_program(c->a);
	m->kept.store = m->kept.reader ? s : NULL;
	m->layers.kept = m->kept;
}

static bool build_run(struct cli *c, struct error *e)
{
	const struct build_options *options = c->options;
	AUTO_RUN_MEMO memo = RUN_MEMO_INIT;
	AUTO_STORE store = STORE_INIT;
	AUTO_AGAINST against = AGAINST_INIT;
	AUTO_CVE_DATA data = CVE_DATA_INIT;
	struct build_order o = order_make(c, options, &store);
	struct launcher launcher;
	struct strings recipes = { 0 };

	if (!launcher_parse(c->a, getenv("IMGBUILD_LAUNCHER"), getenv("CCACHE_REMOTE_STORAGE"),
			    getenv("DISTCC_HOSTS"), &launcher, e))
		return false;
	if (launcher.ccache || launcher.distcc)
		o.compile.launcher = &launcher;
	if (!build_read_incremental(c, options, &o.compile.incremental, e) ||
	    !catalogue_recipes(c->a, &c->operands, &recipes, e) ||
	    !build_check(options, o.platforms.n, recipes.n, e) || !build_take_part(c, &recipes, e))
		return false;
	memo.single = recipes.n == 1 && !options->watch;
	if (!memo.single || o.compile.incremental)
		kept_memory_begin();
	build_share(c, &o, &store, &memo);
	store.progress = c->progress;
	if (!store_open(c->a, c->cache_dir, &store, e) ||
	    !cve_data_open(c, &options->cve, recipes.n ? recipes.v[0] : NULL, &data, e) ||
	    !against_open(c, &options->registry, options->against, &o.platforms, &against, e))
		return false;
	o.cve = data.inputs.n ? &data.inputs : NULL;
	if (o.compile.incremental)
		build_trust_notes(&store, &memo);
	return build_with_caches(c, o, &recipes, &against, e);
}

static const struct option_row build_options[] = {
	{ "--output", 'o', "DIR", "where the OCI layout goes", .otherwise = "out/NAME",
	  OPTION_IS_TEXT(struct build_options, output), .word = WORD_FOLDER },
	ARCHIVE_ROWS(struct build_options, archive,
		     "docker for an image with a health check, which podman keeps with it "
		     "alone; else hybrid"),
	{ "--tag", 0, "NAME", "the image's name and tag; a word without : and / is a tag alone",
	  .otherwise = "NAME:latest", OPTION_IS_TEXT(struct build_options, tag) },
	{ "--variant", 0, "NAME", "this variant of the recipe alone; latest: the recipe itself",
	  .otherwise = "all", OPTION_IS_TEXT(struct build_options, variant) },
	{ "--platform", 0, "LIST",
	  "for this platform, or for several with commas between, which make one image",
	  OPTION_IS_READ(struct build_options, platforms, platforms_read), .word = WORD_PLATFORM,
	  .initial = "linux/amd64" },
	{ "--against", 0, "IMAGE",
	  "tell what grew since this image: packages, files and layers, the largest first",
	  OPTION_IS_TEXT(struct build_options, against), .word = WORD_IMAGE },
	OPTION_CVE(struct build_options, cve),
	{ "--no-audit", 0, NULL, "skip the audit and the recipe's tests at the end",
	  OPTION_IS_FLAG(struct build_options, no_audit) },
	{ "--incremental", 0, NULL,
	  "with caches of compilers from the build before, as --watch does; not with --locked",
	  OPTION_IS_FLAG(struct build_options, incremental) },
	{ "--shell-on-failure", 0, NULL,
	  "a shell in the sandbox of a compile step that failed; needs a terminal",
	  OPTION_IS_FLAG(struct build_options, shell_on_failure) },
	CACHE_ROWS(struct build_options, cache),
	REGISTRY_ROWS(struct build_options, registry),
	{ "--watch", 0, NULL, "build again whenever a file changes that the build reads",
	  OPTION_IS_FLAG(struct build_options, watch) },
	{ "--run", 0, "COMMAND",
	  "run this by sh after each build that succeeds, and end what ran before",
	  OPTION_IS_TEXT(struct build_options, run), .needs = "--watch" },
	{ "--keep-going", 'k', NULL, "go on with the other recipes when one fails",
	  OPTION_IS_FLAG(struct build_options, keep_going) },
	{ "--shard", 0, "I/N",
	  "build part I of N, see imgbuild plan; auto: by the engine's variables",
	  OPTION_IS_READ(struct build_options, shard, shard_read), .otherwise = "all" },
	{ "--wave", 0, "WAVE", "of the part only what compiles a source, or only the other images",
	  OPTION_IS_CHOICE(struct build_options, wave, wave_names), .needs = "--shard",
	  .otherwise = "both" },
	{ NULL },
};

const struct command cmd_build = {
	.name = "build",
	.summary = "build images (the verb may be left out)",
	.operands = { { "RECIPE.json...", WORD_RECIPE } },
	.wanted = "no recipe given; try imgbuild recipes/hello.json",
	.examples = "recipes/hello.json\n"
		    "recipes/cephalo.json --archive cephalo.tar\n"
		    "recipes/cephalo.json --archive - | podman load\n"
		    "hello\n"
		    "images.json\n"
		    "hello --watch --archive hello.tar --run 'podman load -qi hello.tar'",
	.text = "The name of an image that images.json has stands for its recipe, images.json itself for the recipes of all "
		"its images. A recipe with variants gives an image for each, in out/NAME and out/NAME-VARIANT. One that is larger than "
		"the recipe's budget is kept as out/NAME.rejected.",
	.options = build_options,
	.options_size = sizeof(struct build_options),
	.run = build_run,
	.jails = true,
};
