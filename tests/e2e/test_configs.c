/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations as operators write them: each is served, or refused with a line that says what to
 * change. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "e2e/fixture_proxy.h"
#include "e2e/fixture_run.h"
#include "e2e/fixture_web.h"
#include "support/fixture_files.h"

#define RULES "http_access allow localhost\nhttp_access deny all\n"
#define OPEN "http_access allow all\n"
#define NOBODY "http_access deny all\n"
#define KNOWN "acl known proxy_auth REQUIRED\nhttp_access allow known\nhttp_access deny all\n"
#define EXTERNAL(helper) \
	"external_acl_type e %SRC " helper "\nacl ok external e\nhttp_access allow ok\n" OPEN
#define HELPERS "/usr/lib/squid/"

/* What one of them gives to a request for a page: its status, and a text of the answer or its
 * headers. */
struct served {
	const char *name;
	const char *conf;   /* %P: the port */
	const char *status; /* NULL: it starts, and that is all */
	const char *text;   /* NULL: none */
	bool full;	    /* only with IMGBUILD_FULL=1 */
};

static const struct served served[] = {
	{ "no port", RULES, "200", "from the origin", false },
	{ "PID file in /var/run", "http_port %P\npid_filename /var/run/squid.pid\n" RULES, "200",
	  NULL, false },
	{ "PID file where nobody may write", "http_port %P\npid_filename /etc/squid.pid\n" RULES,
	  "200", NULL, true },
	{ "group proxy", "http_port %P\ncache_effective_group proxy\n" RULES, "200", NULL, false },
	{ "user and group proxy",
	  "http_port %P\ncache_effective_user proxy\ncache_effective_group proxy\n" RULES, "200",
	  NULL, true },
	{ "mime table of the package",
	  "http_port %P\nmime_table /usr/share/squid/mime.conf\n" RULES, "200", NULL, false },
	{ "mime table of upstream", "http_port %P\nmime_table /etc/squid/mime.conf\n" RULES, "200",
	  NULL, true },
	{ "drop-ins of which there are none",
	  "http_port %P\ninclude /etc/squid/none.d/*.conf\n" RULES, "200", NULL, false },
	{ "the image's drop-ins", "http_port %P\ninclude /etc/squid/conf.d/*.conf\n" RULES, "200",
	  NULL, false },
	{ "NCSA below lib64",
	  "http_port %P\nauth_param basic program /usr/lib64/squid/basic_ncsa_auth /etc/squid/conf.d/pw\n"
	  "auth_param basic realm r\n" KNOWN,
	  "407", "Basic realm=\"r\"", false },
	{ "NCSA below libexec",
	  "http_port %P\nauth_param basic program /usr/libexec/squid/basic_ncsa_auth "
	  "/etc/squid/conf.d/pw\nauth_param basic realm r\n" KNOWN,
	  "407", "Basic realm=\"r\"", true },
	{ "RADIUS",
	  "http_port %P\nauth_param basic program " HELPERS "basic_radius_auth -h 127.0.0.1 -w x\n"
	  "auth_param basic children 2 startup=1\n" KNOWN,
	  "407", "Basic realm=", false },
	{ "users of the system",
	  "http_port %P\nauth_param basic program " HELPERS "basic_getpwnam_auth\n"
	  "auth_param basic children 2 startup=1\n" KNOWN,
	  "407", "Basic realm=", true },
	{ "Kerberos",
	  "http_port %P\nauth_param negotiate program " HELPERS
	  "negotiate_kerberos_auth -s HTTP/t@X\n"
	  "auth_param negotiate children 2 startup=1\n" KNOWN,
	  "407", "Negotiate", false },
	{ "Kerberos and NTLM",
	  "http_port %P\nauth_param negotiate program " HELPERS
	  "negotiate_wrapper_auth --ntlm " HELPERS "ntlm_fake_auth --kerberos " HELPERS
	  "negotiate_kerberos_auth -s HTTP/t@X\n"
	  "auth_param negotiate children 2 startup=1\n" KNOWN,
	  "407", "Negotiate", true },
	{ "NTLM",
	  "http_port %P\nauth_param ntlm program " HELPERS "ntlm_fake_auth\n"
	  "auth_param ntlm children 2 startup=1\n" KNOWN,
	  "407", "NTLM", true },
	{ "addresses in a file",
	  "http_port %P\n" EXTERNAL(HELPERS "ext_file_userip_acl -f /etc/squid/conf.d/pw"), "200",
	  NULL, true },
	{ "groups of the system", "http_port %P\n" EXTERNAL(HELPERS "ext_unix_group_acl -p"), "200",
	  NULL, true },
	{ "sessions",
	  "http_port %P\nexternal_acl_type e ttl=3 concurrency=100 %SRC " HELPERS
	  "ext_session_acl -T 60\n"
	  "acl seen external e\nhttp_access deny !seen\nhttp_access allow all\n",
	  "403", NULL, false },
	{ "time quota",
	  "http_port %P\n" EXTERNAL(HELPERS "ext_time_quota_acl -b /var/lib/squid/quota "
					    "/etc/squid/conf.d/pw"),
	  "200", NULL, true },
	{ "a rewriter",
	  "http_port %P\nurl_rewrite_program " HELPERS
	  "url_fake_rewrite\nurl_rewrite_children 2 startup=1\n" RULES,
	  "200", "from the origin", false },
	{ "eCAP without an adapter", "http_port %P\necap_enable on\n" RULES, "200", NULL, true },
	{ "pages in French", "http_port %P\nerror_directory /usr/share/squid/errors/fr\n" NOBODY,
	  "403", "demand\xc3\xa9", false },
	{ "pages in German, at Debian's place",
	  "http_port %P\nerror_directory /usr/share/squid-langpack/de\n" NOBODY, "403",
	  "URL konnte nicht", false },
	{ "pages in the client's language", "http_port %P\n" NOBODY, "403",
	  "Content-Language: es-mx", false },
	{ "rock", "http_port %P\ncache_dir rock /var/spool/squid 64\n" RULES, "200", NULL, true },
	{ "two stores below the volume",
	  "http_port %P\ncache_dir ufs /var/spool/squid/a 20 2 4\n"
	  "cache_dir aufs /var/cache/squid/deep/b 20 2 4\n" RULES,
	  "200", NULL, true },
	{ "a log by UDP", "http_port %P\naccess_log udp://127.0.0.1:5140 squid\n" RULES, "200",
	  NULL, true },
	{ "two listeners", "http_port 127.0.0.1:%P\nhttp_port [::1]:%P\n" RULES, "200", NULL,
	  true },
};

static const char *conf_with_ports(struct proxy *x, const char *text)
{
	const char *mark = strstr(text, "%P");

	return mark ? arena_printf(x->a, "%.*s%u%s", (int)(mark - text), text, x->port,
				   conf_with_ports(x, mark + 2))
		    : text;
}

static void remove_container(struct proxy *x, const char *name)
{
	PODMAN_MUST(&x->podman, "rm", "--force", "--time", "0", name);
}

static void try_served(struct proxy *x, const struct served *s, const char *page)
{
	const char *files = proxy_mount(x, "pw", "/etc/squid/conf.d/pw", "# nobody\n");
	struct oracle_run r, logs;

	PROXY_SERVE(x, "served", files, arena_printf(x->a, "--env=SQUID_PORT=%u", x->port),
		    proxy_mount(x, "served.conf", "/etc/squid/squid.conf",
				conf_with_ports(x, s->conf)));
	r = PROXY_GET(x, "--include", "--header", "Accept-Language: es-mx, en;q=0.5", page);
	cr_expect(!s->status || strcmp(r.out.p + r.out.n - 3, s->status) == 0, "%s: not %s: %s%s",
		  s->name, s->status, r.out.p, r.err.p);
	cr_expect(!s->text || strstr(r.out.p, s->text), "%s: no \"%s\" in %s", s->name, s->text,
		  r.out.p);
	logs = PODMAN(&x->podman, "logs", "served");
	cr_expect_str_empty(logs.err.p, "%s: %s", s->name, logs.err.p);
	remove_container(x, "served");
}

Test(configs, each_is_served, .timeout = 1800)
{
	AUTO_ARENA a = { 0 };
	struct proxy x;
	struct web web;

	proxy_open(&x, &a);
	web_start(&a, &web);
	files_put(arena_printf(&a, "%s/page", web.dir), "from the origin");
	for (const struct served *s = served; s < served + ARRAY_SIZE(served); s++) {
		if (!s->full || run_is_full())
			try_served(&x, s, arena_printf(&a, "http://127.0.0.1:%u/page", web.port));
	}
	web_stop(&web);
	proxy_close(&x);
}

static const struct refused_conf {
	const char *name, *conf, *text;
	bool full;
} refused[] = {
	{ "a shell script", "http_port %P\nurl_rewrite_program /scripts/sh\n",
	  "/etc/squid/squid.conf line 2: url_rewrite_program: /scripts/sh is a script for /bin/sh, which is not in this "
	  "image: there is no shell\n",
	  false },
	{ "a Perl script", "http_port %P\n\nstore_id_program /scripts/perl\n",
	  "/etc/squid/squid.conf line 3: store_id_program: /scripts/perl is a script for /usr/bin/perl, which is not in "
	  "this image: there is no Perl\n",
	  false },
	{ "Python by way of env", "http_port %P\nexternal_acl_type e %SRC /scripts/env\n",
	  "line 2: external_acl_type: /scripts/env is a script for /usr/bin/env, which is not in this image: name the "
	  "interpreter itself\n",
	  false },
	{ "a shell that is told what to do",
	  "http_port %P\nurl_rewrite_program /bin/sh /scripts/sh\n",
	  "url_rewrite_program: /bin/sh is not in this image: there is no shell\n", true },
	{ "LDAP", "http_port %P\nauth_param basic program /usr/lib/squid/basic_ldap_auth -b dc=x\n",
	  "line 2: auth_param basic program: /usr/lib/squid/basic_ldap_auth is not in this image: it needs LDAP\n",
	  false },
	{ "PAM", "http_port %P\nauth_param basic program /usr/lib64/squid/basic_pam_auth\n",
	  "/usr/lib64/squid/basic_pam_auth is not in this image: it needs PAM\n", true },
	{ "Samba",
	  "http_port %P\nauth_param ntlm program /usr/bin/ntlm_auth --helper-protocol=squid-2.5-ntlmssp\n",
	  "auth_param ntlm program: /usr/bin/ntlm_auth is not in this image: it is a part of Samba\n",
	  true },
	{ "a script that may not be run", "http_port %P\nurl_rewrite_program /scripts/plain\n",
	  "/scripts/plain may not be executed by this user: chmod a+rx\n", true },
	{ "a device", "http_port %P\ninclude /dev/zero\n",
	  "/etc/squid/squid.conf line 2: include /dev/zero: it is not a regular file\n", false },
	{ "a folder", "http_port %P\ninclude /etc/squid/conf.d\n",
	  "line 2: include /etc/squid/conf.d: it is a directory, not a file\n", true },
	{ "the port of the health check", "http_port %H\n",
	  " is taken by the health check server: set HEALTH_PORT to "
	  "another one\n",
	  false },
};

static void put_script(struct proxy *x, const char *name, const char *text, mode_t mode)
{
	const char *path = arena_printf(x->a, "%s/scripts/%s", x->dir, name);

	files_put(path, text);
	cr_assert_eq(chmod(path, mode), 0);
}

static void put_scripts(struct proxy *x)
{
	cr_assert_eq(mkdir(arena_printf(x->a, "%s/scripts", x->dir), 0755), 0);
	put_script(x, "sh", "#!/bin/sh\nexit 0\n", 0755);
	put_script(x, "perl", "#! /usr/bin/perl -w\n", 0755);
	put_script(x, "env", "#!/usr/bin/env python3\n", 0755);
	put_script(x, "plain", "#!/usr/bin/python3\n", 0644);
}

static void try_refused(struct proxy *x, const struct refused_conf *r)
{
	const char *health = strstr(r->conf, "%H");
	const char *conf = health ? arena_printf(x->a, "http_port %u\n", x->health)
				  : conf_with_ports(x, r->conf);
	struct oracle_run logs;
	int code;

	PROXY_START(x, "refused", proxy_mount(x, "refused.conf", "/etc/squid/squid.conf", conf),
		    arena_printf(x->a, "--volume=%s/scripts:/scripts:ro", x->dir));
	code = proxy_wait(x, "refused");
	logs = PODMAN(&x->podman, "logs", "refused");
	cr_expect_eq(code, 1, "%s: %d", r->name, code);
	cr_expect(strstr(logs.err.p, r->text), "%s: no \"%s\" in %s", r->name, r->text, logs.err.p);
	remove_container(x, "refused");
}

Test(configs, each_that_cannot_work_is_told_why, .timeout = 1800)
{
	AUTO_ARENA a = { 0 };
	struct proxy x;

	proxy_open(&x, &a);
	put_scripts(&x);
	for (const struct refused_conf *r = refused; r < refused + ARRAY_SIZE(refused); r++) {
		if (!r->full || run_is_full())
			try_refused(&x, r);
	}
	proxy_close(&x);
}

/* A ConfigMap or a folder of the host over /etc/squid hides what the image has there. */
Test(configs, a_folder_over_etc_squid_needs_nothing_but_a_configuration, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct oracle_run r;
	struct proxy x;

	proxy_open(&x, &a);
	cr_assert_eq(mkdir(arena_printf(&a, "%s/etc", x.dir), 0755), 0);
	cr_assert_eq(mkdir(arena_printf(&a, "%s/etc/conf.d", x.dir), 0755), 0);
	files_put(arena_printf(&a, "%s/etc/squid.conf", x.dir),
		  conf_with_ports(&x, "http_port %P\ninclude /etc/squid/conf.d/*.conf\nhttp_access "
				      "deny all\n"));
	PROXY_SERVE(&x, "over", arena_printf(&a, "--volume=%s/etc:/etc/squid:ro", x.dir),
		    "--read-only", "--read-only-tmpfs=false",
		    "--mount=type=tmpfs,destination=/var/run,notmpcopyup",
		    "--mount=type=tmpfs,destination=/var/log,notmpcopyup",
		    "--mount=type=tmpfs,destination=/var/lib,notmpcopyup",
		    "--mount=type=tmpfs,destination=/var/cache,notmpcopyup",
		    "--mount=type=tmpfs,destination=/var/spool,notmpcopyup", "--tmpfs=/tmp");
	r = PROXY_GET(&x, "http://127.0.0.1:9/");
	cr_expect(strstr(r.out.p, "<style"), "%s", r.out.p);
	cr_expect(strstr(
		PODMAN(&x.podman, "logs", "over").out.p,
		"[WARNING] /etc/squid/squid.conf line 2: include matches no file and is left out\n"));
	cr_expect_str_empty(PODMAN(&x.podman, "logs", "over").err.p);
	proxy_close(&x);
}
