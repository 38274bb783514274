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

#include "base/jail_rules.h"
#include "support/fixture_jailrun.h"

static const struct jail_limits limits = { 256u << 20, 10, 20 };

static int file_with(const char *text)
{
	int fd = memfd_create("test", MFD_CLOEXEC);
	struct error e = { 0 };

	cr_assert(fd >= 0 && fd_write(fd, str_of(text), "test", &e));
	return fd;
}

static bool child_parses(void *ctx, struct sink *out, struct error *e)
{
	char *p = malloc(64u << 20); /* malloc, and memory it was forked with, work */
	bool ok = p != NULL;

	if (ok)
		memset(p, 1, 64u << 20);
	free(p);
	return ok && jailrun_say(out, "read ", e) && jailrun_say(out, ctx, e);
}

Test(base, jail_runs_a_parser_and_passes_on_what_it_writes)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct error e = { 0 };
	char input[] = "this";

	cr_expect(jailrun_start(&limits, JAIL_NO_FILES, child_parses, input, &text, &e), "%s",
		  e.cause);
	cr_expect_str_eq(buf_cstr(&text), "read this");
}

static bool child_opens(void *ctx, struct sink *out, struct error *e)
{
	(void)ctx;
	return open("/etc/passwd", O_RDONLY) < 0 && jailrun_say(out, "x", e);
}
static bool child_sockets(void *ctx, struct sink *out, struct error *e)
{
	(void)ctx;
	return socket(AF_INET, SOCK_STREAM, 0) < 0 && jailrun_say(out, "x", e);
}
static bool child_forks(void *ctx, struct sink *out, struct error *e)
{
	(void)ctx;
	return fork() < 0 && jailrun_say(out, "x", e);
}
static bool child_kills(void *ctx, struct sink *out, struct error *e)
{
	(void)out;
	return kill(*(pid_t *)ctx, 0) < 0 && jailrun_say(out, "x", e);
}
static bool child_reads(void *ctx, struct sink *out, struct error *e)
{
	char c;

	(void)ctx;
	return read(0, &c, 1) < 0 && jailrun_say(out, "x", e);
}
static bool child_execs(void *ctx, struct sink *out, struct error *e)
{
	char name[] = "true", *argv[] = { name, NULL };

	(void)ctx;
	execv("/bin/true", argv);
	return jailrun_say(out, "x", e);
}
static bool makes_code(void *ctx, struct sink *out, struct error *e)
{
	(void)ctx;
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0) == MAP_FAILED &&
	       jailrun_say(out, "x", e);
}
static bool turns_to_code(void *ctx, struct sink *out, struct error *e)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)ctx;
	return mprotect(p, 4096, PROT_READ | PROT_EXEC) < 0 && jailrun_say(out, "x", e);
}

static bool child_poisons(void *ctx, struct sink *out, struct error *e)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)ctx;
	/* no memory is harmed: the length is 0 */
	return madvise(p, 0, MADV_HWPOISON) < 0 && jailrun_say(out, "x", e);
}

/* Each of these would otherwise go on and say so. */
Test(base, jail_kills_a_child_that_wants_more_than_memory_and_its_pipe)
{
	jail_work *const canaries[] = { child_opens, child_sockets, child_forks,
					child_kills, child_reads,   child_execs,
					makes_code,  turns_to_code, child_poisons };

	if (!jail_has_seccomp())
		cr_skip_test("this kernel has no seccomp filters");
	for (size_t i = 0; i < ARRAY_SIZE(canaries); i++) {
		AUTO_ARENA a = { 0 };
		struct buf text = { .a = &a };
		struct error e = { 0 };
		pid_t parent = getpid();

		cr_expect_not(jailrun_start(&limits, JAIL_NO_FILES, canaries[i], &parent, &text,
					    &e),
			      "canary %zu", i);
		cr_expect_eq(e.kind, ERR_INPUT);
		cr_expect(strstr(e.cause, "the file made its parser try a forbidden system call"),
			  "%zu: %s", i, e.cause);
		cr_expect_eq(text.n, 0);
	}
}

/* Whatever number a descriptor had before, there is nothing behind it. */
static bool finds_others(void *ctx, struct sink *out, struct error *e)
{
	char c;

	return fd_pread(*(int *)ctx, &c, 1, 0, "another", e) && jailrun_say(out, "x", e);
}

Test(base, jail_closes_every_other_descriptor)
{
	AUTO_ARENA a = { 0 };
	AUTO_FD input = file_with("x");
	int others[] = { file_with("secret"), 0, 1, 2 }; /* none of them close-on-exec */

	cr_assert_eq(fcntl(others[0], F_SETFD, 0), 0);
	for (size_t i = 0; i < 4; i++) {
		struct buf text = { .a = &a };
		struct error e = { 0 };

		cr_expect_not(jailrun_start(&limits, &(struct jail_files){ { input, -1 }, -1, 0 },
					    finds_others, &others[i], &text, &e));
		cr_expect_str_eq(e.cause, "cannot read another: Bad file descriptor");
	}
	close(others[0]);
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
		_exit(jail_deny_files() && open("/etc/passwd", O_RDONLY) < 0 && errno == EACCES
			      ? 0
			      : 1);
	}
	waitpid(pid, &status, 0);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static bool child_hogs(void *ctx, struct sink *out, struct error *e)
{
	AUTO_ARENA a = { 0 };

	(void)ctx;
	for (int i = 0; i < 4096; i++)
		memset(arena_alloc(&a, 1u << 20), 1, 1u << 20);
	return jailrun_say(out, "x", e);
}
static bool child_spins(void *ctx, struct sink *out, struct error *e)
{
	volatile bool more = true;

	(void)ctx;
	while (more)
		;
	return jailrun_say(out, "x", e);
}
static bool child_fails(void *ctx, struct sink *out, struct error *e)
{
	(void)ctx;
	(void)e;
	(void)out;
	return false;
}
static bool child_chokes(void *ctx, struct sink *out, struct error *e)
{
	/* read from a variable, so that no compiler sees where it leads */
	volatile uintptr_t where = 16;
	volatile unsigned char *nothing = (volatile unsigned char *)where;

	(void)ctx;
	(void)e;
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
		jail_work *work;
		struct jail_limits limits;
		const char *message;
	} cases[] = {
		{ child_hogs, { 64u << 20, 10, 20 }, OUT_OF_MEMORY },
		{ child_spins, { 64u << 20, 10, 1 }, "takes more than 1 seconds to read" },
		{ child_spins,
		  { 64u << 20, 1, 60 },
		  "takes more than 1 seconds of processor time" },
		{ child_fails, { 64u << 20, 10, 20 }, "cannot be read" },
		{ jailrun_crash, { 64u << 20, 10, 20 }, "its parser" },
		{ child_chokes, { 64u << 20, 10, 20 }, "its parser" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct buf text = { .a = &a };
		struct error e = { 0 };

		cr_expect_not(jailrun_start(&cases[i].limits, JAIL_NO_FILES, cases[i].work, NULL,
					    &text, &e),
			      "%zu", i);
		cr_expect_eq(e.kind, ERR_INPUT, "%zu", i);
		cr_expect(strstr(e.cause, cases[i].message), "%zu: %s", i, e.cause);
	}
	cr_expect(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD, "a child is left");
}

/* Who may use little memory cannot ask for more for a child. */
Test(base, jail_stays_within_limits_that_are_lower_already)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct error e = { 0 };
	struct rlimit low = { (rlim_t)2 << 30, (rlim_t)2 << 30 };
	char input[] = "this";

	if (getuid() == 0)
		cr_assert_eq(setresuid(65534, 65534, 65534), 0); /* root may raise any limit */
#ifdef __SANITIZE_ADDRESS__
	low.rlim_cur = low.rlim_max = RLIM_INFINITY; /* its shadow takes terabytes */
#endif
	cr_assert_eq(setrlimit(RLIMIT_AS, &low), 0);
	cr_expect(jailrun_start(&(struct jail_limits){ (uint64_t)4 << 30, 10, 20 }, JAIL_NO_FILES,
				child_parses, input, &text, &e),
		  "%s", e.cause);
	cr_expect_str_eq(buf_cstr(&text), "read this");
}

static bool child_complains(void *ctx, struct sink *out, struct error *e)
{
	err_set(e, *(enum err_kind *)ctx, "not what it should be");
	err_at(e, "recipe.json", 3, 4);
	return jailrun_say(out, "half", &(struct error){ 0 }) && err_wrap(e, "part %d", 7);
}

Test(base, jail_passes_on_what_its_child_says_went_wrong)
{
	static const struct {
		enum err_kind said, passed;
		const char *cause;
	} cases[] = {
		{ ERR_INPUT, ERR_INPUT, "not what it should be" },
		{ ERR_VERIFY, ERR_VERIFY, "not what it should be" },
		{ ERR_SYSTEM, ERR_SYSTEM, "not what it should be" },
		/* no parser has a say in these */
		{ ERR_USAGE, ERR_INPUT, "the file cannot be read" },
		{ (enum err_kind)77, ERR_INPUT, "the file cannot be read" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct buf text = { .a = &a };
		enum err_kind kind = cases[i].said;
		struct error e = { 0 };

		cr_expect_not(jailrun_start(&limits, JAIL_NO_FILES, child_complains, &kind, &text,
					    &e),
			      "%zu", i);
		cr_expect_eq(e.kind, cases[i].passed, "%zu", i);
		cr_expect_str_eq(e.cause, cases[i].cause);
		if (cases[i].said == cases[i].passed) {
			cr_expect_str_eq(e.context, "part 7: ");
			cr_expect_str_eq(e.at.file, "recipe.json");
			cr_expect(e.at.line == 3 && e.at.col == 4);
		}
	}
}

/* A child that was taken over fills the shared error to its last byte. */
static bool child_overfills(void *ctx, struct sink *out, struct error *e)
{
	(void)ctx;
	(void)out;
	memset(e, 'x', sizeof(*e));
	e->kind = ERR_INPUT;
	return false;
}

Test(base, jail_reads_no_further_than_the_error_it_shares)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct error e = { 0 };

	cr_expect_not(jailrun_start(&limits, JAIL_NO_FILES, child_overfills, NULL, &text, &e));
	cr_expect_eq(strlen(e.cause), sizeof(e.cause) - 1);
	cr_expect_eq(strlen(e.context), sizeof(e.context) - 1);
	cr_expect_eq(strlen(e.at.file), sizeof(e.at.file) - 1);
}

/* The descriptors that a child is left with. */
struct desk {
	int input, scratch, other;
	bool may_write;
};

static bool uses_files(void *ctx, struct sink *out, struct error *e)
{
	const struct desk *d = ctx;
	char text[5] = "";

	if (!fd_pread(d->input, text, 4, 2, "input", e) || !jailrun_say(out, text, e))
		return false;
	if (pread(d->other, text, 1, 0) >= 0)
		return err_set(e, ERR_INPUT, "another file can be read");
	if (!d->may_write)
		return true;
	return pwrite(d->scratch, text, 4, 0) == 4 &&
	       fd_pread(d->scratch, text, 4, 0, "notes", e) && jailrun_say(out, text, e);
}

static bool writes_to_input(void *ctx, struct sink *out, struct error *e)
{
	const struct desk *d = ctx;

	return pwrite(d->input, "x", 1, 0) == 1 && jailrun_say(out, "x", e);
}

static bool writes_plainly(void *ctx, struct sink *out, struct error *e)
{
	const struct desk *d = ctx;

	return write(d->input, "x", 1) == 1 && jailrun_say(out, "x", e);
}

static bool maps_input(void *ctx, struct sink *out, struct error *e)
{
	const struct desk *d = ctx;

	return mmap(NULL, 1, PROT_READ, MAP_SHARED, d->input, 0) == MAP_FAILED &&
	       jailrun_say(out, "x", e);
}

Test(base, jail_leaves_the_descriptors_it_was_told_to)
{
	AUTO_ARENA a = { 0 };
	AUTO_FD input = file_with("abcdefgh");
	AUTO_FD other = file_with("secret");
	AUTO_FD scratch = file_with("");
	struct desk desk = { input, scratch, other, false };
	struct buf text = { .a = &a };
	struct error e = { 0 };

	cr_expect(jailrun_start(&limits, &(struct jail_files){ { input, -1 }, -1, 0 }, uses_files,
				&desk, &text, &e),
		  "%s", e.cause);
	desk.may_write = true;
	cr_expect(jailrun_start(&limits, &(struct jail_files){ { input, -1 }, scratch, 4 },
				uses_files, &desk, &text, &e),
		  "%s", e.cause);
	cr_expect_str_eq(buf_cstr(&text), "cdefcdefcdef");
}

Test(base, jail_lets_nobody_write_to_what_is_to_be_read)
{
	AUTO_ARENA a = { 0 };
	AUTO_FD input = file_with("abcdefgh");
	AUTO_FD scratch = file_with("");
	const struct jail_files files[] = { { { input, -1 }, -1, 0 },
					    { { input, -1 }, scratch, 4 } };
	jail_work *const tries[] = { writes_to_input, maps_input, writes_plainly };
	struct desk desk = { input, scratch, -1, false };

	if (!jail_has_seccomp())
		cr_skip_test("this kernel has no seccomp filters");
	for (size_t i = 0; i < 6; i++) {
		struct buf text = { .a = &a };
		struct error e = { 0 };

		cr_expect_not(jailrun_start(&limits, &files[i % 2], tries[i / 2], &desk, &text, &e),
			      "%zu", i);
		cr_expect(strstr(e.cause, "forbidden system call"), "%zu: %s", i, e.cause);
		cr_expect_eq(text.n, 0);
	}
}

struct heard {
	struct progress base;
	unsigned warnings;
};

static void remember_warning(struct progress *p, const char *text)
{
	struct heard *h = (struct heard *)p;

	h->warnings++;
	cr_expect(strstr(text, "less protection"), "%s", text);
}

Test(base, F21_jail_reports_missing_kernel_support_and_only_that)
{
	struct heard h = { .base.warn = remember_warning };

	jail_report(&h.base);
	cr_expect_eq(h.warnings, !jail_has_landlock() || !jail_has_seccomp());
}

static void remember_off(struct progress *p, const char *text)
{
	struct heard *h = (struct heard *)p;

	h->warnings++;
	cr_expect_str_eq(
		text, "IMGBUILD_NO_JAIL is set: untrusted files are parsed without any protection");
}

Test(base, jail_that_is_switched_off_says_so)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct error e = { 0 };
	struct heard h = { .base.warn = remember_off };
	char input[] = "this";

	setenv("IMGBUILD_NO_JAIL", "1", 1);
	jail_report(&h.base);
	cr_expect_eq(h.warnings, 1);
	cr_expect(jailrun_start(&limits, JAIL_NO_FILES, child_parses, input, &text, &e), "%s",
		  e.cause);
	cr_expect_str_eq(buf_cstr(&text), "read this");
}
