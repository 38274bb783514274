/* SPDX-License-Identifier: Apache-2.0 */
/* What tarballs of npm say of platforms. npm pack makes such archives; here it is tar(1). */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

#include "input/resolve/npm_manifest.h"
#include "support/fixture_depot.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

/* A tarball with this package.json in a folder of this name; NULL: without. */
static const char *manifest_tarball(struct arena *a, const char *dir, const char *folder,
				    const char *text)
{
	const char *top = arena_printf(a, "%s/%s", dir, folder),
		   *tgz = arena_printf(a, "%s.tgz", top);

	files_put(arena_printf(a, "%s/node_modules/x/package.json", top), "{\"os\":[\"other\"]}");
	if (text)
		files_put(arena_printf(a, "%s/package.json", top), text);
	ORACLE(a, "tar", "--create", "--gzip", "--file", tgz, "--directory", dir, folder);
	return tgz;
}

static const char *manifest_says(struct arena *a, const char *file)
{
	struct npm_entry x = { .name = "a" };
	struct error e = { 0 };
	AUTO_FD fd = open(file, O_RDONLY | O_CLOEXEC);

	if (!npm_manifest_read(a, "a-1.0.0.tgz", fd, (uint64_t)lseek(fd, 0, SEEK_END), &x, &e))
		return arena_printf(a, "%d %s%s", e.kind, e.context, e.cause);
	return arena_printf(a, "os=%s cpu=%s libc=%s", strings_join(a, &x.os, ","),
			    strings_join(a, &x.cpu, ","), strings_join(a, &x.libc, ","));
}

Test(npm_manifest, the_platform_of_a_package)
{
	static const struct {
		const char *folder, *text, *says;
	} cases[] = {
		{ "package",
		  "{\"os\":[\"linux\",\"!win32\"],\"cpu\":[\"x64\"],\"libc\":[\"glibc\"]}",
		  "os=linux,!win32 cpu=x64 libc=glibc" },
		{ "a", "{\"os\":\"darwin\"}", "os=darwin cpu= libc=" },
		{ "b", "{}", "os= cpu= libc=" },
		{ "c", "{\"os\":[\"a\\nb\"]}", "os= cpu= libc=" },
		{ "d", NULL, "a-1.0.0.tgz has no package.json" },
		{ "e", "[", "not valid JSON" },
		{ "f", "[]", "expected an object, found an array" },
		{ "g", "{\"cpu\":{}}", "expected an array" },
	};
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *said = manifest_says(&a, manifest_tarball(&a, dir, cases[i].folder,
								      cases[i].text));

		cr_expect(strstr(said, cases[i].says), "%zu: %s", i, said);
	}
	files_put(arena_printf(&a, "%s/none", dir), "<html>");
	cr_expect(strstr(manifest_says(&a, arena_printf(&a, "%s/none", dir)), "a-1.0.0.tgz"));
	files_remove(dir);
}

/* Two entries, of which the first, optional one is for macOS and needs the second. */
struct manifest_scene {
	struct depot d;
	struct dependencies l;
	struct locked_source locked;
	struct strings gone;
	struct error e;
};

static void manifest_add(struct manifest_scene *t, const char *name, const char *text)
{
	struct arena *a = &t->d.a;
	struct npm_entry *x = list_push(a, &t->l.entries);
	struct locked_file *f = list_push(a, &t->locked.files);
	struct str bytes;

	*x = (struct npm_entry){ .place = arena_printf(a, "node_modules/%s", name),
				 .name = name,
				 .version = "1.0.0",
				 .file = arena_printf(a, "%s/-/%s-1.0.0.tgz", name, name),
				 .bare = true,
				 .optional = true };
	*f = (struct locked_file){ .name = x->file, .path = x->file };
	cr_assert(io_read_file(a, AT_FDCWD, manifest_tarball(a, t->d.dir, name, text), 1 << 20,
			       &bytes, &t->e));
	f->size = bytes.n;
	cr_assert(store_put_bytes(&t->d.store, bytes, &f->sha256, &t->e));
}

Test(npm_manifest, files_for_other_platforms_are_left_out_with_what_they_need)
{
	struct manifest_scene t = { .l.form = DEPENDENCY_NPM };
	struct arena *a;

	depot_open(&t.d);
	a = &t.d.a;
	manifest_add(&t, "mac", "{\"os\":[\"darwin\"]}");
	manifest_add(&t, "helper", "{}");
	manifest_add(&t, "here", "{\"os\":[\"linux\"],\"cpu\":[\"x64\"]}");
	*list_push(a, &t.l.entries.v[0].needs) = (struct npm_need){ "helper", false, false };
	*list_push(a, &t.l.others) = (struct npm_entry){ .place = "" };
	*list_push(a, &t.l.others.v[0].needs) = (struct npm_need){ "mac", true, false };
	*list_push(a, &t.l.others.v[0].needs) = (struct npm_need){ "here", true, false };
	cr_assert(npm_manifests_leave_out(a, &t.d.store, &t.l, platform_find(STR("linux/amd64")),
					  &t.locked, &t.gone, &t.e),
		  "%s", t.e.cause);
	cr_expect_str_eq(strings_join(a, &t.gone, " "),
			 "mac/-/mac-1.0.0.tgz helper/-/helper-1.0.0.tgz");
	cr_assert_eq(t.locked.files.n, 1);
	cr_expect_str_eq(t.locked.files.v[0].path, "here/-/here-1.0.0.tgz");
	depot_close(&t.d);
}
