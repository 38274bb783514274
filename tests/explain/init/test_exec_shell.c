/* SPDX-License-Identifier: Apache-2.0 */
/* Units that start by a shell, against what a shell starts. */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "explain/init/exec_shell.h"
#include "support/fixture_oracle.h"

/* The last program is /usr/bin/printf, which tells its words; variables as units set them. */
static const char *const started[] = {
	"exec /usr/bin/printf '<%s>' one two",
	"/usr/bin/printf '<%s>' one",
	"set -f; [ ! -e /nonexistent ] && VAR= || VAR=`/bin/false`; [ $? -eq 0 ] || exit 1; \\\n"
	" exec /usr/bin/printf '<%s>' $OPTIONS $UNSET $VAR last",
	"test -d /nonexistent || :; exec /usr/bin/printf '<%s>' ${OPTIONS} \"a b\"",
	"if false; then exec /bin/false; fi; exec /usr/bin/printf '<%s>' x",
};

/* What is not a program by its path, or no script for a shell. */
static const char *const others[][4] = {
	{ "/bin/sh", "-c", "exec daemon --flag" }, { "/bin/sh", "/usr/share/x.sh", "more" },
	{ "/usr/bin/env", "-c", "/bin/true" },	   { "/bin/sh", "-c", "$PROGRAM" },
	{ "/usr/bin/daemon", "--flag" },
};

static struct unit shell_variables(struct arena *a)
{
	struct unit v = { 0 };

	*list_push(a, &v) = (struct unit_setting){ "", "OPTIONS", "--port 53 --name=ab", 0 };
	return v;
}

static struct exec_line shell_line(struct arena *a, const char *const *words, size_t n)
{
	struct exec_line line = { 0 };

	for (size_t i = 0; i < n && words[i]; i++)
		*list_push(a, &line.words) = words[i];
	return line;
}

Test(exec_shell, the_last_program_gets_the_words_that_a_shell_gives_it)
{
	AUTO_ARENA a = { 0 };
	const struct unit variables = shell_variables(&a);

	for (size_t i = 0; i < ARRAY_SIZE(started); i++) {
		const char *const words[] = { "/bin/sh", "-c", started[i] };
		struct exec_line line = shell_line(&a, words, 3);
		struct str told = ORACLE(&a, "env", "OPTIONS=--port 53 --name=ab", "dash", "-c",
					 started[i]);
		struct buf got = { .a = &a };

		cr_assert(exec_shell_read(&a, &variables, &line), "%s", started[i]);
		cr_expect_str_eq(line.words.v[0], "/usr/bin/printf");
		for (size_t k = 2; k < line.words.n; k++)
			buf_printf(&got, "<%s>", line.words.v[k]);
		cr_expect_str_eq(buf_cstr(&got), told.p, "%s", started[i]);
	}
}

Test(exec_shell, other_lines_stay_as_they_are)
{
	AUTO_ARENA a = { 0 };
	const struct unit variables = shell_variables(&a);

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct exec_line line = shell_line(&a, others[i], 3);

		cr_expect_not(exec_shell_read(&a, &variables, &line), "%s", others[i][0]);
		cr_expect_str_eq(line.words.v[0], others[i][0]);
	}
}

/* What mtail.service leaves open. */
Test(exec_shell, what_nothing_sets_is_told_and_its_option_left_out)
{
	AUTO_ARENA a = { 0 };
	const struct unit variables = shell_variables(&a);
	const char *const words[] = {
		"/bin/sh", "-c",
		"exec /usr/bin/d -x ${H:+--address $H} --logs \"$LOGS\" -l/$NAME $MORE"
	};
	struct exec_line line = shell_line(&a, words, 3);

	cr_assert(exec_shell_read(&a, &variables, &line));
	cr_expect_str_eq(strings_join(&a, &line.words, " "), "/usr/bin/d -x");
	cr_expect_str_eq(strings_join(&a, &line.unknown, " "), "$LOGS $MORE");
}

static const char init_script[] =
	"#!/bin/sh\nDAEMON=/usr/sbin/d\nNAME=d\nUSERID=us\ncase \"$1\" in\nstart)\n"
	"start-stop-daemon --start --test --exec $DAEMON -- -t\n"
	"start-stop-daemon --start --quiet --chuid $USERID:grp --exec $DAEMON -- \\\n"
	"  -b -p /run/$NAME.pid $OPTS > /dev/null\n;;\n"
	"stop)\nstart-stop-daemon --stop --exec $DAEMON -- -x\nesac\n";

Test(exec_shell, a_script_of_system_v_gives_words_and_a_user)
{
	AUTO_ARENA a = { 0 };
	struct unit variables = { 0 };
	struct exec_script x;

	unit_read_variables(&a, str_of(init_script), &variables);
	cr_assert(exec_script_read(&a, str_of(init_script), &variables, &x));
	cr_expect_str_eq(strings_join(&a, &x.words, " "), "-b -p /run/d.pid");
	cr_expect_str_eq(x.user, "us");
	cr_expect_not(x.background);
	cr_assert(exec_script_read(&a, STR("start-stop-daemon -S -b -x /usr/sbin/d\n"), &variables,
				   &x));
	cr_expect(x.background && x.words.n == 0 && !x.user);
	cr_expect_not(exec_script_read(&a, STR("start-stop-daemon --stop -- x\n"), &variables, &x));
	cr_expect_not(exec_script_read(&a, STR(""), &variables, &x));
}

/* As the skeleton of dh_make has them, which many packages keep. */
Test(exec_shell, comments_behind_variables_are_no_part_of_them)
{
	static const char text[] = "# X=0\nDAEMON=/usr/sbin/d   # where it is\n"
				   "ARGS=\"-p 1 # 2\" # more\nN=a#b\nM='#'\t#\nQ=\\# c\n";
	AUTO_ARENA a = { 0 };
	struct unit got = { 0 };
	struct buf all = { .a = &a };

	exec_script_variables(&a, str_of(text), &got);
	list_each(x, &got)
		buf_printf(&all, "%u %s=%s\n", x->line, x->key, x->value);
	cr_expect_str_eq(buf_cstr(&all), "2 DAEMON=/usr/sbin/d\n3 ARGS=-p 1 # 2\n4 N=a#b\n5 M=#\n"
					 "6 Q=# c\n");
}
