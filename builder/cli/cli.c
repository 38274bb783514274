/* SPDX-License-Identifier: Apache-2.0 */
/* Options: the common ones, and the small parser that verbs use for their own. */

#include "cli/cli.h"

#include <stdlib.h>

#include "base/buf.h"

static const char *const common_options[] = {
	"--cache-dir", "--mirror", "--locked", "--offline", "--frozen", "--json", "--explain",
	"--jobs", "--progress", "--quiet", "--help", "--version",
};

const char cli_common_help[] =
	"  --cache-dir DIR   the store (default: $IMGBUILD_CACHE_DIR, $XDG_CACHE_HOME/imgbuild, ~/.cache/imgbuild)\n"
	"  --mirror URL      a Debian mirror, \"NAME=URL\" for another archive (debian-security); repeatable\n"
	"  --locked          the lock must be there and answer the recipe\n"
	"  --offline         no network\n"
	"  --frozen          --locked and --offline\n"
	"  -j, --jobs N      use N processors\n"
	"  --progress MODE   auto, plain, tty, json or quiet (also $IMGBUILD_PROGRESS)\n"
	"  -q, --quiet       as --progress quiet\n"
	"  --json            results as JSON\n"
	"  --explain         say why each step was done or reused\n"
	"  -h, --help        help for imgbuild or for one verb\n";

static const struct {
	const char *name;
	enum progress_mode mode;
} progress_modes[] = {
	{ "auto", PROGRESS_AUTO }, { "plain", PROGRESS_PLAIN }, { "tty", PROGRESS_TTY },
	{ "json", PROGRESS_JSON }, { "quiet", PROGRESS_QUIET },
};

int cli_option(struct cli *c, int *i, const char *name, bool takes_value, const char **value,
	       struct error *e)
{
	const char *arg = c->argv[*i];
	size_t n = strlen(name);

	if (strncmp(arg, name, n) != 0 || (arg[n] != '\0' && arg[n] != '='))
		return 0;
	if (!takes_value) {
		if (arg[n] == '\0')
			return 1;
		err_set(e, ERR_USAGE, "%s takes no value", name);
		return -1;
	}
	if (arg[n] == '=') {
		*value = arg + n + 1;
		return 1;
	}
	if (*i + 1 >= c->argc) {
		err_set(e, ERR_USAGE, "%s needs a value", name);
		return -1;
	}
	*value = c->argv[++*i];
	return 1;
}

int cli_platforms(struct cli *c, int *i, struct platforms *out, struct error *e)
{
	const char *text;
	int got = cli_option(c, i, "--platform", true, &text, e);

	return got > 0 && !platforms_parse(c->a, text, out, e) ? -1 : got;
}

void cli_default_platform(struct cli *c, struct platforms *out)
{
	if (out->n == 0)
		*list_push(c->a, out) = platform_of_compilers();
}

bool cli_unknown(const char *verb, const char *argument, const char *const *known, size_t n,
		 struct error *e)
{
	size_t common = sizeof(common_options) / sizeof(common_options[0]);
	struct str name, value;
	const char *near;

	str_cut(str_of(argument), '=', &name, &value);
	near = str_nearest(name, known, n);
	if (!near)
		near = str_nearest(name, common_options, common);
	return err_set(e, ERR_USAGE, "%s: unknown %s \"%s\"%s%s%s; see imgbuild %s --help", verb,
		       argument[0] == '-' ? "option" : "argument", argument,
		       near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "", verb);
}

/* 1: taken, 0: none of the table, -1: error */
static int take_known(struct cli *c, const struct cli_known *known, size_t n, int *i, struct error *e)
{
	for (size_t k = 0; k < n; k++) {
		int got = cli_option(c, i, known[k].name, known[k].value != NULL, known[k].value, e);

		if (got > 0 && known[k].flag)
			*known[k].flag = true;
		if (got)
			return got;
	}
	return 0;
}

bool cli_arguments(struct cli *c, const struct cli_known *known, size_t n, size_t max,
		   struct strings *rest, struct error *e)
{
	struct strings names = { 0 };
	bool ended = false;

	for (size_t k = 0; k < n; k++)
		*list_push(c->a, &names) = known[k].name;
	for (int i = 1; i < c->argc; i++) {
		int got;

		if (!ended && strcmp(c->argv[i], "--") == 0) {
			ended = true;
			continue;
		}
		got = ended ? 0 : take_known(c, known, n, &i, e);
		if (got < 0)
			return false;
		if (got)
			continue;
		if ((!ended && c->argv[i][0] == '-') || (max && rest->n == max))
			return cli_unknown(c->argv[0], c->argv[i], names.v, names.n, e);
		*list_push(c->a, rest) = c->argv[i];
	}
	return true;
}

/* The one that is meant: the nearest, or the first that begins like this. */
static const char *meant(const char *name, const char *const *names, size_t n)
{
	const char *near = str_nearest(str_of(name), names, n);

	for (size_t i = 0; !near && *name && i < n; i++)
		if (str_starts(str_of(names[i]), str_of(name)))
			near = names[i];
	return near;
}

int cli_choice(const char *option, const char *name, const char *const *names, size_t n,
	       struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct buf all = { .a = &a };
	const char *near;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(names[i], name) == 0)
			return (int)i;
		buf_printf(&all, "%s%s", i == 0 ? "" : i + 1 == n ? " or " : ", ", names[i]);
	}
	near = meant(name, names, n);
	err_set(e, ERR_USAGE, "%s is %s, not \"%s\"%s%s%s", option, buf_cstr(&all), name,
		near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return -1;
}

bool cli_progress_mode(const char *name, enum progress_mode *mode, struct error *e)
{
	for (size_t i = 0; i < sizeof(progress_modes) / sizeof(progress_modes[0]); i++) {
		if (strcmp(progress_modes[i].name, name) == 0) {
			*mode = progress_modes[i].mode;
			return true;
		}
	}
	return err_set(e, ERR_USAGE, "--progress is auto, plain, tty, json or quiet, not \"%s\"", name);
}

static bool read_jobs(struct cli *c, const char *text, struct error *e)
{
	uint64_t n;

	if (!str_u64(str_of(text), &n) || n < 1 || n > 1024)
		return err_set(e, ERR_USAGE, "-j takes a number from 1 to 1024, not \"%s\"", text);
	c->jobs = (unsigned)n;
	return true;
}

/* 1: the argument at *i was a common option and is done with, 0: not one, -1: error */
static int take_common(struct cli *c, int *i, struct cli_common *o, struct error *e)
{
	const struct {
		const char *name;
		bool *flag;
	} flags[] = {
		{ "--locked", &c->locked }, { "--offline", &c->offline }, { "--json", &c->json },
		{ "--explain", &c->explain }, { "--help", &o->help }, { "-h", &o->help },
		{ "--version", &o->version }, { "--frozen", &o->frozen }, { "--quiet", &o->quiet },
		{ "-q", &o->quiet },
	};
	const char *value;
	int got;

	for (size_t k = 0; k < sizeof(flags) / sizeof(flags[0]); k++) {
		got = cli_option(c, i, flags[k].name, false, NULL, e);
		if (got > 0)
			*flags[k].flag = true;
		if (got)
			return got;
	}
	if ((got = cli_option(c, i, "--cache-dir", true, &c->cache_dir, e)) ||
	    (got = cli_option(c, i, "--progress", true, &o->progress, e)))
		return got;
	if ((got = cli_option(c, i, "--mirror", true, &value, e))) {
		if (got > 0)
			*list_push(c->a, &c->mirrors) = value;
		return got;
	}
	if (strncmp(c->argv[*i], "-j", 2) == 0 && c->argv[*i][2] >= '0' && c->argv[*i][2] <= '9')
		return read_jobs(c, c->argv[*i] + 2, e) ? 1 : -1;
	if ((got = cli_option(c, i, "--jobs", true, &value, e)) ||
	    (got = cli_option(c, i, "-j", true, &value, e)))
		return got > 0 && read_jobs(c, value, e) ? 1 : -1;
	return 0;
}

bool cli_parse(struct cli *c, struct cli_common *o, struct error *e)
{
	int kept = 0;

	for (int i = 0; i < c->argc; i++) {
		int got;

		if (strcmp(c->argv[i], "--") == 0) {
			while (i < c->argc)
				c->argv[kept++] = c->argv[i++];
			break;
		}
		got = take_common(c, &i, o, e);
		if (got < 0)
			return false;
		if (got == 0)
			c->argv[kept++] = c->argv[i];
	}
	c->argc = kept;
	c->locked = c->locked || o->frozen;
	c->offline = c->offline || o->frozen;
	return true;
}
