/* SPDX-License-Identifier: Apache-2.0 */
/* Which items of a lock are judged, and which version of them the archive has now. */

#include <criterion/criterion.h>

#include "input/relock/newer_versions.h"
#include "support/fixture_relock.h"
#include "support/gen_index.h"

/* "NAME VERSION -> NOW SUITE security", a line each. */
static const char *newer_told(struct arena *a, const struct newer_items *l)
{
	struct buf out = { .a = a };

	for (size_t i = 0; i < l->n; i++) {
		const struct newer_item *x = &l->v[i];

		buf_printf(&out, "%s%s %s", x->architecture ? "" : "source ", x->name, x->version);
		if (x->now)
			buf_printf(&out, " -> %s %s", x->now, x->now_codename);
		buf_puts(&out, x->security ? " security\n" : "\n");
	}
	return out.n ? buf_cstr(&out) : "";
}

static void add_locked(struct relock_scene *s, struct lock *lock, const char *name,
		       const char *role)
{
	static const struct locked_state state = { .archive = "debian",
						   .codename = "trixie",
						   .date = "Sat, 12 Sep 2026 07:55:41 UTC" };
	struct locked_package *p = list_push(&s->a, &lock->packages);

	*p = (struct locked_package){ .name = name,
				      .version = "1.0-1",
				      .architecture = "amd64",
				      .source = name,
				      .source_version = "1.0-1",
				      .state = &state };
	*list_push(&s->a, &p->roles) = role;
	if (lock->states.n == 0)
		*list_push(&s->a, &lock->states) = &state;
}

Test(newer_versions, what_can_come_into_an_image_is_compared_with_all_suites)
{
	struct relock_scene s;
	struct newer_items found = { 0 };
	struct lock lock = { .file = "x.lock.json", .architecture = "amd64" };
	struct lock_order o;
	struct suite *security;

	relock_open(&s);
	security = list_push(&s.a, &s.archive.suites);
	*security = s.suite;
	security->archive = "debian-security";
	security->codename = "trixie-security";
	add_locked(&s, &lock, "both", "image");
	add_locked(&s, &lock, "compiler", "toolchain:c");
	add_locked(&s, &lock, "gone", "library");
	add_locked(&s, &lock, "merged", "library");
	add_locked(&s, &lock, "point", "image");
	add_locked(&s, &lock, "same", "image");
	*list_push(&s.a, &lock.sources) = (struct locked_source){
		.name = "app", .package = "app", .version = "2.0-1", .state = lock.states.v[0]
	};
	*list_push(&s.a, &lock.sources) =
		(struct locked_source){ .name = "up", .package = "upstream", .version = "1" };
	relock_publish(
		&s, 5,
		"both 1.0-1\ncompiler 2.0-1\nmerged 1.0-1+deb13u2\npoint 1.1-1\nsame 1.0-1\n",
		relock_sources(&s));
	archivegen_add(&s.g,
		       &(struct archivegen_suite){
			       .codename = "trixie-security",
			       .date = relock_date(&s.a, 3),
			       .packages =
				       indexgen_packages(&s.a,
							 "both 1.0-1+deb13u1\ncompiler 3.0-1\n"
							 "merged 1.0-1+deb13u1\nsame 0.9-1\n") });
	archivegen_serve(&s.g);
	mirrors_add(&s.a, &s.mirrors, "debian", archivegen_mirror(&s.g), "the test");
	mirrors_add(&s.a, &s.mirrors, "debian-security", archivegen_mirror(&s.g), "the test");
	o = relock_order(&s);
	cr_assert(newer_find(&s.a, &o, &lock, &found, &s.e), "%s%s", s.e.context, s.e.cause);
	cr_expect_str_eq(newer_told(&s.a, &found),
			 "both 1.0-1 -> 1.0-1+deb13u1 trixie-security security\n"
			 "gone 1.0-1\n"
			 "merged 1.0-1 -> 1.0-1+deb13u2 trixie security\n"
			 "point 1.0-1 -> 1.1-1 trixie\n"
			 "same 1.0-1\n"
			 "source app 2.0-1 -> 2.0-2 trixie\n");
	relock_close(&s);
}
