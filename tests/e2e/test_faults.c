/* SPDX-License-Identifier: Apache-2.0 */
/* A fault at every system call of a whole build from nothing (lock, fetch, unpack, layers, image,
 * audit) against a server on 127.0.0.1: F1, F3 and F4 of the fault plan. After each the invariants
 * hold:
 *   I1 the image is not there, or it is the one of the undisturbed build;
 *   I2 nothing half-made has a final name, and a run that only failed has left nothing at all;
 *   I3 what the store shows is whole;
 *   I4 the next run succeeds with the same image and removes leftovers;
 *   I5 the exit status is that of this machine's faults, and a line says what happened;
 *   I6 no process holds the store any more;
 *   I7 it ended in time;
 *   I8 nothing else was touched.
 * By default some points drawn with a fixed seed; IMGBUILD_FAULTS=all takes every one. */

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "base/path.h"
#include "support/fixture_minirepo.h"
#include "support/fixture_nth.h"

#define SEED 5
#define SAMPLED 8 /* points of each kind */
#define SECONDS_MAX 20

/* A run of ./imgbuild that can be started in a child with a filter. */
struct errand {
	const char *argv[8];
	int out, err;
};

static int become_errand(void *user)
{
	const struct errand *x = user;

	dup2(x->out, 1);
	dup2(x->err, 2);
	execv(x->argv[0], (char *const *)(uintptr_t)x->argv);
	return 127;
}

/* What is the same for all points of one test. */
struct trial {
	struct arena a;
	struct minirepo m;
	const char *name;
	const char *const *calls;
	int error;			       /* 0: killed */
	const char *image, *lock, *repository; /* of the undisturbed build */
	unsigned at, injected;
	struct nth_result result;
	const char *said;
};

/* A lock without what a build has noted in it at its end: a fault there leaves a lock that is as
 * good. */
static const char *lock_of(struct trial *t)
{
	struct str rest = str_of(files_get(&t->a, t->m.lock)), line;
	struct buf text = { .a = &t->a };

	while (str_next(&rest, '\n', &line)) {
		if (!str_starts(str_trim(line), STR("\"libraries\":")) &&
		    !str_starts(str_trim(line), STR("\"opened-by\":")))
			buf_printf(&text, STR_FMT "\n", STR_ARG(line));
	}
	return buf_cstr(&text);
}

static const char *repository_of(struct trial *t)
{
	files_put(t->m.lock, lock_of(t));
	return minirepo_digest(&t->a, arena_printf(&t->a, "%s/repository", t->m.dir));
}

static void trial_open(struct trial *t, const char *name, const char *const *calls, int error)
{
	struct oracle_run r;

	*t = (struct trial){ .name = name, .calls = calls, .error = error };
	minirepo_open(&t->m, &t->a);
	r = minirepo_build(&t->m);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	t->image = minirepo_digest(&t->a, t->m.out);
	t->repository = repository_of(t);
	t->lock = lock_of(t);
}

static void trial_close(struct trial *t)
{
	minirepo_close(&t->m);
	arena_free(&t->a);
}

#define EXPECT(t, condition, ...)                                                       \
	cr_expect(condition, "%s at %u (%s): %s", (t)->name, (t)->at, (t)->result.call, \
		  arena_printf(&(t)->a, __VA_ARGS__))

static void trial_expect_blobs(struct trial *t)
{
	const char *dir = arena_printf(&t->a, "%s/blobs/sha256", t->m.store);
	struct strings names = { 0 };

	if (access(dir, F_OK) == 0)
		names = files_below(&t->a, dir, "");
	for (size_t i = 0; i < names.n; i++) {
		struct digest digest, found;
		struct error e = { 0 };
		AUTO_FD fd = open(names.v[i], O_RDONLY | O_CLOEXEC);

		EXPECT(t, digest_parse(str_of(path_base(names.v[i])), &digest), "%s", names.v[i]);
		EXPECT(t, digest_fd(fd, "blob", &found, NULL, &e) && digest_eq(&digest, &found),
		       "I3: a visible blob is whole");
	}
}

/* Nobody holds the store: its lock can be had. A child that is being ended may take a moment. */
static bool store_is_free(struct trial *t)
{
	AUTO_FD fd = open(arena_printf(&t->a, "%s/lock", t->m.store), O_RDONLY | O_CLOEXEC);

	for (int i = 0; fd >= 0 && i < 100; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	}
	return fd < 0;
}

static void trial_expect_status(struct trial *t)
{
	if (t->result.killed) {
		EXPECT(t, !t->error, "it died of a fault: %s", t->said);
		return;
	}
	/* a blob that cannot be read cannot be verified either */
	EXPECT(t,
	       t->result.status == 0 || t->result.status == err_status(ERR_SYSTEM) ||
		       (t->result.status == err_status(ERR_VERIFY) &&
			strstr(t->said, "was damaged")),
	       "I5: status %d: %s", t->result.status, t->said);
	/* when what failed is the saying, nothing can be said */
	if (t->result.status && strcmp(t->result.call, "write") != 0)
		EXPECT(t, strstr(t->said, "imgbuild: error: "), "I5: said: %s", t->said);
}

static void expect_only_known_files(struct trial *t)
{
	bool made = access(t->m.lock, F_OK) == 0;

	EXPECT(t,
	       minirepo_digest(&t->a, t->m.home)[0] ==
		       digest_hex_dup(&t->a, (struct digest[]){ digest_of(STR("")) })[0],
	       "I8: something is in the home folder");
	EXPECT(t, !made || strcmp(lock_of(t), t->lock) == 0,
	       "I1: the lock is not the one of the undisturbed build");
}

static void expect_invariants(struct trial *t)
{
	const char *image = minirepo_digest(&t->a, t->m.out);
	/* what removes things cannot remove what it is kept from removing */
	bool removes = strncmp(t->result.call, "unlink", 6) == 0 ||
		       strcmp(t->result.call, "fchmodat") == 0;

	EXPECT(t, !image[0] || strcmp(image, t->image) == 0, "I1: another image");
	EXPECT(t, t->result.killed || t->result.status || image[0], "I1: success without an image");
	if (!t->result.killed && t->result.status && !removes)
		EXPECT(t, minirepo_temporaries(&t->a, t->m.dir) == 0,
		       "I2: temporary files are left");
	trial_expect_blobs(t);
	trial_expect_status(t);
	EXPECT(t, store_is_free(t), "I6: somebody holds the store");
	expect_only_known_files(t);
}

static void expect_recovery(struct trial *t)
{
	/* where the image was made and only the removal of something failed, the next run has
	 * nothing to do, and does not look beside it */
	bool idle = t->result.status == 0 && !t->result.killed;
	struct oracle_run r;

	minirepo_serve(&t->m);
	r = minirepo_build(&t->m);
	EXPECT(t, r.status == 0, "I4: the next run: %s", r.err.p);
	EXPECT(t, strcmp(minirepo_digest(&t->a, t->m.out), t->image) == 0, "I4: another image");
	EXPECT(t, idle || minirepo_temporaries(&t->a, t->m.dir) == 0, "I4: leftovers stay");
	EXPECT(t, strcmp(repository_of(t), t->repository) == 0, "I8: the repository has changed");
}

static const char *trial_read_output(struct trial *t, int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = arena_alloc(&t->a, (size_t)size + 1);

	cr_assert_eq(pread(fd, text, (size_t)size, 0), size);
	return text;
}

/* A build from nothing with a fault at one point. false: there was no such point. */
static bool trial_strike(struct trial *t, unsigned at)
{
	struct nth_fault fault = { t->calls, at, t->error };
	AUTO_FD out = open("/dev/null", O_WRONLY | O_CLOEXEC);
	AUTO_FD err = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	struct errand x = { { minirepo_program, "--progress=quiet", t->m.recipe, "-o", t->m.out,
			      NULL },
			    out,
			    err };
	time_t began = time(NULL);

	t->at = at;
	minirepo_clear(&t->m);
	minirepo_serve(&t->m);
	if (!nth_run(&fault, become_errand, &x, &t->result))
		cr_skip_test("no seccomp user notification here");
	t->said = trial_read_output(t, err);
	if (!t->result.hit || strstr(t->said, "error while loading shared libraries"))
		return t->result.hit;
	t->injected++;
	EXPECT(t, time(NULL) - began <= SECONDS_MAX, "I7: too slow");
	expect_invariants(t);
	expect_recovery(t);
	return true;
}

/* The number of points: found by a run in which none is hit. */
static unsigned count_points(struct trial *t)
{
	t->error = 0;
	cr_assert_not(trial_strike(t, UINT32_MAX));
	cr_assert_eq(t->result.status, 0, "%s", t->said);
	return t->result.count;
}

static void strike_many(const char *name, const char *const *calls, int error)
{
	const char *how = getenv("IMGBUILD_FAULTS");
	bool all = how && strcmp(how, "all") == 0;
	unsigned seed = SEED, points;
	struct trial t;

	trial_open(&t, name, calls, error);
	points = count_points(&t);
	t.error = error;
	all |= points <= SAMPLED;
	for (unsigned i = 0; i < (all ? points : SAMPLED); i++)
		trial_strike(&t, all ? i + 1 : 1 + (unsigned)rand_r(&seed) % points);
	cr_log_info("%s: %u points, %u faults injected", name, points, t.injected);
	cr_expect_gt(t.injected, 0);
	trial_close(&t);
}

static const char *const changing[] = {
	"mkdir",     "mkdirat",	  "write",     "pwrite64",	  "fsync",     "fdatasync",
	"syncfs",    "rename",	  "renameat",  "renameat2",	  "link",      "linkat",
	"symlinkat", "unlink",	  "unlinkat",  "chmod",		  "fchmod",    "fchmodat",
	"truncate",  "ftruncate", "fallocate", "copy_file_range", "utimensat", NULL,
};
static const char *const looking[] = {
	"open",	     "openat",	   "read",	 "pread64", "flock",
	"faccessat", "faccessat2", "getdents64", "statx",   NULL,
};
static const char *const asking[] = { "clone", "clone3", "pipe2", "memfd_create", NULL };

Test(faults, F1_killed_at_any_change_of_the_disk, .timeout = 7200)
{
	strike_many("kill", changing, 0);
}

Test(faults, F3_no_space_at_any_change_of_the_disk, .timeout = 7200)
{
	strike_many("ENOSPC", changing, ENOSPC);
}

Test(faults, F4_input_output_error_at_any_change_of_the_disk, .timeout = 7200)
{
	strike_many("EIO", changing, EIO);
}

Test(faults, F4_input_output_error_at_any_look, .timeout = 7200)
{
	strike_many("EIO", looking, EIO);
}

Test(faults, F4_no_descriptors_at_any_look, .timeout = 7200)
{
	strike_many("EMFILE", looking, EMFILE);
}

Test(faults, F4_no_process_or_pipe_at_any_request, .timeout = 7200)
{
	strike_many("ENOMEM", asking, ENOMEM);
}

/* From too little to start with to enough: never a crash, and in the end it works. */
Test(faults, F18_little_memory, .timeout = 600)
{
	struct oracle_run r = { .status = 1 };
	struct trial t;

	oracle_need("prlimit");
	trial_open(&t, "memory", asking, 0);
	for (unsigned mib = 16; mib <= 1024 && r.status; mib += mib / 4) {
		minirepo_clear(&t.m);
		minirepo_serve(&t.m);
		r = oracle_run(&t.a, (const char *const[]){
					     "prlimit", arena_printf(&t.a, "--as=%u", mib << 20),
					     minirepo_program, "--progress=quiet", t.m.recipe, "-o",
					     t.m.out, NULL });
		t.at = mib;
		/* below some size it is the loader that cannot start the program */
		EXPECT(&t, r.status == 0 || r.status == 6 || !strstr(r.err.p, "imgbuild: error: "),
		       "status %d: %s", r.status, r.err.p);
		trial_expect_blobs(&t);
	}
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	trial_close(&t);
}
