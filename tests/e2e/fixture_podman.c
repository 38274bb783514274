/* SPDX-License-Identifier: Apache-2.0 */
/* podman, as a program. */

#include "e2e/fixture_podman.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_run.h"
#include "support/fixture_files.h"
#include "support/fixture_patience.h"

#define ENOUGH 20000ull
#define LAST_LINES 4
/* What a test may have: one that fails does not remove them. */
#define CONTAINERS "containers"

static unsigned long long at_most(int resource)
{
	struct rlimit limit;

	getrlimit(resource, &limit);
	return limit.rlim_max < ENOUGH ? limit.rlim_max : ENOUGH;
}

/* runc and cgroupfs work also in virtual machines without systemd; limits at or below our own. */
static const char *podman_configuration(struct arena *a)
{
	unsigned long long files = at_most(RLIMIT_NOFILE), processes = at_most(RLIMIT_NPROC);

	return arena_printf(
		a,
		"[containers]\ndefault_ulimits = [\"nofile=%llu:%llu\", \"nproc=%llu:%llu\"]\n"
		"[engine]\ncgroup_manager = \"cgroupfs\"\nruntime = \"runc\"\n"
		"events_logger = \"file\"\n[network]\nnetwork_backend = \"netavark\"\n",
		files, files, processes, processes);
}

static bool podman_works(struct podman *p, const char *driver)
{
	p->driver = driver;
	return PODMAN(p, "info").status == 0;
}

static void podman_leave(const struct podman *p)
{
	const struct strings remove = podman_words(p,
						   (const char *const[]){ "rm", "--all", "--force",
									  "--time", "0", NULL });
	struct strings words = { 0 };

	*list_push(p->a, &words) = "env";
	*list_push(p->a, &words) = arena_printf(p->a, "CONTAINERS_CONF=%s/containers.conf", p->dir);
	for (size_t i = 0; i < remove.n; i++)
		*list_push(p->a, &words) = remove.v[i];
	run_leave(p->a, CONTAINERS, words.v);
}

void podman_open(struct podman *p, struct arena *a)
{
	bool others;

	oracle_need("podman");
	oracle_need("runc");
	p->a = a;
	p->dir = run_folder();
	others = run_take_turn(a, "podman") && run_is_left(a, CONTAINERS);
	files_put(arena_printf(a, "%s/containers.conf", p->dir), podman_configuration(a));
	setenv("CONTAINERS_CONF", arena_printf(a, "%s/containers.conf", p->dir), 1);
	cr_assert(podman_works(p, "overlay") || podman_works(p, "vfs"), "podman info fails");
	if (others)
		podman_close(p);
	podman_leave(p);
}

void podman_image(struct podman *p, const char *name)
{
	if (PODMAN(p, "image", "exists", arena_printf(p->a, "localhost/%s:latest", name)).status ==
	    0)
		return;
	image_build(p->a, p->dir, name);
	PODMAN_MUST(p, "load", "--input", arena_printf(p->a, "%s/%s.tar", p->dir, name));
}

struct strings podman_words(const struct podman *p, const char *const *args)
{
	struct strings argv = { 0 };

	*list_push(p->a, &argv) = "podman";
	*list_push(p->a, &argv) = "--root";
	*list_push(p->a, &argv) = arena_printf(p->a, "%s/root", p->dir);
	*list_push(p->a, &argv) = "--runroot";
	*list_push(p->a, &argv) = arena_printf(p->a, "%s/run", p->dir);
	*list_push(p->a, &argv) = arena_printf(p->a, "--storage-driver=%s", p->driver);
	*list_push(p->a, &argv) = "--log-level=error";
	while (*args)
		*list_push(p->a, &argv) = *args++;
	*list_push(p->a, &argv) = NULL;
	return argv;
}

struct oracle_run podman_run(const struct podman *p, const char *const *args)
{
	return oracle_run(p->a, podman_words(p, args).v);
}

struct str podman_must(const struct podman *p, const char *const *args)
{
	struct oracle_run r = podman_run(p, args);

	cr_assert_eq(r.status, 0, "podman %s: %d %s%s", args[0], r.status, r.err.p, r.out.p);
	return r.out;
}

void podman_close(struct podman *p)
{
	PODMAN(p, "pod", "rm", "--all", "--force", "--time", "0");
	PODMAN_MUST(p, "rm", "--all", "--force", "--time", "0");
	PODMAN(p, "volume", "rm", "--all", "--force");
	run_take_away(p->a, CONTAINERS);
}

static bool podman_has_said(const struct podman *p, const char *container, const char *text,
			    struct oracle_run *log)
{
	*log = PODMAN(p, "logs", container);
	return strstr(log->out.p, text) || strstr(log->err.p, text);
}

/* The last lines: of errors, where there are some. */
static const char *podman_last_lines(const struct oracle_run *log)
{
	const char *from = log->err.n ? log->err.p : log->out.p, *at = from + strlen(from);

	for (unsigned lines = 0; at > from && lines <= LAST_LINES; at--)
		lines += at[-1] == '\n';
	return at > from ? at + 1 : from;
}

void podman_await(const struct podman *p, const char *container, const char *text)
{
	struct test_patience patience = PATIENCE;
	struct oracle_run log, state;

	while (!podman_has_said(p, container, text, &log)) {
		bool late = !patience_left(&patience);

		state = PODMAN(p, "inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}",
			       container);
		/* what it said last may have come after the look at its log */
		if (!str_starts(state.out, STR("exited")) && !late)
			continue;
		if (podman_has_said(p, container, text, &log))
			return;
		cr_assert_fail("%s: no \"%s\", %s: %s", container, text,
			       arena_printf(p->a, STR_FMT, STR_ARG(str_trim(state.out))),
			       podman_last_lines(&log));
	}
}
