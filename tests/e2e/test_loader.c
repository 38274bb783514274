/* SPDX-License-Identifier: Apache-2.0 */
/* What imgbuild says a file needs is what glibc's own loader loads, for every ELF file of the image. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

#include "closure/folder.h"
#include "e2e/image.h"
#include "support/files.h"

#define LOADER "/lib64/ld-linux-x86-64.so.2"

/* An unpacked image, seen by both. */
struct scene {
	struct arena *a;
	const char *root;
	struct folder folder;
	struct tree tree;
};

/* The path in the image that a name leads to, through its links. */
static const char *real_path(struct scene *s, const char *path)
{
	struct error e = { 0 };
	struct node *n;

	cr_assert(folder_reach(&s->folder, &s->tree, path, &e), "%s", e.cause);
	n = tree_resolve(&s->tree, path);
	return n ? n->path : path;
}

static bool is_loader(const char *path)
{
	return strstr(path, "ld-linux") != NULL;
}

/* The loader's answer: lines like "libx.so.1 => /usr/lib/... (0x...)". */
static struct strings loader_says(struct scene *s, const char *file)
{
	struct oracle_run r = oracle_run(s->a, (const char *const[]){
		"bwrap", "--ro-bind", s->root, "/", "--unshare-net", "--clearenv", LOADER, "--list",
		arena_printf(s->a, "/%s", file), NULL });
	struct strings out = { 0 };
	struct str rest = r.out, line, found, tail;

	cr_assert_eq(r.status, 0, "%s --list %s: %s%s", LOADER, file, r.out.p, r.err.p);
	while (str_next(&rest, '\n', &line)) {
		const char *arrow = strstr(str_dup(s->a, line), " => ");

		if (!arrow)
			continue;
		str_cut(str_of(arrow + 4), ' ', &found, &tail);
		if (!is_loader(str_dup(s->a, found)))
			*list_push(s->a, &out) = real_path(s, str_dup(s->a, found));
	}
	strings_unique(&out);
	return out;
}

static struct strings imgbuild_says(struct scene *s, const char *file)
{
	struct closure c = { 0 };
	struct strings out = { 0 };
	struct error e = { 0 };

	cr_assert(folder_reach(&s->folder, &s->tree, arena_printf(s->a, "/%s", file), &e), "%s", e.cause);
	cr_assert(closure_run_one(s->a, &s->tree, &s->folder.base, file, &c, &e), "%s: %s", file, e.cause);
	for (size_t i = 0; i < c.edges.n; i++) {
		const struct closure_edge *edge = &c.edges.v[i];

		cr_expect(edge->found, "%s: %s is missing: %s", file, edge->needed, edge->why);
		if (edge->found && !is_loader(edge->found))
			*list_push(s->a, &out) = edge->found;
	}
	strings_unique(&out);
	return out;
}

static bool is_elf(const char *path)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	char magic[4] = "";

	return fd >= 0 && pread(fd, magic, 4, 0) == 4 && memcmp(magic, "\177ELF", 4) == 0;
}

static void compare(struct scene *s, const char *file)
{
	struct strings loader = loader_says(s, file), ours = imgbuild_says(s, file);

	cr_expect_eq(loader.n, ours.n, "%s: the loader loads %zu libraries, imgbuild finds %zu", file, loader.n,
		     ours.n);
	for (size_t i = 0; i < loader.n && i < ours.n; i++)
		cr_expect_str_eq(loader.v[i], ours.v[i], "%s", file);
}

/* Programs that are linked statically need nothing, and the loader refuses to list them. */
static bool is_static(struct scene *s, const char *path)
{
	struct str text = ORACLE(s->a, "readelf", "--program-headers", "--wide", path);

	return !strstr(text.p, "DYNAMIC") || (strstr(text.p, "INTERP") == NULL &&
					      strstr(path, "/usr/local/bin/") != NULL);
}

Test(loader, finds_the_same_libraries_as_imgbuild_for_every_file_of_cephalo, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	struct scene s = { .a = &a, .folder = FOLDER_INIT };
	const char *dir = files_temporary(&a);
	struct strings all;
	struct error e = { 0 };
	size_t compared = 0;

	oracle_need("bwrap");
	oracle_need("readelf");
	s.root = image_unpack(&a, dir, image_build(&a, dir, "cephalo"), "cephalo");
	tree_init(&s.tree, &a);
	cr_assert(folder_open(&s.folder, &a, s.root, &e), "%s", e.cause);
	all = files_below(&a, s.root, "");
	for (size_t i = 0; i < all.n; i++) {
		const char *file = all.v[i] + strlen(s.root) + 1;

		if (!is_elf(all.v[i]) || is_loader(file) || is_static(&s, all.v[i]))
			continue;
		compare(&s, file);
		compared++;
	}
	cr_expect_gt(compared, 200u, "only %zu ELF files were compared", compared);
	folder_close(&s.folder);
	files_remove(dir);
}
