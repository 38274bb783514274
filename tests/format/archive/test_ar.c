/* SPDX-License-Identifier: Apache-2.0 */
/* The ar reader and the order of members, on crafted packages; dpkg-deb is asked about each of them
 * too, because "ours" may be stricter than dpkg, never laxer. */

#include <criterion/criterion.h>

#include "format/archive/ar.h"
#include "support/gen_deb.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "make/deb/deb_members.h"

/* What the parts of a package are when nothing is wrong with them. */
struct parts {
	struct arena *a;
	struct buf ar;
	struct str control, data;
};

static void parts_begin(struct parts *p)
{
	struct buf tar = { .a = p->a };

	debgen_tar_file(&tar, "./control", DEBGEN_CONTROL);
	debgen_tar_end(&tar);
	p->control = debgen_xz(p->a, buf_str(&tar));
	p->data = debgen_xz(p->a, debgen_data(p->a));
	debgen_ar_begin(&p->ar);
}

static void put_version_member(struct parts *p, const char *text)
{
	debgen_ar_member(&p->ar, "debian-binary", str_of(text));
}

static void put_control_member(struct parts *p)
{
	debgen_ar_member(&p->ar, "control.tar.xz", p->control);
}

static void put_data_member(struct parts *p)
{
	debgen_ar_member(&p->ar, "data.tar.xz", p->data);
}

static void sized_data(struct parts *p, const char *before, const char *after)
{
	debgen_ar_header(&p->ar, "data.tar.xz",
			 arena_printf(p->a, "%s%zu%s", before, p->data.n, after), "`\n");
	buf_add(&p->ar, p->data);
	if (p->data.n % 2)
		buf_putc(&p->ar, '\n');
}

static void good_members(struct parts *p)
{
	put_version_member(p, "2.0\n"), put_control_member(p), put_data_member(p);
}

static void good_slashes(struct parts *p)
{
	debgen_ar_member(&p->ar, "debian-binary/", STR("2.0\n"));
	debgen_ar_member(&p->ar, "control.tar.xz/", p->control);
	debgen_ar_member(&p->ar, "data.tar.xz/", p->data);
}

static void good_leading_blank(struct parts *p)
{
	put_version_member(p, "2.0\n"), put_control_member(p), sized_data(p, " ", "");
}

static void good_minor(struct parts *p)
{
	put_version_member(p, "2.1\n"), put_control_member(p), put_data_member(p);
}

static void good_signature(struct parts *p)
{
	put_version_member(p, "2.0\n"), put_control_member(p);
	debgen_ar_member(&p->ar, "_gpgorigin", STR("signature"));
	put_data_member(p);
}

static void long_name(struct parts *p)
{
	put_version_member(p, "2.0\n"), put_control_member(p);
	debgen_ar_member(&p->ar, "#1/12", STR("data.tar.xz\0whatever"));
}

static void two_data(struct parts *p)
{
	good_members(p), put_data_member(p);
}

static void two_control(struct parts *p)
{
	put_version_member(p, "2.0\n"), put_control_member(p), put_control_member(p),
		put_data_member(p);
}

static void wrong_order(struct parts *p)
{
	put_version_member(p, "2.0\n"), put_data_member(p), put_control_member(p);
}

static void unknown_between(struct parts *p)
{
	put_version_member(p, "2.0\n"), put_control_member(p);
	debgen_ar_member(&p->ar, "foo", STR("foo"));
	put_data_member(p);
}

static void unknown_after(struct parts *p)
{
	good_members(p);
	debgen_ar_member(&p->ar, "foo", STR("food"));
}

static void junk_after(struct parts *p)
{
	good_members(p);
	buf_puts(&p->ar, "junk of 12 b");
}

static void plus_size(struct parts *p)
{
	put_version_member(p, "2.0\n"), put_control_member(p), sized_data(p, "+", "");
}

static void negative_size(struct parts *p)
{
	put_version_member(p, "2.0\n"), put_control_member(p);
	debgen_ar_header(&p->ar, "data.tar.xz", "-4", "`\n");
	buf_add(&p->ar, p->data);
}

static void letter_in_size(struct parts *p)
{
	put_version_member(p, "2.0\n"), put_control_member(p), sized_data(p, "", "x");
}

static void huge_size(struct parts *p)
{
	put_version_member(p, "2.0\n"), put_control_member(p);
	debgen_ar_header(&p->ar, "data.tar.xz", "9999999999", "`\n");
	buf_add(&p->ar, p->data);
}

static void wrong_magic(struct parts *p)
{
	put_version_member(p, "2.0\n"), put_control_member(p);
	debgen_ar_header(&p->ar, "data.tar.xz", "2", "!\n");
	buf_puts(&p->ar, "xx");
}

static void wrong_major(struct parts *p)
{
	put_version_member(p, "3.0\n"), put_control_member(p), put_data_member(p);
}

static void outside_name(struct parts *p)
{
	put_version_member(p, "2.0\n"), put_control_member(p);
	debgen_ar_member(&p->ar, "../data.tar.xz", p->data);
}

static void no_data(struct parts *p)
{
	put_version_member(p, "2.0\n"), put_control_member(p);
}

static void empty_data(struct parts *p)
{
	put_version_member(p, "2.0\n"), put_control_member(p);
	debgen_ar_member(&p->ar, "data.tar.xz", (struct str){ "", 0 });
}

static void bzip2_data(struct parts *p)
{
	put_version_member(p, "2.0\n"), put_control_member(p);
	debgen_ar_member(&p->ar, "data.tar.bz2", p->data);
}

static void no_version(struct parts *p)
{
	put_control_member(p), put_data_member(p);
}

/* `dpkg` says whether dpkg-deb -c accepts it. */
static const struct deb_case {
	const char *name;
	void (*make)(struct parts *p);
	bool ours, dpkg;
	const char *message;
} cases[] = {
	{ "good", good_members, true, true, NULL },
	{ "names with a final slash", good_slashes, true, true, NULL },
	{ "size after a blank", good_leading_blank, true, true, NULL },
	{ "format 2.1", good_minor, true, true, NULL },
	{ "signature before data", good_signature, true, true, NULL },
	{ "BSD long name", long_name, false, false, "a member name that dpkg does not know" },
	{ "two data members", two_data, false, true, "stands after data.tar" },
	{ "two control members", two_control, false, false,
	  "found member control.tar.xz where data.tar" },
	{ "data before control", wrong_order, false, false,
	  "found member data.tar.xz where control.tar" },
	{ "unknown member between", unknown_between, false, false,
	  "found member foo where data.tar" },
	{ "unknown member after", unknown_after, false, true, "stands after data.tar" },
	{ "junk after", junk_after, false, true, "bytes that are not a member" },
	{ "size with a plus", plus_size, false, false, "size that is not a decimal number" },
	{ "negative size", negative_size, false, false, "size that is not a decimal number" },
	{ "letter in the size", letter_in_size, false, false, "size that is not a decimal number" },
	{ "huge size", huge_size, false, false, "a member longer than the file" },
	{ "wrong header magic", wrong_magic, false, false, "a header without its end mark" },
	{ "format 3.0", wrong_major, false, false, "a format version that is not read here" },
	{ "name with ..", outside_name, false, false, "a member name that dpkg does not know" },
	{ "no data member", no_data, false, false, "ends before its data.tar member" },
	{ "empty data member", empty_data, false, false, "is empty" },
	{ "bzip2", bzip2_data, false, false, "compressed in a way that is not read here" },
	{ "no debian-binary", no_version, false, false, "its first member is control.tar.xz" },
};

#define EACH(c) (const struct deb_case *c = cases; c < cases + ARRAY_SIZE(cases); c++)

static struct str case_bytes(struct arena *a, const struct deb_case *c)
{
	struct parts p = { .a = a, .ar = { .a = a } };

	parts_begin(&p);
	c->make(&p);
	return buf_str(&p.ar);
}

Test(format, T10_ar_members_follow_dpkg_and_nothing_follows_data)
{
	for
		EACH(c)
		{
			AUTO_ARENA a = { 0 };
			struct deb_members m;
			struct error e = { 0 };
			bool ok = deb_members_find(case_bytes(&a, c), "x.deb", &m, &e);

			cr_expect_eq(ok, c->ours, "%s: %s", c->name, e.cause);
			cr_expect_eq(e.kind, ok ? ERR_NONE : ERR_INPUT, "%s", c->name);
			cr_expect(ok || strstr(e.cause, c->message), "%s: %s", c->name, e.cause);
			cr_expect(ok || strstr(e.cause, "x.deb"), "%s: %s", c->name, e.cause);
			if (ok)
				cr_expect_eq(m.data.codec, CODEC_XZ, "%s", c->name);
		}
}

Test(format, T10_ar_is_never_laxer_than_dpkg_deb)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *path = arena_printf(&a, "%s/x.deb", dir);

	oracle_need("dpkg-deb");
	for
		EACH(c)
		{
			const char *argv[] = { "dpkg-deb", "-c", path, NULL };
			struct error e = { 0 };
			int status;

			cr_assert(file_write_path(path, 0600, case_bytes(&a, c), &e), "%s",
				  e.cause);
			status = oracle_run(&a, argv).status;
			cr_expect_eq(status == 0, c->dpkg, "%s: dpkg-deb says %d", c->name, status);
			cr_expect(c->dpkg || !c->ours, "%s", c->name);
		}
	files_remove(dir);
}

Test(format, ar_truncated_anywhere_is_an_error_or_lacks_members)
{
	AUTO_ARENA a = { 0 };
	struct str whole = case_bytes(&a, &cases[0]);

	for (size_t n = 0; n < whole.n; n++) {
		struct deb_members m;
		struct error e = { 0 };

		cr_expect_not(deb_members_find((struct str){ whole.p, n }, "x.deb", &m, &e), "%zu",
			      n);
		cr_expect_eq(e.kind, ERR_INPUT, "%zu", n);
	}
}

Test(format, ar_padding_of_the_last_member_must_be_a_newline)
{
	AUTO_ARENA a = { 0 };
	struct buf b = { .a = &a };
	struct ar ar;
	struct ar_member m;
	struct error e = { 0 };

	debgen_ar_begin(&b);
	debgen_ar_member(&b, "odd", STR("123"));
	b.p[b.n - 1] = 'X';
	cr_assert(ar_open(&ar, buf_str(&b), "x", &e));
	cr_expect_eq(ar_next(&ar, &m, &e), -1);
	cr_expect(strstr(e.cause, "without its padding"), "%s", e.cause);
}

/* Names of the archive format itself: deb(5) has none with blanks, bytes or slashes in them. */
Test(format, ar_names_have_1_to_15_printable_bytes)
{
	static const struct {
		const char *field; /* of 16 bytes */
		const char *name;  /* NULL: refused */
	} names[] = {
		{ "a               ", "a" },
		{ "abcdefghijklmno ", "abcdefghijklmno" },
		{ "abcdefghijklmno/", "abcdefghijklmno" },
		{ "abcdefghijklmnop", NULL },
		{ "a/              ", "a" },
		{ "a//             ", NULL },
		{ "                ", NULL },
		{ "/               ", NULL },
		{ "a b             ", NULL },
		{ "a/b             ", NULL },
		{ "~!              ", "~!" },
		{ "a\x7f             ", NULL },
		{ "a\x1f             ", NULL },
		{ "a\xc3\xa4            ", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		AUTO_ARENA a = { 0 };
		struct buf bytes = { .a = &a };
		struct ar ar;
		struct ar_member m;
		struct error e = { 0 };

		debgen_ar_begin(&bytes);
		debgen_ar_header(&bytes, names[i].field, "2", "`\n");
		buf_puts(&bytes, "xx");
		cr_assert(ar_open(&ar, buf_str(&bytes), "x.deb", &e));
		cr_expect_eq(ar_next(&ar, &m, &e), names[i].name ? 1 : -1, "%zu", i);
		cr_expect_eq(e.kind, names[i].name ? ERR_NONE : ERR_INPUT, "%zu", i);
		if (names[i].name)
			cr_expect_str_eq(m.name, names[i].name);
	}
}
