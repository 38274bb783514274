/* SPDX-License-Identifier: Apache-2.0 */
/* Maintainer scripts. */

#include "growth/growth.h"

#include "make/scripts/authorities.h"
#include "make/scripts/scripts.h"
#include "make/scripts/shell.h"

static bool script_shell(struct arena *a, struct str input, struct error *e)
{
	struct shell_script s = { 0 };

	return shell_read(a, input, &s) || err_set(e, ERR_INPUT, "it cannot be followed");
}

/* The text as the postinst of a package that the recipe accepts. */
static bool script_review(struct arena *a, struct str input, struct error *e)
{
	const struct deb_package package = { .name = "demo",
					     .version = "1",
					     .architecture = "all" };
	struct deb deb = { .package = &package };
	const struct deb *debs[] = { &deb };
	struct script_alternatives alternatives = { NULL, 0, 0 };
	struct script_report report = { 0 };
	struct recipe r = { .name = "growth" };

	*list_push(a, &deb.control) = (struct deb_control){ "postinst", input, 0 };
	scripts_alternatives(a, &deb, &alternatives);
	return scripts_review(a, &r, NULL, debs, 1, &report, e);
}

static bool script_conffiles(struct arena *a, struct str input, struct error *e)
{
	const struct deb_package package = { .name = "demo",
					     .version = "1",
					     .architecture = "all" };
	struct deb deb = { .package = &package };
	const struct deb *debs[] = { &deb };
	struct script_report report = { 0 };
	struct recipe r = { .name = "growth" };

	*list_push(a, &deb.control) = (struct deb_control){ "conffiles", input, 0 };
	*list_push(a, &deb.control) = (struct deb_control){ "triggers", input, 0 };
	(void)e;
	if (!scripts_review(a, &r, NULL, debs, 1, &report, e))
		err_clear(e);
	return true;
}

static bool script_authorities(struct arena *a, struct str input, struct error *e)
{
	struct authorities l = { .a = a };

	return authorities_add(&l, "ca.crt", input, e);
}

static void script_nested(struct buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_puts(out, "echo $(");
	for (size_t i = 0; i < n; i++)
		buf_puts(out, ")");
}

static void script_heredocs(struct buf *out, size_t n)
{
	buf_puts(out, "cat");
	for (size_t i = 0; i < n; i++)
		buf_printf(out, " <<E%06zu", i);
	buf_puts(out, "\n");
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "text\nE%06zu\n", i);
}

static void script_functions(struct buf *out, size_t n)
{
	buf_puts(out, "#!/bin/sh\n");
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "f%06zu() { true; }\n", n - i);
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "f%06zu\n", i + 1);
}

static const struct growth_case script_table[] = {
	{ "shell_read", "many commands", 560, "", "test -e f# && true\n", "", .run = script_shell },
	{ "shell_read", "a command of many words", 2500, "echo", " w#", "\n", .run = script_shell },
	{ "shell_read", "one long word", 12500, "echo a", "b", "\n", .run = script_shell },
	{ "shell_read", "one long quoted word", 5000, "echo \"a", "$b ", "\"\n",
	  .run = script_shell },
	{ "shell_read", "many substitutions in a word", 1000, "echo a", "$(b)", "\n",
	  .run = script_shell },
	{ "shell_read", "substitutions in substitutions", 1250, .make = script_nested,
	  .run = script_shell, .refused = true },
	{ "shell_read", "as deep as is followed", 7, "", "echo $(", "", .run = script_shell,
	  .refused = true },
	{ "shell_read", "quotes without an end", 2200, "", "echo 'a\n", "", .run = script_shell },
	{ "shell_read", "many backquotes", 1250, "", "`a` ", "\n", .run = script_shell },
	{ "shell_read", "many expansions", 1250, "echo ", "${a:-${b}} ", "\n",
	  .run = script_shell },
	{ "shell_read", "many texts behind a command", 250, .make = script_heredocs,
	  .run = script_shell },
	{ "shell_read", "a long text behind a command", 5000, "cat <<E\n", "line\n", "E\n",
	  .run = script_shell },
	{ "shell_read", "cases", 750, "case $1 in\n", "a#) true;;\n", "esac\n",
	  .run = script_shell },
	{ "shell_read", "loops and conditions", 290, "",
	  "for i in a b; do if c; then d; fi; done\n", "", .run = script_shell },
	{ "shell_read scripts_review", "many functions", 210, .make = script_functions,
	  .run = script_review },
	{ "scripts_review", "many commands", 420, "#!/bin/sh\n", "test -e f#\n", "",
	  .run = script_review },
	{ "scripts_review", "many commands of unknown effect", 380, "#!/bin/sh\n", "cmd# x\n", "",
	  .run = script_review, .refused = true },
	{ "scripts_alternatives scripts_review", "many alternatives", 250, "",
	  "update-alternatives --install /usr/bin/a a /usr/bin/a# 10 --slave /b b /c#\n", "",
	  .run = script_review, .refused = true },
	{ "authorities_add", "many certificates", 800, "",
	  "-----BEGIN CERTIFICATE-----\nMAcwADAAAwEA\n-----END CERTIFICATE-----\n", "",
	  .run = script_authorities },
	{ "authorities_add", "one long certificate", 20000, "-----BEGIN CERTIFICATE-----\n",
	  "MAcw\n", "-----END CERTIFICATE-----\n", .run = script_authorities, .refused = true },
	{ "authorities_add", "beginnings without an end", 5000, "", "-----BEGIN CERTIFICATE-----\n",
	  "", .run = script_authorities, .refused = true },
	{ "scripts_review", "many conffiles and triggers", 2500, "", "/etc/f#\n", "",
	  .run = script_conffiles },
};
const struct growth_cases growth_script_cases = { script_table, ARRAY_SIZE(script_table) };
