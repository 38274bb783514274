/* SPDX-License-Identifier: Apache-2.0 */
/* The jail: what its child can do, what it cannot, and that every way it may end is reported. */

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/jail.h"
#include "base/jail_rules.h"

static const struct jail_limits limits = { 256u << 20, 10, 20 };

static bool say(int out, const char *text)
{
	struct error e = { 0 };

	return fd_write(out, str_of(text), "pipe", &e);
}

/* Runs `work` in a jail; its answer goes to `text`. */
static bool run(const struct jail_limits *l, bool (*work)(void *, int), void *ctx, struct buf *text,
		struct error *e)
{
	AUTO_JAIL j = { .base.next = NULL };
	struct buf_sink sink;

	buf_sink_init(&sink, text, "answer");
	return jail_start(&j, "the file", l, work, ctx, e) && io_copy(&j.base, &sink.base, e) &&
	       jail_finish(&j, e);
}

static bool parse(void *ctx, int out)
{
	char *p = malloc(64u << 20);	/* malloc, and memory it was forked with, work */
	bool ok = p != NULL;

	if (ok)
		memset(p, 1, 64u << 20);
	free(p);
	return ok && say(out, "read ") && say(out, ctx);
}

Test(base, jail_runs_a_parser_and_passes_on_what_it_writes)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct error e = { 0 };
	char input[] = "this";

	cr_expect(run(&limits, parse, input, &text, &e), "%s", e.cause);
	cr_expect_str_eq(buf_cstr(&text), "read this");
}

static bool opens(void *ctx, int out) { (void)ctx; return open("/etc/passwd", O_RDONLY) < 0 && say(out, "x"); }
static bool sockets(void *ctx, int out) { (void)ctx; return socket(AF_INET, SOCK_STREAM, 0) < 0 && say(out, "x"); }
static bool forks(void *ctx, int out) { (void)ctx; return fork() < 0 && say(out, "x"); }
static bool kills(void *ctx, int out) { (void)out; return kill(*(pid_t *)ctx, 0) < 0 && say(out, "x"); }
static bool reads(void *ctx, int out)
{
	char c;

	(void)ctx;
	return read(0, &c, 1) < 0 && say(out, "x");
}
static bool execs(void *ctx, int out)
{
	char name[] = "true", *argv[] = { name, NULL };

	(void)ctx;
	execv("/bin/true", argv);
	return say(out, "x");
}
static bool makes_code(void *ctx, int out)
{
	(void)ctx;
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
	       MAP_FAILED && say(out, "x");
}
static bool turns_to_code(void *ctx, int out)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)ctx;
	return mprotect(p, 4096, PROT_READ | PROT_EXEC) < 0 && say(out, "x");
}

/* Each of these would otherwise go on and say so. */
Test(base, jail_kills_a_child_that_wants_more_than_memory_and_its_pipe)
{
	bool (*const canaries[])(void *, int) = { opens, sockets, forks, kills, reads, execs, makes_code,
						  turns_to_code };

	if (!jail_has_seccomp())
		cr_skip_test("this kernel has no seccomp filters");
	for (size_t i = 0; i < sizeof(canaries) / sizeof(*canaries); i++) {
		AUTO_ARENA a = { 0 };
		struct buf text = { .a = &a };
		struct error e = { 0 };
		pid_t parent = getpid();

		cr_expect_not(run(&limits, canaries[i], &parent, &text, &e), "canary %zu", i);
		cr_expect_eq(e.kind, ERR_INPUT);
		cr_expect(strstr(e.cause, "the file made its parser try a forbidden system call"), "%zu: %s",
			  i, e.cause);
		cr_expect_eq(text.n, 0);
	}
}

static bool closed_others(void *ctx, int out)
{
	(void)ctx;
	return write(2, "x", 1) < 0 && write(*(int *)ctx, "x", 1) < 0 && say(out, "closed");
}

Test(base, jail_closes_every_other_descriptor)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct error e = { 0 };
	int fd = open("/dev/null", O_WRONLY);	/* not close-on-exec, and write() would be allowed */

	cr_expect(run(&limits, closed_others, &fd, &text, &e), "%s", e.cause);
	cr_expect_str_eq(buf_cstr(&text), "closed");
	close(fd);
}

/* Landlock alone, without the filter that would end the child first. */
Test(base, jail_without_files_cannot_open_any)
{
	int status;
	pid_t pid;

	if (!jail_has_landlock())
		cr_skip_test("this kernel has no Landlock");
	pid = fork();
	if (pid == 0) {
		/* no_new_privs is what an unprivileged caller needs */
		_exit(jail_deny_files() && open("/etc/passwd", O_RDONLY) < 0 && errno == EACCES ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static bool hogs(void *ctx, int out)
{
	AUTO_ARENA a = { 0 };

	(void)ctx;
	for (int i = 0; i < 4096; i++)
		memset(arena_alloc(&a, 1u << 20), 1, 1u << 20);
	return say(out, "x");
}
static bool spins(void *ctx, int out)
{
	volatile bool more = true;

	(void)ctx;
	while (more)
		;
	return say(out, "x");
}
static bool crashes(void *ctx, int out)
{
	(void)ctx;
	(void)out;
	raise(SIGSEGV);
	return true;
}
static bool fails(void *ctx, int out)
{
	(void)ctx;
	(void)out;
	return false;
}
static bool chokes(void *ctx, int out)
{
	/* read from a variable, so that no compiler sees where it leads */
	volatile uintptr_t where = 16;
	volatile unsigned char *nothing = (volatile unsigned char *)where;

	(void)ctx;
	(void)out;
	return *nothing;
}

/* AddressSanitizer reports a bad access or a failed allocation, which are forbidden calls. */
#ifdef __SANITIZE_ADDRESS__
#define OUT_OF_MEMORY "a forbidden system call"
#else
#define OUT_OF_MEMORY "needs more than 64 MiB of memory"
#endif

Test(base, jail_reports_how_its_child_ended)
{
	static const struct {
		bool (*work)(void *, int);
		struct jail_limits limits;
		const char *message;
	} cases[] = {
		{ hogs, { 64u << 20, 10, 20 }, OUT_OF_MEMORY },
		{ spins, { 64u << 20, 10, 1 }, "takes more than 1 seconds to read" },
		{ spins, { 64u << 20, 1, 60 }, "takes more than 1 seconds of processor time" },
		{ fails, { 64u << 20, 10, 20 }, "cannot be read" },
		{ crashes, { 64u << 20, 10, 20 }, "its parser" },
		{ chokes, { 64u << 20, 10, 20 }, "its parser" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		AUTO_ARENA a = { 0 };
		struct buf text = { .a = &a };
		struct error e = { 0 };

		cr_expect_not(run(&cases[i].limits, cases[i].work, NULL, &text, &e), "%zu", i);
		cr_expect_eq(e.kind, ERR_INPUT, "%zu", i);
		cr_expect(strstr(e.cause, cases[i].message), "%zu: %s", i, e.cause);
	}
	cr_expect(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD, "a child is left");
}

struct heard {
	struct progress base;
	unsigned warnings;
};

static void remember(struct progress *p, const char *text)
{
	struct heard *h = (struct heard *)p;

	h->warnings++;
	cr_expect(strstr(text, "less protection"), "%s", text);
}

Test(base, F21_jail_reports_missing_kernel_support_and_only_that)
{
	struct heard h = { .base.warn = remember };

	jail_report(&h.base);
	cr_expect_eq(h.warnings, !jail_has_landlock() || !jail_has_seccomp());
}
