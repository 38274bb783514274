/* SPDX-License-Identifier: Apache-2.0 */
/* Which files of a lock are fetched, and from where: sources here, whose addresses the lock has. */

#include "input/lock/lock_wants.h"

#include <criterion/criterion.h>

#include "support/fixture_depot.h"
#include "support/fixture_faultd.h"

struct wants_world {
	struct arena a;
	struct depot d;
	struct faultd server;
	struct fault_reply replies[4];
	struct lock lock;
	struct mirrors mirrors;
};

static struct locked_file wants_file(const char *name, const char *url)
{
	return (struct locked_file){ .name = name,
				     .path = name,
				     .size = strlen(name),
				     .sha256 = digest_of(str_of(name)),
				     .url = url };
}

/* "tarball" is one file under the addresses of its source; "modules" has two files with an address
 * each, and one that lies in the repository. */
static void wants_open(struct wants_world *w)
{
	static const char *const names[] = { "t.tar", "m.zip", "m.mod" };
	struct locked_source *s;

	*w = (struct wants_world){ .a = { 0 } };
	depot_open(&w->d);
	for (size_t i = 0; i < 3; i++)
		w->replies[i] = (struct fault_reply){ .path = arena_printf(&w->a, "/%s", names[i]),
						      .body = str_of(names[i]) };
	w->replies[3] = (struct fault_reply){ .status = 404 };
	faultd_start(&w->server, w->replies, 4);
	s = list_push(&w->a, &w->lock.sources);
	*s = (struct locked_source){
		.name = "tarball", .package = "t", .version = "1", .format = "tarball"
	};
	*list_push(&w->a, &s->files) = wants_file("t.tar", NULL);
	*list_push(&w->a, &s->urls) = faultd_url(&w->a, &w->server, "/gone");
	*list_push(&w->a, &s->urls) = faultd_url(&w->a, &w->server, "/t.tar");
	s = list_push(&w->a, &w->lock.sources);
	*s = (struct locked_source){
		.name = "modules", .package = "m", .version = "2", .format = LOCK_GO
	};
	for (size_t i = 1; i < 3; i++)
		*list_push(&w->a, &s->files) = wants_file(names[i], faultd_url(&w->a, &w->server,
									       w->replies[i].path));
	*list_push(&w->a, &s->files) = wants_file("here.zip", NULL);
}

static void wants_close(struct wants_world *w)
{
	faultd_stop(&w->server);
	depot_close(&w->d);
	arena_free(&w->a);
}

static bool wants_has(struct wants_world *w, const char *name)
{
	struct digest d = digest_of(str_of(name));

	return store_has_blob(&w->d.store, &d, strlen(name));
}

static bool wants_fetch(struct wants_world *w, const struct strings *roles, struct strings *gone,
			struct error *e)
{
	const struct lock_order o = { .store = &w->d.store, .mirrors = &w->mirrors };

	return lock_fetch(&w->a, &o, &w->lock, roles, gone, e);
}

Test(lock_wants, sources_are_fetched_for_who_compiles_them_and_for_who_wants_their_files)
{
	static const struct {
		const char *role; /* NULL: of all */
		bool tarball, modules;
	} cases[] = {
		{ "image", false, false },	  { "source:tarball", true, false },
		{ "files:modules", false, true }, { "source:modules", false, true },
		{ "source:tar", false, false },	  { NULL, true, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct strings roles = { (const char *[]){ cases[i].role }, 1, 1 };
		struct wants_world w;
		struct error e = { 0 };

		wants_open(&w);
		cr_assert(wants_fetch(&w, cases[i].role ? &roles : NULL, NULL, &e), "%s%s",
			  e.context, e.cause);
		cr_expect_eq(wants_has(&w, "t.tar"), cases[i].tarball, "%zu", i);
		cr_expect_eq(wants_has(&w, "m.zip"), cases[i].modules, "%zu", i);
		cr_expect_eq(wants_has(&w, "m.mod"), cases[i].modules, "%zu", i);
		cr_expect_eq(faultd_hits(&w.server, "/gone"), cases[i].tarball, "%zu", i);
		wants_close(&w);
	}
}

/* Whose file it was is told, and the others come. */
Test(lock_wants, what_nobody_has_any_more_is_named)
{
	struct wants_world w;
	struct strings gone = { 0 }, named = { 0 };
	struct error e = { 0 };

	wants_open(&w);
	w.replies[1].status = 404;
	cr_expect_not(wants_fetch(&w, NULL, NULL, &e));
	cr_expect(strstr(arena_printf(&w.a, "%s%s", e.context, e.cause), "m.zip (source m 2)"),
		  "%s%s", e.context, e.cause);
	err_clear(&e);
	cr_assert(wants_fetch(&w, NULL, &gone, &e), "%s%s", e.context, e.cause);
	cr_assert_eq(gone.n, 1u);
	cr_expect_str_eq(gone.v[0], "m.zip (source m 2)");
	cr_expect(wants_has(&w, "m.mod") && wants_has(&w, "t.tar"));
	lock_named(&w.a, &w.lock, &gone, &named);
	cr_assert_eq(named.n, 1u);
	cr_expect_str_eq(named.v[0], "modules");
	wants_close(&w);
}

/* Of two packages that nobody has any more, the one that was only guessed is nobody's loss. */
Test(lock_wants, what_was_guessed_may_be_missing)
{
	struct locked_state state = { .archive = "none" };
	struct locked_package sure = { .name = "sure", .version = "1", .architecture = "amd64" };
	struct locked_package guess = { .name = "guess", .version = "1", .architecture = "amd64" };
	struct lock_order o;
	struct package_wanted v[] = { { .package = &guess, .order = &o, .guessed = true },
				      { .package = &sure, .order = &o } };
	const struct packages_wanted both = { v, 2, 2 }, one = { v, 1, 1 };
	struct strings gone = { 0 };
	struct wants_world w;
	struct error e = { 0 };

	wants_open(&w);
	o = (struct lock_order){ .store = &w.d.store, .mirrors = &w.mirrors };
	sure.state = guess.state = &state;
	sure.file = wants_file("sure.deb", NULL);
	guess.file = wants_file("guess.deb", NULL);
	*list_push(&w.a, &w.mirrors.v) =
		(struct mirror){ .archive = "none", .url = faultd_url(&w.a, &w.server, "/gone") };
	cr_assert(lock_fetch_packages(&w.a, &both, &gone, &e), "%s", e.cause);
	cr_assert_eq(gone.n, 1);
	cr_expect_str_eq(gone.v[0], "sure 1 (amd64)");
	cr_expect(lock_fetch_packages(&w.a, &one, NULL, &e), "%s", e.cause);
	o.offline = true;
	cr_expect(lock_fetch_packages(&w.a, &one, NULL, &e), "%s", e.cause);
	cr_expect_not(lock_fetch_packages(&w.a, &both, NULL, &e));
	cr_expect(strstr(e.cause, "sure 1 (amd64)") && !strstr(e.cause, "guess"), "%s", e.cause);
	wants_close(&w);
}

Test(lock_wants, a_download_has_no_archive_and_its_own_format)
{
	const struct locked_state state = { .archive = "debian" };
	static const struct {
		const char *format;
		bool archived, is;
	} cases[] = { { "download", false, true },
		      { "download", true, false },
		      { "tarball", false, false },
		      { NULL, false, false } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct locked_source s = { .format = cases[i].format,
						 .state = cases[i].archived ? &state : NULL };

		cr_expect_eq(locked_source_is_download(&s), cases[i].is, "%zu", i);
	}
}
