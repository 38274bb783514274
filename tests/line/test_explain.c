/* SPDX-License-Identifier: Apache-2.0 */
/* What --explain says of each step of a build: the lines that docs/how-to/explain.md promises. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "line/build.h"
#include "support/fixture_files.h"
#include "support/fixture_homestead.h"
#include "support/fixture_verb.h"

/* Builds; gives the lines about steps. */
static const char *explained_steps(struct homestead *h, const char *option)
{
	static const char *const kinds[] = { "packages ", "compile ", "layer ", "image " };
	struct arena *a = &h->depot.a;
	struct verb_run r;
	struct buf out = { .a = a };
	struct str rest, line;

	cr_assert(chdir(h->dir) == 0);
	r = VERB(a, cmd_build, "build", "--cache-dir", h->depot.path, "--locked", "--offline",
		 "--no-audit", "--explain", "recipes/app.json", option);
	cr_assert(r.ok, "%s", r.message);
	rest = str_of(r.said);
	while (str_next(&rest, '\n', &line)) {
		if (!str_starts(line, STR("imgbuild: ")))
			continue;
		line = str_from(line, strlen("imgbuild: "));
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
			if (str_starts(line, str_of(kinds[i])))
				buf_printf(&out, STR_FMT "\n", STR_ARG(line));
		}
	}
	return buf_cstr(&out);
}

static void replace_in(struct homestead *h, const char *path, const char *from, const char *to)
{
	const char *text = files_get(&h->depot.a, path), *at = strstr(text, from);

	cr_assert(at, "%s has no %s", path, from);
	files_put(path, arena_printf(&h->depot.a, "%.*s%s%s", (int)(at - text), text, to,
				     at + strlen(from)));
}

#define FIRST "made: first build of this on this machine\n"

static const char *const all_first = "packages app (linux/amd64): " FIRST
				     "layer app/tool (linux/amd64): " FIRST
				     "layer app/libraries (linux/amd64): " FIRST
				     "layer app/files (linux/amd64): " FIRST
				     "image app (linux/amd64): " FIRST;

Test(explain, nothing_changed_is_one_line)
{
	struct homestead h;

	homestead_open(&h);
	cr_expect_str_eq(explained_steps(&h, NULL), all_first);
	cr_expect_str_eq(explained_steps(&h, NULL), "image app (linux/amd64): reused\n");
	homestead_close(&h);
}

Test(explain, a_file_of_the_recipe_is_named_with_its_line)
{
	struct homestead h;

	homestead_open(&h);
	explained_steps(&h, NULL);
	files_put("rootfs/etc/app.conf", "colour = red\n");
	files_put("rootfs/etc/new", "");
	cr_expect_str_eq(
		explained_steps(&h, NULL),
		"packages app (linux/amd64): reused\n"
		"layer app/tool (linux/amd64): reused\n"
		"layer app/libraries (linux/amd64): reused\n"
		"layer app/files (linux/amd64): made: /etc/app.conf changed (recipes/app.json:8:14), "
		"/etc/new is new (recipes/app.json:8:14)\n"
		"image app (linux/amd64): made: rootfs changed\n");
	cr_assert(unlink("rootfs/etc/new") == 0);
	cr_expect(strstr(explained_steps(&h, NULL),
			 "layer app/files (linux/amd64): made: /etc/new is gone\n"));
	homestead_close(&h);
}

Test(explain, a_package_that_moved_is_told_with_both_versions)
{
	struct homestead h;

	homestead_open(&h);
	explained_steps(&h, NULL);
	h.library_version = "1.1-1";
	homestead_lock(&h);
	cr_expect_str_eq(
		explained_steps(&h, NULL),
		"packages app (linux/amd64): made: package libx1 changed from 1.0-1 to 1.1-1\n"
		"layer app/tool (linux/amd64): reused\n"
		"layer app/libraries (linux/amd64): made: package libx1 changed from 1.0-1 to 1.1-1 "
		"(needed by usr/bin/tool)\n"
		"layer app/files (linux/amd64): reused\n"
		"image app (linux/amd64): made: recipes/app.lock.json changed\n");
	homestead_close(&h);
}

Test(explain, a_line_of_the_recipe_is_named_by_what_it_changes)
{
	struct homestead h;
	const char *said;

	homestead_open(&h);
	explained_steps(&h, NULL);
	replace_in(&h, "recipes/app.json", "\"HOME\": \"/var/lib/app\"", "\"HOME\": \"/srv\"");
	cr_expect_str_eq(
		explained_steps(&h, NULL),
		"packages app (linux/amd64): reused\n"
		"layer app/tool (linux/amd64): reused\n"
		"layer app/libraries (linux/amd64): reused\n"
		"layer app/files (linux/amd64): reused\n"
		"image app (linux/amd64): made: config env HOME changed, recipes/app.json changed\n");
	replace_in(&h, "recipes/app.json", "\"/usr/bin/*\",",
		   "\"/usr/bin/tool\", \"/usr/share/**\",");
	said = explained_steps(&h, NULL);
	cr_expect(strstr(said, "layer app/tool (linux/amd64): reused\n"), "the same files: %s",
		  said);
	replace_in(&h, "recipes/app.json", "\"0770\"", "\"0750\"");
	said = explained_steps(&h, NULL);
	cr_expect(
		strstr(said,
		       "layer app/files (linux/amd64): made: /var/lib/app changed (recipes/app.json:9:13)\n"),
		"%s", said);
	homestead_close(&h);
}

Test(explain, another_compressor_is_named_with_the_old_one)
{
	struct homestead h;
	const char *said;

	homestead_open(&h);
	explained_steps(&h, NULL);
	replace_in(&h, "recipes/app.json", "\"config\"",
		   "\"layers\": { \"compression\": \"zstd\" }, \"config\"");
	said = explained_steps(&h, NULL);
	cr_expect(strstr(said,
			 "layer app/tool (linux/amd64): made: compressor changed from libdeflate"),
		  "%s", said);
	cr_expect(strstr(said, " to libzstd"), "%s", said);
	homestead_close(&h);
}

Test(explain, an_emptied_store_knows_nothing_and_a_removed_image_is_missed)
{
	struct homestead h;
	struct strings known = { 0 };
	struct error e = { 0 };

	homestead_open(&h);
	explained_steps(&h, NULL);
	cr_assert(file_remove_tree(AT_FDCWD, "out/app", &e));
	cr_expect(str_ends(
		str_of(explained_steps(&h, NULL)),
		STR("image app (linux/amd64): made: its result was not there any more\n")));
	cr_expect(str_ends(str_of(explained_steps(&h, "--archive=app.tar")),
			   STR("image app (linux/amd64): made: --archive was asked for\n")));
	cr_assert(file_names(&h.depot.a, h.depot.store.actions, "actions", &known, &e));
	cr_assert_gt(known.n, 5);
	for (size_t i = 0; i < known.n; i++)
		cr_assert(file_remove_tree(h.depot.store.actions, known.v[i], &e), "%s", e.cause);
	cr_expect_str_eq(explained_steps(&h, NULL), all_first);
	homestead_close(&h);
}
