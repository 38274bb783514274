/* SPDX-License-Identifier: Apache-2.0 */
/* Packages through the whole way: a .deb in a store, decoded in its jail, opened, read. */

#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "support/gen_deb.h"
#include "support/fixture_fault_sweep.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "make/deb/deb.h"
#include "make/deb/deb_index.h"
#include "make/deb/deb_parse.h"

struct depot_deb {
	struct arena a;
	struct store store;
	const char *dir;
	struct deb_package p;
};

static void depot_begin(struct depot_deb *d)
{
	struct error e = { 0 };

	*d = (struct depot_deb){ .store = STORE_INIT };
	d->dir = files_temporary(&d->a);
	cr_assert(store_open(&d->a, d->dir, &d->store, &e), "%s", e.cause);
}

static void depot_end(struct depot_deb *d)
{
	store_close(&d->store);
	files_remove(d->dir);
	arena_free(&d->a);
}

/* Puts a package into the store, locked as demo 1.0 amd64. */
static const struct deb_package *deb_put(struct depot_deb *d, struct str deb)
{
	struct error e = { 0 };

	d->p = (struct deb_package){ .name = "demo",
				     .version = "1.0",
				     .architecture = "amd64",
				     .file = { .name = "demo_1.0_amd64.deb", .size = deb.n } };
	cr_assert(store_put_bytes(&d->store, deb, &d->p.file.sha256, &e), "%s", e.cause);
	return &d->p;
}

static bool deb_try(struct depot_deb *d, struct str bytes, struct deb *deb, struct error *e)
{
	return deb_open(&d->a, &d->store, deb_put(d, bytes), deb, e);
}

/* Expects an error of one kind whose whole message has `message` and the package's name. */
static void expect_refused(struct depot_deb *d, struct str bytes, enum err_kind kind,
			   const char *message)
{
	struct error e = { 0 };
	struct deb deb;
	char text[2048];

	cr_expect_not(deb_try(d, bytes, &deb, &e), "%s", message);
	err_format(&e, text, sizeof(text));
	cr_expect_eq(e.kind, kind, "%s", text);
	cr_expect(strstr(text, message), "\"%s\" is not in \"%s\"", message, text);
	cr_expect(strstr(text, "package demo 1.0 (amd64): "), "%s", text);
}

static struct str deb_content(const struct deb *deb, const char *path, struct mapping *m)
{
	const struct owner owner = { .kind = OWNER_PACKAGE, .name = "demo" };
	const struct deb_entry *entry = deb_find(deb, path);
	struct node n;
	struct error e = { 0 };

	cr_assert(entry, "%s", path);
	n = deb_node(deb, entry, &owner);
	cr_assert(node_map(&n, m, &e), "%s", e.cause);
	return m->bytes;
}

Test(unpack, deb_is_opened_in_every_compression)
{
	static const char *const suffixes[] = { "xz", "zst", "gz", "" };

	for (size_t i = 0; i < 4; i++) {
		struct depot_deb d;
		struct debgen_deb what = { .suffix = suffixes[i] };
		AUTO_MAPPING m = { .base = NULL };
		struct error e = { 0 };
		struct deb deb;

		depot_begin(&d);
		what.data = debgen_data(&d.a);
		cr_assert(deb_try(&d, debgen_deb(&d.a, &what), &deb, &e), "%s: %s%s", suffixes[i],
			  e.context, e.cause);
		cr_expect(str_eq(deb_content(&deb, "usr/bin/demo", &m), STR("a program\n")));
		cr_expect_str_eq(deb_find(&deb, "usr/bin/demo-link")->target, "demo");
		cr_expect_eq(deb_find(&deb, "usr/bin")->type, NODE_DIR);
		cr_expect_null(deb_find(&deb, ""));
		cr_expect_null(deb_find(&deb, "usr/bin/dem"));
		cr_expect_eq(deb.entries.n, 8);
		cr_expect(str_eq(deb_control_text(&deb, "control"), str_of(DEBGEN_CONTROL)));
		cr_expect_null(deb_control_text(&deb, "postinst").p);
		deb_close(&deb);
		depot_end(&d);
	}
}

/* The second opening reads the recorded result: it works without the .deb. And a damaged result is
 * made again. */
Test(unpack, deb_is_decoded_once_and_again_when_its_result_is_damaged)
{
	struct debgen_deb what = { .suffix = "zst" };
	struct error e = { 0 };
	struct depot_deb d;
	struct deb deb;
	const struct deb_package *p;
	char hex[DIGEST_TEXT];
	const char *blob, *data;

	depot_begin(&d);
	what.data = debgen_data(&d.a);
	p = deb_put(&d, debgen_deb(&d.a, &what));
	cr_assert(deb_decode_missing(&d.store, p, NULL, NULL, &e), "%s", e.cause);
	digest_hex(&p->file.sha256, hex);
	blob = arena_printf(&d.a, "%s/blobs/sha256/%s", d.dir, hex);
	cr_assert_eq(rename(blob, arena_printf(&d.a, "%s/away", d.dir)), 0);
	cr_assert(deb_open(&d.a, &d.store, p, &deb, &e), "%s", e.cause);
	digest_hex(deb.data.digest, hex);
	deb_close(&deb);
	data = arena_printf(&d.a, "%s/blobs/sha256/%s", d.dir, hex);
	cr_assert_eq(unlink(data), 0);
	files_put(data, "damaged");
	cr_expect_not(deb_open(&d.a, &d.store, p, &deb, &e));
	cr_expect(strstr(e.cause, "is not in the store"), "%s", e.cause);
	err_clear(&e);
	cr_assert_eq(rename(arena_printf(&d.a, "%s/away", d.dir), blob), 0);
	cr_assert(deb_open(&d.a, &d.store, p, &deb, &e), "%s", e.cause);
	cr_expect_eq(deb.entries.n, 8);
	deb_close(&deb);
	depot_end(&d);
}

struct deb_sweep {
	const char *dir;
	struct str bytes;
};

/* Into a store of its own and out of it: a blob that could not be read is not there any more. */
static bool deb_open_again(void *user, struct error *e)
{
	const struct deb_sweep *x = user;
	AUTO_ARENA a = { 0 };
	AUTO_STORE s = STORE_INIT;
	const char *dir = arena_printf(&a, "%s/%ld", x->dir, (long)getpid());
	struct deb_package p = { .name = "demo",
				 .version = "1.0",
				 .architecture = "amd64",
				 .file = { .name = "demo_1.0_amd64.deb", .size = x->bytes.n } };
	struct deb deb = { 0 };
	bool ok = store_open(&a, dir, &s, e) && store_put_bytes(&s, x->bytes, &p.file.sha256, e) &&
		  deb_open(&a, &s, &p, &deb, e);

	if (ok)
		ok = deb_find(&deb, "usr/bin/demo") != NULL;
	deb_close(&deb);
	return ok;
}

Test(unpack, deb_calls_that_fail_are_errors, .timeout = 120)
{
	static const char *const calls[] = { "socketpair", "pipe2",    "clone",	    "clone3",
					     "read",	   "pread64",  "write",	    "pwrite64",
					     "fsync",	   "renameat", "renameat2", NULL };
	AUTO_ARENA a = { 0 };
	const struct debgen_deb what = { .suffix = "zst", .data = debgen_data(&a) };
	struct deb_sweep x = { files_temporary(&a), debgen_deb(&a, &what) };

	cr_expect_gt(fault_sweep(&(struct fault_sweep){ calls, deb_open_again, &x, false }), 6u);
	files_remove(x.dir);
}

Test(unpack, deb_paths_are_those_of_merged_usr)
{
	struct depot_deb d;
	struct debgen_deb what = { .suffix = "" };
	struct error e = { 0 };
	struct buf tar;
	struct deb deb;

	depot_begin(&d);
	tar = (struct buf){ .a = &d.a };
	debgen_tar_dir(&tar, "./bin/");
	debgen_tar_file(&tar, "./bin/x", "x");
	debgen_tar_dir(&tar, "./lib/");
	debgen_tar_dir(&tar, "./lib/sub/");
	debgen_tar_hardlink(&tar, "./lib/sub/y", "./bin/x");
	debgen_tar_link(&tar, "./lib64", "usr/lib64");
	debgen_tar_dir(&tar, "./usr/lib/sub/");
	debgen_tar_file(&tar, "./library", "not touched");
	debgen_tar_end(&tar);
	what.data = buf_str(&tar);
	cr_assert(deb_try(&d, debgen_deb(&d.a, &what), &deb, &e), "%s", e.cause);
	cr_expect(deb_find(&deb, "usr/bin/x"));
	cr_expect_eq(deb_find(&deb, "usr/lib/sub/y")->offset, deb_find(&deb, "usr/bin/x")->offset);
	cr_expect_eq(deb_find(&deb, "lib64")->type, NODE_LINK);
	cr_expect(deb_find(&deb, "library"));
	cr_expect_null(deb_find(&deb, "bin"));
	cr_expect_null(deb_find(&deb, "lib"));
	cr_expect_eq(deb.entries.n, 5);
	deb_close(&deb);
	depot_end(&d);
}

static struct str with_data(struct arena *a, void (*make)(struct buf *tar))
{
	struct buf tar = { .a = a };

	make(&tar);
	debgen_tar_end(&tar);
	return debgen_deb(a, &(struct debgen_deb){ .data = buf_str(&tar) });
}

static void merged_conflict(struct buf *t)
{
	debgen_tar_file(t, "bin/x", "1"), debgen_tar_file(t, "usr/bin/x", "2");
}
static void merged_file(struct buf *t)
{
	debgen_tar_file(t, "lib", "1");
}
static void whiteout_member(struct buf *t)
{
	debgen_tar_file(t, "./etc/.wh.passwd", "");
}
static void member_outside(struct buf *t)
{
	debgen_tar_file(t, "./../../etc/passwd", "root::0:0");
}
static void through_link(struct buf *t)
{
	debgen_tar_link(t, "./d", "/etc"), debgen_tar_file(t, "./d/x", "");
}

Test(unpack, T2_T5_deb_with_hostile_contents_is_refused_and_leaves_no_trace)
{
	struct depot_deb d;
	const char *sentinel;
	struct strings before, after;

	depot_begin(&d);
	sentinel = arena_printf(&d.a, "%s/blobs", d.dir);
	expect_refused(&d, with_data(&d.a, merged_conflict), ERR_INPUT, "usr/bin/x occurs twice");
	before = files_below(&d.a, sentinel, "");
	expect_refused(&d, with_data(&d.a, merged_file), ERR_INPUT, "lib is a file");
	expect_refused(&d, with_data(&d.a, whiteout_member), ERR_INPUT, ".wh.");
	expect_refused(&d, with_data(&d.a, member_outside), ERR_INPUT, "\"..\"");
	expect_refused(&d, with_data(&d.a, through_link), ERR_INPUT, "not a folder");
	after = files_below(&d.a, sentinel, "");
	cr_expect_eq(after.n, before.n + 4, "only the four .deb files themselves are new");
	depot_end(&d);
}

static struct str with_control(struct arena *a, const char *control)
{
	return debgen_deb(a, &(struct debgen_deb){ .control = control, .data = debgen_data(a) });
}

Test(unpack, T24_deb_control_must_be_of_the_locked_package)
{
	static const struct {
		const char *control;
		enum err_kind kind;
		const char *message;
	} cases[] = {
		{ "Package: other\nVersion: 1.0\nArchitecture: amd64\n", ERR_VERIFY,
		  "Package \"other\"" },
		{ "Package: demo\nVersion: 1.1\nArchitecture: amd64\n", ERR_VERIFY,
		  "Version \"1.1\"" },
		{ "Package: demo\nVersion: 1.0\nArchitecture: i386\n", ERR_VERIFY,
		  "Architecture \"i386\"" },
		{ "Package: demo\nVersion: 1.0\n", ERR_INPUT, "is missing" },
		{ "Package: demo\nVersion: 1.0\nArchitecture: amd64\nversion: 2\n", ERR_INPUT,
		  "twice" },
		{ DEBGEN_CONTROL "\n" DEBGEN_CONTROL, ERR_INPUT, "more than one stanza" },
		{ "Package: demo\nVersion: 1.0\nArchitecture: amd64", ERR_INPUT, "no newline" },
		{ "Package: demo\nVersion: 1.0\nArchitecture: amd64\nX: \x1b[2J\n", ERR_INPUT,
		  "control bytes" },
		{ " Package: demo\n", ERR_INPUT, "a line that is not a field" },
		{ "", ERR_INPUT, "no newline" },
	};
	struct depot_deb d;

	depot_begin(&d);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_refused(&d, with_control(&d.a, cases[i].control), cases[i].kind,
			       cases[i].message);
	depot_end(&d);
}

static struct str with_members(struct arena *a, void (*make)(struct buf *tar))
{
	struct buf tar = { .a = a };

	make(&tar);
	return debgen_deb(a, &(struct debgen_deb){ .data = debgen_data(a), .more_control = &tar });
}

static void second_control(struct buf *t)
{
	debgen_tar_file(t, "control", DEBGEN_CONTROL);
}
static void nested_control(struct buf *t)
{
	debgen_tar_file(t, "./d/postinst", "");
}
static void linked_control(struct buf *t)
{
	debgen_tar_link(t, "./postinst", "control");
}

Test(unpack, deb_control_archive_holds_files_once_and_flat)
{
	struct depot_deb d;

	depot_begin(&d);
	expect_refused(&d, with_members(&d.a, second_control), ERR_INPUT, "control occurs twice");
	expect_refused(&d, with_members(&d.a, nested_control), ERR_INPUT,
		       "is not a file at its top");
	expect_refused(&d, with_members(&d.a, linked_control), ERR_INPUT,
		       "is not a file at its top");
	depot_end(&d);
}

/* T7, in process: the jail would only make it slower. */
static bool deb_sink_nowhere(struct sink *s, struct str chunk, struct error *e)
{
	(void)s;
	(void)chunk;
	(void)e;
	return true;
}

Test(unpack, T7_deb_cut_at_any_byte_is_an_error)
{
	static const char *const suffixes[] = { "xz", "zst", "gz", "" };
	struct deb_options budget = deb_options_of(0);
	struct sink out = { deb_sink_nowhere, NULL };

	for (size_t i = 0; i < 4; i++) {
		AUTO_ARENA a = { 0 };
		struct debgen_deb what = { .suffix = suffixes[i], .data = debgen_data(&a) };
		struct str whole = debgen_deb(&a, &what);
		struct error e = { 0 };
		size_t step = suffixes[i][0] ? 1 : 61;

		cr_assert(deb_parse(whole, "x.deb", &budget, &out, &e), "%s", e.cause);
		for (size_t n = 0; n < whole.n; n += step) {
			err_clear(&e);
			cr_expect_not(deb_parse((struct str){ whole.p, n }, "x.deb", &budget, &out,
						&e),
				      "%s cut at %zu", suffixes[i], n);
			cr_expect_eq(e.kind, ERR_INPUT, "%s cut at %zu", suffixes[i], n);
		}
	}
}

/* T6: a file of zeros beyond the budget of its Installed-Size, through the jail. */
Test(unpack, T6_deb_bomb_stops_at_the_budget_in_flat_memory)
{
	struct depot_deb d;
	struct buf tar;
	struct rusage own, children;
	static char block[1 << 20];

	depot_begin(&d);
	tar = (struct buf){ .a = &d.a };
	debgen_tar_entry(&tar, &(struct debgen_entry){ .name = "./zeros",
						       .size_field = "00452000000\0" });
	for (int i = 0; i < 75; i++) /* 75 MiB; 64 are allowed */
		buf_add(&tar, (struct str){ block, sizeof(block) });
	debgen_tar_end(&tar);
	expect_refused(&d,
		       debgen_deb(&d.a,
				  &(struct debgen_deb){ .data = buf_str(&tar), .suffix = "zst" }),
		       ERR_INPUT, "decompresses to more than the 67108864 bytes allowed");
	getrusage(RUSAGE_SELF, &own);
	getrusage(RUSAGE_CHILDREN, &children);
	cr_expect(children.ru_maxrss < own.ru_maxrss + (32 << 10), "%ld KiB, parent %ld KiB",
		  children.ru_maxrss, own.ru_maxrss);
	depot_end(&d);
}

Test(unpack, deb_budget_follows_installed_size_within_its_caps)
{
	cr_expect_eq(deb_options_of(0).data, 64u << 20);
	cr_expect_eq(deb_options_of(1024).data, 64u << 20);
	cr_expect_eq(deb_options_of(100 * 1024).data, 400u << 20);
	cr_expect_eq(deb_options_of(UINT64_MAX).data, (uint64_t)4 << 30);
	cr_expect_eq(deb_options_of(0).control, 8u << 20);
}

/* What a parser that was taken over could say: one wrong field at a time. */
Test(unpack, deb_index_is_believed_in_nothing)
{
	static const struct {
		const char *entry;
		const char *why;
	} cases[] = {
		{ "f 644 0 0 1 512 10 usr/../x", "a path" },
		{ "f 644 0 0 1 512 10 /x", "a path" },
		{ "f 644 0 0 1 512 10 ", "a path" },
		{ "f 644 0 0 1 512 10 x//y", "a path" },
		{ "f 644 0 0 1 512 10 bin/x", "merged /usr" },
		{ "d 755 0 0 1 0 0 lib64", "merged /usr" },
		{ "f 644 0 0 1 512 10 etc/.wh.x", "deletion" },
		{ "f 644 0 0 1 512 3000 x", "content outside" },
		{ "f 644 0 0 1 2048 10 x", "content outside" },
		{ "f 644 0 0 1 18446744073709551104 1024 x", "content outside" },
		{ "f 644 0 0 1 511 10 x", "content outside" },
		{ "d 755 0 0 1 512 10 x", "not a file" },
		{ "f 17777 0 0 1 512 10 x", "an entry" },
		{ "f 649 0 0 1 512 10 x", "an entry" },
		{ "f 644 4294967295 0 1 512 10 x", "an entry" },
		{ "f 644 0 -1 1 512 10 x", "an entry" },
		{ "f 644 0 0 -1 512 10 x", "an entry" },
		{ "f 644 0 0 99999999999 512 10 x", "an entry" },
		{ "p 644 0 0 1 0 0 x", "an entry" },
		{ "l 777 0 0 1 0 0 x", "a link target" },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct buf b = { .a = &a };
		struct error e = { 0 };
		struct deb deb = { 0 };

		buf_puts(&b, cases[i].entry);
		buf_add(&b, STR("\0\0\nend\n"));
		cr_expect_not(deb_index_read(&a, buf_str(&b), 2048, &deb, &e), "%s",
			      cases[i].entry);
		cr_expect_eq(e.kind, ERR_INPUT);
		cr_expect(strstr(e.cause, cases[i].why), "%s: %s", cases[i].entry, e.cause);
	}
}

Test(unpack, deb_index_is_refused_when_cut_doubled_or_out_of_order)
{
	struct str good = STR(
		"control 7 3 control\0abc\nd 755 0 0 1 0 0 a\0\0\nf 644 1 2 3 512 4 a/b\0\0\nend\n");
	struct str order = STR("f 644 0 0 1 0 0 b\0\0\nf 644 0 0 1 0 0 a\0\0\nend\n");
	struct str twice = STR("f 644 0 0 1 0 0 a\0\0\nf 644 0 0 1 0 0 a\0\0\nend\n");
	struct str control = STR("control 7 3 b\0abc\ncontrol 7 3 a\0abc\nend\n");
	struct str after = STR("end\nend\n");
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };
	struct deb deb = { 0 };
	struct buf again = { .a = &a };

	cr_assert(deb_index_read(&a, good, 1024, &deb, &e), "%s", e.cause);
	deb_index_write(&deb, &again);
	cr_expect(str_eq(buf_str(&again), good));
	cr_expect_eq(deb.entries.v[1].gid, 2);
	for (size_t n = 0; n < good.n; n++) {
		err_clear(&e);
		cr_expect_not(deb_index_read(&a, (struct str){ good.p, n }, 1024, &deb, &e), "%zu",
			      n);
	}
	for (size_t i = 0; i < 4; i++) {
		struct str bad[] = { order, twice, control, after };

		err_clear(&e);
		cr_expect_not(deb_index_read(&a, bad[i], 1024, &deb, &e), "%zu", i);
	}
}

/* dpkg-deb reads the package as we do: names, modes, sizes and targets. */
Test(unpack, deb_made_by_dpkg_deb_is_read_as_it_lists_it)
{
	struct depot_deb d;
	struct error e = { 0 };
	struct str bytes, rest, line;
	struct deb deb;
	const char *tree, *file;
	size_t files = 0;

	oracle_need("dpkg-deb");
	depot_begin(&d);
	tree = arena_printf(&d.a, "%s/tree", d.dir);
	file = arena_printf(&d.a, "%s/demo.deb", d.dir);
	files_put(arena_printf(&d.a, "%s/DEBIAN/control", tree),
		  DEBGEN_CONTROL "Maintainer: nobody <nobody@localhost>\n");
	files_put(arena_printf(&d.a, "%s/usr/share/%0150d", tree, 7), "long name");
	files_put(arena_printf(&d.a, "%s/usr/bin/tool", tree), "tool");
	ORACLE(&d.a, "chmod", "-R", "u=rwX,go=rX", tree);
	ORACLE(&d.a, "ln", "-s", "tool", arena_printf(&d.a, "%s/usr/bin/alias", tree));
	ORACLE(&d.a, "dpkg-deb", "--root-owner-group", "-b", tree, file);
	cr_assert(io_read_file(&d.a, -1, file, 1u << 20, &bytes, &e), "%s", e.cause);
	cr_assert(deb_try(&d, bytes, &deb, &e), "%s%s", e.context, e.cause);
	rest = ORACLE(&d.a, "dpkg-deb", "-c", file);
	while (str_next(&rest, '\n', &line)) {
		const char *name = strstr(str_dup(&d.a, line), "./");
		struct str path;

		cr_assert(name);
		str_cut(str_of(name + 2), ' ', &path, &line);
		if (str_ends(path, STR("/")))
			path.n--;
		if (path.n == 0)
			continue;
		files++;
		cr_expect(deb_find(&deb, str_dup(&d.a, path)), STR_FMT, STR_ARG(path));
	}
	cr_expect_eq(files, deb.entries.n);
	cr_expect_eq(deb_find(&deb, "usr/bin/tool")->mode, 0644);
	cr_expect_eq(deb_find(&deb, "usr/bin/tool")->uid, 0);
	deb_close(&deb);
	depot_end(&d);
}
