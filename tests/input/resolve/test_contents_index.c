/* SPDX-License-Identifier: Apache-2.0 */
/* Which packages have a file. */

#include "input/resolve/contents_index.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/strmap.h"
#include "input/release/release.h"
#include "support/fixture_files.h"

struct contents_scene {
	struct arena a;
	struct contents_wants wants;
};

static void scene_want(struct contents_scene *s, const char *const *names, const char *folder,
		       bool within, bool any_case)
{
	struct contents_want *w = list_push(&s->a, &s->wants);

	*w = (struct contents_want){ .path = NULL };
	for (; *names; names++) {
		struct contents_file *f = list_push(&s->a, &w->files);

		*f = (struct contents_file){ .name = *names, .any_case = any_case };
		*list_push(&s->a, &f->folders) = (struct contents_folder){ .path = folder,
									   .within = within };
	}
}

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* What the child makes of an index that comes in pieces of `step` bytes. */
static const char *scene_make(struct contents_scene *s, struct str text, size_t step,
			      struct error *e)
{
	struct contents_maker m = { .wants = &s->wants };
	const struct index_making making = contents_making(&m);
	struct buf made = { .a = &s->a };
	struct buf_sink to;
	bool ok = true;

	buf_sink_init(&to, &made, "made");
	making.begin(making.ctx, &s->a, &to.base);
	while (ok && text.n) {
		size_t n = step < text.n ? step : text.n;

		ok = making.bytes(making.ctx, (struct str){ text.p, n }, e);
		text = str_from(text, n);
	}
	return ok && making.end(making.ctx, e) ? buf_cstr(&made) : NULL;
}

static const char text[] =
	"FILE                                                    LOCATION\n"
	"bin                                                     admin/base-files\n"
	"usr/lib/x/pkgconfig/a b.pc                              libdevel/liba-dev\n"
	"usr/lib/x/pkgconfig/z.pc                                libdevel/z1g-dev\n"
	"usr/lib/x/pkgconfig/sub/z.pc                            libdevel/other-dev\n"
	"usr/lib/y/pkgconfig/z.pc                                libdevel/mingw-dev\n"
	"usr/lib/x/pkgconfig/curl.pc libdevel/c-gnutls-dev,non-free/libdevel/c-openssl-dev,c-x\n"
	"usr/share/cmake/Boost-1.83.0/BoostConfig.cmake          libdevel/libboost1.83-dev\n"
	"usr/share/cmake/boost-config.cmake                      libdevel/no\n"
	"\n"
	" \n"
	"usr/lib/x/pkgconfig/Z.pc                                libdevel/capital-dev";

Test(contents_index, files_are_found_in_pieces_of_any_size)
{
	for (size_t step = 1; step < sizeof(text); step += step < 40 ? 1 : 97) {
		struct contents_scene s = { .wants = { NULL, 0, 0 } };
		struct error e = { 0 };
		const char *made;

		scene_want(&s, NAMES("z.pc"), "usr/lib/x/pkgconfig", false, false);
		scene_want(&s, NAMES("curl.pc"), "usr/lib/x/pkgconfig", false, false);
		scene_want(&s, NAMES("a b.pc"), "usr/lib/x/pkgconfig", false, false);
		scene_want(&s, NAMES("boostCONFIG.cmake", "BOOST-config.cmake"), "usr/share/cmake",
			   true, true);
		scene_want(&s, NAMES("z.pc"), "usr/lib/x/pkgconfig", false, true);
		scene_want(&s, NAMES("none.pc"), "usr/lib/x/pkgconfig", false, false);
		made = scene_make(&s, STR(text), step, &e);
		cr_assert(made, "%s", e.cause);
		cr_assert(contents_take(&s.a, str_of(made), &s.wants, &e), "%s", made);
		cr_expect_str_eq(strings_join(&s.a, &s.wants.v[0].packages, " "), "z1g-dev");
		cr_expect_str_eq(s.wants.v[0].path, "usr/lib/x/pkgconfig/z.pc");
		cr_expect_str_eq(strings_join(&s.a, &s.wants.v[1].packages, " "),
				 "c-gnutls-dev c-openssl-dev c-x");
		cr_expect_str_eq(s.wants.v[2].path, "usr/lib/x/pkgconfig/a b.pc");
		cr_expect_str_eq(strings_join(&s.a, &s.wants.v[3].packages, " "),
				 "libboost1.83-dev");
		cr_expect_str_eq(strings_join(&s.a, &s.wants.v[4].packages, " "),
				 "capital-dev z1g-dev");
		cr_expect_null(s.wants.v[5].path);
		arena_free(&s.a);
	}
}

Test(contents_index, the_first_of_several_files_counts)
{
	static const char both[] = "d/second.pc x/second-dev\nd/first.pc x/first-dev\n"
				   "d/second.pc x/again-dev\n";
	struct contents_scene s = { .wants = { NULL, 0, 0 } };
	struct error e = { 0 };

	scene_want(&s, NAMES("first.pc", "second.pc"), "d", false, false);
	cr_assert(contents_take(&s.a, str_of(scene_make(&s, STR(both), 7, &e)), &s.wants, &e));
	cr_expect_eq(s.wants.v[0].found, 0);
	cr_expect_str_eq(strings_join(&s.a, &s.wants.v[0].packages, " "), "first-dev");
	arena_free(&s.a);
}

Test(contents_index, a_line_without_end_is_refused)
{
	struct contents_scene s = { .wants = { NULL, 0, 0 } };
	struct buf long_line = { .a = &s.a };
	struct error e = { 0 };

	for (int i = 0; i < 300 << 10; i++)
		buf_putc(&long_line, 'x');
	scene_want(&s, NAMES("x"), "d", false, false);
	cr_expect_null(scene_make(&s, buf_str(&long_line), 4096, &e));
	cr_expect_str_eq(e.cause, "it has a line of more than 262144 bytes");
	arena_free(&s.a);
}

Test(contents_index, what_a_broken_child_says_is_refused)
{
	static const char *const says[] = { "0",
					    "0 0",
					    "0 0 p",
					    "1 0 x/p d/f.pc",
					    "0 1 x/p d/f.pc",
					    "-1 0 x/p d/f.pc",
					    "0 0 x/p d/g.pc",
					    "0 0 x/p e/f.pc",
					    "0 0 x/P! d/f.pc",
					    "0 0 x/ d/f.pc",
					    "0 0 x/p,, d/f.pc" };

	for (size_t i = 0; i < ARRAY_SIZE(says); i++) {
		struct contents_scene s = { .wants = { NULL, 0, 0 } };
		struct error e = { 0 };

		scene_want(&s, NAMES("f.pc"), "d", false, false);
		cr_expect(!contents_take(&s.a, str_of(says[i]), &s.wants, &e), "%s", says[i]);
		cr_expect_eq(e.kind, ERR_INPUT);
		arena_free(&s.a);
	}
}
