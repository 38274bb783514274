/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations that Squid's own parser does not judge: includes without an end, helpers that
 * cannot be started, ports that are taken, and a new configuration for a Squid that runs. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture_box.h"

static struct box box;

static void conf_box_make(void)
{
	box_make(&box);
}

static void conf_box_remove(void)
{
	box_remove(&box);
}

TestSuite(scenario_conf, .init = conf_box_make, .fini = conf_box_remove, .timeout = 300);

static void conf_box_renew(void)
{
	box_remove(&box);
	box_make(&box);
}

static void put_conf(const char *lines)
{
	char text[1024];

	snprintf(text, sizeof text, "http_port 127.0.0.1:%%P\n%s", lines);
	box_put(&box, "/etc/squid/squid.conf", text);
}

static const char *with_value(const char *name, unsigned value)
{
	static char text[64];

	snprintf(text, sizeof text, "%s=%u", name, value);
	return text;
}

/* Ends with 1 within a second (more where the machine is busy), and says `text`. */
static void expect_refusal(const char *text)
{
	box_start(&box, "", NULL);
	cr_expect_eq(box_wait_end(&box, 5000), 1, "%s: %s", text, box_out(&box));
	cr_expect(strstr(box_err(&box), text), "no '%s' in:\n%s", text, box_err(&box));
}

static const struct without_end {
	const char *include, *text;
} without_end[] = {
	{ "/dev/zero", "squid.conf line 2: include /dev/zero: it is not a regular file\n" },
	{ "%R/pipe", "/pipe: it is not a regular file\n" },
	{ "%R/etc/squid", "/etc/squid: it is a directory, not a file\n" },
	{ "%R/etc/squid/*.d", "/etc/squid/x.d: it is a directory, not a file\n" },
	{ "%R/endless", "/endless: it is too large for a configuration (64 MiB in all)\n" },
};

Test(scenario_conf, what_has_no_end_is_not_included)
{
	for (size_t i = 0; i < sizeof without_end / sizeof without_end[0]; i++) {
		char line[128];

		conf_box_renew();
		cr_assert(mkfifo(box_path(&box, "/pipe"), 0644) == 0);
		cr_assert(mkdir(box_path(&box, "/etc/squid/x.d"), 0755) == 0);
		box_put(&box, "/endless", "");
		cr_assert(truncate(box_path(&box, "/endless"), 1LL << 40) == 0);
		snprintf(line, sizeof line, "include %s\n", without_end[i].include);
		put_conf(line);
		expect_refusal(without_end[i].text);
	}
}

Test(scenario_conf, the_configuration_itself_is_a_file)
{
	unlink(box_path(&box, "/etc/squid/squid.conf"));
	cr_assert(mkfifo(box_path(&box, "/etc/squid/squid.conf"), 0644) == 0);
	expect_refusal("squid.conf cannot be read (UID: 0, GID: 0): not a regular file\n");
}

/* A disk that is slow, or a file that is long: signals are not kept waiting. */
Test(scenario_conf, a_stop_while_it_is_read_is_heard)
{
	int fd;

	box_put(&box, "/long", "# a comment that goes on and on\n");
	fd = open(box_path(&box, "/long"), O_WRONLY | O_APPEND | O_CLOEXEC);
	for (int i = 0; i < 60 << 8; i++)
		cr_assert_eq(write(fd, (char[4096]){ [0 ... 4095] = '\n' }, 4096), 4096);
	close(fd);
	put_conf("include %R/long\ninclude %R/long\n");
	box_start(&box, "", NULL);
	cr_assert(box_wait_text(&box, "Validating", 5000));
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 2000), 0, "%s%s", box_out(&box), box_err(&box));
	cr_expect_str_empty(box_err(&box), "%s", box_err(&box));
}

static const struct helper {
	const char *content, *line, *text;
	mode_t mode;
} helpers[] = {
	{ "#!/bin/no-such-shell -e\n", "url_rewrite_program %R/helper\n",
	  "url_rewrite_program: %R/helper is a script for /bin/no-such-shell, which is not in this image\n",
	  0755 },
	{ "#!/nowhere/env python3\n", "auth_param basic program %R/helper x\n",
	  "auth_param basic program: %R/helper is a script for /nowhere/env, which is not in this image: name the "
	  "interpreter itself\n",
	  0755 },
	{ "#!/bin/true\r\n", "external_acl_type e ttl=1 %%SRC %R/helper\n",
	  "external_acl_type: %R/helper has a first line that ends in CR: save it with line feeds only\n",
	  0755 },
	{ "true\n", "store_id_program %R/helper\n",
	  "store_id_program: %R/helper is neither a program nor a script that begins with #!\n",
	  0755 },
	{ "#!/bin/true\n", "url_rewrite_program %R/helper\n",
	  "url_rewrite_program: %R/helper may not be executed by this user: chmod a+rx\n", 0644 },
	{ "#!/bin/true\n", "url_rewrite_program %R/etc\n",
	  "url_rewrite_program: %R/etc is a directory\n", 0755 },
	{ "#!/bin/true\n", "auth_param basic program %R/basic_ldap_auth\n",
	  "%R/basic_ldap_auth is not in this image: it needs LDAP\n", 0755 },
	{ "#!/bin/true\n",
	  "auth_param negotiate program %R/negotiate_wrapper_auth --ntlm %R/gone --kerberos %R/helper\n",
	  "auth_param negotiate program: %R/gone is not in this image\n", 0755 },
};

static const char *with_root(const char *text)
{
	static char out[1024];
	size_t n = 0;

	for (; *text != '\0' && n < sizeof out - 300; text++)
		if (strncmp(text, "%R", 2) == 0)
			n += (size_t)snprintf(out + n, sizeof out - n, "%s", box.root), text++;
		else
			out[n++] = *text;
	out[n] = '\0';
	return out;
}

Test(scenario_conf, a_helper_that_cannot_be_started_is_named_with_its_line)
{
	for (size_t i = 0; i < sizeof helpers / sizeof helpers[0]; i++) {
		conf_box_renew();
		box_put(&box, "/helper", helpers[i].content);
		box_put(&box, "/negotiate_wrapper_auth", "#!/bin/true\n");
		chmod(box_path(&box, "/negotiate_wrapper_auth"), 0755);
		chmod(box_path(&box, "/helper"), helpers[i].mode);
		put_conf(helpers[i].line);
		expect_refusal(with_root(helpers[i].text));
		cr_expect(strstr(box_err(&box), "/etc/squid/squid.conf line 2: "));
	}
}

Test(scenario_conf, helpers_that_can_be_started_are)
{
	box_put(&box, "/helper", "#! /bin/true -x\n");
	chmod(box_path(&box, "/helper"), 0755);
	put_conf("url_rewrite_program %R/helper\nauth_param basic program /bin/true\n"
		 "auth_param basic children 5\nexternal_acl_type e %%SRC /bin/true /nowhere\n");
	box_start(&box, "", NULL);
	cr_expect(box_wait_text(&box, "Container ready", 15000), "%s", box_err(&box));
}

Test(scenario_conf, the_port_of_the_health_check_is_named)
{
	box.health_port = box.port;
	box_start(&box, "", NULL);
	cr_expect_eq(box_wait_end(&box, 5000), 1);
	cr_expect(strstr(box_err(&box),
			 "is taken by the health check server: set HEALTH_PORT to another one\n"),
		  "%s", box_err(&box));
}

static bool ready_says(const char *text)
{
	static char answer[4096];

	for (int i = 0; i < 100; i++, usleep(50000)) {
		http_get(box.health_port, "/ready", answer, sizeof answer);
		if (strstr(answer, text))
			return true;
	}
	cr_log_error("%s", answer);
	return false;
}

/* The first line of two is served; that the other one is not shows in both places. */
Test(scenario_conf, a_port_that_two_lines_ask_for_is_told_at_the_start_and_by_readiness)
{
	put_conf("http_port %P\n");
	box_start(&box, "", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000), "%s", box_err(&box));
	cr_expect(strstr(box_out(&box), " is taken by line 1 of "), "%s", box_out(&box));
	cr_expect(ready_says(" for a second time, as the configuration asks"));
}

Test(scenario_conf, a_port_that_squid_does_not_open_is_told_by_readiness)
{
	put_conf("https_port 127.0.0.1:1\nif false\nhttps_port 127.0.0.1:2\nendif\n");
	box_start(&box, "", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000), "%s", box_err(&box));
	cr_expect(ready_says("  - Squid does not listen on port 1\n"));
}

Test(scenario_conf, without_a_port_that_of_the_environment_is_used)
{
	char text[4096], want[64];
	int fd;
	ssize_t n;

	box_put(&box, "/etc/squid/squid.conf", "visible_hostname t\n");
	box_start(&box, "deaf", with_value("SQUID_PORT", box.port), NULL);
	cr_assert(box_wait_text(&box, "Starting Squid proxy", 15000), "%s", box_err(&box));
	fd = open(box_path(&box, "/var/run/squid/entrypoint.conf"), O_RDONLY | O_CLOEXEC);
	n = read(fd, text, sizeof text - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	snprintf(want, sizeof want, "\nhttp_port %u\n", box.port);
	cr_expect(strstr(text, want), "%s", text);
}

Test(scenario_conf, an_include_that_matches_nothing_is_left_out_and_lines_keep_their_numbers)
{
	char text[4096];
	int fd;
	ssize_t n;

	put_conf("include %R/none.d/*.conf\nvisible_hostname t\n");
	box_start(&box, "", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000), "%s", box_err(&box));
	cr_expect(strstr(box_out(&box),
			 "squid.conf line 2: include matches no file and is left out\n"));
	fd = open(box_path(&box, "/var/run/squid/squid.conf"), O_RDONLY | O_CLOEXEC);
	n = read(fd, text, sizeof text - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	cr_expect(strstr(text, "\n#include ") && strstr(text, ".conf\nvisible_hostname t\n"), "%s",
		  text);
}

Test(scenario_conf, a_new_configuration_that_is_invalid_is_refused_and_the_old_one_goes_on)
{
	char answer[1024];

	box_start(&box, "", "SQUID_HUP=reconfigure", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000));
	put_conf("bungled\n");
	kill(box.pid, SIGHUP);
	cr_assert(
		box_wait_text(
			&box,
			"[WARNING] The new configuration is refused: Squid goes on with the old one\n",
			10000),
		"%s", box_out(&box));
	cr_expect(strstr(box_out(&box), "[WARNING]   2026/01/01 00:00:00| FATAL: Bungled "), "%s",
		  box_out(&box));
	put_conf("url_rewrite_program /nowhere\n");
	kill(box.pid, SIGHUP);
	cr_assert(box_wait_text(&box, "url_rewrite_program: /nowhere is not in this image", 10000));
	cr_expect(strstr(box_out(&box), "Squid: got signal 01") == NULL, "%s", box_out(&box));
	cr_expect_eq(http_get(box.port, "/", answer, sizeof answer), 403);
	put_conf("");
	kill(box.pid, SIGHUP);
	cr_expect(box_wait_text(&box, "Squid: got signal 01", 10000), "%s", box_out(&box));
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
	cr_expect_str_empty(box_err(&box), "%s", box_err(&box));
}

Test(scenario_conf, a_stop_while_a_new_configuration_is_parsed_is_heard)
{
	box_start(&box, "", "SQUID_HUP=reconfigure", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000));
	unlink(box_path(&box, "/usr/sbin/squid"));
	box_put(&box, "/usr/sbin/squid", "#!/bin/cat /dev/zero\n");
	chmod(box_path(&box, "/usr/sbin/squid"), 0755);
	kill(box.pid, SIGHUP);
	cr_assert(box_wait_text(&box, "reading the configuration again", 5000));
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 10000), 0, "%s", box_out(&box));
}

Test(scenario_conf, diagnose_is_not_ok_where_squid_would_not_start)
{
	put_conf("doomed\n");
	cr_expect_eq(box_verb(&box, "--diagnose", NULL), 1);
	cr_expect(strstr(box_out(&box), "this will not start"));
	put_conf("url_rewrite_program /nowhere\n");
	cr_expect_eq(box_verb(&box, "--diagnose", NULL), 1);
	cr_expect(strstr(box_out(&box), "url_rewrite_program: /nowhere is not in this image"), "%s",
		  box_out(&box));
	put_conf("include /dev/zero\n");
	cr_expect_eq(box_verb(&box, "--diagnose", NULL), 1);
	cr_expect(strstr(box_out(&box), "include /dev/zero: it is not a regular file"), "%s",
		  box_out(&box));
	put_conf("include %R/none.d/*.conf\n");
	cr_expect_eq(box_verb(&box, "--diagnose", NULL), 0, "%s", box_out(&box));
}

static const struct argument {
	const char *words[3], *text;
} arguments[] = {
	{ { "-NYC", "-f", "/x" },
	  "the argument '-f' is not taken: mount your configuration instead: "
	  "-v ./squid.conf:/etc/squid/squid.conf:ro\n" },
	{ { "-NYCd1", NULL },
	  "the argument '-NYCd1' is not taken: write cache_log and debug_options into" },
	{ { "-k", "reconfigure", NULL },
	  "set SQUID_HUP=reconfigure and send HUP to the container\n" },
	{ { "-z", NULL }, "cache directories are made at each start\n" },
	{ { "squid", NULL }, "mount your configuration instead" },
	{ { "sh", "-c", "ls" }, "there is no shell in this image" },
	{ { "--nonsense", NULL },
	  "Squid is told everything by its configuration and by variables\n" },
};

Test(scenario_conf, arguments_of_other_images_are_answered)
{
	for (size_t i = 0; i < sizeof arguments / sizeof arguments[0]; i++) {
		const struct argument *a = &arguments[i];

		cr_expect_eq(box_verb(&box, a->words[0], a->words[1], a->words[2], NULL), 1);
		cr_expect(strstr(box_err(&box), a->text), "no '%s' in %s", a->text, box_err(&box));
	}
}
