/* SPDX-License-Identifier: Apache-2.0 */
/* What configurations of the predecessor may use of Squid, each used once: authentication, ICAP,
 * delay pools, digests, forwarded addresses, every kind of store. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <time.h>

#include "e2e/fixture_proxy.h"
#include "e2e/fixture_web.h"
#include "support/fixture_files.h"
#include "support/fixture_patience.h"

struct feature {
	struct proxy x;
	struct web web;
	const char *page;
};

static void feature_begin(struct feature *f, struct arena *a)
{
	proxy_open(&f->x, a);
	web_start(a, &f->web);
	files_put(arena_printf(a, "%s/page", f->web.dir), "from the origin");
	f->page = arena_printf(a, "http://127.0.0.1:%u/page", f->web.port);
}

static void feature_end(struct feature *f)
{
	struct oracle_run logs = PODMAN(&f->x.podman, "logs", "feature");

	cr_expect_str_empty(logs.err.p, "%s", logs.err.p);
	web_stop(&f->web);
	proxy_close(&f->x);
}

static void expect_page(struct feature *f, const char *const *args)
{
	struct oracle_run r = proxy_get(&f->x, args);

	cr_expect_str_eq(r.out.p, "from the origin\n200", "%s%s", r.out.p, r.err.p);
}
#define EXPECT_PAGE(f, ...) expect_page((f), (const char *const[]){ __VA_ARGS__, (f)->page, NULL })

static void expect_feature(struct feature *f, const char *status, const char *const *args)
{
	struct oracle_run r = proxy_get(&f->x, args);

	cr_expect(r.out.n > 3 && strcmp(r.out.p + r.out.n - 3, status) == 0, "%s%s", r.out.p,
		  r.err.p);
}
#define EXPECT_STATUS(f, status, ...)                                                          \
	expect_feature((f), (status),                                                          \
		       (const char *const[]){ "--output", "/dev/null", __VA_ARGS__, (f)->page, \
					      NULL })

Test(features, basic_authentication_with_a_password_file, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct feature f;
	struct str hash;

	feature_begin(&f, &a);
	oracle_need("openssl");
	hash = ORACLE(&a, "openssl", "passwd", "-apr1", "secret");
	PROXY_SERVE(
		&f.x, "feature",
		proxy_conf(
			&f.x,
			"auth_param basic program /usr/lib/squid/basic_ncsa_auth /etc/squid/conf.d/passwd\n"
			"auth_param basic realm test\nacl known proxy_auth REQUIRED\n"
			"http_access deny !manager !known\n"),
		proxy_mount(&f.x, "passwd", "/etc/squid/conf.d/passwd",
			    arena_printf(&a, "joe:%s", hash.p)));
	EXPECT_STATUS(&f, "407", "--silent");
	EXPECT_STATUS(&f, "407", "--proxy-user", "joe:wrong");
	EXPECT_PAGE(&f, "--proxy-user", "joe:secret");
	feature_end(&f);
}

Test(features, digest_authentication_with_a_password_file, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct feature f;

	feature_begin(&f, &a);
	PROXY_SERVE(
		&f.x, "feature",
		proxy_conf(
			&f.x,
			"auth_param digest program /usr/lib/squid/digest_file_auth /etc/squid/conf.d/digest\n"
			"auth_param digest realm test\nacl known proxy_auth REQUIRED\n"
			"http_access deny !manager !known\n"),
		proxy_mount(&f.x, "digest", "/etc/squid/conf.d/digest", "joe:secret\n"));
	EXPECT_STATUS(&f, "407", "--proxy-digest", "--proxy-user", "joe:wrong");
	EXPECT_PAGE(&f, "--proxy-digest", "--proxy-user", "joe:secret");
	feature_end(&f);
}

/* Answers OPTIONS, and every request with "no change"; keeps the methods in a file. */
static const char icap_program[] =
	"import socketserver, sys\n"
	"class Icap(socketserver.StreamRequestHandler):\n"
	"    def handle(self):\n"
	"        while line := self.rfile.readline():\n"
	"            if not line.strip(): continue\n"
	"            method = line.split()[0].decode()\n"
	"            headers = b''\n"
	"            while (h := self.rfile.readline()).strip(): headers += h.lower()\n"
	"            open(sys.argv[2] + '/asked', 'a').write(method + '\\n')\n"
	"            if method == 'OPTIONS':\n"
	"                self.wfile.write(b'ICAP/1.0 200 OK\\r\\nMethods: REQMOD\\r\\nISTag: \"t\"\\r\\nAllow: 204\\r\\n'\n"
	"                                 b'Encapsulated: null-body=0\\r\\n\\r\\n')\n"
	"                continue\n"
	"            while self.rfile.readline().strip(): pass\n"
	"            self.wfile.write(b'ICAP/1.0 204 No Content\\r\\nISTag: \"t\"\\r\\n'\n"
	"                             b'Encapsulated: null-body=0\\r\\n\\r\\n')\n"
	"class Server(socketserver.ThreadingTCPServer):\n"
	"    allow_reuse_address = daemon_threads = True\n"
	"Server(('127.0.0.1', int(sys.argv[1])), Icap).serve_forever()\n";

Test(features, requests_pass_through_an_icap_service, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct feature f;
	struct web icap;

	feature_begin(&f, &a);
	web_run(&a, &icap, icap_program, (const char *const[]){ NULL });
	PROXY_SERVE(&f.x, "feature",
		    proxy_conf(&f.x,
			       arena_printf(&a,
					    "icap_enable on\nicap_service check reqmod_precache "
					    "bypass=off icap://127.0.0.1:%u/check\n"
					    "adaptation_access check allow all\n",
					    icap.port)));
	EXPECT_PAGE(&f, "--silent");
	cr_expect_str_eq(files_get(&a, arena_printf(&a, "%s/asked", icap.dir)),
			 "OPTIONS\nREQMOD\n");
	web_stop(&icap);
	EXPECT_STATUS(&f, "500", "--header", "Cache-Control: no-cache");
	feature_end(&f);
}

static double feature_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

Test(features, a_delay_pool_slows_a_download_down, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct feature f;
	char *big = arena_alloc(&a, 90001);
	double start;

	feature_begin(&f, &a);
	memset(big, 'x', 90000);
	big[90000] = '\0';
	files_put(arena_printf(&a, "%s/page", f.web.dir), big);
	PROXY_SERVE(&f.x, "feature",
		    proxy_conf(&f.x, "delay_pools 1\ndelay_class 1 1\n"
				     "delay_parameters 1 30000/30000\ndelay_access 1 allow all\n"));
	start = feature_seconds();
	EXPECT_STATUS(&f, "200", "--silent");
	cr_expect_gt(feature_seconds() - start, 1.0, "90 kB at 30 kB/s took %.1f s",
		     feature_seconds() - start);
	feature_end(&f);
}

Test(features, a_forwarded_address_is_judged_like_the_client, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct feature f;

	feature_begin(&f, &a);
	PROXY_SERVE(
		&f.x, "feature",
		proxy_conf(&f.x,
			   "follow_x_forwarded_for allow localhost\nacl_uses_indirect_client on\n"
			   "acl other src 203.0.113.9\nhttp_access deny other\n"));
	EXPECT_PAGE(&f, "--silent");
	EXPECT_STATUS(&f, "403", "--header", "X-Forwarded-For: 203.0.113.9");
	feature_end(&f);
}

Test(features, a_digest_of_the_cache_is_made, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct feature f;
	struct oracle_run r;
	struct test_patience p = PATIENCE;

	feature_begin(&f, &a);
	PROXY_SERVE(&f.x, "feature",
		    proxy_conf(&f.x,
			       "digest_generation on\ncache_dir ufs /var/spool/squid 100 4 4\n"
			       "digest_rebuild_period 1 second\ndigest_rewrite_period 1 second\n"));
	do {
		r = oracle_run(
			&a,
			(const char *const[]){
				"curl", "--silent", "--noproxy", "*", "--output", "/dev/null",
				"--write-out", "%{http_code} %{content_type}",
				arena_printf(
					&a,
					"http://127.0.0.1:%u/squid-internal-periodic/store_digest",
					f.x.port),
				NULL });
	} while (strncmp(r.out.p, "200", 3) != 0 && patience_left(&p));
	cr_expect_str_eq(r.out.p, "200 application/cache-digest");
	feature_end(&f);
}

/* A process may end while they are looked through. */
static const char stores_program[] =
	"import os\n"
	"def program(n):\n"
	"    try: return os.readlink(f'/proc/{n}/exe')\n"
	"    except OSError: return ''\n"
	"for kind in ('ufs', 'aufs', 'diskd', 'rock'):\n"
	"    print(kind, sorted(os.listdir('/var/spool/squid/' + kind))[:1])\n"
	"print(any(program(n).endswith('diskd') for n in os.listdir('/proc') if n.isdigit()))\n";

Test(features, every_kind_of_store_is_made_and_served, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct feature f;

	feature_begin(&f, &a);
	PROXY_SERVE(
		&f.x, "feature",
		proxy_conf(
			&f.x,
			"cache_dir ufs /var/spool/squid/ufs 20 4 4\ncache_dir aufs /var/spool/squid/aufs 20 4 4\n"
			"cache_dir diskd /var/spool/squid/diskd 20 4 4\n"
			"cache_dir rock /var/spool/squid/rock 20 max-size=32768\n"
			"store_dir_select_algorithm round-robin\ncache_mem 0\n"
			"refresh_pattern . 60 100% 60\n"));
	for (int i = 0; i < 8; i++)
		expect_page(&f, (const char *const[]){ arena_printf(&a, "%s?%d", f.page, i % 4),
						       NULL });
	cr_expect_str_eq(proxy_python(&f.x, "feature", stores_program),
			 "ufs ['00']\naufs ['00']\ndiskd ['00']\nrock ['rock']\nTrue\n");
	proxy_await_file(&f.x, "feature", "/var/log/squid/access.log", "HIT/200");
	PODMAN_MUST(&f.x.podman, "stop", "--time", "35", "feature");
	cr_expect_eq(proxy_wait(&f.x, "feature"), 0);
	feature_end(&f);
}
