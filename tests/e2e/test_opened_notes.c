/* SPDX-License-Identifier: Apache-2.0 */
/* What a build notes in a lock of the candidates that it opened, with Debian's own packages: those
 * with a record in the image are among them. */

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "e2e/fixture_image.h"
#include "input/lock/lock.h"
#include "support/fixture_files.h"

static const char opened_recipe[] =
	"{ \"name\": \"app\", \"base\": \"cc-debian13\",\n"
	"  \"components\": [ { \"name\": \"app\", \"providers\": [ { "
	"\"packages\": [\"hostname\"] } ] } ],\n"
	"  \"libraries\": [\"libkrb5-3\"],\n"
	"  \"config\": { \"entrypoint\": [\"/usr/bin/hostname\"], \"user\": \"65532:65532\" },\n"
	"  \"variants\": { \"more\": { \"components\": [ { \"name\": \"sqlite\", \"providers\": "
	"[ { \"packages\": [\"sqlite3\"] } ] } ] } } }\n";

static bool image_has_record(struct arena *a, const char *root, const char *package)
{
	return access(arena_printf(a, "%s/var/lib/dpkg/status.d/%s", root, package), F_OK) == 0;
}

Test(opened_notes, name_what_has_a_record_in_the_image, .timeout = 900)
{
	static const char *const variants[] = { "latest", "more" };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *recipe = arena_printf(&a, "%s/app.json", dir);
	const char *root[2], *lock_path = arena_printf(&a, "%s/app.lock.json", dir), *text;
	struct error e = { 0 };
	struct lock lock;
	size_t opened = 0, candidates = 0;

	files_put(arena_printf(&a, "%s/images.json", dir), "{}\n");
	files_put(recipe, opened_recipe);
	for (size_t i = 0; i < 2; i++) {
		const char *out = arena_printf(&a, "%s/%s", dir, variants[i]);
		const char *title = arena_printf(&a, "app-%s", variants[i]);
		struct oracle_run r = IMGBUILD(&a, "--progress=quiet", recipe, "--variant",
					       variants[i], "--tag",
					       arena_printf(&a, "%s:latest", title), "-o", out);

		cr_assert_leq(r.status, 1, "%s%s", r.out.p, r.err.p);
		root[i] = image_unpack(&a, dir, out, title);
	}
	text = files_get(&a, lock_path);
	cr_assert(lock_load(&a, lock_path, &lock, &e), "%s", e.cause);
	list_each(p, &lock.packages) {
		bool noted = strings_has(&p->notes.opened_by, "more");

		if (p->roles.n != 1 || strcmp(p->roles.v[0], "library") != 0)
			continue;
		cr_expect(p->notes.known, "%s", p->name);
		cr_expect_not(strings_has(&p->notes.opened_by, "latest"), "%s", p->name);
		/* those of the base are in both */
		cr_expect(noted || image_has_record(&a, root[0], p->name) ||
				  !image_has_record(&a, root[1], p->name),
			  "%s", p->name);
		candidates++;
		opened += noted;
	}
	cr_expect(opened >= 3 && opened < candidates, "%zu of %zu", opened, candidates);
	files_remove(arena_printf(&a, "%s/latest", dir));
	cr_assert_leq(IMGBUILD(&a, "--progress=quiet", recipe, "--variant", "latest", "-o",
			       arena_printf(&a, "%s/latest", dir))
			      .status,
		      1);
	cr_expect_str_eq(files_get(&a, lock_path), text, "a second build has nothing to note");
	files_remove(dir);
}
