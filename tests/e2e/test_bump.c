/* SPDX-License-Identifier: Apache-2.0 */
/* ssl-bump through the compiled Squid: a client that trusts only the proxy's CA reads an HTTPS page
 * through a certificate minted by security_file_certgen, and the second time it comes from the
 * cache. */

#include <criterion/criterion.h>
#include <sys/stat.h>
#include <unistd.h>

#include "e2e/fixture_podman.h"
#include "e2e/fixture_web.h"
#include "support/fixture_files.h"
#include "support/fixture_patience.h"
#include "support/fixture_port.h"

/* An origin whose pages may be cached. */
static const char origin_program[] =
	"import http.server, ssl, sys\n"
	"class Page(http.server.BaseHTTPRequestHandler):\n"
	"    protocol_version = 'HTTP/1.1'\n"
	"    def do_GET(self):\n"
	"        body = b'from the secret origin\\n'\n"
	"        self.send_response(200)\n"
	"        self.send_header('Cache-Control', 'public, max-age=3600')\n"
	"        self.send_header('Content-Length', str(len(body)))\n"
	"        self.end_headers()\n"
	"        self.wfile.write(body)\n"
	"context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\n"
	"context.load_cert_chain(sys.argv[3], sys.argv[4])\n"
	"server = http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Page)\n"
	"server.socket = context.wrap_socket(server.socket, server_side=True)\n"
	"server.serve_forever()\n";

struct bump {
	struct arena *a;
	struct podman podman;
	const char *dir;
	unsigned proxy, health;
	struct web origin;
};

static const char *bump_path(struct bump *b, const char *name)
{
	return arena_printf(b->a, "%s/%s", b->dir, name);
}

/* A self-signed CA NAME.crt with NAME.key. */
static void make_ca(struct bump *b, const char *name)
{
	ORACLE(b->a, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
	       "-subj", arena_printf(b->a, "/CN=%s", name), "-keyout",
	       bump_path(b, arena_printf(b->a, "%s.key", name)), "-out",
	       bump_path(b, arena_printf(b->a, "%s.crt", name)));
}

/* The origin's certificate for localhost, signed by its own CA, which the client does not know. */
static void make_origin_certificate(struct bump *b)
{
	files_put(bump_path(b, "san"), "subjectAltName=DNS:localhost\n");
	ORACLE(b->a, "openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost",
	       "-keyout", bump_path(b, "site.key"), "-out", bump_path(b, "site.csr"));
	ORACLE(b->a, "openssl", "x509", "-req", "-days", "2", "-in", bump_path(b, "site.csr"),
	       "-CA", bump_path(b, "originca.crt"), "-CAkey", bump_path(b, "originca.key"),
	       "-CAcreateserial", "-extfile", bump_path(b, "san"), "-out",
	       bump_path(b, "site.crt"));
}

static void write_configuration(struct bump *b)
{
	files_put(
		bump_path(b, "squid.conf"),
		arena_printf(
			b->a,
			"http_port %u ssl-bump cert=/var/lib/squid/squid-ca.pem "
			"generate-host-certificates=on dynamic_cert_mem_cache_size=4MB\n"
			"sslcrtd_program /usr/libexec/squid/security_file_certgen -s /var/lib/squid/ssl_db -M 4MB\n"
			"sslcrtd_children 3 startup=1 idle=1\n"
			"acl step1 at_step SslBump1\n"
			"ssl_bump peek step1\nssl_bump bump all\n"
			"tls_outgoing_options cafile=/etc/squid/ssl_cert/originca.crt\n"
			"http_access allow localhost\nhttp_access deny all\n"
			"cache_dir ufs /var/spool/squid 100 16 256\n"
			"access_log stdio:/var/log/squid/access.log squid\n"
			"cache_log /var/log/squid/cache.log\n",
			b->proxy));
	chmod(bump_path(b, "proxyca.key"), 0644); /* the container's user is somebody else */
}

static const char *bump_volume(struct bump *b, const char *name, const char *path)
{
	return arena_printf(b->a, "--volume=%s:%s:ro", bump_path(b, name), path);
}

static struct oracle_run get_page(struct bump *b)
{
	return oracle_run(b->a,
			  (const char *const[]){
				  "curl", "--silent", "--show-error", "--max-time", "60",
				  "--noproxy", "", "--proxy",
				  arena_printf(b->a, "http://127.0.0.1:%u", b->proxy), "--cacert",
				  bump_path(b, "proxyca.crt"),
				  arena_printf(b->a, "https://localhost:%u/page", b->origin.port),
				  NULL });
}

/* A request is logged after its answer has gone out. */
static void expect_hit(struct bump *b)
{
	struct test_patience p = PATIENCE;
	bool hit;
	const char *log;

	do {
		log = PODMAN_MUST(&b->podman, "exec", "bump", "/usr/bin/python3", "-c",
				  "print(open('/var/log/squid/access.log').read())")
			      .p;
		hit = strstr(log, "TCP_HIT") || strstr(log, "TCP_MEM_HIT");
	} while (!hit && patience_left(&p));
	cr_expect(hit, "access.log:\n%s", log);
}

static void bump_restart(struct bump *b)
{
	struct test_patience p = PATIENCE;

	PODMAN_MUST(&b->podman, "stop", "--time", "35", "bump");
	PODMAN_MUST(&b->podman, "start", "bump");
	while (!web_is_open(b->proxy) && patience_left(&p))
		;
}

/* The database that the helper has written to is good at the next start; a damaged one is made
 * anew. */
static void check_database(struct bump *b)
{
	struct oracle_run r;

	bump_restart(b);
	cr_expect_str_eq(get_page(b).out.p, "from the secret origin\n");
	r = PODMAN(&b->podman, "logs", "bump");
	cr_expect(strstr(r.out.p, "init-squid: SSL certificate database already exists\n"), "%s",
		  r.out.p);
	PODMAN_MUST(&b->podman, "exec", "bump", "/usr/bin/python3", "-c",
		    "open('/var/lib/squid/ssl_db/index.txt', 'w').write('garbage\\n')");
	bump_restart(b);
	cr_expect_str_eq(get_page(b).out.p, "from the secret origin\n");
	r = PODMAN(&b->podman, "logs", "bump");
	cr_expect(strstr(r.out.p,
			 "is broken (its index is damaged): moved to /var/lib/squid/ssl_db.bad-"),
		  "%s", r.out.p);
	cr_expect_str_empty(r.err.p);
}

Test(cephalo, ssl_bump_mints_certificates_and_serves_the_second_request_from_its_cache,
     .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	struct bump b = {
		.a = &a, .dir = files_temporary(&a), .proxy = free_port(), .health = free_port()
	};
	struct oracle_run r;

	oracle_need("openssl");
	oracle_need("curl");
	make_ca(&b, "proxyca");
	make_ca(&b, "originca");
	make_origin_certificate(&b);
	web_run(&a, &b.origin, origin_program,
		(const char *const[]){ bump_path(&b, "site.crt"), bump_path(&b, "site.key"),
				       NULL });
	write_configuration(&b);
	podman_open(&b.podman, &a);
	podman_image(&b.podman, "cephalo");
	chmod(b.dir, 0755);
	PODMAN_MUST(&b.podman, "run", "--detach", "--name=bump", "--network=host", "--cap-drop=all",
		    arena_printf(&a, "--env=HEALTH_PORT=%u", b.health),
		    bump_volume(&b, "squid.conf", "/etc/squid/squid.conf"),
		    bump_volume(&b, "proxyca.crt", "/etc/squid/ssl_cert/tls.crt"),
		    bump_volume(&b, "proxyca.key", "/etc/squid/ssl_cert/tls.key"),
		    bump_volume(&b, "originca.crt", "/etc/squid/ssl_cert/originca.crt"),
		    "localhost/cephalo:latest");
	podman_await(&b.podman, "bump", "Container ready, entering monitoring loop");
	r = get_page(&b);
	cr_expect_str_eq(r.out.p, "from the secret origin\n", "%s", r.err.p);
	r = get_page(&b);
	cr_expect_str_eq(r.out.p, "from the secret origin\n", "%s", r.err.p);
	expect_hit(&b);
	check_database(&b);
	PODMAN_MUST(&b.podman, "stop", "--time", "35", "bump");
	web_stop(&b.origin);
	podman_close(&b.podman);
	files_remove(b.dir);
}
