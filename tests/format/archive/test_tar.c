/* SPDX-License-Identifier: Apache-2.0 */
/* Where the contents of a tar stream are, how it ends, and that whatever is accepted is read by GNU
 * tar and Python as it is here. What is refused: test_tar_hostile.c. */

#include <criterion/criterion.h>
#include <stdio.h>

#include "format/archive/tar.h"
#include "support/fixture_files.h"
#include "support/fixture_frail_sink.h"
#include "support/fixture_oracle.h"
#include "support/fixture_tarlist.h"
#include "support/gen_deb.h"

Test(format, tar_must_end_with_two_zero_blocks_and_zeros)
{
	AUTO_ARENA a = { 0 };
	struct buf tar = { .a = &a };
	struct tar_list list;

	debgen_tar_file(&tar, "a", "content");
	debgen_tar_end(&tar);
	for (size_t n = 0; n < tar.n; n++) {
		struct error e = { 0 };

		cr_expect_not(tarlist_read(&a, (struct str){ tar.p, n }, false, &list, &e),
			      "cut at %zu", n);
		cr_expect_eq(e.kind, ERR_INPUT, "cut at %zu", n);
	}
	for (size_t i = 0; i < 20; i++) { /* padding to a record, as GNU tar does */
		struct error e = { 0 };
		size_t n = tar.n;

		cr_expect(tarlist_read(&a, buf_str(&tar), false, &list, &e), "%s", e.cause);
		buf_puts(&tar, "x");
		cr_expect_not(tarlist_read(&a, buf_str(&tar), false, &list, &e));
		tar.n = n;
		for (int k = 0; k < 512; k++)
			buf_putc(&tar, '\0');
	}
}

static void add_long(struct buf *tar, const char *name, const char *content)
{
	struct str with_nul = { name, strlen(name) + 1 };

	debgen_tar_entry(tar, &(struct debgen_entry){
				      .name = "././@LongLink", .type = 'L', .content = with_nul });
	debgen_tar_file(tar, "truncated", content);
}

/* Every content is where the entry says, whatever header forms come before it. */
Test(format, tar_contents_are_where_the_list_says)
{
	AUTO_ARENA a = { 0 };
	struct buf tar = { .a = &a }, big = { .a = &a };
	const char *longname = arena_printf(&a, "usr/%0120d/%0120d", 1, 2);
	struct tar_list list;
	struct error e = { 0 };
	const struct tar_entry *f;

	for (unsigned i = 0; i < 100000; i++)
		buf_putc(&big, (char)(i * 31 >> 3));
	debgen_tar_dir(&tar, "./");
	debgen_tar_file(&tar, "./empty", "");
	debgen_tar_entry(&tar, &(struct debgen_entry){ .name = "big", .content = buf_str(&big) });
	add_long(&tar, longname, "long");
	debgen_tar_hardlink(&tar, "big2", "./big");
	debgen_tar_entry(&tar, &(struct debgen_entry){ .name = "v7",
						       .content = STR("old"),
						       .no_magic = true,
						       .mode = 04755 });
	debgen_tar_end(&tar);
	cr_assert(tarlist_read(&a, buf_str(&tar), false, &list, &e), "%s", e.cause);
	cr_expect_eq(list.entries.n, 5);
	for (size_t i = 1; i < list.entries.n; i++)
		cr_expect(strcmp(list.entries.v[i - 1].path, list.entries.v[i].path) < 0);
	f = tarlist_find(&list, "big");
	cr_assert(f);
	cr_expect(str_eq((struct str){ tar.p + f->offset, f->size }, buf_str(&big)));
	cr_expect_eq(tarlist_find(&list, "big2")->offset, f->offset);
	cr_expect_eq(tarlist_find(&list, "big2")->size, f->size);
	cr_expect_eq(tarlist_find(&list, "big2")->type, TAR_FILE);
	f = tarlist_find(&list, longname);
	cr_assert(f);
	cr_expect(str_eq((struct str){ tar.p + f->offset, f->size }, STR("long")));
	f = tarlist_find(&list, "v7");
	cr_expect(str_eq((struct str){ tar.p + f->offset, f->size }, STR("old")));
	cr_expect_eq(f->mode, 04755);
	cr_expect_eq(f->mtime, 1700000000);
	cr_expect_eq(tarlist_find(&list, "empty")->size, 0);
}

Test(format, tar_data_gives_content_and_may_be_left_unread)
{
	AUTO_ARENA a = { 0 };
	struct buf tar = { .a = &a }, got = { .a = &a };
	struct tar_options options = { 0 };
	struct str_source from;
	struct tar_entry entry;
	struct error e = { 0 };
	struct str chunk;
	AUTO_TAR *t = NULL;

	debgen_tar_file(&tar, "skipped", "not looked at");
	debgen_tar_file(&tar, "read", "looked at");
	debgen_tar_end(&tar);
	str_source_init(&from, buf_str(&tar), "x.tar");
	t = tar_open(&a, &from.base, &options, &e);
	cr_assert(t);
	cr_assert_eq(tar_next(t, &entry, &e), 1, "%s", e.cause);
	cr_assert_eq(tar_next(t, &entry, &e), 1, "%s", e.cause);
	while (tar_data(t, &chunk, &e) == 1)
		buf_add(&got, chunk);
	cr_expect_str_eq(buf_cstr(&got), "looked at");
	cr_expect_eq(tar_next(t, &entry, &e), 0, "%s", e.cause);
	cr_expect_eq(tar_next(t, &entry, &e), 0);
}

Test(format, tar_extended_headers_give_names_and_sizes_where_allowed)
{
	AUTO_ARENA a = { 0 };
	struct buf tar = { .a = &a };
	struct tar_list list;
	struct error e = { 0 };
	const struct tar_entry *f;

	debgen_tar_pax(&tar, 'x',
		       "20 mtime=1600000000\n18 path=dir/caf\xc3\xa9\n9 size=4\n12 dev=2049\n"
		       "18 SCHILY.nlink=2\n");
	debgen_tar_file(&tar, "x", "data");
	debgen_tar_pax(&tar, 'x', "23 linkpath=dir/target\n");
	debgen_tar_link(&tar, "l", "short");
	debgen_tar_end(&tar);
	cr_assert(tarlist_read(&a, buf_str(&tar), true, &list, &e), "%s", e.cause);
	f = tarlist_find(&list, "dir/caf\xc3\xa9");
	cr_assert(f);
	cr_expect_eq(f->mtime, 1600000000);
	cr_expect(str_eq((struct str){ tar.p + f->offset, f->size }, STR("data")));
	cr_expect_str_eq(tarlist_find(&list, "l")->target, "dir/target");
}

/* The stream is passed on as it is read; who takes it may fail at any piece. */
static bool copy_tar(void *bytes, struct sink *to, struct error *e)
{
	const struct str *s = bytes;
	const struct tar_options options = { .copy = to };
	AUTO_ARENA a = { 0 };
	struct str_source from;
	struct tar_list list;

	str_source_init(&from, *s, "x.tar");
	return tar_read_all(&a, &from.base, &options, &list, e);
}

Test(format, tar_a_copy_that_fails_is_an_error)
{
	AUTO_ARENA a = { 0 };
	struct buf tar = { .a = &a };
	struct str bytes;

	for (int i = 0; i < 20; i++)
		debgen_tar_file(&tar, arena_printf(&a, "f%d", i), "data");
	debgen_tar_end(&tar);
	bytes = buf_str(&tar);
	cr_expect_geq(frail_sink_sweep(copy_tar, &bytes), 1u);
}

/* npm leaves the owner empty, and the time where it is told to. */
Test(format, tar_numbers_that_are_empty_are_read_as_python_reads_them)
{
	static const char python[] =
		"import sys, tarfile\n"
		"for m in tarfile.open(sys.argv[1]): print(m.name, m.uid, m.gid, m.mtime, m.size)\n";
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *file = arena_printf(&a, "%s/x.tar", dir);
	struct buf tar = { .a = &a };
	struct tar_list list;
	struct error e = { 0 };
	const struct tar_entry *f;

	oracle_need("python3");
	debgen_tar_entry(&tar, &(struct debgen_entry){ .name = "package/a",
						       .content = STR("data"),
						       .uid_field = "\0\0\0\0\0\0\0" });
	debgen_tar_entry(&tar, &(struct debgen_entry){ .name = "package/b",
						       .content = STR("more"),
						       .mtime_field = "\0\0\0\0\0\0\0\0\0\0\0" });
	debgen_tar_entry(&tar, &(struct debgen_entry){ .name = "package/c",
						       .content = STR("last"),
						       .mtime_field = "77777777777" });
	debgen_tar_end(&tar);
	cr_assert(file_write_path(file, 0600, buf_str(&tar), &e));
	cr_expect(str_eq(ORACLE(&a, "python3", "-c", python, file),
			 STR("package/a 0 0 1700000000 4\npackage/b 0 0 0 4\n"
			     "package/c 0 0 8589934591 4\n")));
	cr_assert(tarlist_read(&a, buf_str(&tar), false, &list, &e), "%s%s", e.context, e.cause);
	f = tarlist_find(&list, "package/a");
	cr_expect(f && f->size == 4 && f->mtime == 1700000000);
	f = tarlist_find(&list, "package/b");
	cr_expect(f && f->size == 4 && f->mtime == 0);
	f = tarlist_find(&list, "package/c");
	cr_expect(f && f->size == 4 && f->mtime == 8589934591);
	files_remove(dir);
}

Test(format, tar_limits_entries_and_names)
{
	AUTO_ARENA a = { 0 };
	struct buf tar = { .a = &a };
	struct tar_options few = { .max_entries = 2 }, short_names = { .max_names = 8 };
	struct str_source from;
	struct tar_list list;
	struct error e = { 0 };

	debgen_tar_file(&tar, "aaa", "");
	debgen_tar_file(&tar, "bbb", "");
	debgen_tar_file(&tar, "ccc", "");
	debgen_tar_end(&tar);
	str_source_init(&from, buf_str(&tar), "x.tar");
	cr_expect_not(tar_read_all(&a, &from.base, &few, &list, &e));
	cr_expect(strstr(e.cause, "more than 2 entries"), "%s", e.cause);
	err_clear(&e);
	str_source_init(&from, buf_str(&tar), "x.tar");
	cr_expect_not(tar_read_all(&a, &from.base, &short_names, &list, &e));
	cr_expect(strstr(e.cause, "too many bytes of names"), "%s", e.cause);
}

/* T8, differential: archives with one random byte changed (and the checksum made right again).
 * Either we refuse, or Python sees the same names. */
#define MUTANTS 300

static void mutate_tar(struct buf *tar, unsigned *seed)
{
	size_t at = (size_t)rand_r(seed) % (tar->n - 1024), block = at / 512 * 512;
	unsigned sum = 8 * ' ';
	char text[8];

	tar->p[at] = (char)rand_r(seed);
	if (memcmp(tar->p + block + 257, "ustar", 5) != 0)
		return;
	for (size_t i = 0; i < 512; i++)
		sum += i >= 148 && i < 156 ? 0 : (unsigned char)tar->p[block + i];
	snprintf(text, sizeof(text), "%06o", sum & 0777777);
	memcpy(tar->p + block + 148, text, 7);
	tar->p[block + 155] = ' ';
}

static const char python[] =
	"import sys, tarfile\n"
	"for i in range(int(sys.argv[2])):\n"
	"    try:\n"
	"        names = [n.name for n in tarfile.open('%s/%d.tar' % (sys.argv[1], i))]\n"
	"        print(i, ' '.join(sorted(n[2:] if n[:2] == './' else n for n in names if n != '.')))\n"
	"    except Exception:\n"
	"        print(i, 'ERROR')\n";

static const char *our_list(struct arena *a, struct str bytes)
{
	struct tar_list list;
	struct error e = { 0 };
	struct buf b = { .a = a };

	if (!tarlist_read(a, bytes, false, &list, &e))
		return NULL;
	for (size_t i = 0; i < list.entries.n; i++)
		buf_printf(&b, "%s%s", i ? " " : "", list.entries.v[i].path);
	return buf_cstr(&b);
}

Test(format, T8_tar_mutants_are_refused_or_read_as_python_reads_them)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *ours[MUTANTS];
	unsigned seed = 13, accepted = 0;
	struct str rest, line;

	oracle_need("python3");
	for (int i = 0; i < MUTANTS; i++) {
		struct buf tar = { .a = &a };
		struct error e = { 0 };

		debgen_tar_dir(&tar, "./");
		debgen_tar_file(&tar, "./aa", "content");
		debgen_tar_link(&tar, "./ab", "aa");
		debgen_tar_hardlink(&tar, "./ac", "./aa");
		debgen_tar_entry(&tar, &(struct debgen_entry){ .name = "ad",
							       .content = tarlist_inner(&tar) });
		debgen_tar_end(&tar);
		mutate_tar(&tar, &seed);
		ours[i] = our_list(&a, buf_str(&tar));
		accepted += ours[i] != NULL;
		cr_assert(file_write_path(arena_printf(&a, "%s/%d.tar", dir, i), 0600,
					  buf_str(&tar), &e));
	}
	rest = ORACLE(&a, "python3", "-c", python, dir, arena_printf(&a, "%d", MUTANTS));
	for (int i = 0; i < MUTANTS; i++) {
		cr_assert(str_next(&rest, '\n', &line));
		if (ours[i])
			cr_expect_str_eq(str_dup(&a, line), arena_printf(&a, "%d %s", i, ours[i]));
	}
	cr_expect(accepted > MUTANTS / 10 && accepted < MUTANTS, "%u", accepted);
	files_remove(dir);
}

Test(format, tar_made_by_gnu_tar_is_read_as_it_lists_it)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *file = arena_printf(&a, "%s/x.tar", dir), *tree = arena_printf(&a, "%s/t", dir);
	struct str bytes, names, one;
	struct tar_list list;
	struct error e = { 0 };
	size_t n = 0;

	oracle_need("tar");
	files_put(arena_printf(&a, "%s/short", tree), "content");
	files_put(arena_printf(&a, "%s/%0150d/%0120d", tree, 1, 2), "deep");
	ORACLE(&a, "ln", arena_printf(&a, "%s/short", tree), arena_printf(&a, "%s/zhard", tree));
	ORACLE(&a, "ln", "-s", arena_printf(&a, "%0200d", 7), arena_printf(&a, "%s/link", tree));
	ORACLE(&a, "tar", "--format=gnu", "--sort=name", "-C", tree, "-cf", file, ".");
	cr_assert(io_read_file(&a, -1, file, 1u << 20, &bytes, &e), "%s", e.cause);
	cr_assert(tarlist_read(&a, bytes, false, &list, &e), "%s%s", e.context, e.cause);
	names = ORACLE(&a, "tar", "-tf", file);
	while (str_next(&names, '\n', &one)) {
		one = str_from(one, 2);
		if (str_ends(one, STR("/")))
			one.n--;
		if (one.n == 0)
			continue;
		n++;
		cr_expect(tarlist_find(&list, str_dup(&a, one)), STR_FMT, STR_ARG(one));
	}
	cr_expect_eq(n, list.entries.n);
	cr_expect_eq(strlen(tarlist_find(&list, "link")->target), 200);
	cr_expect_eq(tarlist_find(&list, "zhard")->offset, tarlist_find(&list, "short")->offset);
	files_remove(dir);
}
