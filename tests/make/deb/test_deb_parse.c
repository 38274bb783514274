/* SPDX-License-Identifier: Apache-2.0 */
/* The parser of packages outside of its jail: what it takes for a package, what comes out; and what
 * the store says of it later. */

#include "make/deb/deb_parse.h"

#include <criterion/criterion.h>

#include "base/frames.h"
#include "make/deb/deb.h"
#include "make/deb/deb_decode.h"
#include "make/deb/deb_index.h"
#include "support/fixture_depot.h"
#include "support/fixture_frail_sink.h"
#include "support/gen_deb.h"

/* The frames that came, as text: the index with its NULs as '|'. */
struct parsed {
	struct arena a;
	struct buf bytes, data, index;
	const char *message;
};

static bool parsed_frame(void *to, char kind, struct str payload, struct error *e)
{
	struct parsed *p = to;

	(void)e;
	buf_add(kind == FRAME_DATA ? &p->data : &p->index, payload);
	return true;
}

static bool parsed_make(struct parsed *p, struct str deb)
{
	const struct deb_options budget = { .control = 1u << 20, .data = 1u << 20 };
	struct buf_sink out;
	struct str_source from;
	struct error e = { 0 };
	char text[1600] = "";
	bool ok;

	p->bytes = p->data = p->index = (struct buf){ .a = &p->a };
	buf_sink_init(&out, &p->bytes, "frames");
	ok = deb_parse(deb, "demo.deb", &budget, &out.base, &e);
	cr_expect_eq(e.kind, ok ? ERR_NONE : ERR_INPUT);
	err_format(&e, text, sizeof(text));
	p->message = arena_strdup(&p->a, text);
	if (!ok)
		return false;
	str_source_init(&from, buf_str(&p->bytes), "frames");
	cr_assert(frames_each(&from.base, DEB_FRAMES, 1u << 20, parsed_frame, p, &e), "%s",
		  e.cause);
	for (size_t i = 0; i < p->index.n; i++)
		p->index.p[i] = p->index.p[i] == '\0' ? '|' : p->index.p[i];
	return true;
}

static struct str parsed_deb(struct parsed *p, struct buf *control, struct buf *data)
{
	return debgen_deb(&p->a,
			  &(struct debgen_deb){ .more_control = control, .data = buf_str(data) });
}

static void archive_entry_put(struct buf *tar, const char *name, char type, unsigned mode,
			      const char *uid_field)
{
	debgen_tar_entry(tar, &(struct debgen_entry){ .name = name,
						      .type = type,
						      .mode = mode,
						      .uid_field = uid_field });
}

Test(deb_parse, members_and_entries_come_out_sorted)
{
	struct parsed p = { .a = { 0 } };
	struct buf control = { .a = &p.a }, data = { .a = &p.a };

	debgen_tar_file(&control, "./postinst", "#!/bin/sh\n");
	debgen_tar_file(&control, "./conffiles", "/etc/x\n");
	debgen_tar_dir(&data, "./");
	debgen_tar_dir(&data, "./lib/");
	debgen_tar_dir(&data, "./etc/");
	debgen_tar_file(&data, "./etc/x", "12345");
	debgen_tar_link(&data, "./lib64", "usr/lib64");
	debgen_tar_link(&data, "./bin/sh", "dash");
	debgen_tar_end(&data);
	cr_assert(parsed_make(&p, parsed_deb(&p, &control, &data)), "%s", p.message);
	cr_expect_str_eq(buf_cstr(&p.index),
			 "control 1700000000 7 conffiles|/etc/x\n\n"
			 "control 1700000000 70 control|" DEBGEN_CONTROL "\n"
			 "control 1700000000 10 postinst|#!/bin/sh\n\n"
			 "d 755 0 0 1700000000 1536 0 etc||\n"
			 "f 644 0 0 1700000000 2048 5 etc/x||\n"
			 "l 777 0 0 1700000000 3072 0 lib64|usr/lib64|\n"
			 "l 777 0 0 1700000000 3584 0 usr/bin/sh|dash|\nend\n",
			 "%s", buf_cstr(&p.index));
	cr_expect(str_eq(buf_str(&p.data), buf_str(&data)), "the archive itself");
	arena_free(&p.a);
}

Test(deb_parse, a_control_archive_holds_files_once_and_flat)
{
	static const struct {
		const char *name;
		char type;
		const char *says; /* NULL: it is taken */
	} cases[] = {
		{ "./", '5', NULL },
		{ "./postinst", '0', NULL },
		{ "./control", '0', "control archive: control occurs twice" },
		{ "./d/", '5', "control archive: d is not a file at its top" },
		{ "./d/x", '0', "control archive: d/x is not a file at its top" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct parsed p = { .a = { 0 } };
		struct buf control = { .a = &p.a }, data = { .a = &p.a };
		bool ok;

		archive_entry_put(&control, cases[i].name, cases[i].type, 0, NULL);
		debgen_tar_end(&data);
		ok = parsed_make(&p, parsed_deb(&p, &control, &data));
		cr_expect_eq(ok, cases[i].says == NULL, "%s: %s", cases[i].name, p.message);
		cr_expect(ok || !cases[i].says || strstr(p.message, cases[i].says), "%s",
			  p.message);
		arena_free(&p.a);
	}
}

/* An archive from scratch: members as given, tars without compression. */
static struct str ar_of(struct parsed *p, const char *version, const char *const *names)
{
	struct buf ar = { .a = &p->a }, tar = { .a = &p->a }, end = { .a = &p->a };

	debgen_tar_file(&tar, "./control", DEBGEN_CONTROL);
	debgen_tar_end(&tar);
	debgen_tar_end(&end);
	debgen_ar_begin(&ar);
	if (version)
		debgen_ar_member(&ar, "debian-binary", str_of(version));
	for (; *names; names++)
		debgen_ar_member(&ar, *names,
				 strcmp(*names, "empty.tar") == 0 ? STR("")
				 : strstr(*names, "control")	  ? buf_str(&tar)
								  : buf_str(&end));
	return buf_str(&ar);
}

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* deb(5) */
Test(deb_parse, which_members_a_package_has)
{
	const struct {
		const char *version;
		const char *const *names;
		const char *says;
	} cases[] = {
		{ "2.0\n", NAMES("control.tar", "data.tar"), NULL },
		{ "2.1\nmore\n", NAMES("control.tar", "data.tar"), NULL },
		{ "2.0\n", NAMES("_x", "control.tar", "_y", "_z", "data.tar"), NULL },
		{ "3.0\n", NAMES("control.tar", "data.tar"),
		  "demo.deb: member debian-binary: a format version that is not read here (only "
		  "2.x is)" },
		{ "2.0", NAMES("control.tar", "data.tar"),
		  "member debian-binary: no format version" },
		{ "2\n", NAMES("control.tar", "data.tar"),
		  "member debian-binary: no format version" },
		{ "2.x\n", NAMES("control.tar", "data.tar"),
		  "member debian-binary: no format version" },
		{ NULL, NAMES("control.tar", "data.tar"),
		  "demo.deb is not a Debian package: its first member is control.tar, not "
		  "debian-binary" },
		{ NULL, NAMES("_x"),
		  "demo.deb is not a Debian package: its first member is _x, not debian-binary" },
		{ "2.0\n", NAMES("data.tar", "control.tar"),
		  "demo.deb: found member data.tar where control.tar belongs" },
		{ "2.0\n", NAMES("control.tar"), "demo.deb ends before its data.tar member" },
		{ "2.0\n", NAMES("_control.tar"), "demo.deb ends before its data.tar member" },
		{ "2.0\n", NAMES("control.tar", "data.tar.bz2"),
		  "member data.tar.bz2: compressed in a way that is not read here" },
		{ "2.0\n", NAMES("control.tar", "data.tar", "_x"),
		  "member _x: stands after data.tar, where nothing may be" },
		{ "2.0\n", NAMES("control.tarx", "data.tar"),
		  "member control.tarx: compressed in a way that is not read here" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct parsed p = { .a = { 0 } };
		bool ok = parsed_make(&p, ar_of(&p, cases[i].version, cases[i].names));

		cr_expect_eq(ok, cases[i].says == NULL, "%zu: %s", i, p.message);
		cr_expect(ok || !cases[i].says || strstr(p.message, cases[i].says), "%zu: %s", i,
			  p.message);
		arena_free(&p.a);
	}
}

Test(deb_parse, archives_that_are_none_or_lack_the_control_file)
{
	for (int i = 0; i < 4; i++) {
		struct parsed p = { .a = { 0 } };
		struct buf ar = { .a = &p.a }, tar = { .a = &p.a };

		if (i == 0)
			debgen_tar_file(&tar, "./postinst", "");
		debgen_tar_end(&tar);
		debgen_ar_begin(&ar);
		debgen_ar_member(&ar, "debian-binary", STR("2.0\n"));
		debgen_ar_member(&ar, i == 2 ? "control.tar.gz" : "control.tar",
				 i == 3	  ? STR("")
				 : i == 2 ? STR("no gzip")
					  : buf_str(&tar));
		debgen_ar_member(&ar, "data.tar", buf_str(&tar));
		cr_expect_not(parsed_make(&p, buf_str(&ar)));
		cr_expect(strstr(p.message, i < 2 ? "control archive: there is no control file in "
						    "it"
					    : i == 2 ? "control.tar.gz"
						     : "member control.tar: is empty"),
			  "%d: %s", i, p.message);
		arena_free(&p.a);
	}
}

static bool parse_into(void *bytes, struct sink *to, struct error *e)
{
	const struct deb_options budget = { .control = 1u << 20, .data = 1u << 20 };
	const struct str *deb = bytes;

	return deb_parse(*deb, "demo.deb", &budget, to, e);
}

/* Who takes what was read of it goes away. */
Test(deb_parse, frames_that_cannot_be_sent_are_an_error)
{
	AUTO_ARENA a = { 0 };
	struct str deb = debgen_deb(&a, &(struct debgen_deb){ .data = debgen_data(&a) });

	cr_expect_gt(frail_sink_sweep(parse_into, &deb), 2u);
}

/* lib/x and usr/lib/x of one package are one folder, if they are the same in all. */
Test(deb_parse, folders_that_merge_have_to_be_alike)
{
	static const struct {
		char type, other_type;
		unsigned mode;
		const char *uid;
		bool ok;
	} cases[] = {
		{ '5', '5', 0755, NULL, true },	      { '5', '5', 0700, NULL, false },
		{ '5', '5', 0755, "0000001", false }, { '0', '5', 0755, NULL, false },
		{ '5', '0', 0755, NULL, false },      { '0', '0', 0755, NULL, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct parsed p = { .a = { 0 } };
		struct buf data = { .a = &p.a };
		bool ok;

		archive_entry_put(&data, "./lib/x", cases[i].type, 0755, NULL);
		archive_entry_put(&data, "./usr/lib/x", cases[i].other_type, cases[i].mode,
				  cases[i].uid);
		debgen_tar_end(&data);
		ok = parsed_make(&p, parsed_deb(&p, NULL, &data));
		cr_expect_eq(ok, cases[i].ok, "%zu: %s", i, p.message);
		cr_expect(ok || strstr(p.message, "usr/lib/x occurs twice once /usr is merged"),
			  "%s", p.message);
		arena_free(&p.a);
	}
}

Test(deb_parse, a_merged_folder_is_a_folder_or_a_link)
{
	static const struct {
		const char *name;
		char type;
		bool ok;
	} cases[] = {
		{ "./lib", '5', true },	   { "./lib", '0', false },    { "./bin", '0', false },
		{ "./lib64", '0', false }, { "./library", '0', true }, { "./usr/lib", '0', true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct parsed p = { .a = { 0 } };
		struct buf data = { .a = &p.a };
		bool ok;

		archive_entry_put(&data, cases[i].name, cases[i].type, 0, NULL);
		debgen_tar_end(&data);
		ok = parsed_make(&p, parsed_deb(&p, NULL, &data));
		cr_expect_eq(ok, cases[i].ok, "%s: %s", cases[i].name, p.message);
		cr_expect(ok || strstr(p.message,
				       arena_printf(&p.a,
						    "%s is a file; it must be a folder or a "
						    "link",
						    cases[i].name + 2)),
			  "%s", p.message);
		arena_free(&p.a);
	}
}

/* ---- what is read again ---- */

Test(deb_parse, every_field_of_an_index_is_checked)
{
	static const struct {
		struct str text;
		const char *why; /* NULL: it is good */
	} cases[] = {
		{ STR("end\n"), NULL },
		{ STR("control 1 3 a.b+c-d_9\0abc\nend\n"), NULL },
		{ STR("control 1 3 \0abc\nend\n"), "a control member" },
		{ STR("control 1 3 A\0abc\nend\n"), "a control member" },
		{ STR("control 1 3 a/b\0abc\nend\n"), "a control member" },
		{ STR("control 1 99 a\0abc\nend\n"), "a control member" },
		{ STR("control x 3 a\0abc\nend\n"), "a control member" },
		{ STR("control 1 x a\0abc\nend\n"), "a control member" },
		{ STR("control 1 3 a"), "a control member" },
		{ STR("control 1 2 a\0abc\nend\n"), "the length of a control member" },
		{ STR("control 1 3 a\0abc\ncontrol 1 3 a\0abc\nend\n"),
		  "the order of control members" },
		{ STR("control 1 3 a\0abc\ncontrol 1 3 b\0abc\nend\n"), NULL },
		{ STR("f 644 0 0 1 0 0 a\0\0\nend\n"), NULL },
		{ STR("f 7777 0 0 1 0 0 a\0\0\nend\n"), NULL },
		{ STR("f  0 0 1 0 0 a\0\0\nend\n"), "an entry" },
		{ STR("f 64/ 0 0 1 0 0 a\0\0\nend\n"), "an entry" },
		{ STR("f 648 0 0 1 0 0 a\0\0\nend\n"), "an entry" },
		{ STR("f 64444 0 0 1 0 0 a\0\0\nend\n"), "an entry" },
		{ STR("f 644"), "an entry" },
		{ STR("f"), "an entry" },
		{ STR("f 644 0 0 1 0 0 a\0\0end\n"), "an entry" },
		{ STR("f 644 0 0 1 0 0 a\0b\0\nend\n"), "a link target" },
		{ STR("d 755 0 0 1 0 0 a\0b\0\nend\n"), "a link target" },
		{ STR("l 777 0 0 1 0 0 a\0b\0\nend\n"), NULL },
		{ STR("l 777 0 0 1 0 0 lib\0b\0\nend\n"), NULL },
		{ STR("d 755 0 0 1 0 0 lib\0\0\nend\n"),
		  "a folder that merged /usr does not have" },
		{ STR("f 644 0 0 1 0 0 a\0\0\nend\nx"), "bytes after its end" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct error e = { 0 };
		struct deb deb = { 0 };

		cr_expect_eq(deb_index_read(&a, cases[i].text, 1024, &deb, &e),
			     cases[i].why == NULL, "%zu: %s", i, e.cause);
		cr_expect(!cases[i].why || (e.kind == ERR_INPUT && strstr(e.cause, cases[i].why)),
			  "%zu: %s", i, e.cause);
	}
}

Test(deb_parse, a_link_has_a_length)
{
	for (size_t n = 4095; n <= 4097; n++) {
		AUTO_ARENA a = { 0 };
		struct buf text = { .a = &a };
		struct error e = { 0 };
		struct deb deb = { 0 };
		char *target = arena_alloc(&a, n + 1);

		memset(target, 't', n);
		buf_add(&text, STR("l 777 0 0 1 0 0 a\0"));
		buf_puts(&text, target);
		buf_add(&text, STR("\0\nend\n"));
		cr_expect_eq(deb_index_read(&a, buf_str(&text), 1024, &deb, &e), n <= 4095,
			     "%zu: %s", n, e.cause);
	}
}

/* What stands in the store and was written by another version, or damaged, is made again. */
Test(deb_parse, a_result_that_cannot_be_read_is_made_again)
{
	static const char *const texts[] = {
		"imgbuild-deb 0\n",
		DEB_ACTION_HEAD,
		DEB_ACTION_HEAD "data\nend\n",
		DEB_ACTION_HEAD "data 00\nend\n",
		DEB_ACTION_HEAD "data 00 1\nend\n",
		DEB_ACTION_HEAD
		"data e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 x\nend\n",
		DEB_ACTION_HEAD
		"date e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0\nend\n",
		DEB_ACTION_HEAD
		"data e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 7\nend\n",
	};

	for (int all = 0; all < 2; all++) {
		for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
			struct depot d;
			struct error e = { 0 };
			struct deb deb;
			struct digest key;
			struct deb_package p = { .name = "demo",
						 .version = "1.0",
						 .architecture = "amd64",
						 .file = { .name = "demo.deb" } };
			const struct deb_package *one = &p;
			struct str bytes;

			depot_open(&d);
			bytes = debgen_deb(&d.a, &(struct debgen_deb){ .data = debgen_data(&d.a) });
			p.file.size = bytes.n;
			cr_assert(store_put_bytes(&d.store, bytes, &p.file.sha256, &e));
			key = deb_action_key(&p);
			cr_assert(store_put_action(&d.store, &key, str_of(texts[i]), &e));
			if (all)
				cr_assert(deb_decode_missing(&d.store, one, NULL, NULL, &e),
					  "%zu: %s", i, e.cause);
			cr_assert(deb_open(&d.a, &d.store, &p, &deb, &e), "%zu: %s", i, e.cause);
			cr_expect_eq(deb.entries.n, 8);
			deb_close(&deb);
			depot_close(&d);
		}
	}
}

/* A result that reads well and lies: its index is checked, and so is its control file. */
Test(deb_parse, a_result_that_lies_is_refused)
{
	static const struct {
		const char *index, *says;
	} cases[] = {
		{ "x", "package demo 1.0 (amd64): " },
		{ "end\n", "it is not there" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct depot d;
		struct error e = { 0 };
		struct deb deb;
		struct digest key, data;
		struct deb_package p = { .name = "demo",
					 .version = "1.0",
					 .architecture = "amd64" };
		char text[1600];

		depot_open(&d);
		cr_assert(store_put_bytes(&d.store, STR("data"), &data, &e));
		key = deb_action_key(&p);
		cr_assert(
			store_put_action(&d.store, &key,
					 str_of(arena_printf(&d.a, DEB_ACTION_HEAD "data %s 4\n%s",
							     digest_hex_dup(&d.a, &data),
							     cases[i].index)),
					 &e));
		cr_expect_not(deb_open(&d.a, &d.store, &p, &deb, &e));
		err_format(&e, text, sizeof(text));
		cr_expect(strstr(text, cases[i].says), "%s", text);
		cr_expect_eq(deb.data.fd, -1);
		depot_close(&d);
	}
}

Test(deb_parse, an_empty_package_has_nothing)
{
	const struct deb nothing = { .package = NULL };

	cr_expect_null(deb_find(&nothing, "usr"));
	cr_expect_null(deb_control_find(&nothing, "control"));
	cr_expect_null(deb_control_text(&nothing, "control").p);
}
