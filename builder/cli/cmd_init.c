/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild init [PACKAGE...] */

#include <stdlib.h>

#include "base/size.h"
#include "cli/build_verdict.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "explain/code/init_code.h"
#include "format/debian/debian_names.h"
#include "format/json/jsonw.h"
#include "format/text/image_name.h"
#include "inspect/report/escape.h"

#define VALUE_SHOWN 44
#define FROM_SHOWN 100

/* Keys of which the short table has one line with their number. */
static const char *const counted[] = { "drop",		 "dirs",	   "depends.take",
				       "depends.accept", "effects.accept", "libraries",
				       "groups",	 "alternatives" };

static unsigned count_key(const struct init_draft *d, const char *key)
{
	unsigned n = 0;

	for (size_t i = 0; i < d->choices.n; i++)
		n += strcmp(d->choices.v[i].key, key) == 0;
	return n;
}

static void print_choice(struct cli *c, const struct draft_choice *x, bool all)
{
	const char *value = escape_line(c->a, x->value), *from = escape_line(c->a, x->from);

	if (all)
		fprintf(c->out, "  %-15s %s\n  %-15s   %s\n", x->key, value, "", from);
	else
		fprintf(c->out, "  %-15s %.*s%s\n  %-15s   %.*s%s\n", x->key, VALUE_SHOWN * 2,
			value, strlen(value) > VALUE_SHOWN * 2 ? " ..." : "", "", FROM_SHOWN, from,
			strlen(from) > FROM_SHOWN ? " ..." : "");
}

static void print_choices(struct cli *c, const struct init_draft *d)
{
	const char *last = "";

	for (size_t i = 0; i < d->choices.n; i++) {
		const struct draft_choice *x = &d->choices.v[i];
		unsigned n = count_key(d, x->key);

		if (c->explain || n == 1 || !name_among(x->key, counted, ARRAY_SIZE(counted)))
			print_choice(c, x, c->explain);
		else if (strcmp(last, x->key) != 0 && &d->choices.v[i] == x) {
			bool first = true;

			for (size_t k = 0; k < i; k++)
				first = first && strcmp(d->choices.v[k].key, x->key) != 0;
			if (first)
				fprintf(c->out, "  %-15s %u of them, the first %.*s\n", x->key, n,
					VALUE_SHOWN, escape_line(c->a, x->value));
		}
		last = x->key;
	}
}

/* What a person types next. An archive, for OCI layouts have no health check. */
static void print_next(struct cli *c, const struct init_result *r)
{
	fprintf(c->out,
		"\nrun it, with podman or docker:\n  imgbuild %s --archive %s.tar\n"
		"  podman load --input %s.tar\n  podman run --rm",
		r->recipe, r->draft.name, r->draft.name);
	if (r->draft.terminals && !r->draft.expose.n)
		fprintf(c->out, " --interactive --tty");
	list_each(port, &r->draft.expose) {
		const char *end = strchrnul(*port, '/');

		fprintf(c->out, " --publish %.*s:%s", (int)(end - *port), *port,
			strcmp(end, "/tcp") == 0 ? arena_strndup(c->a, *port, (size_t)(end - *port))
						 : *port);
	}
	fprintf(c->out, " localhost/%s:latest\n", r->draft.name);
}

static void print_init(struct cli *c, const struct init_result *r)
{
	const struct init_draft *d = &r->draft;

	for (size_t i = 0; i < r->files.n; i++)
		fprintf(c->out, "%s%s", i ? ", " : "wrote ", r->files.v[i]);
	if (r->files.n == 0)
		fprintf(c->out, "%s was there already", r->recipe);
	fprintf(c->out, "\n\nwhat was chosen, and from where%s:\n",
		c->explain ? "" : " (--explain has all)");
	print_choices(c, d);
	if (d->open.n)
		fprintf(c->out, "\nleft to decide:\n");
	for (size_t i = 0; i < d->open.n; i++)
		fprintf(c->out, "  - %s\n", escape_line(c->a, d->open.v[i]));
	fprintf(c->out, "\n%s: %s, %llu packages, %s; %u finding%s accepted\n", r->build.output,
		r->build.rejected ? "refused by strict" : "passes strict",
		(unsigned long long)r->build.packages, size_text(c->a, r->build.size), r->accepts,
		r->accepts == 1 ? "" : "s");
	if (!r->build.rejected && d->entrypoint.n)
		print_next(c, r);
}

static void print_init_json(struct cli *c, const struct init_result *r)
{
	struct buf text = { .a = c->a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "recipe", r->recipe);
	jsonw_strings(&w, "files", &r->files);
	jsonw_array(&w, "choices");
	for (size_t i = 0; i < r->draft.choices.n; i++) {
		jsonw_object(&w, NULL);
		jsonw_cstr(&w, "key", r->draft.choices.v[i].key);
		jsonw_cstr(&w, "value", r->draft.choices.v[i].value);
		jsonw_cstr(&w, "from", r->draft.choices.v[i].from);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_strings(&w, "open", &r->draft.open);
	jsonw_cstr(&w, "output", r->build.output);
	jsonw_bool(&w, "passes", !r->build.rejected);
	jsonw_u64(&w, "accepts", r->accepts);
	jsonw_object_end(&w);
	fprintf(c->out, "%s\n", buf_cstr(&text));
}

struct init_options {
	const char *program, *name;
	const char *folders[CODE_LANGUAGES]; /* of a project */
	unsigned ci;
	bool probe;
};

static const char *const ci_names[] = { "github", "gitlab", NULL };

/* The language whose option was given; CODE_NONE: none was. */
static bool init_find_language(const struct init_options *given, const struct init_order *o,
			       enum code_language *out, struct error *e)
{
	*out = CODE_NONE;
	for (size_t i = CODE_NONE + 1; i < CODE_LANGUAGES; i++) {
		if (!given->folders[i])
			continue;
		if (*out || o->program || o->packages.n)
			return err_set(e, ERR_USAGE,
				       "init: one of a project, --program or packages: write more "
				       "recipes later");
		*out = (enum code_language)i;
	}
	return !*out || !o->probe ||
	       err_set(e, ERR_USAGE,
		       "init: --probe is for packages with a service, not for a project");
}

static bool init_check_order(const struct init_order *o, struct error *e)
{
	if (o->program && o->packages.n)
		return err_set(
			e, ERR_USAGE,
			"init: --program or packages, not both: add the packages to the recipe later");
	for (size_t i = 0; i < o->packages.n; i++) {
		if (!name_is_package(str_of(o->packages.v[i])))
			return err_set(e, ERR_USAGE,
				       "init: \"%s\" is not the name of a Debian package",
				       o->packages.v[i]);
	}
	if (o->name && (!image_name_check(o->name, e) || strpbrk(o->name, "/:"))) {
		err_clear(e);
		return err_set(
			e, ERR_USAGE,
			"init: --name %s: an image's name here is lower-case letters, digits, "
			"\"-\", \"_\" and \".\"",
			o->name);
	}
	return true;
}

static bool init_verb(struct cli *c, struct error *e)
{
	const struct init_options *given = c->options;
	AUTO_STORE store = STORE_INIT;
	struct init_order o = { .build = { .store = &store,
					   .mirrors = &c->mirrors,
					   .offline = c->offline,
					   .mirror_env = getenv("IMGBUILD_MIRROR"),
					   .compile = { .jobs = c->jobs,
							.makeflags = getenv("MAKEFLAGS") },
					   .progress = c->progress },
				.packages = c->operands,
				.program = given->program,
				.name = given->name,
				.ci = given->ci == 1   ? INIT_CI_GITHUB
				      : given->ci == 2 ? INIT_CI_GITLAB
						       : INIT_CI_NONE,
				.probe = given->probe };
	enum code_language language;
	struct init_result r;

	if (!init_check_order(&o, e) || !init_find_language(given, &o, &language, e))
		return false;
	platforms_default(c, &o.build.platforms);
	store.progress = c->progress;
	if (!store_open(c->a, c->cache_dir, &store, e) ||
	    !(language ? init_code(c->a, &o, language, given->folders[language], &r, e)
		       : init_run(c->a, &o, &r, e)))
		return false;
	build_verdict_warn(c->progress, &r.build);
	if (c->json)
		print_init_json(c, &r);
	else
		print_init(c, &r);
	return !r.build.rejected || build_verdict_refuse(&r.build, NULL, e);
}

#define INIT_PROJECT(option, language, help)                      \
	{ option,                                                 \
	  0,                                                      \
	  "DIR",                                                  \
	  "a project in " help,                                   \
	  OPTION_IS_TEXT(struct init_options, folders[language]), \
	  .word = WORD_FILE }

static const struct option_row init_options[] = {
	{ "--program", 0, "FILE", "a program that is compiled already, instead of packages",
	  OPTION_IS_TEXT(struct init_options, program), .word = WORD_FILE },
	INIT_PROJECT("--c", CODE_C, "C: CMake, Meson, a Makefile or sources alone"),
	INIT_PROJECT("--cxx", CODE_CXX, "C++, likewise"),
	INIT_PROJECT("--go", CODE_GO, "Go: a module"),
	INIT_PROJECT("--rust", CODE_RUST, "Rust: a package or workspace with Cargo.lock"),
	INIT_PROJECT("--node", CODE_NODE, "Node.js: a package, with a lock file of npm, pnpm or yarn 1"),
	INIT_PROJECT("--python", CODE_PYTHON,
		     "Python: a folder; with a lock file, if it needs packages"),
	INIT_PROJECT("--java", CODE_JAVA, "Java: a Maven tree, or sources with or without jars"),
	{ "--name", 0, "NAME", "the image's name", OPTION_IS_TEXT(struct init_options, name),
	  .otherwise = "that of the first package or of the program" },
	{ "--ci", 0, "SERVICE", "write a file for continuous integration, too",
	  OPTION_IS_CHOICE(struct init_options, ci, ci_names) },
	{ "--probe", 0, NULL, "give a service a health check: a small program, which is compiled",
	  OPTION_IS_FLAG(struct init_options, probe) },
	{ NULL },
};

const struct command cmd_init = {
	.name = "init",
	.summary = "write a first recipe in an empty folder, and build it",
	.operands = { { "[PACKAGE...]" } },
	.examples = "init nginx\n"
		    "init --ci github redis-server\n"
		    "init --program ./app\n"
		    "init --go .",
	.text = "Reads what the packages tell - units, accounts, folders, configuration -, writes images.json, a recipe and "
		".gitignore, locks, builds and audits, and says what it chose from where and what is left to decide. "
		"Nothing is overwritten. Without a package the recipe is the base alone.",
	.options = init_options,
	.options_size = sizeof(struct init_options),
	.run = init_verb,
	.jails = true,
};
