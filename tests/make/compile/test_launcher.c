/* SPDX-License-Identifier: Apache-2.0 */
/* Launchers: what their users write, what the sandbox sees of it, and that nothing else gets out.
 */

#include "make/compile/launcher.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/parallel.h"
#include "support/fixture_faultd.h"
#include "support/fixture_workshop.h"

struct words {
	const char *name, *storage, *hosts; /* the environment */
	const char *inside;		    /* "NAME=value;..." as the sandbox sees it */
	const char *outside;		    /* "host:service:port;..." */
	const char *error;		    /* part of it; NULL: none */
};

static const struct words cases[] = {
	{ NULL, "http://x", "y", "", "", NULL },
	{ "", NULL, NULL, "", "", NULL },
	{ "ccache", NULL, NULL, "", "", NULL },
	{ "ccache", "", "ignored", "", "", NULL },
	{ "ccache", "http://cache.example", NULL, "CCACHE_REMOTE_STORAGE=http://127.0.0.1:20000;",
	  "cache.example:80:20000;", NULL },
	{ "ccache", "  http://u:p@cache.example:8080/path|layout=bazel|read-only  redis://r/0",
	  NULL,
	  "CCACHE_REMOTE_STORAGE=http://u:p@127.0.0.1:20000/path|layout=bazel|read-only redis://127.0.0.1:20001/0;",
	  "cache.example:8080:20000;r:6379:20001;", NULL },
	{ "ccache", "http://[2001:db8::1]:81|timeout=5", NULL,
	  "CCACHE_REMOTE_STORAGE=http://127.0.0.1:20000|timeout=5;", "2001:db8::1:81:20000;",
	  NULL },
	{ "distcc", NULL, "--randomize localhost/2 one two:99/4,lzo [::1]/3",
	  "DISTCC_HOSTS=--randomize localhost/2 "
	  "127.0.0.1:20000 127.0.0.1:20001/4,lzo 127.0.0.1:20002/3;",
	  "one:3632:20000;two:99:20001;::1:3632:20002;", NULL },
	{ "sccache", NULL, NULL, NULL, NULL,
	  "IMGBUILD_LAUNCHER=sccache: only \"ccache\" and \"distcc\"" },
	{ "ccache distcc", NULL, NULL, NULL, NULL, "IMGBUILD_LAUNCHER=ccache distcc: " },
	{ "distcc", NULL, NULL, NULL, NULL, "DISTCC_HOSTS names no host" },
	{ "distcc", NULL, "", NULL, NULL, "DISTCC_HOSTS names no host" },
	{ "ccache", "https://c", NULL, NULL, NULL,
	  "CCACHE_REMOTE_STORAGE: https://c: only http://" },
	{ "ccache", "file:/x", NULL, NULL, NULL, "CCACHE_REMOTE_STORAGE: file:/x: only" },
	{ "ccache", "http://", NULL, NULL, NULL, "CCACHE_REMOTE_STORAGE: http://: only" },
	{ "ccache", "http://h:9x", NULL, NULL, NULL, "CCACHE_REMOTE_STORAGE: http://h:9x: only" },
	{ "ccache", "http://[::1", NULL, NULL, NULL, "CCACHE_REMOTE_STORAGE: http://[::1: only" },
	{ "distcc", NULL, "user@h", NULL, NULL, "DISTCC_HOSTS: user@h: only" },
	{ "distcc", NULL, "+zeroconf", NULL, NULL, "DISTCC_HOSTS: +zeroconf: only" },
};

Test(launcher, hosts_become_ports_of_the_sandbox)
{
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct words *c = &cases[i];
		struct launcher l;
		struct error e = { 0 };
		struct buf inside = { .a = &a }, outside = { .a = &a };
		bool ok = launcher_parse(&a, c->name, c->storage, c->hosts, &l, &e);

		cr_assert_eq(ok, c->error == NULL, "%zu: %s", i, e.cause);
		if (!ok) {
			cr_expect_eq(e.kind, ERR_USAGE);
			cr_expect(strstr(e.cause, c->error), "%zu: %s", i, e.cause);
			continue;
		}
		for (size_t k = 0; k < l.env.n; k++)
			buf_printf(&inside, "%s=%s;", l.env.v[k].name, l.env.v[k].value);
		for (size_t k = 0; k < l.tunnels.n; k++)
			buf_printf(&outside, "%s:%s:%u;", l.tunnels.v[k].host,
				   l.tunnels.v[k].service, l.tunnels.v[k].port);
		cr_expect_str_eq(buf_cstr(&inside), c->inside, "%zu", i);
		cr_expect_str_eq(buf_cstr(&outside), c->outside, "%zu", i);
	}
}

/* A build that asks the tunnel, the same host directly, and the server of a build without launcher.
 */
static void ask_from_inside(struct faultd *server)
{
	struct workshop w;
	struct fragment f;
	struct launcher l;
	struct error e = { 0 };
	enum err_kind kind;
	const char *text, *port, *refused = "Connection refused\n";

	workshop_open(&w);
	port = arena_printf(&w.depot.a, "%u", server->port);
	WORKSHOP_STEP(&w, "tunnel", "get", "${destdir}/usr/bin/tunnel", "127.0.0.1", "20000");
	WORKSHOP_STEP(&w, "again", "get", "${destdir}/usr/bin/again", "127.0.0.1", "20000");
	WORKSHOP_STEP(&w, "direct", "get", "${destdir}/usr/bin/direct", "127.0.0.1", port);
	for (size_t i = 0; i < 3; i++)
		*list_push(&w.depot.a, &w.source.keep) = (struct glob){
			.text = arena_printf(&w.depot.a, "/usr/bin/%s", w.source.steps.v[i].name)
		};
	cr_assert(launcher_parse(&w.depot.a, "ccache",
				 arena_printf(&w.depot.a, "http://127.0.0.1:%s", port), NULL, &l,
				 &e));
	*list_push(&w.depot.a, &w.toolchain.launcher) = "ccache";
	workshop_package(&w, "ccache", "launcher:t");
	w.options.launcher = &l;
	cr_assert(workshop_compile(&w, 1, &f, &text, &kind), "%s", text);
	cr_expect(str_ends(workshop_file(&w, &f, "usr/bin/tunnel"), STR("\r\n\r\nfrom outside")));
	cr_expect(str_ends(workshop_file(&w, &f, "usr/bin/again"), STR("\r\n\r\nfrom outside")));
	cr_expect_str_eq(str_dup(&w.depot.a, workshop_file(&w, &f, "usr/bin/direct")), refused);
	fragment_close(&f);
	w.options.launcher = NULL;
	*list_push(&w.depot.a, &w.source.env) = (struct variable){ "ANOTHER", "KEY" };
	cr_assert(workshop_compile(&w, 1, &f, &text, &kind), "%s", text);
	cr_expect_str_eq(str_dup(&w.depot.a, workshop_file(&w, &f, "usr/bin/tunnel")), refused);
	fragment_close(&f);
	workshop_close(&w);
}

static const struct fault_reply reply = { .path = "/cache", .body = { "from outside", 12 } };

Test(launcher, a_tunnel_leads_to_its_host_and_nowhere_else)
{
	struct faultd server;

	faultd_start(&server, &reply, 1);
	ask_from_inside(&server);
	cr_expect_eq(faultd_hits(&server, "/cache"), 2);
	faultd_stop(&server);
}

Test(launcher, a_tunnel_is_had_without_being_root)
{
	struct faultd server;

	if (geteuid() != 0)
		cr_skip_test("the test above was not root either");
	cr_assert(setgid(65534) == 0 && setuid(65534) == 0);
	setenv("TMPDIR", "/tmp", 1);
	faultd_start(&server, &reply, 1);
	ask_from_inside(&server);
	faultd_stop(&server);
}

Test(launcher, a_host_that_does_not_answer_is_a_closed_connection)
{
	struct workshop w;
	struct fragment f;
	struct launcher l;
	struct error e = { 0 };
	enum err_kind kind;
	const char *text;

	workshop_open(&w);
	WORKSHOP_STEP(&w, "ask", "get", "${destdir}/usr/bin/x", "127.0.0.1", "20000");
	*list_push(&w.depot.a, &w.source.keep) = (struct glob){ .text = "/usr/bin/x" };
	cr_assert(launcher_parse(&w.depot.a, "ccache", "http://127.0.0.1:9", NULL, &l, &e));
	*list_push(&w.depot.a, &w.toolchain.launcher) = "ccache";
	workshop_package(&w, "ccache", "launcher:t");
	w.options.launcher = &l;
	/* the program sees an end, or a reset, and says so; the build goes on */
	if (workshop_compile(&w, 1, &f, &text, &kind)) {
		cr_expect_eq(workshop_file(&w, &f, "usr/bin/x").n, 0);
		fragment_close(&f);
	} else {
		cr_expect(strstr(text, "step \"ask\" failed with exit status 1"), "%s", text);
	}
	workshop_close(&w);
}

/* Steps with ${jobs} borrow make's tokens and give them back. */
Test(launcher, the_number_of_jobs_is_what_make_lends)
{
	struct workshop w;
	struct fragment f;
	int fd[2];
	char back;

	workshop_open(&w);
	WORKSHOP_STEP(&w, "make", "args", "${destdir}/usr/bin/x", "-j${jobs}");
	*list_push(&w.depot.a, &w.source.keep) = (struct glob){ .text = "/usr/bin/x" };
	cr_assert_eq(pipe(fd), 0);
	w.options.makeflags = arena_printf(&w.depot.a, "-j9 --jobserver-auth=%d,%d", fd[0], fd[1]);
	for (unsigned tokens = 0; tokens < 2; tokens++) {
		const char *text;
		enum err_kind kind;

		w.source.env.n = 0;
		*list_push(&w.depot.a, &w.source.env) =
			(struct variable){ "N", arena_printf(&w.depot.a, "%u", tokens) };
		cr_assert(tokens == 0 || write(fd[1], "+", 1) == 1);
		cr_assert(workshop_compile(&w, 0, &f, &text, &kind), "%s", text);
		cr_expect_str_eq(str_dup(&w.depot.a, workshop_file(&w, &f, "usr/bin/x")),
				 tokens && parallel_cpus() > 1 ? "-j2\n" : "-j1\n");
		fragment_close(&f);
	}
	cr_expect_eq(read(fd[0], &back, 1), 1, "the token is back");
	workshop_close(&w);
}
