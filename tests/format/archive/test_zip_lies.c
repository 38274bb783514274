/* SPDX-License-Identifier: Apache-2.0 */
/* Zip archives that Python wrote, with one field changed: what is said of each. The numbers are
 * offsets of PKWARE's APPNOTE, 4.3. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

#include "format/archive/zip.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

#define LOCAL "PK\3\4"
#define CENTRAL "PK\1\2"
#define END "PK\5\6"
#define END64 "PK\6\6"
#define LOCATOR "PK\6\7"

/* "stored" as it is and "packed" deflated; and `more` empty ones. */
static struct str lies_make(struct arena *a, const char *dir, const char *more)
{
	static const char script[] =
		"import sys, zipfile\n"
		"z = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)\n"
		"z.writestr('stored', b'hello', zipfile.ZIP_STORED)\n"
		"z.writestr('packed', b''.join(b'%d ' % i for i in range(5000)))\n"
		"for i in range(int(sys.argv[2])): z.writestr('m%d' % i, b'')\n"
		"z.close()\n";
	const char *path = arena_printf(a, "%s/archive.zip", dir);
	struct error e = { 0 };
	struct str whole;

	oracle_need("python3");
	ORACLE(a, "python3", "-c", script, path, more);
	cr_assert(io_read_file(a, AT_FDCWD, path, 1u << 24, &whole, &e), "%s", e.cause);
	return whole;
}

/* All of it is read; the whole message, or "". */
static const char *lies_told(struct arena *a, const char *dir, struct str bytes)
{
	const char *path = arena_printf(a, "%s/changed.zip", dir);
	struct error e = { 0 };
	AUTO_FD fd = -1;
	struct zip z;
	char text[2048] = "";
	bool ok;

	cr_assert(file_write_path(path, 0644, bytes, &e));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	cr_assert_geq(fd, 0);
	ok = zip_open(a, fd, bytes.n, "x.zip", &z, &e);
	for (size_t i = 0; ok && i < z.members.n; i++) {
		AUTO_ZIP_SOURCE s = { .inflate = NULL };
		struct str chunk;
		int got = zip_source_open(&s, &z, &z.members.v[i], &e) ? 1 : -1;

		while (got > 0)
			got = s.base.next(&s.base, &chunk, &e);
		ok = got == 0;
	}
	if (!ok) {
		cr_expect_eq(e.kind, ERR_INPUT, "%s", e.cause);
		err_format(&e, text, sizeof(text));
	}
	return arena_strdup(a, text);
}

struct zip_lie {
	const char *record; /* by its signature */
	unsigned nth;
	size_t at;
	const char *bytes;
	size_t n;
	const char *message; /* NULL: it is read all the same */
};

static struct str lies_tell(struct arena *a, struct str whole, const struct zip_lie *l)
{
	struct str out = str_copy(a, whole);
	char *p = (char *)(uintptr_t)out.p;
	const char *at = p;

	for (unsigned i = 0; i <= l->nth; i++) {
		at = memmem(i ? at + 1 : p, out.n - (size_t)((i ? at + 1 : p) - p), l->record, 4);
		cr_assert(at, "there is no record %u of this kind", i);
	}
	memcpy(p + (at - p) + l->at, l->bytes, l->n);
	return out;
}

static void lies_expect(const struct zip_lie *lies, size_t n, const char *more)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct str whole = lies_make(&a, dir, more);

	cr_assert_str_empty(lies_told(&a, dir, whole));
	for (size_t i = 0; i < n; i++) {
		const char *told = lies_told(&a, dir, lies_tell(&a, whole, &lies[i]));

		if (lies[i].message)
			cr_expect(strstr(told, lies[i].message), "%zu: \"%s\"", i, told);
		else
			cr_expect_str_empty(told, "%zu", i);
	}
	files_remove(dir);
}

#define OUTSIDE "stored: it stands outside of the archive"
#define MALFORMED "x.zip: the directory is malformed"

Test(zip, what_the_directory_says_of_a_member_is_checked)
{
	static const struct zip_lie lies[] = {
		{ CENTRAL, 0, 8, "\1", 1, "stored: it is encrypted" },
		{ CENTRAL, 0, 8, "\2", 1, NULL },
		{ CENTRAL, 0, 10, "\14", 1, "stored: its compression is not known here" },
		{ CENTRAL, 0, 16, "\0", 1,
		  "stored: it is not what the directory of the archive says" },
		{ CENTRAL, 0, 20, "\xff\xff\xff\x7f", 4, OUTSIDE },
		{ CENTRAL, 0, 24, "\4", 1,
		  "stored: it is larger than the directory of the archive says" },
		{ CENTRAL, 0, 24, "\6", 1,
		  "stored: it is not what the directory of the archive says" },
		{ CENTRAL, 0, 24, "\xff\xff\xff\xff", 4,
		  "stored: it is not what the directory of the archive says" },
		{ CENTRAL, 0, 42, "\xff\xff\xff\x7f", 4, OUTSIDE },
		{ CENTRAL, 0, 42, "\1", 1, OUTSIDE },
		{ CENTRAL, 1, 20, "\x20\0", 2, "packed: it is cut short" },
		{ CENTRAL, 1, 24, "\1\0", 2,
		  "packed: it is larger than the directory of the archive says" },
		{ CENTRAL, 1, 16, "\0\0\0\0", 4,
		  "packed: it is not what the directory of the archive says" },
		{ LOCAL, 0, 0, "QK", 2, OUTSIDE },
		{ LOCAL, 0, 26, "\xff\xff\xff\xff", 4, OUTSIDE },
		{ LOCAL, 1, 36, "\xff\xff\xff", 3, "packed: it is damaged" },
	};

	lies_expect(lies, ARRAY_SIZE(lies), "0");
}

Test(zip, the_directory_itself_is_checked)
{
	static const struct zip_lie lies[] = {
		{ CENTRAL, 0, 0, "QK", 2, MALFORMED },
		{ CENTRAL, 1, 28, "\xff", 1, MALFORMED },
		{ CENTRAL, 1, 30, "\1", 1, MALFORMED },
		{ CENTRAL, 1, 32, "\1", 1, MALFORMED },
		/* the name's last bytes as a field of zip64 that says it is longer than it is */
		{ CENTRAL, 0, 28, "\2\0\4", 3, MALFORMED },
		{ END, 0, 0, "QK", 2, "x.zip: the archive has no end record" },
		{ END, 0, 10, "\xff\xff", 2, "x.zip: the zip64 record is not there" },
		{ END, 0, 12, "\xff\xff\xff\xff", 4, "x.zip: the zip64 record is not there" },
		{ END, 0, 16, "\xff\xff\xff\xff", 4, "x.zip: the zip64 record is not there" },
		{ END, 0, 12, "\xff\xff\xff\x7f", 4, "x.zip: its directory is too large" },
		{ END, 0, 12, "\xff\xff", 2, "x.zip: its directory stands outside of it" },
		{ END, 0, 16, "\xff\xff\xff\x7f", 4, "x.zip: its directory stands outside of it" },
		{ END, 0, 12, "\1\0", 2, MALFORMED },
	};

	lies_expect(lies, ARRAY_SIZE(lies), "0");
}

Test(zip, the_second_record_of_large_archives_is_checked)
{
	static const char missing[] = "x.zip: the zip64 record is not there";
	static const struct zip_lie lies[] = {
		{ LOCATOR, 0, 0, "QK", 2, missing },
		{ LOCATOR, 0, 8, "\xff\xff\xff\xff\xff\xff\xff\xff", 8, missing },
		{ LOCATOR, 0, 8, "\0", 1, missing },
		{ END64, 0, 0, "QK", 2, missing },
		{ END64, 0, 40, "\xff\xff\xff\xff\xff", 5, "x.zip: its directory is too large" },
		{ END64, 0, 48, "\xff\xff\xff\xff\xff", 5,
		  "x.zip: its directory stands outside of it" },
	};

	lies_expect(lies, ARRAY_SIZE(lies), "66000");
}

/* A field of zip64 holds what the directory has no room for: made here, since Python writes it for
 * large members alone. */
Test(zip, numbers_that_do_not_fit_are_in_a_field_behind_the_name)
{
	static const char wide[] = "\1\0\x18\0"	       /* zip64, 24 bytes: */
				   "\5\0\0\0\0\0\0\0"  /* size */
				   "\5\0\0\0\0\0\0\0"  /* packed */
				   "\0\0\0\0\0\0\0\0"; /* offset */
	static const char local[] = LOCAL "\x2d\0\0\0\0\0\0\0\0\0\x86\xa6\x10\x36\5\0\0\0\5\0\0\0\6"
					  "\0\0\0storedhello";
	static const struct {
		size_t extra; /* bytes of the field that are there */
		const char *message;
	} cases[] = { { 28, "" },
		      { 27, MALFORMED },
		      { 20, MALFORMED },
		      { 3, "stored: it stands outside of the archive" } };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t n = cases[i].extra, at = sizeof(local) - 1;
		struct buf b = { .a = &a };
		const char *told;

		buf_add(&b, (struct str){ local, at });
		buf_add(&b, (struct str){ CENTRAL "\x2d\3\x2d\0\0\0\0\0\0\0\0\0\x86\xa6\x10\x36"
						  "\xff\xff\xff\xff\xff\xff\xff\xff\6\0",
					  30 });
		buf_putc(&b, (char)n);
		buf_add(&b, (struct str){ "\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff"
					  "stored",
					  21 });
		buf_add(&b, (struct str){ wide, n });
		buf_add(&b, (struct str){ END "\0\0\0\0\1\0\1\0", 12 });
		buf_putc(&b, (char)(52 + n));
		buf_add(&b, (struct str){ "\0\0", 3 });
		buf_putc(&b, (char)at);
		buf_add(&b, (struct str){ "\0\0\0\0", 5 });
		told = lies_told(&a, dir, buf_str(&b));
		cr_expect(cases[i].message[0] ? strstr(told, cases[i].message) != NULL : !told[0],
			  "%zu: \"%s\"", n, told);
	}
	files_remove(dir);
}

Test(zip, is_known_by_its_first_bytes)
{
	cr_expect(zip_is(STR(LOCAL "x")) && zip_is(STR(END)));
	cr_expect(!zip_is(STR("PK")) && !zip_is(STR(CENTRAL)) && !zip_is(STR("")));
}
