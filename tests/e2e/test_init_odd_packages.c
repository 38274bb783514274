/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild init for packages that make no image, or only half of one: drawn from Debian's by lot.
 */

#include <criterion/criterion.h>

#include "e2e/fixture_init.h"
#include "support/fixture_files.h"
#include "support/fixture_patience.h"

/* The places of a draft that is not kept are not named. */
static void odd_package(const char *package, int status, const char *says)
{
	AUTO_ARENA a = { 0 };
	struct initiated made = init_folder(&a, package);
	const char *all = arena_printf(&a, "%s%s", made.run.out.p, made.run.err.p);

	cr_expect_eq(made.run.status, status, "%s: %s", package, all);
	cr_expect(strstr(all, says), "%s: %s", package, all);
	if (status == 3) {
		cr_expect_str_eq(ORACLE(&a, "ls", "-A", made.folder).p, "", "%s", package);
		cr_expect_not(strstr(all, "recipes/"), "%s: %s", package, all);
	}
	files_remove(made.folder);
}

Test(init, a_package_that_no_suite_has, .timeout = 600)
{
	odd_package("hostnaem", 3,
		    "error: no suite has a package hostnaem; did you mean hostname?");
}

Test(init, a_package_of_a_shell_script_alone, .timeout = 600)
{
	odd_package(
		"lsb-release", 3,
		"error: nothing of lsb-release is for an image: /usr/bin/lsb_release is left out "
		"(lsb-release: a script for /bin/sh, which the image does not have)");
}

Test(init, a_package_of_documents, .timeout = 600)
{
	odd_package("graphviz-doc", 3, "error: nothing of graphviz-doc is for an image: ");
}

/* What its alternatives lead to is a script and left out: so are they. */
Test(init, a_package_whose_alternatives_are_left_out, .timeout = 600)
{
	odd_package("fakeroot", 0,
		    "/usr/bin/fakeroot is a script for /bin/sh, which the image does not have");
}

/* They lead to links, and these to what is left out; "ksh93u+m" is a name. */
Test(init, a_package_whose_alternatives_lead_to_links_that_lead_nowhere, .timeout = 600)
{
	odd_package("ksh", 1, "strict refuses the image: config.shell-form");
}

/* Its program has its name by an alternative, which scripts that are left out do not take away. */
Test(init, an_alternative_that_leads_somewhere_stays, .timeout = 600)
{
	odd_package("squid", 0, "/usr/sbin/squid --foreground");
}

static void odd_package_answers(const char *package, const char *word, const char *says)
{
	AUTO_ARENA a = { 0 };
	struct podman p;

	podman_open(&p, &a);
	init_image(&p, package);
	cr_expect(
		strstr(PODMAN_MUST(&p, "run", "--rm", init_image_name(&p, package), word).p, says));
	podman_close(&p);
}

static void odd_package_says(const char *package, const char *says)
{
	odd_package_answers(package, "--version", says);
}

/* tmux ends at once where the character set is not UTF-8. */
Test(init, a_program_that_asks_for_a_locale_has_one, .timeout = 600)
{
	odd_package_answers("tmux", "-V", "tmux 3");
}

/* The database of terminals is of a package that nobody depends on. */
Test(init, a_program_with_windows_on_a_terminal_finds_it, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct podman p;

	podman_open(&p, &a);
	init_image(&p, "dialog");
	cr_expect(strstr(PODMAN_MUST(&p, "run", "--rm", "--tty", "--env=TERM=xterm",
				     init_image_name(&p, "dialog"), "--infobox",
				     "gr\xc3\xbc\xc3\x9f", "3", "20")
				 .p,
			 "gr\xc3\xbc\xc3\x9f"));
	podman_close(&p);
}

/* A script of Python starts git, which stands in it in quotes. */
Test(init, a_program_that_a_script_names_in_quotes_is_there, .timeout = 600)
{
	odd_package_says("git-hub", "git-hub");
}

/* libnet-server-perl has a program that nobody starts, and modules, which perl has a use for. */
Test(init, modules_beside_a_program_are_taken_for_a_script, .timeout = 600)
{
	odd_package_says("postgrey", "postgrey");
}

/* python3-pygments has a program, too, and python3 is found to be needed after it; certs.py of
 * python3-requests begins with "#!/usr/bin/python", which nothing starts. */
Test(init, modules_are_taken_for_an_interpreter_that_comes_later, .timeout = 600)
{
	odd_package_says("httpie", "3.");
}

/* python3-cryptography loads OpenSSL's legacy provider, which the base does without. */
Test(init, what_a_module_loads_is_there, .timeout = 600)
{
	odd_package_says("certbot", "certbot ");
}

/* Its script runs phpenmod, without which PHP loads no module. */
Test(init, php_has_its_modules, .timeout = 600)
{
	odd_package_answers("php-cli", "-m", "Zend OPcache");
}

/* No ELF file needs libpq5: a module of python3-psycopg asks ldconfig for it. */
Test(init, a_library_that_python_finds_by_ctypes_is_there, .timeout = 600)
{
	odd_package_says("pgcli", "Version: 4.");
}

/* Pango, by names in quotes. */
Test(init, a_library_that_python_opens_by_cffi_is_there, .timeout = 600)
{
	odd_package_says("weasyprint", "WeasyPrint version ");
}

/* Gems that have programs besides. */
Test(init, ruby_finds_the_gems_of_a_program, .timeout = 600)
{
	odd_package_says("ronn", "Ronn-NG");
}

/* A script for a shell, of java-wrappers. */
Test(init, a_wrapper_is_the_program_that_it_starts, .timeout = 600)
{
	odd_package_says("checkstyle", "Checkstyle version: ");
}

/* Type=forking, without a word: its manual has the option; and it writes below /run. */
Test(init, a_manual_keeps_a_service_in_the_foreground, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct test_patience patience = PATIENCE;
	struct oracle_run logs;
	struct podman p;

	podman_open(&p, &a);
	init_image(&p, "ngircd");
	PODMAN_MUST(&p, "run", "--detach", "--name", "ngircd", init_image_name(&p, "ngircd"));
	do
		logs = PODMAN(&p, "logs", "ngircd");
	while (!strstr(logs.out.p, "Now listening on [0.0.0.0]:6667") && patience_left(&patience));
	cr_expect(strstr(logs.out.p, "Now listening on [0.0.0.0]:6667"), "%s%s", logs.out.p,
		  logs.err.p);
	podman_close(&p);
}
