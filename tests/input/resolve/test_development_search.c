/* SPDX-License-Identifier: Apache-2.0 */
/* Which packages have the headers of libraries: names of Debian 13, and an archive that has a
 * package of another name for each way to find it. */

#include "input/resolve/development_search.h"

#include <criterion/criterion.h>

#include "support/fixture_relock.h"
#include "support/gen_deb.h"
#include "support/gen_index.h"

/* As they are called in Debian 13, with others that begin alike. */
static const char names[] =
	"libcurl-ocaml-dev 1\nlibcurl4-gnutls-dev 1\nlibcurl4-openssl-dev 1\nlibcurlpp-dev 1\n"
	"libgtk-3-dev 1\nlibgtk-4-dev 1\nlibgtk2.0-dev 1\nlibgtkmm-3.0-dev 1\nlibpng++-dev 1\n"
	"libpng-dev 1\nlibpnglite-dev 1\nlibpng16-16t64 1\nlibsdl2-dev 1\nlibsdl2-image-dev 1\n"
	"libssl-dev 1\nlibxml++2.6-dev 1\nlibxml2-dev 1\nlibx11-dev 1\nlibx11-xcb-dev 1\n"
	"libpcre2-dev 1\nlibyaml-cpp-dev 1\nlibyaml-dev 1\nzlib1g-dev 1\nuuid-dev 1\nlibpq-dev 1\n"
	"libpqxx-dev 1\nlibboost-dev 1\nlibasound2-dev 1\nlibc-ares-dev 1\nlibbrotli-dev 1\nlibev-dev 1\nlibevent-dev 1\n";

Test(development_search, names_of_packages_are_guessed)
{
	static const struct {
		const char *library, *package;
		size_t among; /* the first */
	} cases[] = {
		{ "zlib", "zlib1g-dev", 1 },
		{ "ZLIB", "zlib1g-dev", 1 },
		{ "libpng", "libpng-dev", 1 },
		{ "PNG", "libpng-dev", 1 },
		{ "libcurl", "libcurl4-openssl-dev", 1 },
		{ "CURL", "libcurl4-openssl-dev", 1 },
		{ "gtk+-3.0", "libgtk-3-dev", 1 },
		{ "sdl2", "libsdl2-dev", 1 },
		{ "SDL2_image", "libsdl2-image-dev", 1 },
		{ "openssl", "libssl-dev", 1 },
		{ "OpenSSL", "libssl-dev", 1 },
		{ "ssl", "libssl-dev", 1 },
		{ "libxml-2.0", "libxml2-dev", 2 },
		{ "x11", "libx11-dev", 1 },
		{ "libpcre2-8", "libpcre2-dev", 1 },
		{ "yaml-0.1", "libyaml-dev", 2 },
		{ "uuid", "uuid-dev", 1 },
		{ "pq", "libpq-dev", 1 },
		{ "alsa", "libasound2-dev", 1 },
		{ "libbrotlienc", "libbrotli-dev", 1 },
		{ "Libev", "libev-dev", 1 },
		{ "bash-completion", "bash-completion", 1 },
		{ "libcares", "libc-ares-dev", 1 },
	};
	AUTO_ARENA a = { 0 };
	struct suite suite = { .entry = "t", .archive = "debian", .codename = "trixie" };
	struct index x = { .a = &a, .arch = "amd64" };
	struct error e = { 0 };

	cr_assert(indexgen_add(&x, &suite, str_of(indexgen_packages(&a, names)), &e), "%s",
		  e.cause);
	cr_assert(index_finish(&x, &e));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct strings found = { NULL, 0, 0 };
		size_t place = 0;

		development_guess(&a, &x, cases[i].library, &found);
		while (place < found.n && strcmp(found.v[place], cases[i].package) != 0)
			place++;
		cr_expect_lt(place, cases[i].among, "%s: %s", cases[i].library,
			     strings_join(&a, &found, " "));
		cr_expect_leq(found.n, 8);
	}
}

/* A package of the archive that has one file. */
static void search_add_deb(struct relock_scene *s, struct buf *packages, const char *name,
			   const char *path)
{
	struct buf data = { .a = &s->a };
	struct str deb;
	struct digest d;

	debgen_tar_file(&data, arena_printf(&s->a, "./%s", path), "x");
	debgen_tar_end(&data);
	deb = debgen_deb(&s->a,
			 &(struct debgen_deb){
				 .control = arena_printf(&s->a,
							 "Package: %s\nVersion: 1\nArchitecture: "
							 "amd64\nDescription: for tests\n",
							 name),
				 .data = buf_str(&data) });
	d = digest_of(deb);
	buf_printf(packages,
		   "Package: %s\nVersion: 1\nArchitecture: amd64\nFilename: pool/main/%s.deb\n"
		   "Size: %zu\nSHA256: %s\n\n",
		   name, name, deb.n, digest_hex_dup(&s->a, &d));
	archivegen_bytes(&s->g, arena_printf(&s->a, "pool/main/%s.deb", name), deb);
}

#define MODULES "usr/lib/x86_64-linux-gnu/pkgconfig"

static void search_want(struct relock_scene *s, struct contents_wants *wants, const char *library)
{
	struct contents_want *w = list_push(&s->a, wants);
	struct contents_file *f;

	*w = (struct contents_want){ .library = library };
	f = list_push(&s->a, &w->files);
	*f = (struct contents_file){ .name = arena_printf(&s->a, "%s.pc", library) };
	*list_push(&s->a, &f->folders) = (struct contents_folder){ .path = MODULES };
}

static void search_open(struct relock_scene *s, const char *contents, const char *all)
{
	struct buf packages;

	relock_open(s);
	packages = (struct buf){ .a = &s->a };
	search_add_deb(s, &packages, "libtone-dev", MODULES "/other.pc");
	search_add_deb(s, &packages, "libtone2-dev", MODULES "/tone.pc");
	/* not to be had */
	buf_printf(&packages,
		   "Package: huge\nVersion: 1\nArchitecture: amd64\n"
		   "Filename: pool/main/huge.deb\nSize: 99999999\nSHA256: %064d\n\n",
		   7);
	archivegen_add(&s->g, &(struct archivegen_suite){ .codename = "trixie",
							  .date = relock_date(&s->a, 2),
							  .packages = buf_cstr(&packages),
							  .contents = contents,
							  .contents_all = all });
	archivegen_serve(&s->g);
	mirrors_add(&s->a, &s->mirrors, "debian", archivegen_mirror(&s->g), "test");
}

/* The name that is nearest has another file; a second one is found in an index, and a third in that
 * for all machines; the fourth in none. */
Test(development_search, a_package_counts_that_has_the_file)
{
	struct contents_wants wants = { NULL, 0, 0 };
	struct relock_scene s;
	struct lock_order order;

	search_open(&s,
		    MODULES "/hidden.pc libdevel/odd-name-dev\n" MODULES
			    "/tone.pc libdevel/not-asked-dev\n",
		    "usr/share/x doc/x\n" MODULES "/head.pc libdevel/only-headers-dev");
	search_want(&s, &wants, "tone");
	search_want(&s, &wants, "hidden");
	search_want(&s, &wants, "head");
	search_want(&s, &wants, "nowhere");
	order = relock_order(&s);
	cr_assert(development_find(&s.a, &order, &wants, &s.e), "%s%s", s.e.context, s.e.cause);
	cr_expect_str_eq(strings_join(&s.a, &wants.v[0].packages, " "), "libtone2-dev");
	cr_expect_str_eq(wants.v[0].path, MODULES "/tone.pc");
	cr_expect_str_eq(strings_join(&s.a, &wants.v[1].packages, " "), "odd-name-dev");
	cr_expect_str_eq(strings_join(&s.a, &wants.v[2].packages, " "), "only-headers-dev");
	cr_expect_eq(wants.v[3].packages.n, 0);
	relock_close(&s);
}

Test(development_search, an_archive_without_contents_has_what_names_lead_to)
{
	struct contents_wants wants = { NULL, 0, 0 };
	struct relock_scene s;
	struct lock_order order;

	search_open(&s, NULL, NULL);
	search_want(&s, &wants, "tone");
	search_want(&s, &wants, "hidden");
	*list_push(&s.a, &wants) = (struct contents_want){ .library = "libtone-dev" };
	*list_push(&s.a, &wants) = (struct contents_want){ .library = "no-such-dev" };
	order = relock_order(&s);
	cr_assert(development_find(&s.a, &order, &wants, &s.e), "%s%s", s.e.context, s.e.cause);
	cr_expect_str_eq(strings_join(&s.a, &wants.v[0].packages, " "), "libtone2-dev");
	cr_expect_eq(wants.v[1].packages.n, 0);
	cr_expect_str_eq(strings_join(&s.a, &wants.v[2].packages, " "), "libtone-dev");
	cr_expect_eq(wants.v[3].packages.n, 0);
	relock_close(&s);
}

/* A build that asks for a program of that name has nobody fetch 95 MiB to look. */
Test(development_search, what_is_huge_is_not_looked_into)
{
	struct contents_wants wants = { NULL, 0, 0 };
	struct relock_scene s;
	struct lock_order order;

	search_open(&s, "usr/bin/huge games/huge\n", NULL);
	search_want(&s, &wants, "huge");
	*list_push(&s.a, &wants.v[0].guesses) = "huge";
	order = relock_order(&s);
	cr_assert(development_find(&s.a, &order, &wants, &s.e), "%s%s", s.e.context, s.e.cause);
	cr_expect_eq(wants.v[0].packages.n, 0);
	relock_close(&s);
}

/* Signed, and not what was signed. */
Test(development_search, other_bytes_than_signed_ones_are_refused)
{
	struct contents_wants wants = { NULL, 0, 0 };
	struct relock_scene s;
	struct lock_order order;

	search_open(&s, MODULES "/hidden.pc libdevel/odd-name-dev\n", NULL);
	list_each(reply, &s.g.script) {
		if (reply->path && strstr(reply->path, "/main/by-hash/"))
			reply->body = STR("something else");
	}
	archivegen_serve(&s.g);
	s.mirrors.v.n = 0;
	mirrors_add(&s.a, &s.mirrors, "debian", archivegen_mirror(&s.g), "test");
	search_want(&s, &wants, "hidden");
	order = relock_order(&s);
	cr_expect(!development_find(&s.a, &order, &wants, &s.e));
	cr_expect_eq(s.e.kind, ERR_VERIFY, "%s", s.e.cause);
	relock_close(&s);
}
