/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines: the forms of options, against getopt_long(); and every mistake that can be made.
 */

#include <criterion/criterion.h>
#include <getopt.h>

#include "base/buf.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "support/fixture_oracle.h"
#include "support/fixture_verb.h"

static bool read_line_words(struct cli *c, const char *const *words, struct error *e)
{
	size_t n = 0;

	while (words[n])
		n++;
	return command_line_read(c, words, n, e);
}

/* ---- forms ---- */

#define LINES 3000
#define WORDS_MAX 24

/* As the verb "test" has them; the order is that of the text below. */
struct seen {
	const char *output, *platform, *cache_dir, *mirror, *jobs;
	bool no_commands, no_skips, offline, locked, explain, quiet;
	struct strings operands;
};

struct dice {
	uint64_t state;
};

static unsigned dice_roll(struct dice *d, unsigned n)
{
	d->state = d->state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(d->state >> 33) % n;
}

static const struct shape {
	const char *name;
	char letter;
	const char *values[3]; /* none: a flag */
} shapes[] = {
	{ "output", 'o', { "x", "-", "a=b" } },
	{ "platform", 0, { "linux/amd64", "=", "y z" } },
	{ "cache-dir", 0, { "/c", "c", "--c-" } },
	{ "mirror", 0, { "u", "d=u", "-1" } },
	{ "jobs", 'j', { "1", "12", "1024" } },
	{ "no-commands", 0, { NULL } },
	{ "no-skips", 0, { NULL } },
	{ "offline", 0, { NULL } },
	{ "locked", 0, { NULL } },
	{ "explain", 0, { NULL } },
	{ "quiet", 'q', { NULL } },
};

static void push_option(struct arena *a, struct dice *d, const struct shape *s,
			struct strings *words)
{
	const char *value = s->values[0] ? s->values[dice_roll(d, 3)] : NULL;
	const char *as = s->letter && dice_roll(d, 2) ? arena_printf(a, "-%c", s->letter)
						      : arena_printf(a, "--%s", s->name);
	bool is_long = as[1] == '-', joined = value && value[0] != '=' && dice_roll(d, 2);

	if (value && (joined || value[0] == '='))
		*list_push(a, words) = arena_printf(a, "%s%s%s", as, is_long ? "=" : "", value);
	else
		*list_push(a, words) = as;
	if (value && !joined && value[0] != '=')
		*list_push(a, words) = value;
}

/* "test", then each option at most once, operands among them, and perhaps "--" with what looks like
 * options. */
static void make_line(struct arena *a, struct dice *d, struct strings *words)
{
	static const char *const operands[] = { "img", "t.json", "-", "a=b" };
	unsigned start = dice_roll(d, ARRAY_SIZE(shapes));

	*list_push(a, words) = "test";
	*list_push(a, words) = "one";
	for (unsigned i = 0; i < ARRAY_SIZE(shapes); i++) {
		if (dice_roll(d, 3) == 0)
			push_option(a, d, &shapes[(start + i * 7) % ARRAY_SIZE(shapes)], words);
		if (dice_roll(d, 4) == 0)
			*list_push(a, words) = operands[dice_roll(d, ARRAY_SIZE(operands))];
	}
	*list_push(a, words) = "last";
	if (dice_roll(d, 3) == 0) {
		*list_push(a, words) = "--";
		*list_push(a, words) = dice_roll(d, 2) ? "--output" : "--";
		*list_push(a, words) = "-q";
	}
}

static void seen_by_getopt(struct arena *a, const struct strings *words, struct seen *out)
{
	static const struct option options[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "platform", required_argument, NULL, 'p' },
		{ "cache-dir", required_argument, NULL, 'c' },
		{ "mirror", required_argument, NULL, 'm' },
		{ "jobs", required_argument, NULL, 'j' },
		{ "no-commands", no_argument, NULL, 'n' },
		{ "no-skips", no_argument, NULL, 's' },
		{ "offline", no_argument, NULL, 'f' },
		{ "locked", no_argument, NULL, 'l' },
		{ "explain", no_argument, NULL, 'e' },
		{ "quiet", no_argument, NULL, 'q' },
		{ NULL, 0, NULL, 0 },
	};
	char **argv = arena_array(a, words->n + 1, sizeof(*argv));
	int argc = (int)words->n, c;

	for (size_t i = 0; i < words->n; i++)
		argv[i] = arena_strdup(a, words->v[i]);
	optind = 0;
	while ((c = getopt_long(argc, argv, "o:j:q", options, NULL)) != -1) {
		switch (c) {
		case 'o':
			out->output = optarg;
			break;
		case 'p':
			out->platform = optarg;
			break;
		case 'c':
			out->cache_dir = optarg;
			break;
		case 'm':
			out->mirror = optarg;
			break;
		case 'j':
			out->jobs = optarg;
			break;
		case 'n':
			out->no_commands = true;
			break;
		case 's':
			out->no_skips = true;
			break;
		case 'f':
			out->offline = true;
			break;
		case 'l':
			out->locked = true;
			break;
		case 'e':
			out->explain = true;
			break;
		case 'q':
			out->quiet = true;
			break;
		default:
			cr_assert(false, "getopt_long takes no %c", c);
		}
	}
	for (; optind < argc; optind++)
		*list_push(a, &out->operands) = argv[optind];
}

static const char *seen_text(struct arena *a, const struct seen *s)
{
	return arena_printf(a, "%s|%s|%s|%s|%s|%d%d%d%d%d%d|%s", s->output ? s->output : "none",
			    s->platform ? s->platform : "none",
			    s->cache_dir ? s->cache_dir : "none", s->mirror ? s->mirror : "none",
			    s->jobs ? s->jobs : "0", s->no_commands, s->no_skips, s->offline,
			    s->locked, s->explain, s->quiet, strings_join(a, &s->operands, ","));
}

/* What the program makes of it: the verb's options are where its own table puts them. */
static void seen_by_us(struct arena *a, const struct strings *words, struct seen *out)
{
	struct cli c = { .a = a };
	struct error e = { 0 };
	const char *base;

	cr_assert(command_line_read(&c, words->v, words->n, &e), "%s: %s",
		  strings_join(a, words, " "), e.cause);
	cr_assert_eq(c.command, &cmd_test);
	base = c.options;
	option_each(row, cmd_test.options)
	{
		const void *at = base + row->target;

		if (strcmp(row->name, "--output") == 0)
			out->output = *(const char *const *)at;
		else if (strcmp(row->name, "--platform") == 0)
			out->platform = *(const char *const *)at;
		else if (strcmp(row->name, "--no-commands") == 0)
			out->no_commands = *(const bool *)at;
		else if (strcmp(row->name, "--no-skips") == 0)
			out->no_skips = *(const bool *)at;
	}
	out->cache_dir = c.cache_dir;
	out->mirror = c.mirrors.n ? c.mirrors.v[0] : NULL;
	out->jobs = arena_printf(a, "%u", c.jobs);
	out->offline = c.offline;
	out->locked = c.locked;
	out->explain = c.explain;
	out->quiet = c.quiet;
	out->operands = c.operands;
}

Test(command_line, forms_are_those_of_getopt_long)
{
	struct dice d = { 20261128 };

	for (unsigned i = 0; i < LINES; i++) {
		AUTO_ARENA a = { 0 };
		struct strings words = { 0 };
		struct seen theirs = { 0 }, ours = { 0 };

		make_line(&a, &d, &words);
		seen_by_getopt(&a, &words, &theirs);
		seen_by_us(&a, &words, &ours);
		cr_assert_str_eq(seen_text(&a, &ours), seen_text(&a, &theirs), "%s",
				 strings_join(&a, &words, " "));
	}
}

Test(command_line, letters_are_joined)
{
	static const char *const lines[][5] = {
		{ "version", "-qj4", NULL },	  { "-qj", "4", "version", NULL },
		{ "-qj=4", "version", NULL },	  { "--quiet", "--jobs=4", "version", NULL },
		{ "-j4", "version", "-q", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		AUTO_ARENA a = { 0 };
		struct cli c = { .a = &a };
		struct error e = { 0 };

		cr_expect(read_line_words(&c, lines[i], &e), "%zu: %s", i, e.cause);
		cr_expect(c.command == &cmd_version && c.quiet && c.jobs == 4, "%zu", i);
	}
}

Test(command_line, the_verb_may_be_left_out_before_what_can_be_built)
{
	static const char *const lines[][5] = {
		{ "recipes/hello.json", NULL },
		{ "x.json", NULL },
		{ "a/b", NULL },
		{ "hello", NULL },
		{ "images.json", NULL },
		{ "--offline", "-j", "2", "hello", NULL },
		{ "-o", "x", "hello", NULL },
		{ "--", "hello", NULL },
		{ "build", "hello", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		AUTO_ARENA a = { 0 };
		struct cli c = { .a = &a };
		struct error e = { 0 };

		cr_expect(read_line_words(&c, lines[i], &e), "%zu: %s", i, e.cause);
		cr_expect(c.command == &cmd_build && c.operands.n == 1, "%zu", i);
	}
}

Test(command_line, the_version_is_told_by_option_and_verb)
{
	static const char *const forms[] = { "-V", "--version", "version" };
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		cr_expect(str_starts(ORACLE(&a, "./imgbuild", forms[i]), STR("imgbuild 0.")), "%s",
			  forms[i]);
	cr_expect(str_starts(ORACLE(&a, "./imgbuild", "-V", "--json"),
			     STR("{\"name\":\"imgbuild\",")));
}

Test(command_line, json_is_the_format_json_where_there_is_one)
{
	static const char *const lines[][5] = {
		{ "test", "img", "t.json", "--json", NULL },
		{ "test", "img", "t.json", "--format=json", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		AUTO_ARENA a = { 0 };
		struct cli c = { .a = &a };
		struct error e = { 0 };
		const struct option_row *row = option_named(cmd_test.options, STR("--format"));

		cr_assert(read_line_words(&c, lines[i], &e), "%s", e.cause);
		cr_expect_str_eq(row->choices[*(const unsigned *)((const char *)c.options +
								  row->target) -
					      1],
				 "json");
	}
}

/* ---- mistakes ---- */

#define NO_VERB(name)                                                                         \
	"unknown verb \"" name "\", and images.json has no such image; see imgbuild --help; " \
	"imgbuild init " name " makes an image of the Debian package of that name"

static const struct mistake {
	const char *words[7];
	const char *says;
} mistakes[] = {
	{ { "buidl", "x" }, "unknown verb \"buidl\"; did you mean \"build\"? See imgbuild --help" },
	{ { "cephlo" }, "unknown verb \"cephlo\"; did you mean \"cephalo\"? See imgbuild --help" },
	{ { "zzzzzz" }, NO_VERB("zzzzzz") },
	{ { "manul" }, NO_VERB("manul") },
	{ { "Zzzzzz" }, "unknown verb \"Zzzzzz\"; see imgbuild --help" },
	{ { "" }, "unknown verb \"\"; see imgbuild --help" },
	{ { "help", "lock", "me" }, "help: unknown argument \"me\"; see imgbuild help --help" },
	{ { "audit", "--polcy=base", "x" },
	  "audit: unknown option \"--polcy\"; did you mean \"--policy\"? See imgbuild "
	  "audit --help" },
	{ { "audit", "--out", "x" },
	  "audit: unknown option \"--out\"; did you mean \"--output\"? See imgbuild audit --help" },
	{ { "audit", "--cahce-dir=x", "x" },
	  "audit: unknown option \"--cahce-dir\"; did you mean \"--cache-dir\"? See "
	  "imgbuild audit --help" },
	{ { "audit", "-x", "x" }, "audit: unknown option \"-x\"; see imgbuild audit --help" },
	{ { "audit", "-qx", "x" }, "audit: unknown option \"-x\"; see imgbuild audit --help" },
	{ { "audit", "---", "x" }, "audit: unknown option \"---\"; see imgbuild audit --help" },
	{ { "update", "--suggest", "x" },
	  "update: unknown option \"--suggest\", which is an option of lock; see imgbuild "
	  "update --help" },
	{ { "--format", "json", "audit", "x" },
	  "--format stands before the verb: write imgbuild audit --format" },
	{ { "--tag" }, "--tag needs a value" },
	{ { "--jobs" }, "--jobs needs a value" },
	{ { "x.json", "-o" }, "-o needs a value" },
	{ { "x.json", "-o", "--no-audit" },
	  "-o needs a value; \"--no-audit\" is an option, write -o--no-audit if it is "
	  "meant" },
	{ { "x.json", "--tag", "-q" },
	  "--tag needs a value; \"-q\" is an option, write --tag=-q if it is meant" },
	{ { "x.json", "--tag=" }, "--tag needs a value, not an empty one" },
	{ { "x.json", "--tag", "" }, "--tag needs a value, not an empty one" },
	{ { "x.json", "--locked=yes" }, "--locked takes no value" },
	{ { "x.json", "--tag=a", "--tag=a" }, "--tag is given twice; give it once" },
	{ { "x.json", "-o", "a", "--output=b" }, "--output is given twice; give it once" },
	{ { "-q", "x.json", "-q" }, "-q is given twice; give it once" },
	{ { "x.json", "-q", "--progress=plain" },
	  "build: --progress and -q exclude each other; leave one out" },
	{ { "lock", "--verify", "x", "--check" },
	  "lock: --verify and --check exclude each other; leave one out" },
	{ { "lock", "--suggest", "x", "--check" },
	  "lock: --suggest and --check exclude each other; leave one out" },
	{ { "lock", "--suggest", "x", "--verify" },
	  "lock: --verify and --suggest exclude each other; leave one out" },
	{ { "lock", "--write", "x" }, "lock: --write goes with --suggest" },
	{ { "x.json", "--archive-format=oci" },
	  "build: --archive-format goes with --archive FILE" },
	{ { "why", "a", "b", "--json", "--format=text" },
	  "why: --json and --format text exclude each other; leave one out" },
	{ { "why", "a", "b", "--format=jsno" },
	  "--format is text or json, not \"jsno\"; did you mean \"json\"?" },
	{ { "x.json", "--progress=loud" },
	  "--progress is auto, plain, tty, json or quiet, not \"loud\"" },
	{ { "x.json", "-j0" }, "-j takes a number from 1 to 1024, not \"0\"" },
	{ { "x.json", "--jobs=many" }, "--jobs takes a number from 1 to 1024, not \"many\"" },
	{ { "audit", "x", "--expand-max=much" },
	  "--expand-max is a size as 800M or 8G, not \"much\"" },
	{ { "audit", "x", "--fail-on=bad" },
	  "--fail-on is info, low, medium, high, critical or never, not \"bad\"" },
	{ { "gc", "--keep=5y" },
	  "--keep takes a number with a unit, one of smhdw, such as 30d, not \"5y\"" },
	{ { "gc", "--max-size=-1" },
	  "--max-size takes a number with a unit, one of KMGT, such as 5G, not \"-1\"" },
	{ { "gc", "everything" }, "gc: unknown argument \"everything\"; see imgbuild gc --help" },
	{ { "pull", "x", "--tls-verify=no" }, "--tls-verify is true or false, not \"no\"" },
	{ { "store", "verfy" }, "store is verify, not \"verfy\"; did you mean \"verify\"?" },
	{ { "completion", "tcsh" }, "completion is bash, zsh or fish, not \"tcsh\"" },
	{ { "manual", "book" },
	  "manual is page, recipe-page, reference, recipe or source, not \"book\"" },
	{ { "build" }, "build: no recipe given; try imgbuild recipes/hello.json" },
	{ { "lock" }, "lock: which recipe? imgbuild lock RECIPE.json" },
	{ { "update" }, "update: which recipe? imgbuild update RECIPE.json" },
	{ { "fetch" }, "fetch: which recipe? imgbuild fetch RECIPE.json..." },
	{ { "audit" },
	  "audit: name an image: a layout folder, oci-archive:FILE, docker-archive:FILE, docker://REGISTRY/NAME or rootfs:DIR" },
	{ { "diff", "a" }, "diff: name two images" },
	{ { "verify" }, "verify: name an image" },
	{ { "test", "a" }, "test: name an image, and one or more files of tests" },
	{ { "push", "a" },
	  "push: name an image and where it goes: imgbuild push out/hello docker://REGISTRY/NAME:TAG" },
	{ { "pull" }, "pull: name an image: imgbuild pull docker://REGISTRY/NAME:TAG" },
	{ { "why", "a" }, "why: name an image, and a file, library or package in it" },
	{ { "graph" }, "graph: name an image" },
	{ { "sbom" }, "sbom: name an image" },
	{ { "store" }, "store: say what to do with the store: imgbuild store verify" },
	{ { "completion" }, "completion: name a shell: bash, zsh or fish" },
	{ { "manual" }, "manual: name a document: page, recipe-page, reference, recipe or source" },
	{ { "diff", "a", "b", "c" }, "diff: unknown argument \"c\"; see imgbuild diff --help" },
};

Test(command_line, every_mistake_is_told)
{
	for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
		AUTO_ARENA a = { 0 };
		struct cli c = { .a = &a };
		struct error e = { 0 };

		cr_expect(!read_line_words(&c, mistakes[i].words, &e), "%s", mistakes[i].says);
		cr_expect_eq(e.kind, ERR_USAGE, "%s", mistakes[i].says);
		cr_expect_str_eq(e.cause, mistakes[i].says);
	}
}

/* Those that only the verb itself sees. */
Test(command_line, mistakes_end_with_status_2)
{
	static const struct mistake more[] = {
		{ { "help", "lok" },
		  "help: unknown verb \"lok\"; did you mean \"lock\"? imgbuild --help lists them" },
		{ { "help", "nginx" }, "help: unknown verb \"nginx\"; imgbuild --help lists them" },
		{ { "elf" }, "elf: name a file or folder, or --root DIR" },
		{ { "build", "a.json", "b.json", "--tag=x" },
		  "build: -o, --archive, --tag and --against go with one recipe only" },
		{ { "build", "a.json", "--watch", "--archive=-" },
		  "build: --watch builds more than once, and --archive - is for one archive" },
		{ { "build", "a.json", "--shell-on-failure" },
		  "--shell-on-failure needs a terminal" },
		{ { "push", "x", "docker://a.b/c", "--offline" },
		  "push needs the network; leave out --offline" },
		{ { "update", "images.json" }, "update: one recipe at a time; images.json names " },
		{ { NULL }, "no recipe and no verb given" },
		{ { "-q" }, "no recipe and no verb given" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(more); i++) {
		AUTO_ARENA a = { 0 };
		const char *argv[9] = { "./imgbuild" };
		struct oracle_run r;

		memcpy(argv + 1, more[i].words, sizeof(more[i].words));
		r = oracle_run(&a, argv);
		cr_expect_eq(r.status, 2, "%s: %d", more[i].says, r.status);
		cr_expect(strstr(r.err.p, arena_printf(&a, "imgbuild: error: %s", more[i].says)),
			  "%s", r.err.p);
	}
}

Test(command_line, the_variable_for_progress_is_named_when_it_is_wrong)
{
	AUTO_ARENA a = { 0 };
	struct oracle_run r = oracle_run(&a,
					 (const char *const[]){ "env", "IMGBUILD_PROGRESS=loud",
								"./imgbuild", "version", NULL });

	cr_expect_eq(r.status, 2);
	cr_expect_str_eq(
		r.err.p,
		"imgbuild: error: $IMGBUILD_PROGRESS is auto, plain, tty, json or quiet, not \"loud\"\n");
	cr_expect_eq(oracle_run(&a, (const char *const[]){ "env", "IMGBUILD_PROGRESS=loud",
							   "./imgbuild", "-q", "version", NULL })
			     .status,
		     0);
}
