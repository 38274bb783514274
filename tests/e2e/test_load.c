/* SPDX-License-Identifier: Apache-2.0 */
/* The proxy under load: none of 2,000 requests is lost, and those that are under way when a stop
 * comes are finished. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "e2e/fixture_proxy.h"
#include "e2e/fixture_web.h"
#include "support/fixture_files.h"
#include "support/fixture_patience.h"

/* Answers /N after N milliseconds, /held when there is a file "go"; nothing may be cached. */
static const char origin_program[] =
	"import asyncio, os, sys\n"
	"async def serve(reader, writer):\n"
	"    while line := await reader.readline():\n"
	"        while (await reader.readline()).strip(): pass\n"
	"        path = line.split()[1][1:].split(b'?')[0]\n"
	"        while path == b'held' and not os.path.exists(sys.argv[2] + '/go'):\n"
	"            await asyncio.sleep(0.1)\n"
	"        if path != b'held': await asyncio.sleep(int(path) / 1000)\n"
	"        writer.write(b'HTTP/1.1 200 OK\\r\\nCache-Control: no-store\\r\\nContent-Length: 5\\r\\n\\r\\ndone\\n')\n"
	"        await writer.drain()\n"
	"async def main():\n"
	"    server = await asyncio.start_server(serve, '127.0.0.1', int(sys.argv[1]), backlog=1024)\n"
	"    await server.serve_forever()\n"
	"asyncio.run(main())\n";

struct load {
	struct proxy x;
	struct web origin;
	const char *out;
	pid_t pid;
};

static void open_load(struct load *l, struct arena *a, const char *name)
{
	proxy_open(&l->x, a);
	web_run(a, &l->origin, origin_program, (const char *const[]){ NULL });
	l->out = arena_printf(a, "%s/codes", l->x.dir);
	PROXY_SERVE(&l->x, name, proxy_conf(&l->x, ""));
}

static void close_load(struct load *l)
{
	web_stop(&l->origin);
	proxy_close(&l->x);
}

/* Starts curl with `n` requests for a page, 64 at a time; their status codes go to a file. */
static void send_requests(struct load *l, unsigned n, const char *page)
{
	struct arena *a = l->x.a;
	const char *proxy = arena_printf(a, "http://127.0.0.1:%u", l->x.port);
	const char *url = arena_printf(a, "http://127.0.0.1:%u/%s?[1-%u]", l->origin.port, page, n);

	l->pid = fork();
	cr_assert_geq(l->pid, 0);
	if (l->pid != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(open(l->out, O_WRONLY | O_CREAT | O_TRUNC, 0644), 1);
	execlp("curl", "curl", "--silent", "--no-progress-meter", "--parallel",
	       "--parallel-immediate", "--parallel-max", "64", "--max-time", "120", "--noproxy", "",
	       "--proxy", proxy, "--output", "/dev/null", "--write-out", "%{http_code}\n", url,
	       (char *)NULL);
	_exit(127);
}

static void expect_all_answered(struct load *l, unsigned n)
{
	struct str rest, code;
	unsigned good = 0, all = 0;
	int status;

	cr_assert_eq(waitpid(l->pid, &status, 0), l->pid);
	rest = str_of(files_get(l->x.a, l->out));
	while (str_next(&rest, '\n', &code)) {
		all += code.n > 0;
		good += str_eq(code, STR("200"));
	}
	cr_expect(good == n && all == n, "%u of %u answered with 200, %u with anything", good, n,
		  all);
	cr_expect_eq(status, 0);
}

Test(load, none_of_two_thousand_requests_is_lost, .timeout = 600)
{
	const char *count = getenv("LOAD_REQUESTS");
	unsigned n = count ? (unsigned)strtoul(count, NULL, 10) : 2000;
	AUTO_ARENA a = { 0 };
	struct load l;

	open_load(&l, &a, "load");
	send_requests(&l, n, "5");
	expect_all_answered(&l, n);
	cr_expect(strstr(proxy_probe(&l.x, "/metrics").out.p,
			 arena_printf(&a, "\nsquid_server_http_requests_total %u\n", n)));
	close_load(&l);
}

Test(load, requests_under_way_are_finished_before_the_stop, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct load l;
	struct oracle_run logs, r;
	struct test_patience p = PATIENCE;
	bool all;

	open_load(&l, &a, "stopping");
	send_requests(&l, 64, "held");
	do { /* until all are at the origin */
		r = proxy_probe(&l.x, "/metrics");
		all = strstr(r.out.p, "\nsquid_server_http_requests_total 64\n");
	} while (!all && patience_left(&p));
	cr_expect(all, "%s", r.out.p);
	PODMAN_MUST(&l.x.podman, "kill", "--signal", "TERM", "stopping");
	podman_await(&l.x.podman, "stopping", "Received signal SIGTERM");
	cr_expect(strstr(proxy_probe(&l.x, "/ready").out.p, "  - Shutting down\n\n503"));
	cr_expect(strstr(proxy_probe(&l.x, "/health").out.p, "OK\n\n200"));
	p = PATIENCE;
	while (web_is_open(l.x.port) && patience_left(&p))
		;
	cr_expect(!web_is_open(l.x.port), "new connections are still taken");
	files_put(arena_printf(&a, "%s/go", l.origin.dir), "");
	expect_all_answered(&l, 64);
	cr_expect_eq(proxy_wait(&l.x, "stopping"), 0);
	logs = PODMAN(&l.x.podman, "logs", "stopping");
	cr_expect(!strstr(logs.out.p, "forcing kill") && strstr(logs.out.p, "Shutdown complete\n"),
		  "%s", logs.out.p);
	cr_expect_str_empty(logs.err.p);
	close_load(&l);
}
