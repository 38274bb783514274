/* SPDX-License-Identifier: Apache-2.0 */
/* Indexes of a suite: which file is meant, where it may be had, and what is kept of it once its
 * bytes are proven. */

#include <criterion/criterion.h>
#include <lzma.h>
#include <stdio.h>

#include "input/release/release.h"
#include "support/fixture_depot.h"

#define KIND "binary-amd64/Packages"
#define WHEN 1789199741

static const struct suite trixie = { .entry = "test", .archive = "debian", .codename = "trixie" };

/* A release that lists these files, sorted, all of the same size. */
static struct release index_release(struct arena *a, const char *components,
				    const char *const *paths, uint64_t size)
{
	struct release r = { .suite = &trixie,
			     .date = "Sat, 12 Sep 2026 07:55:41 UTC",
			     .when = WHEN,
			     .components = str_of(components) };

	for (; *paths; paths++)
		*list_push(a, &r.entries) = (struct release_entry){
			.path = str_of(*paths), .size = size, .sha256 = digest_of(str_of(*paths))
		};
	return r;
}

#define PATHS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define MAIN "main/" KIND

Test(release_index, the_smallest_form_that_is_listed_is_meant)
{
	const struct {
		const char *components, *component;
		const char *const *paths;
		enum codec codec;
		const char *packed, *says; /* one of them */
	} cases[] = {
		{ "main", "main", PATHS(MAIN, MAIN ".gz", MAIN ".xz"), CODEC_XZ, MAIN ".xz", NULL },
		{ "main", "main", PATHS(MAIN, MAIN ".gz"), CODEC_GZIP, MAIN ".gz", NULL },
		{ "main", "main", PATHS(MAIN), CODEC_NONE, MAIN, NULL },
		/* of security: its components have a folder in their names, its paths have not */
		{ "updates/main updates/contrib", "main", PATHS(MAIN, MAIN ".xz"), CODEC_XZ,
		  MAIN ".xz", NULL },
		{ "main", "updates/main", PATHS(MAIN), CODEC_NONE, MAIN, NULL },
		{ "main", "contrib", PATHS(MAIN), CODEC_NONE, NULL,
		  "suite trixie has no component \"contrib\"; it has: main" },
		{ "", "", PATHS(MAIN), CODEC_NONE, NULL,
		  "suite trixie has no component \"\"; it has: " },
		{ "main", "main", PATHS("main/source/Sources"), CODEC_NONE, NULL,
		  "suite trixie has no index " MAIN },
		/* packed alone: nothing says what comes out */
		{ "main", "main", PATHS(MAIN ".xz"), CODEC_NONE, NULL,
		  "suite trixie has no index " MAIN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct release r = index_release(&a, cases[i].components, cases[i].paths, 5);
		struct release_index index;
		struct error e = { 0 };
		bool ok = release_index_find(&a, &r, cases[i].component, KIND, &index, &e);

		cr_expect_eq(ok, cases[i].packed != NULL, "%zu: %s", i, e.cause);
		if (ok) {
			cr_expect_eq(index.codec, cases[i].codec, "%zu", i);
			cr_expect(str_eq(index.packed->path, str_of(cases[i].packed)), "%zu", i);
			cr_expect(str_eq(index.plain->path, STR(MAIN)));
		} else {
			cr_expect_eq(e.kind, ERR_INPUT);
			cr_expect_str_eq(e.cause, cases[i].says);
		}
		cr_expect_eq(release_has_index(&a, &r, cases[i].component, KIND),
			     release_find(&r, STR(MAIN)) != NULL && cases[i].component[0] != 'c' &&
				     cases[i].component[0],
			     "%zu", i);
	}
}

Test(release_index, an_index_that_is_too_large_is_told)
{
	for (unsigned more = 0; more < 2; more++) {
		AUTO_ARENA a = { 0 };
		struct release r = index_release(&a, "main", PATHS(MAIN), (1u << 30) + more);
		struct release_index index;
		struct error e = { 0 };

		cr_expect_eq(release_index_find(&a, &r, "main", KIND, &index, &e), more == 0);
		if (more)
			cr_expect_str_eq(e.cause,
					 "index " MAIN " of trixie has 1073741825 bytes; at "
					 "most 1073741824 are read");
	}
}

/* With a store that has these forms. */
Test(release_index, the_form_that_is_had_soonest_is_chosen)
{
	static const struct {
		bool xz, gzip, quick;
		uint64_t speed;
		enum codec codec;
	} cases[] = {
		{ false, false, true, 0, CODEC_XZ },
		{ false, false, true, 1 << 20, CODEC_XZ },
		{ false, false, true, 64 << 20, CODEC_GZIP },
		{ false, false, false, 64 << 20, CODEC_XZ },
		{ true, false, true, 64 << 20, CODEC_XZ },
		{ false, true, false, 0, CODEC_GZIP },
		{ true, true, true, 64 << 20, CODEC_XZ },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct depot d;
		struct release r;
		struct release_index index;
		struct digest stored;
		struct error e = { 0 };

		depot_open(&d);
		r = index_release(&d.a, "main", PATHS(MAIN, MAIN ".gz", MAIN ".xz"),
				  strlen(MAIN ".xz"));
		r.speed = cases[i].speed;
		cr_assert(release_index_find(&d.a, &r, "main", KIND, &index, &e));
		cr_assert(!cases[i].xz || store_put_bytes(&d.store, STR(MAIN ".xz"), &stored, &e));
		cr_assert(!cases[i].gzip ||
			  store_put_bytes(&d.store, STR(MAIN ".gz"), &stored, &e));
		release_index_choose(&d.a, &d.store, cases[i].quick, &index);
		cr_expect_eq(index.codec, cases[i].codec, "%zu", i);
		cr_expect(str_eq(index.packed->path,
				 cases[i].codec == CODEC_XZ ? STR(MAIN ".xz") : STR(MAIN ".gz")));
		depot_close(&d);
	}
}

/* Of three forms one alone is listed, or none that is better. */
Test(release_index, a_form_that_is_not_listed_is_not_chosen)
{
	const struct {
		const char *const *paths;
		enum codec codec;
	} cases[] = { { PATHS(MAIN), CODEC_NONE },
		      { PATHS(MAIN, MAIN ".gz"), CODEC_GZIP },
		      { PATHS(MAIN, MAIN ".xz"), CODEC_XZ } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct depot d;
		struct release r;
		struct release_index index;
		struct error e = { 0 };

		depot_open(&d);
		r = index_release(&d.a, "main", cases[i].paths, 5);
		r.speed = UINT64_MAX;
		cr_assert(release_index_find(&d.a, &r, "main", KIND, &index, &e));
		release_index_choose(&d.a, &d.store, true, &index);
		cr_expect_eq(index.codec, cases[i].codec, "%zu", i);
		depot_close(&d);
	}
}

Test(release_index, where_it_may_be_had)
{
	static const struct {
		bool by_hash, past, mirror;
		int64_t kept_at;
		unsigned snapshots; /* how many of its addresses */
	} cases[] = {
		{ true, false, true, 0, 0 },  { false, false, true, 0, 0 },
		{ true, false, false, 0, 1 }, { true, true, true, 0, 2 },
		{ true, true, false, 5, 2 },  { false, true, true, 0, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct release r = index_release(&a, "main", PATHS(MAIN, MAIN ".xz"), 5);
		struct digest d = digest_of(STR(MAIN ".xz"));
		const char *plain = "dists/trixie/" MAIN ".xz", *path, *first;
		struct mirrors m = { .lacking = NULL };
		struct release_context c = { .mirrors = &m };
		struct release_index index;
		struct want want;
		struct error e = { 0 };
		int64_t moment = cases[i].kept_at ? cases[i].kept_at : WHEN + 12 * 3600;

		r.by_hash = cases[i].by_hash;
		r.past = cases[i].past;
		r.kept_at = cases[i].kept_at;
		if (cases[i].mirror)
			mirrors_add(&a, &m, "debian", "http://127.0.0.1/debian", "the test");
		cr_assert(release_index_find(&a, &r, "main", KIND, &index, &e));
		release_index_want(&a, &c, &index, &want);
		path = cases[i].by_hash
			       ? arena_printf(&a,
					      "dists/trixie/main/binary-amd64/by-hash/SHA256/%s",
					      digest_hex_dup(&a, &d))
			       : plain;
		cr_expect_eq(want.urls.n, cases[i].mirror + cases[i].snapshots, "%zu: %zu", i,
			     want.urls.n);
		first = cases[i].mirror ? arena_printf(&a, "http://127.0.0.1/debian/%s", path)
					: mirrors_snapshot(&a, "debian", path, moment);
		cr_expect_str_eq(want.urls.v[0], first);
		if (cases[i].snapshots)
			cr_expect_str_eq(want.urls.v[want.urls.n - 1],
					 mirrors_snapshot(&a, "debian",
							  cases[i].past ? plain : path, moment));
		cr_expect_str_eq(want.name, "index " MAIN " of trixie");
		cr_expect(want.optional && want.size == 5 && digest_eq(&want.sha256, &d));
	}
}

Test(release_index, an_index_at_the_top_has_its_hashes_there)
{
	AUTO_ARENA a = { 0 };
	struct release r = index_release(&a, "main", PATHS("main/Contents"), 5);
	struct mirrors m = { .lacking = NULL };
	struct release_context c = { .mirrors = &m };
	struct release_index index = { .release = &r, .path = "Contents" };
	struct release_entry top = { .path = STR("Contents") };
	struct want want;

	r.by_hash = true;
	index.packed = index.plain = &top;
	mirrors_add(&a, &m, "debian", "http://127.0.0.1/debian", "the test");
	release_index_want(&a, &c, &index, &want);
	cr_expect(str_starts(str_of(want.urls.v[0]),
			     STR("http://127.0.0.1/debian/dists/trixie/by-hash/SHA256/0000")),
		  "%s", want.urls.v[0]);
}

/* The snapshot has Debian's archives alone; of the past of another one there is what its mirror
 * has.
 */
Test(release_index, the_past_of_an_archive_that_nobody_keeps_is_its_mirrors)
{
	static const struct suite other = { .archive = "other", .codename = "x" };
	AUTO_ARENA a = { 0 };
	struct release r = { .suite = &other, .past = true };
	struct mirrors m = { .lacking = NULL };
	struct release_context c = { .mirrors = &m };
	struct release_entry entry = { .path = STR("main/y") };
	struct release_index index = {
		.release = &r, .path = "main/y", .packed = &entry, .plain = &entry
	};
	struct want want;

	release_index_want(&a, &c, &index, &want);
	cr_expect_eq(want.urls.n, 0);
	mirrors_add(&a, &m, "other", "http://127.0.0.1/o", "the test");
	release_index_want(&a, &c, &index, &want);
	cr_assert_eq(want.urls.n, 1);
	cr_expect_str_eq(want.urls.v[0], "http://127.0.0.1/o/dists/x/main/y");
}

/* ---- what is kept ---- */

struct reduced {
	struct depot d;
	struct release_entry packed, plain;
	struct release_index index;
	struct release r;
	const char *text, *message;
};

static struct str index_xz(struct arena *a, struct str text)
{
	size_t size = lzma_stream_buffer_bound(text.n), n = 0;
	uint8_t *out = arena_alloc(a, size);

	cr_assert_eq(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, NULL, (const uint8_t *)text.p,
					     text.n, out, &n, size),
		     LZMA_OK);
	return (struct str){ (const char *)out, n };
}

static void reduced_open(struct reduced *x, const char *text)
{
	struct error e = { 0 };
	struct str packed;

	*x = (struct reduced){ .text = "", .message = "" };
	depot_open(&x->d);
	packed = index_xz(&x->d.a, str_of(text));
	x->r = (struct release){ .suite = &trixie };
	x->plain = (struct release_entry){ .size = strlen(text),
					   .sha256 = digest_of(str_of(text)) };
	x->packed = (struct release_entry){ .size = packed.n };
	cr_assert(store_put_bytes(&x->d.store, packed, &x->packed.sha256, &e));
	x->index = (struct release_index){ .release = &x->r,
					   .path = "main/x",
					   .packed = &x->packed,
					   .plain = &x->plain,
					   .codec = CODEC_XZ };
}

/* Keeps the name and the version of each stanza, and tells the end. */
struct short_maker {
	struct sink *out;
};

static void short_begin(void *ctx, struct arena *a, struct sink *out)
{
	(void)a;
	((struct short_maker *)ctx)->out = out;
}

static bool short_stanza(void *ctx, const struct deb822 *r, struct error *e)
{
	struct sink *out = ((struct short_maker *)ctx)->out;
	const struct str parts[] = { deb822_get(r, "Package"), STR(" "), deb822_get(r, "Version"),
				     STR("\n") };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (!out->write(out, parts[i], e))
			return false;
	}
	return true;
}

static bool short_end(void *ctx, struct error *e)
{
	struct sink *out = ((struct short_maker *)ctx)->out;

	return out->write(out, STR("end"), e);
}

static enum err_kind reduced_run(struct reduced *x)
{
	struct short_maker maker;
	const struct index_making making = {
		.begin = short_begin, .stanza = short_stanza, .end = short_end, .ctx = &maker
	};
	struct release_context c = { .store = &x->d.store };
	struct error e = { 0 };
	struct buf_sink out;
	char text[1600] = "";
	struct buf bytes = { .a = &x->d.a };

	buf_sink_init(&out, &bytes, "what is kept");
	if (!release_index_make(&c, &x->index, &making, &out.base, &e))
		err_format(&e, text, sizeof(text));
	x->message = arena_strdup(&x->d.a, text);
	x->text = bytes.n ? buf_cstr(&bytes) : "";
	return e.kind;
}

Test(release_index, its_stanzas_are_given_one_by_one)
{
	struct reduced x;

	reduced_open(&x, "Package: a\nVersion: 1\nSize: 5\n\nSize: 6\nPackage: b\n more\n\nX: y\n");
	cr_expect_eq(reduced_run(&x), ERR_NONE, "%s", x.message);
	cr_expect_str_eq(x.text, "a 1\nb\n more \n \nend");
	depot_close(&x.d);
}

Test(release_index, a_large_index_comes_in_pieces_and_whole)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a }, kept = { .a = &a };
	struct reduced x;

	for (int i = 0; i < 5000; i++) {
		buf_printf(&text, "Package: p%04d\nVersion: 1\nX: %0*d\n\n", i, i % 100 + 1, i);
		buf_printf(&kept, "p%04d 1\n", i);
	}
	buf_puts(&kept, "end");
	reduced_open(&x, buf_cstr(&text));
	cr_expect_eq(reduced_run(&x), ERR_NONE, "%s", x.message);
	cr_expect_str_eq(x.text, buf_cstr(&kept));
	depot_close(&x.d);
}

Test(release_index, what_is_not_what_was_signed_is_refused)
{
	static const struct {
		int64_t size; /* more than there is */
		bool digest;  /* another one */
		const char *text;
		enum err_kind kind;
		const char *says;
	} cases[] = {
		{ 1, false, "Package: a\n", ERR_VERIFY,
		  "index main/x of trixie: it unpacks to 11 bytes, and its signed size is 12" },
		{ 0, true, "Package: a\n", ERR_VERIFY,
		  "index main/x of trixie: its unpacked bytes do not have their signed digest" },
		{ 0, false, "Package a\n", ERR_INPUT,
		  "main/x:1:1: index main/x of trixie: expected \"Name: value\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct reduced x;

		reduced_open(&x, cases[i].text);
		x.plain.size += (uint64_t)cases[i].size;
		x.plain.sha256.b[0] ^= cases[i].digest;
		cr_expect_eq(reduced_run(&x), cases[i].kind, "%zu: %s", i, x.message);
		cr_expect(strstr(x.message, cases[i].says), "%zu: %s", i, x.message);
		depot_close(&x.d);
	}
}

Test(release_index, what_unpacks_to_more_than_its_size_is_refused)
{
	struct reduced x;

	reduced_open(&x, "Package: a\nVersion: 1\n");
	x.plain.size -= 5;
	cr_expect_neq(reduced_run(&x), ERR_NONE);
	cr_expect(strstr(x.message, "index main/x of trixie: "), "%s", x.message);
	depot_close(&x.d);
}

Test(release_index, one_that_left_the_store_is_told)
{
	struct reduced x;

	reduced_open(&x, "Package: a\n");
	cr_assert_eq(remove(depot_blob_path(&x.d, &x.packed.sha256)), 0);
	cr_expect_eq(reduced_run(&x), ERR_SYSTEM);
	cr_expect_str_eq(x.message, "index main/x has gone from the store");
	depot_close(&x.d);
}

Test(release_index, a_store_that_broke_is_told)
{
	struct reduced x;
	int blobs;

	reduced_open(&x, "Package: a\n");
	blobs = x.d.store.blobs;
	x.d.store.blobs = 9999;
	cr_expect_eq(reduced_run(&x), ERR_SYSTEM, "%s", x.message);
	cr_expect_null(strstr(x.message, "has gone"), "%s", x.message);
	x.d.store.blobs = blobs;
	depot_close(&x.d);
}
