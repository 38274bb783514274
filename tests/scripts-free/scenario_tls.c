/* SPDX-License-Identifier: Apache-2.0 */
/* B8, B9, E9: certificates and their database. */

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture_box.h"
#include "fixture_certificates.h"

static struct box box;

static void tls_box_make(void)
{
	box_make(&box);
	box_put(&box, "/etc/squid/squid.conf",
		"http_port 127.0.0.1:%P ssl-bump \\\n  cert=%R/var/lib/squid/squid-ca.pem\n"
		"sslcrtd_program %R/usr/lib/squid/security_file_certgen -s %R/var/lib/squid/ssl_db -M 4MB\n");
	box_put(&box, "/etc/squid/ssl_cert/tls.crt", test_cert_rsa);
	box_put(&box, "/etc/squid/ssl_cert/tls.key", test_key_rsa);
}

static void tls_box_remove(void)
{
	box_remove(&box);
}

TestSuite(scenario_tls, .init = tls_box_make, .fini = tls_box_remove, .timeout = 300);

static void tls_start_then_stop(const char *fake)
{
	box_put(&box, "/out", "");
	box_put(&box, "/err", "");
	box_start(&box, fake, NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000), "%s%s", box_out(&box),
		  box_err(&box));
	kill(box.pid, SIGTERM);
	cr_assert_eq(box_wait_end(&box, 15000), 0);
}

static void tls_fails_with(const char *text)
{
	box_start(&box, "", NULL);
	cr_assert_eq(box_wait_end(&box, 5000), 1, "%s%s", box_out(&box), box_err(&box));
	cr_expect(strstr(box_err(&box), text), "no '%s' in:\n%s", text, box_err(&box));
	cr_expect(strstr(box_err(&box), "BEGIN") == NULL);
}

/* A container that comes back under another user, with the same volumes and group 0. */
static void become_other_user(struct box *b)
{
	(void)b;
	if (setresgid(0, 0, 0) != 0 || setresuid(1000650000, 1000650000, 1000650000) != 0)
		_exit(94);
}

Test(scenario_tls, certificate_and_key_are_merged_with_mode_0600)
{
	struct stat st;

	box_put(&box, "/var/lib/squid/squid-ca.pem", "of an earlier container");
	chmod(box_path(&box, "/var/lib/squid/squid-ca.pem"), 0400);
	tls_start_then_stop("");
	cr_assert(stat(box_path(&box, "/var/lib/squid/squid-ca.pem"), &st) == 0);
	cr_expect_eq(st.st_mode & 0777, 0600);
	cr_expect_eq(st.st_size, (off_t)(strlen(test_cert_rsa) + strlen(test_key_rsa)));
	cr_expect(strstr(box_out(&box), "SSL certificates merged successfully: "));
	cr_expect(strstr(box_out(&box), "SSL certificate database created successfully"));
	cr_expect(strstr(box_out(&box), "PRIVATE") == NULL);
}

Test(scenario_tls, a_missing_certificate_or_key_is_named)
{
	unlink(box_path(&box, "/etc/squid/ssl_cert/tls.crt"));
	tls_fails_with("SSL-bump enabled but TLS certificate not found: ");
	box_put(&box, "/etc/squid/ssl_cert/tls.crt", test_cert_rsa);
	unlink(box_path(&box, "/etc/squid/ssl_cert/tls.key"));
	tls_fails_with("SSL-bump enabled but TLS private key not found: ");
}

Test(scenario_tls, a_key_of_another_certificate_is_refused)
{
	box_put(&box, "/etc/squid/ssl_cert/tls.key", test_key_ec);
	tls_fails_with("does not match the certificate");
}

Test(scenario_tls, a_certificate_that_is_none_is_refused)
{
	box_put(&box, "/etc/squid/ssl_cert/tls.crt", "nonsense");
	tls_fails_with("tls.crt holds no certificate");
}

Test(scenario_tls, files_that_the_configuration_names_are_enough)
{
	box_put(&box, "/etc/squid/squid.conf",
		"http_port 127.0.0.1:%P ssl-bump cert=%R/ca.pem key=%R/ca.key\n");
	box_put(&box, "/ca.pem", test_cert_rsa);
	unlink(box_path(&box, "/etc/squid/ssl_cert/tls.crt"));
	tls_fails_with("/ca.key: No such file");
	box_put(&box, "/ca.key", test_key_ec);
	tls_fails_with("/ca.key does not match the certificate in ");
	box_put(&box, "/ca.key", test_key_rsa);
	tls_start_then_stop("");
	box_put(&box, "/etc/squid/ssl_cert/tls.crt", "a secret for something else");
	tls_start_then_stop("");
	cr_expect(strstr(box_out(&box),
			 "[WARNING] Failed to merge SSL certificates: tls.crt holds no "));
	cr_expect_str_empty(box_err(&box));
}

Test(scenario_tls, ssl_bump_in_an_included_file_is_seen)
{
	box_put(&box, "/etc/squid/squid.conf", "include %R/etc/squid/conf.d/*.conf\n");
	box_put(&box, "/etc/squid/conf.d/10-port.conf",
		"http_port \\\n  127.0.0.1:%P \\\n  ssl-bump cert=%R/var/lib/squid/squid-ca.pem\n");
	unlink(box_path(&box, "/etc/squid/ssl_cert/tls.key"));
	tls_fails_with("SSL-bump enabled but TLS private key not found: ");
	cr_expect(strstr(box_out(&box), "SSL-bump detected in configuration"));
}

Test(scenario_tls, a_certificate_that_cannot_be_read_is_named_with_the_cause)
{
	unlink(box_path(&box, "/etc/squid/ssl_cert/tls.crt"));
	cr_assert(mkdir(box_path(&box, "/etc/squid/ssl_cert/tls.crt"), 0755) == 0);
	tls_fails_with("Failed to merge SSL certificates: ");
	cr_expect(strstr(box_err(&box), "/ssl_cert/tls.crt: Is a directory\n"), "%s",
		  box_err(&box));
}

static void put_database(const char *size, const char *index)
{
	mkdir(box_path(&box, "/var/lib/squid/ssl_db"), 0770);
	mkdir(box_path(&box, "/var/lib/squid/ssl_db/certs"), 0770);
	if (size != NULL)
		box_put(&box, "/var/lib/squid/ssl_db/size", size);
	if (index != NULL)
		box_put(&box, "/var/lib/squid/ssl_db/index.txt", index);
}

Test(scenario_tls, a_good_database_is_kept)
{
	put_database("0", "");
	box_put(&box, "/var/lib/squid/ssl_db/mark", "");
	tls_start_then_stop("");
	cr_expect(strstr(box_out(&box), "SSL certificate database already exists"));
	cr_expect(access(box_path(&box, "/var/lib/squid/ssl_db/mark"), F_OK) == 0);
}

static const struct broken {
	const char *size, *index;
} broken[] = {
	{ NULL, NULL }, { "0", NULL },	       { NULL, "" },
	{ "x", "" },	{ "99999999999", "" }, { "", "" },
	{ "-1", "" },	{ "0", "garbage\n" },  { "0", "/CN=a\t261222035215Z\t\t5E7" },
};

Test(scenario_tls, every_broken_database_is_set_aside_and_made_anew)
{
	for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
		char command[600];

		snprintf(command, sizeof command, "%s/var/lib/squid", box.root);
		put_database(broken[i].size, broken[i].index);
		tls_start_then_stop("");
		cr_expect(strstr(box_out(&box), "is broken ("), "case %zu: %s", i, box_out(&box));
		cr_expect(strstr(box_out(&box), "SSL certificate database created successfully"));
		box_remove(&box);
		tls_box_make();
	}
}

Test(scenario_tls, a_database_in_parts_or_of_somebody_else_is_set_aside)
{
	static const char *const dirs[] = { "/var/run/squid", "/var/log/squid", "/var/lib/squid",
					    "/var/spool/squid", "/var/cache/squid" };

	mkdir(box_path(&box, "/var/lib/squid/ssl_db"), 0770); /* killed after the first step */
	tls_start_then_stop("");
	cr_expect(strstr(box_out(&box), "is broken (incomplete)"), "%s", box_out(&box));
	unlink(box_path(&box, "/var/lib/squid/ssl_db/index.txt"));
	cr_assert(symlink("/etc/passwd", box_path(&box, "/var/lib/squid/ssl_db/index.txt")) == 0);
	tls_start_then_stop("");
	cr_expect(strstr(box_out(&box), "is broken (incomplete)"), "%s", box_out(&box));
	if (getuid() != 0)
		return;
	cr_assert(chmod(box_path(&box, "/var/lib/squid/ssl_db/size"), 0600) == 0);
	for (size_t i = 0; i < sizeof dirs / sizeof dirs[0]; i++)
		cr_assert(chmod(box_path(&box, dirs[i]), 0770) == 0);
	box.prepare = become_other_user;
	tls_start_then_stop("");
	cr_expect(strstr(box_out(&box), "is broken (not readable and writable for us)"), "%s",
		  box_out(&box));
}

Test(scenario_tls, an_interrupted_creation_leaves_no_database)
{
	box_start(&box, "certgen-hang", NULL);
	cr_assert(box_wait_text(&box, "certgen works", 15000));
	kill(box.pid, SIGKILL);
	box_wait_end(&box, 5000);
	cr_expect(access(box_path(&box, "/var/lib/squid/ssl_db"), F_OK) != 0);
	tls_start_then_stop("");
	cr_expect(access(box_path(&box, "/var/lib/squid/ssl_db.new"), F_OK) != 0);
}

Test(scenario_tls, a_failing_helper_is_an_error)
{
	box_start(&box, "certgen-fail", NULL);
	cr_expect_eq(box_wait_end(&box, 5000), 1);
	cr_expect(strstr(box_err(&box), "exit code 1: certgen: cannot create\n"));
	box_put(&box, "/err", "");
	unlink(box_path(&box, "/usr/lib/squid/security_file_certgen"));
	tls_fails_with("security_file_certgen not found in: ");
}
