/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of an index: all that its stanzas say, and nothing that is not proven. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "input/resolve/index_record.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/gen_index.h"

/* Stanzas as archives have them, and rarer forms: folded and tabbed values, fields in any order and
 * any case, several blank lines, one name twice, a name that begins like another. */
#define RARE                                                                                 \
	"\n\npackage: aa\nARCHITECTURE: all\nVersion: 1:2.0~rc1-1+b3\nDepends: bb (>= 1),\n" \
	" cc |\n\tdd\nFilename: pool/main/a/aa_2.deb\nSize: 7\nSHA256: " SHA                 \
	"\nDescription: x\n .\n y\nSource: src (3)\nEssential: yes\nPriority: required\n"    \
	"Multi-Arch: allowed\nProvides: vv, ww (= 1),\n xx\nInstalled-Size: 12\n \t\n\n"
#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* `n` packages, of which each third is there twice. */
static struct str many_stanzas(struct arena *a, unsigned n)
{
	struct buf lines = { .a = a }, text = { .a = a };
	unsigned seed = 7;

	for (unsigned i = 0; i < n; i++) {
		unsigned r = (unsigned)rand_r(&seed);

		buf_printf(&lines,
			   "p%u-%u %u.%u; Depends: p%u | q (>= %u); Provides: v%u (= %u), w%u\n",
			   r % 9, i, r % 5, i, r % n, r % 7, r % 11, r % 3, r % 13);
		if (i % 3 == 0)
			buf_printf(&lines, "p%u-%u 9.%u; Conflicts: x%u\n", r % 9, i, i, i);
	}
	buf_puts(&text, RARE);
	buf_puts(&text, indexgen_packages(a, buf_cstr(&lines)));
	return buf_str(&text);
}

/* Another reader of control data: "name|version|depends|provides|sha256" of each stanza, sorted;
 * blanks in values are one each. */
static const char perl_reader[] =
	"$/ = \"\"; while (<>) { s/\\n[ \\t]+\\n/\\n\\n/g; for (split /\\n\\n+/) { s/\\n[ \\t]+/ /g; "
	"my %f; /^([^:\\s]+):\\s*(.*?)\\s*$/ and $f{lc $1} = $2 for split /\\n/; next unless %f; "
	"push @l, join '|', map { my $v = $f{$_} // ''; $v =~ s/\\s+/ /g; $v } "
	"qw(package version depends provides sha256) } } print map { \"$_\\n\" } sort @l;";

static const char *in_one_line(struct arena *a, struct str s)
{
	struct buf out = { .a = a };

	for (size_t i = 0; i < s.n; i++) {
		bool blank = s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\n';

		if (!blank)
			buf_putc(&out, s.p[i]);
		else if (out.n && out.p[out.n - 1] != ' ')
			buf_putc(&out, ' ');
	}
	return out.n ? buf_cstr(&out) : "";
}

static struct index *index_over(struct arena *a, const struct kept_index *kept)
{
	static const struct suite suite = { .archive = "debian", .codename = "trixie" };
	struct index *x = arena_alloc(a, sizeof(*x));
	struct error e = { 0 };

	*x = (struct index){ .a = a, .arch = "amd64" };
	index_add_packages(x, &suite, kept);
	cr_assert(index_finish(x, &e));
	return x;
}

/* The same lines, from what is kept. */
static const char *kept_lines(struct arena *a, const struct index *x)
{
	struct strings names = { 0 }, lines = { 0 };
	struct error e = { 0 };

	index_names(a, x, STR(""), &names);
	list_each(name, &names) {
		size_t n;
		struct index_package *const *v = index_versions(x, str_of(*name), &n);

		for (size_t i = 0; i < n; i++)
			*list_push(a, &lines) = arena_printf(a, "%s|%.*s|%s|%s|%s\n", *name,
							     STR_ARG(v[i]->version),
							     in_one_line(a, v[i]->depends),
							     in_one_line(a, v[i]->provides),
							     digest_hex_dup(a, &v[i]->sha256));
	}
	cr_assert(index_sound(x, &e), "%s", e.cause);
	strings_sort(&lines);
	return strings_join(a, &lines, "");
}

Test(kept_index, it_has_what_another_reader_sees_in_the_stanzas)
{
	AUTO_ARENA a = { 0 };
	struct str text = many_stanzas(&a, 500);
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/Packages", dir);
	struct kept_index kept;
	struct error e = { 0 };

	oracle_need("perl");
	cr_assert(indexgen_keep(&a, "amd64", text, "Packages", &kept, &e), "%s", e.cause);
	files_put(path, text.p);
	cr_expect_str_eq(kept_lines(&a, index_over(&a, &kept)),
			 ORACLE(&a, "perl", "-e", perl_reader, path).p);
	kept_close(&kept);
	files_remove(dir);
}

Test(kept_index, the_rarer_fields_are_there)
{
	AUTO_ARENA a = { 0 };
	struct kept_index kept;
	struct error e = { 0 };
	const struct index_package *p;
	const struct index_provide *offers;
	size_t n;

	cr_assert(indexgen_keep(&a, "amd64", STR(RARE), "Packages", &kept, &e), "%s", e.cause);
	p = index_candidate(index_over(&a, &kept), STR("aa"));
	cr_assert(p);
	cr_expect(str_eq(p->architecture, STR("all")) && str_eq(p->source, STR("src")) &&
		  str_eq(p->source_version, STR("3")) &&
		  str_eq(p->path, STR("pool/main/a/aa_2.deb")));
	cr_expect(str_eq(p->depends, STR("bb (>= 1),\n cc |\n\tdd")));
	cr_expect(p->size == 7 && p->installed_size == 12 && p->rank == 0 && p->essential &&
		  p->any);
	offers = index_offers(index_over(&a, &kept), STR("ww"), &n);
	cr_assert_eq(n, 1);
	cr_expect(str_eq(offers->version, STR("1")) && str_eq(offers->by->name, STR("aa")));
	kept_close(&kept);
}

Test(kept_index, names_are_found_by_their_beginning_and_others_are_not)
{
	AUTO_ARENA a = { 0 };
	struct kept_index kept;
	struct error e = { 0 };
	struct index *x;
	size_t n;

	cr_assert(indexgen_keep(&a, "amd64",
				str_of(indexgen_packages(&a, "libab 1\n liba 1\n libb 1\n liba 2")),
				"Packages", &kept, &e));
	x = index_over(&a, &kept);
	kept_find(&kept, STR("liba"), &n);
	cr_expect_eq(n, 2);
	kept_find_prefix(&kept, STR("liba"), &n);
	cr_expect_eq(n, 3);
	for (const char *const *missing = (const char *const[]){ "", "lib", "libabc", "z", NULL };
	     *missing; missing++) {
		kept_find(&kept, str_of(*missing), &n);
		cr_expect_eq(n, 0, "%s", *missing);
		cr_expect_null(index_candidate(x, str_of(*missing)));
	}
	kept_close(&kept);
}

Test(kept_index, an_index_of_nothing_is_one)
{
	AUTO_ARENA a = { 0 };
	struct kept_index kept;
	struct error e = { 0 };

	cr_assert(indexgen_keep(&a, "amd64", STR(""), "Packages", &kept, &e));
	cr_expect_null(index_candidate(index_over(&a, &kept), STR("aa")));
	kept_close(&kept);
}

/* ---- damage ---- */

static int index_file_of(struct str bytes)
{
	struct error e = { 0 };
	int fd = memfd_create("index", MFD_CLOEXEC);

	cr_assert(fd >= 0 && fd_write(fd, bytes, "index", &e));
	return fd;
}

/* What is kept of some stanzas, as bytes, with its root and what it says. */
static struct str kept_bytes(struct arena *a, struct digest *root, const char **says)
{
	struct kept_index kept;
	struct error e = { 0 };
	struct str bytes;
	off_t size;
	char *p;

	cr_assert(indexgen_keep(a, "amd64", many_stanzas(a, 20), "Packages", &kept, &e));
	*root = kept_root(&kept);
	*says = kept_lines(a, index_over(a, &kept));
	size = lseek(kept.fd, 0, SEEK_END);
	p = arena_text(a, (size_t)size);
	cr_assert(fd_pread(kept.fd, p, (size_t)size, 0, "index", &e));
	bytes = (struct str){ p, (size_t)size };
	kept_close(&kept);
	return bytes;
}

/* Asks all there is to ask. True: the answer is the right one. */
static bool answers_well(struct arena *a, struct str bytes, const struct digest *root,
			 const char *says)
{
	struct kept_index kept;
	bool open = kept_open(a, &kept, index_file_of(bytes), bytes.n, root), well = true;
	struct strings names = { 0 };
	struct error e = { 0 };
	struct index *x;
	size_t n;

	if (open) {
		x = index_over(a, &kept);
		index_names(a, x, STR(""), &names);
		list_each(name, &names)
			index_providers(x, str_of(*name), &n);
		for (size_t i = 0; i < names.n; i++)
			index_candidate(x, str_of(names.v[i]));
		well = index_sound(x, &e);
		if (well)
			cr_expect_str_eq(kept_lines(a, x), says);
	}
	kept_close(&kept);
	return open && well;
}

Test(kept_index, every_byte_that_is_wrong_is_noticed, .timeout = 120)
{
	AUTO_ARENA a = { 0 };
	struct digest root;
	const char *says;
	struct str good = kept_bytes(&a, &root, &says), bad = str_copy(&a, good);

	cr_assert(answers_well(&a, good, &root, says));
	for (size_t i = 0; i < good.n; i++) {
		AUTO_ARENA one = { 0 };

		((char *)(uintptr_t)bad.p)[i] ^= (char)(1 << i % 8);
		cr_expect_not(answers_well(&one, bad, &root, says), "byte %zu of %zu", i, good.n);
		((char *)(uintptr_t)bad.p)[i] = good.p[i];
	}
}

/* Without a root nobody says what is right: the reader has to stay within the file. */
Test(kept_index, a_parser_that_lies_cannot_lead_out_of_the_file, .timeout = 120)
{
	AUTO_ARENA a = { 0 };
	struct digest root;
	const char *says;
	struct str good = kept_bytes(&a, &root, &says);
	char *bad = arena_strndup(&a, good.p, good.n);
	static const unsigned char values[] = { 0, 1, 0x7f, 0x80, 0xff };

	for (size_t i = 0; i < good.n; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(values); k++) {
			AUTO_ARENA one = { 0 };

			bad[i] = (char)values[k];
			(void)answers_well(&one, (struct str){ bad, good.n }, NULL, says);
		}
		bad[i] = good.p[i];
	}
}

Test(kept_index, one_that_was_cut_is_none)
{
	AUTO_ARENA a = { 0 };
	struct digest root;
	const char *says;
	struct str good = kept_bytes(&a, &root, &says);

	for (size_t n = 0; n < good.n; n++) {
		AUTO_ARENA one = { 0 };

		cr_expect_not(answers_well(&one, (struct str){ good.p, n }, &root, says), "%zu", n);
		cr_expect_not(answers_well(&one, str_from(good, good.n - n), &root, says), "%zu",
			      n);
	}
}
