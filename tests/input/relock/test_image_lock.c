/* SPDX-License-Identifier: Apache-2.0 */
/* What an image of others has, while a lock is made for what stands on it: it is pinned for the
 * image, not locked, and compilers do not take it. */

#include <criterion/criterion.h>

#include "input/lock/base_locks.h"
#include "input/lock/lock_diff.h"
#include "input/lock/locked_base.h"
#include "support/fixture_files.h"
#include "support/fixture_relock.h"

/* The archive has moved on since the image was made. */
#define PACKAGES                                                                      \
	"app 2; Depends: libapp1 (>= 1), libother1, libssl3\n libapp1 2\n"            \
	"libother1 2; Depends: libapp1\n picky 2; Depends: libapp1 (>= 2)\n"          \
	"libssl3t64 3; Provides: libssl3 (= 3)\n breaker 1; Breaks: libapp1 (<< 2)\n" \
	"gcc 14; Depends: libc6-dev\n libc6-dev 2.42; Depends: libc6 (= 2.42)\n"      \
	"libc6 2.42\n libcap-dev 1; Depends: libcap2\n libcap2 1\n ca-certificates 2025"

static void image_add(struct relock_scene *s, struct locked_base *base, const char *name,
		      const char *version, const char *provides)
{
	locked_base_add(&s->a, base, "amd64",
			&(struct locked_package){ .name = name,
						  .version = version,
						  .architecture = "amd64",
						  .source = name,
						  .source_version = version,
						  .provides = provides });
}

static struct locked_base *image_open(struct relock_scene *s)
{
	struct locked_base *base;

	relock_open(s);
	relock_publish(s, 2, PACKAGES, relock_sources(s));
	archivegen_file(&s->g, "pool/main/a/old.dsc", "old");
	archivegen_file(&s->g, "pool/main/a/new.dsc", "new");
	archivegen_serve(&s->g);
	base = arena_alloc(&s->a, sizeof(*base));
	*base = (struct locked_base){ .reference = "oci:base", .digest = digest_of(STR("x")) };
	image_add(s, base, "libc6", "2.41", NULL);
	image_add(s, base, "libssl3t64", "2", "libssl3 (= 2)");
	image_add(s, base, "libapp1", "1", NULL);
	locked_base_sort(base);
	*list_push(&s->a, &s->bases) = locked_base_as_lock(&s->a, base);
	return base;
}

/* "app 2:image libother1 2:library" */
static const char *image_locked(struct relock_scene *s)
{
	struct buf text = { .a = &s->a };

	for (size_t i = 0; i < s->lock.packages.n; i++) {
		const struct locked_package *p = &s->lock.packages.v[i];

		buf_printf(&text, "%s%s %s:%s", i ? " " : "", p->name, p->version,
			   strings_join(&s->a, &p->roles, ","));
	}
	return text.n ? buf_cstr(&text) : "";
}

Test(image_lock, what_the_image_has_is_not_locked_again)
{
	struct relock_scene s;
	struct component *c;

	image_open(&s);
	c = relock_add_component(&s, "app", NULL);
	relock_add_provider(&s, c, "app");
	*list_push(&s.a, &c->providers.v[0].packages) = "libapp1";
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	cr_expect_str_eq(image_locked(&s), "app 2:image libother1 2:library");
	relock_close(&s);
}

/* A slice of libother1 is there: the archive has the rest. Of libapp1 there is a slice, too, of a
 * version that nobody has any more. */
Test(image_lock, the_rest_of_a_slice_is_locked_in_the_same_version)
{
	struct relock_scene s;
	struct locked_base *base = image_open(&s);
	struct lock before;
	struct component *c;

	image_add(&s, base, "libother1", "2", NULL);
	locked_base_sort(base);
	for (size_t i = 0; i < base->packages.n; i++)
		base->packages.v[i].partial = base->packages.v[i].name[3] != 'c';
	s.bases.v[0] = locked_base_as_lock(&s.a, base);
	c = relock_add_component(&s, "app", NULL);
	relock_add_provider(&s, c, "app");
	*list_push(&s.a, &c->providers.v[0].packages) = "libapp1";
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	cr_expect_str_eq(image_locked(&s), "app 2:image libother1 2:library");
	cr_expect_null(bases_apart(&s.bases, &s.lock), "they are of one version");
	/* and is kept when the archive has moved on */
	before = s.lock;
	s.old = &before;
	s.update = &(const struct strings){ 0 };
	relock_publish(&s, 1, "app 2; Depends: libother1\n libother1 3", NULL);
	archivegen_serve(&s.g);
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	cr_expect_str_eq(image_locked(&s), "app 2:image libother1 2:library");
	relock_close(&s);
}

Test(image_lock, compilers_take_theirs_from_the_archive)
{
	struct relock_scene s;

	image_open(&s);
	relock_add_provider(&s, relock_add_component(&s, "app", NULL), NULL);
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	cr_expect_str_eq(image_locked(&s),
			 "gcc 14:source:app,toolchain:c libc6 2.42:source:app,toolchain:c "
			 "libc6-dev 2.42:source:app,toolchain:c libcap-dev 1:library,source:app "
			 "libcap2 1:library,source:app");
	relock_close(&s);
}

static void expect_obstacle(const char *package, const char *obstacle)
{
	struct relock_scene s;

	image_open(&s);
	relock_add_provider(&s, relock_add_component(&s, "x", NULL), package);
	cr_assert_not(relock_make(&s, false), "%s: %s", package, image_locked(&s));
	cr_expect(strstr(s.e.cause, obstacle), "%s: %s", package, s.e.cause);
	cr_expect_eq(s.e.kind, ERR_INPUT);
	relock_close(&s);
}

Test(image_lock, a_package_that_needs_another_version_is_refused)
{
	expect_obstacle("picky",
			"and the base image oci:base has libapp1 1: name a newer image, or "
			"run imgbuild update x.json if its tag has moved");
	expect_obstacle("breaker", "the base image oci:base has libapp1 1");
}

Test(image_lock, it_is_written_and_read_again)
{
	struct relock_scene s;
	struct lock again;
	struct locked_base *base = image_open(&s);
	const char *path = arena_printf(&s.a, "%s/x.lock.json", s.d.dir);

	base->records = "var/lib/dpkg/status.d";
	relock_add_provider(&s, relock_add_component(&s, "app", NULL), "app");
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	s.lock.base = base;
	files_put(path, relock_text(&s));
	cr_assert(lock_load(&s.a, path, &again, &s.e), "%s", s.e.cause);
	cr_assert_not_null(again.base);
	cr_expect_str_eq(again.base->reference, "oci:base");
	cr_expect_str_eq(again.base->records, "var/lib/dpkg/status.d");
	cr_expect(digest_eq(&again.base->digest, &base->digest));
	cr_expect_str_eq(locked_base_package(again.base, "libssl3t64")->provides, "libssl3 (= 2)");
	cr_expect_null(locked_base_package(again.base, "libother1"));
	cr_expect_null(locked_base_package(NULL, "libssl3t64"));
	cr_expect(lock_same(&s.lock, &again));
	relock_close(&s);
}

Test(image_lock, malformed_ones_are_refused)
{
	static const struct {
		const char *from, *to, *cause;
	} cases[] = {
		{ "\"libapp1\"", "\"../x\"", "is not a valid name" },
		{ "\"version\": \"2.41\"", "\"version\": \"2 41\"", "is not a valid version" },
		{ "\"libc6\"", "\"zlib1g\"", "is not in order, or there twice" },
		{ "\"reference\"", "\"reverence\"", "reference" },
		{ "\"packages\": [", "\"packages\": [ 7,", "expected an object" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct relock_scene s;
		struct lock again;
		const char *path, *text, *at;

		s.lock.base = image_open(&s);
		s.lock.answers = digest_of(STR("x"));
		s.lock.architecture = "amd64";
		path = arena_printf(&s.a, "%s/x.lock.json", s.d.dir);
		text = relock_text(&s);
		at = strstr(text, cases[i].from);
		cr_assert_not_null(at, "%s", text);
		files_put(path, arena_printf(&s.a, "%.*s%s%s", (int)(at - text), text, cases[i].to,
					     at + strlen(cases[i].from)));
		cr_expect_not(lock_load(&s.a, path, &again, &s.e), "%s", cases[i].to);
		cr_expect(strstr(s.e.cause, cases[i].cause), "%s: %s", cases[i].to, s.e.cause);
		relock_close(&s);
	}
}

Test(image_lock, a_moved_image_is_told_with_its_packages)
{
	struct relock_scene s;
	struct locked_base *old = image_open(&s), now = { .reference = "oci:base" };
	struct lock before = { .base = old }, after = { .base = &now };
	struct lock_changes changes = { 0 };
	struct buf text = { .a = &s.a };

	now.digest = digest_of(STR("y"));
	image_add(&s, &now, "libc6", "2.42", NULL);
	image_add(&s, &now, "libapp1", "1", NULL);
	image_add(&s, &now, "zlib1g", "1", NULL);
	locked_base_sort(&now);
	lock_diff(&s.a, &before, &after, &changes);
	for (size_t i = 0; i < changes.n; i++)
		buf_printf(&text, "%s %s %s %s\n", changes.v[i].kind, changes.v[i].name,
			   changes.v[i].before ? changes.v[i].before : "-",
			   changes.v[i].after ? changes.v[i].after : "-");
	/* the digests are sha256sum's: of "x" and of "y" */
	cr_expect_str_eq(buf_cstr(&text), "base oci:base sha256:2d711642b726 sha256:a1fce4363854\n"
					  "in base libc6 2.41 2.42\n"
					  "in base libssl3t64 2 -\n"
					  "in base zlib1g - 1\n");
	relock_close(&s);
}
