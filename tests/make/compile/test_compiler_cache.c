/* SPDX-License-Identifier: Apache-2.0 */
/* Caches of compilers and collections of the store. */

#include "make/compile/compiler_cache.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/fixture_depot.h"
#include "support/fixture_files.h"
#include "transfer/store/store_gc.h"

/* A cache of 4 bytes, last used so many days ago. Its folder. */
static const char *compiler_cache_put(struct depot *d, const char *name, unsigned days)
{
	const char *folder = arena_printf(&d->a, "%s/%s", d->path, name);
	time_t used = time(NULL) - (time_t)days * 24 * 60 * 60;
	struct timespec t[2] = { { .tv_sec = used }, { .tv_sec = used } };

	files_put(arena_printf(&d->a, "%s/below/object", folder), "word");
	cr_assert_eq(chmod(arena_printf(&d->a, "%s/below", folder), 0500), 0);
	cr_assert_eq(utimensat(AT_FDCWD, folder, t, 0), 0);
	return folder;
}

static struct store_gc_result compiler_cache_collect(struct depot *d,
						     const struct store_gc_rules *rules)
{
	struct store_gc_result result;
	struct error e = { 0 };

	cr_assert(store_gc(&d->store, rules, time(NULL), &result, &e), "%s", e.cause);
	return result;
}

Test(compiler_cache, collections_take_what_is_old_or_too_large_or_not_read_in_ci)
{
	static const struct {
		const char *name;
		struct store_gc_rules rules;
		const char *left; /* which of the caches a, b, c stay */
	} cases[] = {
		{ "all are young", { .keep_s = 9000000, .max_bytes = 12 }, "abc" },
		{ "one is old", { .keep_s = 30 * 86400, .max_bytes = 12 }, "ab" },
		{ "too many bytes", { .keep_s = 9000000, .max_bytes = 5 }, "a" },
		{ "CI", { .keep_s = 9000000, .max_bytes = 12, .for_ci = true }, "b" },
		{ "dry run", { .dry_run = true }, "abc" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct store_gc_result result;
		const char *paths[3];
		struct depot d;

		depot_open(&d);
		paths[0] = compiler_cache_put(&d, "incremental/app.amd64", 1);
		paths[1] = compiler_cache_put(&d, "ccache/app", 10);
		paths[2] = compiler_cache_put(&d, "incremental/app.arm64", 40);
		result = compiler_cache_collect(&d, &cases[i].rules);
		for (size_t k = 0; k < ARRAY_SIZE(paths); k++)
			cr_expect_eq(access(paths[k], F_OK) == 0,
				     strchr(cases[i].left, (int)('a' + k)) != NULL, "%s: %s",
				     cases[i].name, paths[k]);
		cr_expect_eq(result.caches.removed + result.caches.kept, 3, "%s", cases[i].name);
		cr_expect_eq(result.caches.removed_bytes, 4 * result.caches.removed);
		cr_expect_eq(result.caches.kept_bytes, 4 * result.caches.kept);
		cr_expect_eq(result.all.removed, result.caches.removed, "%s", cases[i].name);
		if (!cases[i].rules.dry_run)
			cr_expect_eq(result.caches.kept, strlen(cases[i].left), "%s",
				     cases[i].name);
		depot_close(&d);
	}
}

Test(compiler_cache, what_a_build_uses_is_not_collected)
{
	const struct store_gc_rules rules = { .keep_s = 0, .max_bytes = 0 };
	struct store_gc_result result;
	struct error e = { 0 };
	const char *used, *path, *unused;
	struct depot d;
	AUTO_STORE build = STORE_INIT;

	depot_open(&d);
	used = compiler_cache_put(&d, "incremental/used.amd64", 100);
	unused = compiler_cache_put(&d, "ccache/used", 100);
	cr_assert(store_open(&d.a, d.path, &build, &e), "%s", e.cause);
	cr_assert(compiler_cache_open(&d.a, &build, "incremental", "used.amd64", &path, &e), "%s",
		  e.cause);
	cr_expect_str_eq(path, used);
	result = compiler_cache_collect(&d, &rules);
	cr_expect_eq(result.in_use, 1);
	cr_expect_eq(access(used, F_OK), 0);
	cr_expect_eq(access(unused, F_OK), -1);
	cr_expect_str_eq(files_get(&d.a, arena_printf(&d.a, "%s/below/object", used)), "word");
	store_close(&build);
	result = compiler_cache_collect(&d, &rules);
	cr_expect_eq(result.caches.removed, 1);
	cr_expect_eq(access(used, F_OK), -1);
	depot_close(&d);
}

Test(compiler_cache, one_that_is_not_there_is_made)
{
	struct error e = { 0 };
	const char *path;
	struct depot d;
	struct stat st;

	depot_open(&d);
	cr_assert(compiler_cache_open(&d.a, &d.store, "ccache", "new", &path, &e), "%s", e.cause);
	cr_expect(stat(path, &st) == 0 && S_ISDIR(st.st_mode));
	files_put(arena_printf(&d.a, "%s/ccache/file", d.path), "in the way");
	cr_expect(!compiler_cache_open(&d.a, &d.store, "ccache", "file", &path, &e));
	cr_expect_eq(e.kind, ERR_SYSTEM);
	depot_close(&d);
}

/* Collects all the time, with rules that keep nothing. */
static void compiler_cache_collect_forever(const char *path)
{
	const struct store_gc_rules rules = { .keep_s = 0, .max_bytes = 0 };

	depot_die_with_test();
	for (;;) {
		AUTO_ARENA a = { 0 };
		AUTO_STORE s = STORE_INIT;
		struct store_gc_result result;
		struct error e = { 0 };

		if (!store_open(&a, path, &s, &e) || !store_gc(&s, &rules, time(NULL), &result, &e))
			_exit(1);
	}
}

/* However a collection and the beginning of a build fall together: the folder that was opened is
 * there to the end. */
Test(compiler_cache, one_that_was_opened_stays_while_others_collect, .timeout = 60)
{
	unsigned gone = 0;
	struct depot d;
	pid_t pid;

	depot_open(&d);
	pid = fork();
	if (pid == 0)
		compiler_cache_collect_forever(d.path);
	for (unsigned i = 0; i < 200; i++) {
		const char *name = arena_printf(&d.a, "app%u.amd64", i), *path, *object;
		struct error e = { 0 };

		object = arena_printf(&d.a, "%s/below/object",
				      compiler_cache_put(&d,
							 arena_printf(&d.a, "incremental/%s", name),
							 9));
		cr_assert(compiler_cache_open(&d.a, &d.store, "incremental", name, &path, &e),
			  "%s%s", e.context, e.cause);
		if (access(object, F_OK) < 0) {
			gone++; /* taken before it was opened */
			files_put(object, "word");
		}
		nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
		cr_assert_eq(access(object, F_OK), 0, "cache %u went while it was in use", i);
	}
	cr_assert_eq(waitpid(pid, NULL, WNOHANG), 0, "the collector failed");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	cr_expect(gone < 200, "the collector always won: nothing was tested");
	depot_close(&d);
}
