/* SPDX-License-Identifier: Apache-2.0 */
/* The probe that a recipe gets with an https: target, taken out of its image and run against
 * openssl's server: it is static, and runs anywhere. */

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "e2e/fixture_image.h"
#include "support/fixture_files.h"
#include "support/fixture_tls.h"

static const char probe_tls_recipe[] =
	"{ \"name\": \"app\", \"base\": \"cc-debian13\",\n"
	"  \"config\": { \"user\": \"65532:65532\",\n"
	"    \"healthcheck\": { \"probe\": [\"https://127.0.0.1:8443/live\", \"process:app\"] } } }\n";

/* Builds it, and gives the program. */
static const char *probe_tls_build(struct arena *a, const char *dir)
{
	const char *recipe = arena_printf(a, "%s/app.json", dir);
	const char *out = arena_printf(a, "%s/out", dir);
	struct oracle_run r;

	files_put(arena_printf(a, "%s/images.json", dir), "{}\n");
	files_put(recipe, probe_tls_recipe);
	r = IMGBUILD(a, "--progress=plain", recipe, "-o", out);
	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	return arena_printf(a, "%s/usr/local/bin/probe-tls", image_unpack(a, dir, out, "app"));
}

/* dir/NAME.pem: a certificate of its own with this key. */
static void probe_tls_certificate(struct arena *a, const char *dir, const char *name,
				  const char *key, const char *option)
{
	ORACLE(a, "openssl", "req", "-x509", "-newkey", key, "-pkeyopt", option, "-nodes", "-subj",
	       "/CN=x", "-days", "1", "-keyout", arena_printf(a, "%s/key", dir), "-out",
	       arena_printf(a, "%s/cert", dir));
	ORACLE(a, "sh", "-c", "cat \"$1/key\" \"$1/cert\" >\"$1/$2.pem\"", "sh", dir, name);
}

static const struct probe_tls_case {
	const char *certificate, *option, *path;
	int status;
	const char *why;
} probe_tls_cases[] = {
	{ "p256", NULL, "live", 0, "" },
	{ "p256", "-tls1_2", "live", 0, "" },
	{ "p384", NULL, "live", 0, "" },
	{ "rsa", "-tls1_2", "live", 0, "" },
	{ "p256", "-tls1_3", "live", 1,
	  "the server refuses TLS 1.2, and this program has no other\n" },
	{ "p256", "-HTTP", "bad", 1, "the answer is 503 Not Today\n" },
	{ "p256", "-HTTP", "odd", 1, "the answer is not HTTP/1: SSH-2.0-x\n" },
};

Test(probe_tls, servers_are_asked_over_tls, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *probe;
	struct stat st;

	oracle_need("openssl");
	oracle_need("umoci");
	probe = probe_tls_build(&a, dir);
	cr_assert_eq(stat(probe, &st), 0);
	cr_expect_lt(st.st_size, 200000);
	probe_tls_certificate(&a, dir, "p256", "ec", "ec_paramgen_curve:prime256v1");
	probe_tls_certificate(&a, dir, "p384", "ec", "ec_paramgen_curve:secp384r1");
	probe_tls_certificate(&a, dir, "rsa", "rsa", "rsa_keygen_bits:2048");
	files_put(arena_printf(&a, "%s/live", dir), "well\n");
	files_put(arena_printf(&a, "%s/bad", dir), "HTTP/1.1 503 Not Today\r\n\r\n");
	files_put(arena_printf(&a, "%s/odd", dir), "SSH-2.0-x\r\n");
	for (size_t i = 0; i < ARRAY_SIZE(probe_tls_cases); i++) {
		const struct probe_tls_case *c = &probe_tls_cases[i];
		struct tls_server server;
		struct oracle_run r;

		cr_assert(tls_start(&server, dir, c->certificate, c->option), "%zu", i);
		r = oracle_run(&a,
			       (const char *const[]){ probe, "--timeout=20s",
						      arena_printf(&a, "https://127.0.0.1:%u/%s",
								   server.port, c->path),
						      NULL });
		tls_stop(&server);
		cr_expect_eq(r.status, c->status, "%zu: %d %s", i, r.status, r.err.p);
		cr_expect(c->why[0] ? strstr(r.err.p, c->why) != NULL : r.err.n == 0, "%zu: %s", i,
			  r.err.p);
	}
	files_remove(dir);
}

/* With fixture_tls' authority: certificates that are good, expired, and another's. */
Test(probe_tls, certificates_are_judged_when_asked, .timeout = 900)
{
	static const struct {
		const char *certificate, *trust;
		int status;
		const char *why;
	} cases[] = {
		{ "good", "ca.pem", 0, "" },
		{ "good", "ca.pem,name=web.example", 0, "" },
		{ "strange", "strange.pem", 0, "" },
		{ "good", "ca.pem,name=other.example", 1,
		  ": the certificate is not for other.example\n" },
		{ "old", "ca.pem", 1, ": the certificate has expired, or is not valid yet\n" },
		{ "strange", "ca.pem", 1, "ca.pem vouches for the certificate\n" },
		{ "good", "none.pem", 1, "none.pem: No such file or directory\n" },
		{ "good", "live", 1, "live: no certificate in PEM form\n" },
	};
	struct tls_certificate c = { "DNS:web.example", -3600, 86400, false };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *probe;

	oracle_need("openssl");
	oracle_need("umoci");
	probe = probe_tls_build(&a, dir);
	files_put(arena_printf(&a, "%s/live", dir), "well\n");
	tls_authority(dir);
	tls_certificate(dir, "good", &c);
	c.self_signed = true;
	tls_certificate(dir, "strange", &c);
	c = (struct tls_certificate){ "DNS:web.example", -7200, -3600, false };
	tls_certificate(dir, "old", &c);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct tls_server server;
		struct oracle_run r;

		cr_assert(tls_start(&server, dir, cases[i].certificate, NULL), "%zu", i);
		r = oracle_run(&a, (const char *const[]){
					   probe, "--timeout=20s",
					   arena_printf(&a, "https://127.0.0.1:%u/live#ca=%s/%s",
							server.port, dir, cases[i].trust),
					   NULL });
		tls_stop(&server);
		cr_expect_eq(r.status, cases[i].status, "%zu: %d %s", i, r.status, r.err.p);
		cr_expect(strstr(r.err.p, cases[i].why), "%zu: %s", i, r.err.p);
	}
	files_remove(dir);
}

/* Answers one connection with `text`, or keeps it open for as long as it lives. */
static pid_t probe_tls_answer(const char *text, unsigned *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), c;
	char hello[4096];
	pid_t pid;

	cr_assert(bind(s, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(s, 8) == 0 &&
		  getsockname(s, (struct sockaddr *)&at, &n) == 0);
	*port = ntohs(at.sin_port);
	pid = fork();
	if (pid != 0) {
		close(s);
		return pid;
	}
	c = accept(s, NULL, NULL);
	if (text && (read(c, hello, sizeof(hello)) < 0 || write(c, text, strlen(text)) < 0))
		_exit(1);
	if (!text)
		pause();
	_exit(0);
}

Test(probe_tls, what_is_no_tls_is_told, .timeout = 900)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "HTTP/1.0 400 Bad Request\r\n\r\n", ": the server does not speak TLS 1.2\n" },
		{ "", ": no answer over TLS: the server closed\n" },
		{ NULL, ": no answer over TLS: Operation timed out\n" },
	};
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *probe;

	oracle_need("umoci");
	probe = probe_tls_build(&a, dir);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned port;
		pid_t pid = probe_tls_answer(cases[i].text, &port);
		struct oracle_run r =
			oracle_run(&a,
				   (const char *const[]){
					   probe,
					   cases[i].text ? "--timeout=20s" : "--timeout=500ms",
					   arena_printf(&a, "https://127.0.0.1:%u/", port), NULL });

		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		cr_expect_eq(r.status, 1, "%zu: %d", i, r.status);
		cr_expect(strstr(r.err.p, cases[i].why), "%zu: %s", i, r.err.p);
	}
	files_remove(dir);
}
