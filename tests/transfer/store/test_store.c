/* SPDX-License-Identifier: Apache-2.0 */
/* The store: whom it trusts, what it makes of damage, that what it gives out is what was put in. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "support/fixture_depot.h"
#include "support/fixture_files.h"

static struct digest store_put_text(struct depot *d, const char *text)
{
	struct error e = { 0 };
	struct digest digest;

	cr_assert(store_put_bytes(&d->store, str_of(text), &digest, &e), "%s%s", e.context,
		  e.cause);
	return digest;
}

/* What opening gives: 1 and the bytes are `text`, 0, or -1. */
static int open_text(struct depot *d, const struct digest *digest, const char *text)
{
	struct error e = { 0 };
	AUTO_FD fd = -1;
	int got = store_open_blob(&d->store, digest, strlen(text), &fd, &e);

	if (got == 1) {
		char *bytes = arena_alloc(&d->a, strlen(text) + 1);

		cr_expect(fd_pread(fd, bytes, strlen(text), 0, "blob", &e), "%s", e.cause);
		cr_expect_str_eq(bytes, text);
	}
	return got;
}

Test(store, gives_back_what_was_put_in)
{
	struct depot d;
	struct digest digest, known = digest_of(STR("hello"));
	struct stat st;

	depot_open(&d);
	cr_expect_eq(open_text(&d, &known, "hello"), 0);
	cr_expect(!store_has_blob(&d.store, &known, 5));
	digest = store_put_text(&d, "hello");
	cr_expect(digest_eq(&digest, &known));
	cr_expect_eq(open_text(&d, &known, "hello"), 1);
	cr_expect(store_has_blob(&d.store, &known, 5));
	cr_expect(store_has_blob(&d.store, &known, UINT64_MAX));
	cr_expect(!store_has_blob(&d.store, &known, 6));
	cr_expect_eq(stat(depot_blob_path(&d, &known), &st), 0);
	cr_expect_eq(st.st_mode, (mode_t)(S_IFREG | 0444));
	store_put_text(&d, "hello");
	cr_expect_eq(depot_blobs(&d).n, 1);
	depot_close(&d);
}

Test(store, is_marked_as_a_cache)
{
	struct depot d;
	const char *text;

	depot_open(&d);
	text = files_get(&d.a, arena_printf(&d.a, "%s/CACHEDIR.TAG", d.path));
	cr_expect_eq(strncmp(text, "Signature: 8a477f597d28d172789f06886806bc55", 43), 0);
	depot_close(&d);
}

Test(store, refuses_bytes_that_are_not_the_expected_ones)
{
	static const struct {
		const char *name, *bytes;
		uint64_t size;
		const char *says;
	} cases[] = {
		{ "wrong bytes", "HELLO", 5, "expected SHA-256" },
		{ "too few", "hell", 5, "found 4 bytes" },
		{ "too many", "hello!", 5, "found 6 bytes" },
		{ "wrong bytes, size unknown", "HELLO", UINT64_MAX, "expected SHA-256" },
	};
	struct depot d;

	depot_open(&d);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct store_expect expect = { digest_of(STR("hello")), cases[i].size };
		AUTO_PUT put = STORE_PUT_INIT;
		struct error e = { 0 };

		cr_assert(store_put_begin(&d.store, &put, "greeting", &e));
		cr_assert(put.sink.base.write(&put.sink.base, str_of(cases[i].bytes), &e));
		cr_expect(!store_put_commit(&put, &expect, NULL, NULL, &e), "%s", cases[i].name);
		cr_expect_eq(e.kind, ERR_VERIFY, "%s", cases[i].name);
		cr_expect(strstr(e.cause, cases[i].says), "%s: %s", cases[i].name, e.cause);
		cr_expect(strstr(e.cause, "greeting"), "%s: %s", cases[i].name, e.cause);
		store_put_abort(&put);
		cr_expect_eq(depot_blobs(&d).n, 0, "%s", cases[i].name);
	}
	depot_close(&d);
}

/* Ways for an entry to be damaged (F13). */
static void damage_by_flip(const char *path)
{
	int fd = open(path, O_WRONLY);

	cr_assert(fd >= 0 && pwrite(fd, "x", 1, 3) == 1 && close(fd) == 0);
}

static void truncate_it(const char *path)
{
	cr_assert_eq(truncate(path, 7), 0);
}

static void damage_by_emptying(const char *path)
{
	cr_assert_eq(truncate(path, 0), 0);
}

static void damage_by_lengthening(const char *path)
{
	cr_assert_eq(truncate(path, 100), 0);
}

static void make_full_folder(const char *path)
{
	AUTO_ARENA a = { 0 };

	cr_assert_eq(unlink(path), 0);
	files_put(arena_printf(&a, "%s/below/file", path), "text");
}

static void damage_by_link(const char *path)
{
	AUTO_ARENA a = { 0 };
	const char *copy = arena_printf(&a, "%s.copy", path);

	/* to the right bytes even: they may change behind the link */
	cr_assert_eq(rename(path, copy), 0);
	cr_assert_eq(symlink(copy, path), 0);
}

static void damage_by_fifo(const char *path)
{
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(mkfifo(path, 0600), 0);
}

struct warnings {
	struct progress base;
	unsigned n;
	char last[1024];
};

static void keep_warning(struct progress *p, const char *text)
{
	struct warnings *w = (struct warnings *)p;

	w->n++;
	snprintf(w->last, sizeof(w->last), "%s", text);
}

Test(store, damaged_entries_are_removed_with_a_warning_and_count_as_absent, .timeout = 30)
{
	static const struct {
		const char *name;
		void (*damage)(const char *path);
		const char *says;
	} cases[] = {
		{ "a flipped bit", damage_by_flip, "does not match its name" },
		{ "truncated", truncate_it, "wrong size" },
		{ "emptied", damage_by_emptying, "wrong size" },
		{ "longer", damage_by_lengthening, "wrong size" },
		{ "a folder", make_full_folder, "is not a regular file" },
		{ "a link", damage_by_link, "is a symbolic link" },
		{ "a FIFO", damage_by_fifo, "is not a regular file" },
	};
	static const char text[] = "the quick brown fox";
	struct digest digest = digest_of(STR(text));

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct warnings w = { .base = { .warn = keep_warning } };
		struct depot d;
		const char *path;

		depot_open(&d);
		d.store.progress = &w.base;
		path = depot_blob_path(&d, &digest);
		store_put_text(&d, text);
		cases[i].damage(path);
		cr_expect_eq(open_text(&d, &digest, text), 0, "%s", cases[i].name);
		cr_expect_eq(w.n, 1, "%s", cases[i].name);
		cr_expect(strstr(w.last, cases[i].says), "%s: %s", cases[i].name, w.last);
		cr_expect_eq(access(path, F_OK), -1, "%s is removed", cases[i].name);
		store_put_text(&d, text);
		cr_expect_eq(open_text(&d, &digest, text), 1, "%s is replaced", cases[i].name);
		depot_close(&d);
	}
}

Test(store, T18_a_wrong_size_that_was_asked_for_costs_no_blob)
{
	struct error e = { 0 };
	struct digest digest;
	struct depot d;
	int fd = -1;

	depot_open(&d);
	digest = store_put_text(&d, "the quick brown fox");
	cr_expect_eq(store_open_blob(&d.store, &digest, 5, &fd, &e), -1);
	cr_expect_eq(e.kind, ERR_VERIFY);
	cr_expect(strstr(e.cause, "has 19 bytes, not 5: the lock or index that names it is wrong"),
		  "%s", e.cause);
	cr_expect_eq(fd, -1);
	cr_expect_eq(open_text(&d, &digest, "the quick brown fox"), 1, "it is still there");
	depot_close(&d);
}

Test(store, F5_an_entry_nobody_may_read_is_replaced)
{
	struct depot d;
	struct digest digest;

	depot_open(&d);
	digest = store_put_text(&d, "secret");
	cr_assert_eq(chmod(depot_blob_path(&d, &digest), 0), 0);
	/* root reads it all the same, and its bytes are right */
	cr_expect_eq(open_text(&d, &digest, "secret"), geteuid() == 0 ? 1 : 0);
	store_put_text(&d, "secret");
	cr_expect_eq(open_text(&d, &digest, "secret"), 1);
	depot_close(&d);
}

/* Whoever puts something there may not have looked at what stood there. */
Test(store, F13_a_folder_where_an_entry_belongs_makes_way)
{
	struct depot d;
	struct digest key = digest_of(STR("inputs")), blob = digest_of(STR("hello"));
	struct error e = { 0 };
	struct str text;

	depot_open(&d);
	files_put(arena_printf(&d.a, "%s/actions/%s/one", d.path, digest_hex_dup(&d.a, &key)), "1");
	files_put(arena_printf(&d.a, "%s/deep/two", depot_blob_path(&d, &blob)), "2");
	cr_expect(store_put_action(&d.store, &key, STR("result"), &e), "%s", e.cause);
	cr_expect_eq(store_get_action(&d.a, &d.store, &key, &text, &e), 1);
	store_put_text(&d, "hello");
	cr_expect_eq(open_text(&d, &blob, "hello"), 1);
	depot_close(&d);
}

Test(store, T36_folders_that_others_may_write_are_refused)
{
	static const struct {
		const char *folder;
		mode_t mode;
		bool ok;
	} cases[] = {
		{ "", 0755, true },
		{ "", 0775, false },
		{ "", 0702, false },
		{ "/blobs", 0777, false },
		{ "/blobs/sha256", 0770, false },
		{ "/actions", 0722, false },
		{ "/actions", 0750, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct depot d;
		struct error e = { 0 };
		const char *folder;

		depot_open(&d);
		store_close(&d.store);
		folder = arena_printf(&d.a, "%s%s", d.path, cases[i].folder);
		cr_assert_eq(chmod(folder, cases[i].mode), 0);
		cr_expect_eq(store_open(&d.a, d.path, &d.store, &e), cases[i].ok, "%s %o",
			     cases[i].folder, cases[i].mode);
		if (!cases[i].ok) {
			cr_expect_eq(e.kind, ERR_SYSTEM);
			cr_expect(strstr(e.cause, arena_printf(&d.a, "chmod go-w %s", folder)),
				  "%s", e.cause);
			cr_expect_eq(d.store.fd, -1, "nothing stays open");
		}
		depot_close(&d);
	}
}

Test(store, a_store_of_another_user_is_refused)
{
	struct depot d;
	struct error e = { 0 };

	if (geteuid() != 0)
		cr_skip_test("only root can give a folder away");
	depot_open(&d);
	store_close(&d.store);
	cr_assert_eq(chown(d.path, 4711, (gid_t)-1), 0);
	cr_expect(!store_open(&d.a, d.path, &d.store, &e));
	cr_expect_eq(e.kind, ERR_SYSTEM);
	cr_expect(strstr(e.cause, "belongs to user 4711"), "%s", e.cause);
	depot_close(&d);
}

Test(store, a_folder_of_blobs_that_is_a_link_is_refused)
{
	struct depot d;
	struct error e = { 0 };
	const char *blobs;

	depot_open(&d);
	store_close(&d.store);
	blobs = arena_printf(&d.a, "%s/blobs/sha256", d.path);
	cr_assert_eq(rmdir(blobs), 0);
	cr_assert_eq(symlink("/tmp", blobs), 0);
	cr_expect(!store_open(&d.a, d.path, &d.store, &e));
	cr_expect_eq(e.kind, ERR_SYSTEM);
	depot_close(&d);
}

Test(store, opens_under_any_umask_and_for_its_owner_only)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	AUTO_STORE s = STORE_INIT;
	struct error e = { 0 };
	struct stat st;
	mode_t old = umask(0);

	cr_expect(store_open(&a, arena_printf(&a, "%s/deep/er/store", dir), &s, &e), "%s", e.cause);
	cr_expect_eq(fstat(s.fd, &st), 0);
	cr_expect_eq(st.st_mode & 0777, (mode_t)0700);
	umask(0277);
	store_close(&s);
	cr_expect(store_open(&a, arena_printf(&a, "%s/second", dir), &s, &e), "%s", e.cause);
	umask(old);
	files_remove(dir);
}

Test(store, stands_where_the_environment_says)
{
	static const struct {
		const char *own, *xdg, *home, *expected;
	} cases[] = {
		{ "/a", "/b", "/c", "/a" },
		{ NULL, "/b", "/c", "/b/imgbuild" },
		{ NULL, NULL, "/c", "/c/.cache/imgbuild" },
		{ "", "", "/c", "/c/.cache/imgbuild" },
		{ NULL, "relative", "/c", "/c/.cache/imgbuild" },
		{ NULL, NULL, NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *dir = files_temporary(&a);
		AUTO_STORE s = STORE_INIT;
		struct error e = { 0 };
		const struct {
			const char *name, *value;
		} variables[] = {
			{ "IMGBUILD_CACHE_DIR", cases[i].own },
			{ "XDG_CACHE_HOME", cases[i].xdg },
			{ "HOME", cases[i].home },
		};

		for (size_t k = 0; k < 3; k++) {
			const char *v = variables[k].value;

			if (!v)
				unsetenv(variables[k].name);
			else if (v[0] == '/')
				setenv(variables[k].name, arena_printf(&a, "%s%s", dir, v), 1);
			else
				setenv(variables[k].name, v, 1);
		}
		cr_expect_eq(store_open(&a, NULL, &s, &e), cases[i].expected != NULL, "%s",
			     e.cause);
		if (cases[i].expected)
			cr_expect_str_eq(s.path, arena_printf(&a, "%s%s", dir, cases[i].expected));
		else
			cr_expect(strstr(e.cause, "HOME is not set"), "%s", e.cause);
		files_remove(dir);
	}
}

static void age_entry(const char *path, time_t seconds)
{
	struct timespec t[2] = { { .tv_sec = time(NULL) - seconds },
				 { .tv_sec = time(NULL) - seconds } };

	cr_assert_eq(utimensat(AT_FDCWD, path, t, AT_SYMLINK_NOFOLLOW), 0, "%s", path);
}

Test(store, leftovers_of_killed_runs_go_and_those_of_running_ones_stay)
{
	struct depot d;
	AUTO_STORE other = STORE_INIT;
	AUTO_PUT put = STORE_PUT_INIT;
	struct error e = { 0 };
	const char *dead, *alive;

	depot_open(&d);
	dead = arena_printf(&d.a, "%s/new/.tmp-%032x", d.path, 1u);
	files_put(dead, "half");
	cr_assert(store_put_begin(&d.store, &put, "a file", &e));
	alive = arena_printf(&d.a, "%s/new/%s", d.path, put.file.tmp);
	cr_assert(store_open(&d.a, d.path, &other, &e), "%s", e.cause);
	cr_expect_eq(access(dead, F_OK), -1);
	cr_expect_eq(access(alive, F_OK), 0);
	cr_expect(put.sink.base.write(&put.sink.base, STR("whole"), &e) &&
			  store_put_commit(&put, NULL, NULL, NULL, &e),
		  "%s", e.cause);
	store_close(&other);
	depot_close(&d);
}

Test(store, results_may_be_kept_on_another_file_system)
{
	struct depot d;
	const char *memory;
	struct stat there, here;
	struct digest key = digest_of(STR("key"));
	struct error e = { 0 };
	struct str text;

	depot_open(&d);
	memory = arena_printf(&d.a, "/dev/shm/results-%d", (int)getpid());
	if (mkdir(memory, 0700) < 0 || stat(memory, &there) < 0 || stat(d.path, &here) < 0 ||
	    there.st_dev == here.st_dev)
		cr_skip_test("there is no other file system");
	store_forget_results(&d.store, open(memory, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	cr_expect(store_put_action(&d.store, &key, STR("result"), &e), "%s", e.cause);
	cr_expect_eq(store_get_action(&d.a, &d.store, &key, &text, &e), 1);
	files_remove(memory);
	depot_close(&d);
}

Test(store, using_a_blob_marks_it_as_used)
{
	struct depot d;
	struct digest digest;
	struct stat st;

	depot_open(&d);
	digest = store_put_text(&d, "blob");
	age_entry(depot_blob_path(&d, &digest), 10 * 24 * 60 * 60);
	cr_expect_eq(open_text(&d, &digest, "blob"), 1);
	cr_expect_eq(stat(depot_blob_path(&d, &digest), &st), 0);
	cr_expect(st.st_mtime > time(NULL) - 60);
	depot_close(&d);
}

Test(store, a_blob_that_its_user_proves_is_opened_unread)
{
	struct depot d;
	struct digest digest, other = digest_of(STR("other"));
	struct error e = { 0 };
	int fd;

	depot_open(&d);
	cr_assert(store_put_bytes(&d.store, STR("bytes"), &digest, &e));
	cr_assert_eq(store_open_unread(&d.store, &digest, 5, &fd), 1);
	close(fd);
	cr_expect_eq(store_open_unread(&d.store, &digest, 4, &fd), 0, "another size");
	cr_expect_eq(fd, -1);
	cr_expect_eq(store_open_unread(&d.store, &other, 5, &fd), 0, "not there");
	cr_assert_eq(chmod(depot_blob_path(&d, &digest), 0644), 0);
	files_put(depot_blob_path(&d, &digest), "BYTES");
	cr_assert_eq(store_open_unread(&d.store, &digest, 5, &fd), 1, "nobody has read it");
	close(fd);
	cr_expect_eq(store_open_blob(&d.store, &digest, 5, &fd, &e), 0);
	cr_expect_eq(store_open_unread(&d.store, &digest, 5, &fd), 0, "it was removed");
	cr_assert_eq(mkdir(depot_blob_path(&d, &digest), 0755), 0);
	cr_expect_eq(store_open_unread(&d.store, &digest, 4096, &fd), 0, "a folder");
	depot_close(&d);
}

Test(store, beginnings_of_results_are_seen)
{
	struct depot d;
	struct digest key = digest_of(STR("key")), other = digest_of(STR("other"));
	struct error e = { 0 };
	struct str text;

	depot_open(&d);
	cr_assert(store_put_action(&d.store, &key, STR("a note of many words"), &e));
	cr_expect_eq(store_get_action(&d.a, &d.store, &key, &text, &e), 1);
	cr_expect(str_eq(text, STR("a note of many words")));
	cr_expect(str_eq(store_peek_action(&d.a, &d.store, &key, 6), STR("a note")));
	cr_expect(str_eq(store_peek_action(&d.a, &d.store, &key, 4096), text));
	cr_expect_eq(store_peek_action(&d.a, &d.store, &other, 6).n, 0u);
	depot_close(&d);
}

Test(store, actions_are_kept_replaced_and_sealed)
{
	struct depot d;
	struct digest key = digest_of(STR("inputs")), other = digest_of(STR("others"));
	struct error e = { 0 };
	struct str text;
	const char *path;

	depot_open(&d);
	path = arena_printf(&d.a, "%s/actions/%s", d.path, digest_hex_dup(&d.a, &key));
	cr_expect_eq(store_get_action(&d.a, &d.store, &key, &text, &e), 0);
	cr_expect(store_put_action(&d.store, &key, STR("first"), &e));
	cr_expect(store_put_action(&d.store, &key, STR("second\nline\n"), &e));
	cr_expect_eq(store_get_action(&d.a, &d.store, &key, &text, &e), 1);
	cr_expect(str_eq(text, STR("second\nline\n")));
	cr_expect(store_put_action(&d.store, &key, STR(""), &e));
	cr_expect_eq(store_get_action(&d.a, &d.store, &key, &text, &e), 1);
	cr_expect_eq(text.n, 0);

	cr_expect(store_put_action(&d.store, &key, STR("good"), &e));
	cr_assert_eq(rename(path, arena_printf(&d.a, "%s/actions/%s", d.path,
					       digest_hex_dup(&d.a, &other))),
		     0);
	cr_expect_eq(store_get_action(&d.a, &d.store, &other, &text, &e), 0,
		     "another key's result");
	cr_expect(store_put_action(&d.store, &key, STR("good"), &e));
	cr_assert_eq(truncate(path, 67), 0);
	cr_expect_eq(store_get_action(&d.a, &d.store, &key, &text, &e), 0, "a truncated result");
	cr_expect_eq(access(path, F_OK), -1);
	depot_close(&d);
}

Test(store, what_was_made_before_can_be_forgotten_and_stays_where_it_is)
{
	struct depot d;
	struct digest key = digest_of(STR("inputs")), blob;
	struct error e = { 0 };
	struct str text;
	int folder;

	depot_open(&d);
	cr_assert(store_put_action(&d.store, &key, STR("old"), &e));
	cr_assert(store_put_bytes(&d.store, STR("a download"), &blob, &e));
	cr_assert(file_mkdirs(d.store.fd, "scratch", &e));
	folder = file_open_dir(d.store.fd, "scratch", &e);
	cr_assert_geq(folder, 0);
	store_forget_results(&d.store, folder);
	cr_expect_eq(store_get_action(&d.a, &d.store, &key, &text, &e), 0);
	cr_expect(store_put_action(&d.store, &key, STR("new"), &e));
	cr_expect_eq(store_get_action(&d.a, &d.store, &key, &text, &e), 1);
	cr_expect(str_eq(text, STR("new")));
	cr_expect(store_has_blob(&d.store, &blob, 10));
	store_close(&d.store);
	cr_assert(store_open(&d.a, d.path, &d.store, &e), "%s", e.cause);
	cr_expect_eq(store_get_action(&d.a, &d.store, &key, &text, &e), 1);
	cr_expect(str_eq(text, STR("old")));
	depot_close(&d);
}
