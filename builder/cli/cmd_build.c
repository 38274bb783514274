/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild build RECIPE.json... */

#include "line/build.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/size.h"
#include "cli/cli.h"
#include "make/compile/launcher.h"
#include "format/json/jsonw.h"

static const char *const known[] = { "-o", "--output", "--archive", "--archive-format", "--tag", "--platform", "--no-audit",
				     "--shell-on-failure" };

/* 1: the argument was an option, 0: it is a recipe, -1: error */
static int take_option(struct cli *c, int *i, struct build_order *o, struct error *e)
{
	const char *form = NULL;
	int got;

	if ((got = cli_option(c, i, "--archive-format", true, &form, e)))
		return got < 0 || archive_form_parse(form, &o->form, e) ? got : -1;
	if ((got = cli_option(c, i, "-o", true, &o->output, e)) ||
	    (got = cli_option(c, i, "--output", true, &o->output, e)) ||
	    (got = cli_option(c, i, "--archive", true, &o->archive, e)) ||
	    (got = cli_option(c, i, "--tag", true, &o->tag, e)))
		return got;
	if ((got = cli_platforms(c, i, &o->platforms, e)))
		return got;
	got = cli_option(c, i, "--no-audit", false, NULL, e);
	o->no_audit = o->no_audit || got > 0;
	if (got == 0 && (got = cli_option(c, i, "--shell-on-failure", false, NULL, e)) > 0) {
		o->compile.shell_on_failure = true;
		if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
			err_set(e, ERR_USAGE, "--shell-on-failure needs a terminal");
			return -1;
		}
	}
	if (got == 0 && c->argv[*i][0] == '-' && c->argv[*i][1]) {
		cli_unknown("build", c->argv[*i], known, sizeof(known) / sizeof(known[0]), e);
		return -1;
	}
	return got;
}

static void print_text(struct cli *c, const struct build_result *r)
{
	char hex[DIGEST_HEX + 1];

	digest_hex(&r->manifest, hex);
	fprintf(c->out, "%s %s sha256:%s\n", r->name, r->output, hex);
	fprintf(c->out, "  %llu layers, %llu files, %llu packages, %s%s\n",
		(unsigned long long)r->layers, (unsigned long long)r->files,
		(unsigned long long)r->packages, size_text(c->a, r->size),
		r->unchanged ? "; nothing had changed" : "");
}

static void print_json(struct cli *c, const struct build_order *o, const struct build_result *r)
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
static void print(struct cli *c, const struct build_order *o, const struct build_result *r)
{
	if (o->archive && strcmp(o->archive, "-") == 0)
		progress_note(c->progress, "%s %s sha256:%s", r->name, r->output,
			      digest_hex_dup(c->a, &r->manifest));
	else if (c->json)
		print_json(c, o, r);
	else
		print_text(c, r);
}

static void warn_findings(struct cli *c, const char *name, const struct audit_result *r)
{
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.v[i];

		if (!f->accepted && f->severity >= r->fail_on)
			progress_warn(c->progress, "%s: %s%s: %s", severity_name(f->severity),
				      f->path ? "/" : "", f->path ? f->path : name, f->message);
	}
}

static void warn_tests(struct cli *c, const struct structure_result *r)
{
	for (size_t s = 0; s < r->suites.n; s++)
		for (size_t i = 0; i < r->suites.v[s].tests.n; i++) {
			const struct test_outcome *t = &r->suites.v[s].tests.v[i];

			for (size_t k = 0; k < t->failures.n; k++)
				progress_warn(c->progress, "%s: %s: %s", t->test->at, t->test->name,
					      t->failures.v[k]);
		}
}

static bool refuse(const struct build_result *r, struct error *e)
{
	size_t failed = 0;

	for (size_t i = 0; i < r->audits.n; i++)
		if (audit_failed(&r->audits.v[i], r->audits.v[i].fail_on))
			return err_set(e, ERR_FINDINGS, "the audit's policy \"%s\" refuses %s; it was kept as "
				       "%s, see imgbuild audit %s", r->audits.v[i].policy, r->name, r->output,
				       r->output);
	for (size_t i = 0; i < r->tests.n; i++)
		failed += r->tests.v[i].failed;
	return err_set(e, ERR_FINDINGS, "%zu of %s's own tests failed; it was kept as %s", failed, r->name,
		       r->output);
}

static bool build_one(struct cli *c, const struct build_order *o, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct build_result r;

	if (!build_image(&a, o, &r, e))
		return false;
	for (size_t i = 0; i < r.audits.n; i++)
		warn_findings(c, r.name, &r.audits.v[i]);
	for (size_t i = 0; i < r.tests.n; i++)
		warn_tests(c, &r.tests.v[i]);
	print(c, o, &r);
	return !r.rejected || refuse(&r, e);
}

bool cmd_build(struct cli *c, struct error *e)
{
	AUTO_STORE store = STORE_INIT;
	struct build_order o = { .store = &store, .mirrors = &c->mirrors, .locked = c->locked,
				 .mirror_env = getenv("IMGBUILD_MIRROR"), .offline = c->offline,
				 .compile = { .jobs = c->jobs, .explain = c->explain,
					      .makeflags = getenv("MAKEFLAGS") },
				 .progress = c->progress };
	struct launcher launcher;
	struct strings recipes = { 0 };

	if (!launcher_parse(c->a, getenv("IMGBUILD_LAUNCHER"), getenv("CCACHE_REMOTE_STORAGE"),
			    getenv("DISTCC_HOSTS"), &launcher, e))
		return false;
	if (launcher.ccache || launcher.distcc)
		o.compile.launcher = &launcher;
	for (int i = 1; i < c->argc; i++) {
		int got = take_option(c, &i, &o, e);

		if (got < 0)
			return false;
		if (got == 0)
			*list_push(c->a, &recipes) = c->argv[i];
	}
	cli_default_platform(c, &o.platforms);
	if (recipes.n == 0)
		return err_set(e, ERR_USAGE, "build: no recipe given; try imgbuild recipes/hello.json");
	if (o.form != ARCHIVE_AUTO && !o.archive)
		return err_set(e, ERR_USAGE, "build: --archive-format goes with --archive FILE");
	if (o.form == ARCHIVE_DOCKER && o.platforms.n > 1)
		return err_set(e, ERR_USAGE, "build: --archive-format docker holds one platform, not %zu; take oci or "
					     "hybrid", o.platforms.n);
	if (recipes.n > 1 && (o.output || o.archive || o.tag))
		return err_set(e, ERR_USAGE, "build: -o, --archive and --tag go with one recipe only");
	if (o.archive && strcmp(o.archive, "-") == 0 && isatty(STDOUT_FILENO))
		return err_set(e, ERR_USAGE, "build: --archive -: standard output is a terminal; send it to "
					     "a program, as in imgbuild RECIPE.json --archive - | podman load");
	o.archive_fd = STDOUT_FILENO;
	store.progress = c->progress;
	if (!store_open(c->a, c->cache_dir, &store, e))
		return false;
	for (size_t i = 0; i < recipes.n; i++) {
		o.recipe = recipes.v[i];
		if (!build_one(c, &o, e))
			return false;
	}
	return true;
}
