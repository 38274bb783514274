/* SPDX-License-Identifier: Apache-2.0 */
/* squid.conf: lines, words, facts, includes. */

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/conf_facts.h"
#include "common/conf_lines.h"
#include "common/conf_read.h"

Test(conf_lines, are_joined_trimmed_and_freed_of_comments)
{
	struct conf_lines l = { 0 };

	cr_expect(!conf_lines_add(&l, "# comment", 9));
	cr_expect(!conf_lines_add(&l, "", 0));
	cr_expect(!conf_lines_add(&l, "   \t", 4));
	cr_expect(conf_lines_add(&l, "  http_port 1\r", 14));
	cr_expect_str_eq(l.buf, "http_port 1");
	cr_expect(!conf_lines_add(&l, "\0\r\x01", 3));
	cr_expect(!conf_lines_add(&l, "a \\", 3));
	cr_expect(!conf_lines_add(&l, "  # between", 11));
	cr_expect(conf_lines_add(&l, "   b", 4));
	cr_expect_str_eq(l.buf, "a b");
}

Test(conf_lines, a_line_that_is_too_long_is_cut)
{
	static char s[20000];
	struct conf_lines l = { 0 };

	memset(s, 'x', sizeof s);
	cr_expect(conf_lines_add(&l, s, sizeof s));
	cr_expect(l.cut);
	cr_expect_eq(strlen(l.buf), sizeof l.buf - 1);
}

Test(conf_lines, words_end_at_blanks_quotes_and_comments)
{
	const char *rest = "a\t 'b c' \"d e\" f#g # h";
	char w[16];

	cr_expect(conf_word(&rest, w, sizeof w));
	cr_expect_str_eq(w, "a");
	cr_expect(conf_word(&rest, w, sizeof w));
	cr_expect_str_eq(w, "b c");
	cr_expect(conf_word(&rest, w, sizeof w));
	cr_expect_str_eq(w, "d e");
	cr_expect(conf_word(&rest, w, sizeof w));
	cr_expect_str_eq(w, "f#g");
	cr_expect(!conf_word(&rest, w, sizeof w));
	rest = "0123456789abcdef";
	cr_expect(!conf_word(&rest, w, sizeof w));
	rest = "'open";
	cr_expect(conf_word(&rest, w, sizeof w));
	cr_expect_str_eq(w, "'open");
}

static struct conf_facts conf_facts_of(const char *const *lines)
{
	static struct conf_facts f;

	conf_facts_init(&f);
	for (; *lines != NULL; lines++)
		conf_facts_line(&f, *lines);
	return f;
}

Test(conf_facts, ports_with_their_options)
{
	struct conf_facts f = conf_facts_of((const char *[]){
		"http_port 3128", "http_port 127.0.0.1:3129 tproxy",
		"http_port [::1]:3130 ssl-bump cert=/a.pem key=/a.key generate-host-certificates=off",
		"https_port 3131 tls-cert=/b.pem", "http_port nonsense", "http_port 99999", NULL });

	cr_assert_eq(f.n_ports, 4);
	cr_expect_eq(f.ports[0].port, 3128);
	cr_expect(f.ports[1].hidden && f.ports[1].port == 3129);
	cr_expect(f.ports[2].ssl_bump && f.ports[2].port == 3130);
	cr_expect_str_eq(f.ports[2].cert, "/a.pem");
	cr_expect_str_eq(f.ports[2].key, "/a.key");
	cr_expect(f.ports[3].special && f.ports[3].port == 3131);
	cr_expect_str_eq(f.ports[3].cert, "/b.pem");
	cr_expect(f.ssl_bump);
	cr_expect(!f.generates);
	cr_expect(!f.ports[0].special && f.ports[1].special && !f.ports[2].special);
	f = conf_facts_of((const char *[]){ "ftp_port 21", "http_port 2 intercept",
					    "http_port 3 require-proxy-header", "http_port 4",
					    NULL });
	cr_assert_eq(f.n_ports, 4);
	cr_expect(f.ports[0].special && f.ports[1].special && f.ports[2].special &&
		  !f.ports[3].special);
}

Test(conf_facts, every_way_to_ask_for_ssl_bump)
{
	cr_expect(conf_facts_of((const char *[]){ "ssl_bump peek all", NULL }).ssl_bump);
	cr_expect(conf_facts_of((const char *[]){ "http_port 1 ssl-bump", NULL }).ssl_bump);
	cr_expect(conf_facts_of((const char *[]){ "http_port 1 ssl-bump", NULL }).generates);
	cr_expect(
		!conf_facts_of((const char *[]){ "# ssl_bump", "acl ssl_bump x", NULL }).ssl_bump);
}

Test(conf_facts, cache_directories)
{
	struct conf_facts f = conf_facts_of((const char *[]){
		"cache_dir ufs /a 250 16 256", "cache_dir aufs /b 100 4 8 max-size=1",
		"cache_dir rock /c 64", "cache_dir null /tmp", "cache_dir ufs",
		"cache_dir diskd /d many", NULL });

	cr_assert_eq(f.n_caches, 4);
	cr_expect_str_eq(f.caches[0].path, "/a");
	cr_expect_eq(f.caches[0].mb, 250);
	cr_expect(f.caches[1].l1 == 4 && f.caches[1].l2 == 8);
	cr_expect(f.caches[2].l1 == 0);
	cr_expect(f.caches[3].mb == 0 && f.caches[3].l1 == 16 && f.caches[3].l2 == 256);
}

Test(conf_facts, the_helper_and_its_database)
{
	struct conf_facts f = conf_facts_of(
		(const char *[]){ "sslcrtd_program /x -s /old -M 1MB",
				  "sslcrtd_program /usr/libexec/squid/y -s /db -M 16MB", NULL });

	cr_expect(f.sslcrtd);
	cr_expect_str_eq(f.certgen, "/usr/libexec/squid/y");
	cr_expect_str_eq(f.ssl_db, "/db");
	cr_expect_str_eq(f.ssl_db_size, "16MB");
	f = conf_facts_of((const char *[]){ "sslcrtd_program /x -s /old -M 1MB",
					    "sslcrtd_program /x", NULL });
	cr_expect_str_empty(f.ssl_db);
}

Test(conf_facts, shutdown_lifetime_in_any_unit)
{
	static const struct {
		const char *line;
		long seconds;
	} cases[] = {
		{ "shutdown_lifetime 3 seconds", 3 },
		{ "shutdown_lifetime 1 minute", 60 },
		{ "shutdown_lifetime 1500 milliseconds", 2 },
		{ "shutdown_lifetime 2 hours", 7200 },
		{ "shutdown_lifetime 5", 5 },
		{ "shutdown_lifetime soon", -1 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		cr_expect_eq(conf_facts_of((const char *[]){ cases[i].line, NULL })
				     .shutdown_seconds,
			     cases[i].seconds, "%s", cases[i].line);
}

Test(conf_facts, names_of_files)
{
	struct conf_facts f = conf_facts_of(
		(const char *[]){ "pid_filename /run/${service_name}.pid",
				  "cache_log stdio:/var/log/x", "workers 4", NULL });

	cr_expect_str_eq(f.pid_file, "/run/squid.pid");
	cr_expect_str_eq(f.cache_log, "/var/log/x");
	cr_expect_eq(f.workers, 4);
}

Test(conf_facts, too_many_ports_and_too_long_names_are_passed_over)
{
	struct conf_facts f;
	char line[2048], name[1500];

	conf_facts_init(&f);
	for (int i = 1; i <= 40; i++) {
		snprintf(line, sizeof line, "http_port %d", i);
		conf_facts_line(&f, line);
	}
	cr_expect_eq(f.n_ports, CONF_PORTS);
	cr_expect_eq(f.dropped, 40 - CONF_PORTS);
	memset(name, 'a', sizeof name);
	snprintf(line, sizeof line, "pid_filename /%.1400s", name);
	conf_facts_line(&f, line);
	cr_expect_str_empty(f.pid_file);
}

static char dir[64];

static void make_conf_dir(void)
{
	strcpy(dir, "/tmp/conf.XXXXXX");
	cr_assert_not_null(mkdtemp(dir));
}

static const char *put_conf_file(const char *name, const char *text)
{
	static char path[256];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "we");
	cr_assert_not_null(f);
	for (; *text != '\0'; text++)
		if (*text == '@')
			fputs(dir, f);
		else
			fputc(*text, f);
	fclose(f);
	return path;
}

Test(conf_facts, helpers_with_their_directives)
{
	static const struct {
		const char *directive, *path;
	} want[] = {
		{ "auth_param basic program", "/a" },
		{ "auth_param negotiate program", "/w/negotiate_wrapper_auth" },
		{ "auth_param negotiate program", "/n" },
		{ "auth_param negotiate program", "/k" },
		{ "external_acl_type", "/e" },
		{ "url_rewrite_program", "/u" },
		{ "store_id_program", "/s s" },
	};
	struct conf_facts f = conf_facts_of((const char *[]){
		"auth_param basic program /a -b", "auth_param basic children 5",
		"auth_param negotiate program /w/negotiate_wrapper_auth -d --ntlm /n -x --kerberos /k -s HTTP/x",
		"external_acl_type name ttl=5 %SRC %{X-Y} /e /data", "url_rewrite_program /u",
		"url_rewrite_program none", "store_id_program \"/s s\"", NULL });

	cr_assert_eq(f.n_helpers, sizeof want / sizeof want[0], "%zu", f.n_helpers);
	for (size_t i = 0; i < f.n_helpers; i++) {
		cr_expect_str_eq(f.helpers[i].directive, want[i].directive);
		cr_expect_str_eq(f.helpers[i].path, want[i].path);
	}
}

Test(conf_facts, an_access_log_on_stderr_is_noticed)
{
	cr_expect(conf_facts_of((const char *[]){ "access_log stdio:/dev/stderr squid", NULL })
			  .log_on_stderr);
	cr_expect(conf_facts_of((const char *[]){ "access_log /dev/fd/2", NULL }).log_on_stderr);
	cr_expect(!conf_facts_of((const char *[]){ "access_log stdio:/dev/stdout", NULL })
			   .log_on_stderr);
}

TestSuite(conf_read, .init = make_conf_dir);

Test(conf_read, includes_are_followed_in_the_order_of_names)
{
	static struct conf_facts f;

	put_conf_file("b.conf", "http_port 2\n");
	put_conf_file("a.conf", "http_port 1");
	put_conf_file(".hidden.conf", "http_port 9\n");
	cr_expect(conf_read(put_conf_file("main", "include @/*.conf\ninclude @/none "
						  "@/x*.conf\nhttp_port 3\r\n"),
			    &f));
	cr_assert_eq(f.n_ports, 3);
	cr_expect(f.ports[0].port == 1 && f.ports[1].port == 2 && f.ports[2].port == 3);
}

Test(conf_read, an_include_loop_ends)
{
	static struct conf_facts f;

	cr_expect(conf_read(put_conf_file("loop", "http_port 1\ninclude @/loop\ninclude @/loop\n"),
			    &f));
	cr_expect(f.n_ports + f.dropped >= CONF_DEPTH);
	cr_expect_leq(f.n_ports + f.dropped, CONF_FILES);
}

Test(conf_read, lines_know_their_place_and_includes_that_match_nothing_are_told)
{
	static struct conf_facts f;

	put_conf_file("sub.conf", "\n\nhttp_port 2\n");
	cr_expect(conf_read(put_conf_file("main", "# one\nhttp_port \\\n1\ninclude "
						  "@/none*.conf\ninclude @/sub.conf\n"
						  "include @/none*.conf @/sub.conf\nhttp_port 3\n"),
			    &f));
	cr_assert_eq(f.n_ports, 4);
	cr_expect(f.ports[0].place.line == 3 && f.ports[1].place.line == 3 &&
		  f.ports[3].place.line == 7);
	cr_expect(strstr(f.ports[1].place.file, "/sub.conf") &&
		  strstr(f.ports[3].place.file, "/main"));
	cr_assert_eq(f.n_empty, 1);
	cr_expect_eq(f.empty[0], 4);
}

Test(conf_read, a_file_that_is_not_there_is_an_error)
{
	static struct conf_facts f;

	cr_expect(!conf_read("/nonexistent/squid.conf", &f));
	cr_expect_eq(errno, ENOENT);
}

Test(conf_read, ten_megabytes_are_read_in_passing)
{
	static struct conf_facts f;
	char path[128];
	FILE *out;

	snprintf(path, sizeof path, "%s/big", dir);
	out = fopen(path, "we");
	for (int i = 0; i < 200000; i++)
		fprintf(out, "acl bad dstdomain number-%d.example.org # some comment\n", i);
	fprintf(out, "http_port 3128");
	fclose(out);
	cr_expect(conf_read(path, &f));
	cr_expect_eq(f.n_ports, 1);
	unlink(path);
}

/* The lines that users of the predecessor's default configuration rely on, in its order of rules.
 */
static const char *const kept[] = {
	"\nhttp_port 3128\n",
	"\npid_filename /var/run/squid/squid.pid\n",
	"\nvisible_hostname cephaloproxy\n",
	"\nacl localnet src 10.0.0.0/8\nacl localnet src 172.16.0.0/12\nacl localnet src 192.168.0.0/16\n"
	"acl localnet src fc00::/7\nacl localnet src fe80::/10\n",
	"\nacl SSL_ports port 443\nacl Safe_ports port 80\nacl Safe_ports port 21\nacl Safe_ports port 443\n"
	"acl Safe_ports port 70\nacl Safe_ports port 210\nacl Safe_ports port 1025-65535\n"
	"acl Safe_ports port 280\nacl Safe_ports port 488\nacl Safe_ports port 591\nacl Safe_ports port 777\n",
	"\nhttp_access deny !Safe_ports\nhttp_access deny CONNECT !SSL_ports\n"
	"http_access allow localhost manager\nhttp_access deny manager\nhttp_access allow localnet\n"
	"http_access allow localhost\nhttp_access deny all\n",
	"\ncache_dir ufs /var/spool/squid 250 16 256\ncache_mem 64 MB\nmaximum_object_size 4 MB\n"
	"minimum_object_size 0 KB\ncache_replacement_policy heap LFUDA\nmemory_replacement_policy heap GDSF\n"
	"coredump_dir /var/cache/squid\n",
	"\nrefresh_pattern ^ftp: 1440 20% 10080\nrefresh_pattern ^gopher: 1440 0% 1440\n"
	"refresh_pattern -i (/cgi-bin/|\\?) 0 0% 0\nrefresh_pattern . 0 20% 4320\n",
	"\naccess_log stdio:/var/log/squid/access.log squid\ncache_log stdio:/var/log/squid/cache.log\n"
	"debug_options ALL,1\n",
};

Test(conf_default, keeps_the_values_of_the_predecessor)
{
	static char text[16384];
	FILE *f = fopen("rootfs/cephalo/etc/squid/squid.conf.default", "re");
	const char *at = text;

	cr_assert_not_null(f, "tests run in the root of the repository");
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	fclose(f);
	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
		at = strstr(at, kept[i]);
		cr_assert_not_null(at, "not in its place: %s", kept[i]);
	}
}
