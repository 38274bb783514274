/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines of units. */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "explain/init/exec_line.h"

/* Lines of ExecReload as Debian's packages have them. */
static const struct exec_signal_case {
	const char *line, *signal;
} exec_signals[] = {
	{ "/bin/kill -HUP $MAINPID", "HUP" },
	{ "/usr/bin/kill -HUP $MAINPID", "HUP" },
	{ "/bin/kill -s HUP $MAINPID", "HUP" },
	{ "/bin/kill -s SIGUSR2 ${MAINPID}", "SIGUSR2" },
	{ "kill --signal USR1 $MAINPID", "USR1" },
	{ "kill --signal=USR1 $MAINPID", "USR1" },
	{ "/bin/kill -1 $MAINPID", "1" },
	{ "/bin/kill -SIGHUP $MAINPID", "SIGHUP" },
	{ "-/bin/kill -HUP $MAINPID", "HUP" },
	{ "/bin/kill $MAINPID", "TERM" },
	{ "/bin/kill -s", NULL },
	{ "/bin/kill -HUP 1", NULL },
	{ "/usr/bin/pkill -HUP daemon", NULL },
	{ "/usr/sbin/nginx -g 'daemon on;' -s reload", NULL },
	{ "/usr/sbin/daemon --kill -HUP $MAINPID", NULL },
	{ "", NULL },
	{ "'", NULL },
};

Test(exec_line, a_signal_to_the_process_is_read_in_all_its_spellings)
{
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(exec_signals); i++) {
		const struct exec_signal_case *c = &exec_signals[i];
		const char *got = exec_line_signal(&a, c->line);

		cr_expect(c->signal ? got && strcmp(got, c->signal) == 0 : !got, "%s: %s", c->line,
			  got ? got : "(none)");
	}
}

static const char *exec_words(struct arena *a, const char *line, const char *unit)
{
	struct exec_line out;
	struct unit none = { 0 };
	struct error e = { 0 };

	cr_assert(exec_line_read(a, line, unit, &none, &out, &e), "%s", e.cause);
	return strings_join(a, &out.words, " ");
}

Test(exec_line, specifiers_of_an_instance_name_it)
{
	AUTO_ARENA a = { 0 };
	const char *line = "@/usr/bin/d name -n %n -N %N -p %p -i %i -I %I -t %t %%";

	cr_expect_str_eq(exec_words(&a, line, "tor@default"),
			 "/usr/bin/d -n tor@default.service -N tor@default -p tor -i default -I "
			 "default -t /run %");
	cr_expect_str_eq(exec_words(&a, line, "tor"),
			 "/usr/bin/d -n tor.service -N tor -p tor -i  -I  -t /run %");
}

/* tftpd-hpa.service, without the file that debconf would write; systemd itself gives "--user" an
 * empty word, or what stands behind it. */
Test(exec_line, options_for_what_nothing_sets_are_left_out)
{
	AUTO_ARENA a = { 0 };

	cr_expect_str_eq(
		exec_words(
			&a,
			"/sbin/d --listen --user $TFTP_USER --address ${ADDR} $OPTIONS "
			"--x=y ${A} -f $B -f ${D_OPTIONS} -c ${C} --logs \"$LOGS\" --quiet $OPTS",
			"d"),
		"/sbin/d --listen --x=y  -f -f  --quiet");
	cr_expect_str_eq(exec_words(&a, "/sbin/d ${A}", "d"), "/sbin/d ");
}

/* As systemd.service(5), "Command lines", says. */
Test(exec_line, words_have_their_variables_and_specifiers)
{
	AUTO_ARENA a = { 0 };
	struct unit variables = { 0 };
	struct exec_line line;
	struct error e = { 0 };

	unit_read_variables(&a, STR("ONE=one\nTWO='two two'\n"), &variables);
	cr_assert(exec_line_read(&a, "-/bin/echo $ONE $TWO ${TWO} x${ONE}y %t/%N $NONE 100%% $$A",
				 "svc", &variables, &line, &e));
	cr_expect_str_eq(strings_join(&a, &line.words, "|"),
			 "/bin/echo|one|two|two|two two|xoney|/run/svc|100%|$A");
	cr_expect_eq(line.unknown.n, 1);
	cr_assert(exec_line_read(&a, "@/sbin/x argv0 a", "svc", &variables, &line, &e));
	cr_expect_str_eq(strings_join(&a, &line.words, "|"), "/sbin/x|a");
	cr_expect_not(exec_line_read(&a, "/sbin/x 'a", "svc", &variables, &line, &e));
	cr_expect_eq(e.kind, ERR_INPUT);
}
