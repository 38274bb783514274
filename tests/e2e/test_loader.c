/* SPDX-License-Identifier: Apache-2.0 */
/* What imgbuild says a file needs is what glibc's own loader loads, for every ELF file of the
 * image. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "make/closure/closure.h"
#include "make/closure/closure_folder.h"
#include "e2e/fixture_image.h"
#include "support/fixture_files.h"

#define LOADER "/lib64/ld-linux-x86-64.so.2"

/* An unpacked image, seen by both. */
struct loader_scene {
	struct arena *a;
	const char *root;
	struct folder folder;
	struct tree tree;
	size_t missing;	     /* libraries that neither finds */
	const char *gave_up; /* over the first missing one of this file the loader did */
};

/* The path in the image that a name leads to, through its links. */
static const char *scene_real_path(struct loader_scene *s, const char *path)
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

#define MISSING " is missing"
#define GAVE_UP "error while loading shared libraries: "

/* The loader's answer: lines like "libx.so.1 => /usr/lib/... (0x...)" or "libx.so.1 => not found".
 */
static struct strings loader_says(struct loader_scene *s, const char *file)
{
	struct oracle_run r = oracle_run(s->a,
					 (const char *const[]){
						 "bwrap", "--ro-bind", s->root, "/",
						 "--unshare-net", "--clearenv", LOADER, "--list",
						 arena_printf(s->a, "/%s", file), NULL });
	struct strings out = { 0 };
	struct str rest = r.out, line, found, tail;

	if (r.status && strstr(r.err.p, GAVE_UP)) {
		const char *name = strstr(r.err.p, GAVE_UP) + strlen(GAVE_UP);

		s->gave_up = arena_printf(s->a, "%.*s" MISSING, (int)strcspn(name, ":\n"), name);
		return out;
	}
	cr_assert_eq(r.status, 0, "%s --list %s: %s%s", LOADER, file, r.out.p, r.err.p);
	while (str_next(&rest, '\n', &line)) {
		char *name = str_dup(s->a, str_trim(line)), *arrow = strstr(name, " => ");

		if (!arrow)
			continue;
		if (strcmp(arrow, " => not found") == 0) {
			*arrow = '\0';
			*list_push(s->a, &out) = arena_printf(s->a, "%s" MISSING, name);
			continue;
		}
		str_cut(str_of(arrow + 4), ' ', &found, &tail);
		if (!is_loader(str_dup(s->a, found)))
			*list_push(s->a, &out) = scene_real_path(s, str_dup(s->a, found));
	}
	strings_unique(&out);
	return out;
}

static struct strings imgbuild_says(struct loader_scene *s, const char *file)
{
	struct closure_folder from = closure_folder_of(&s->folder);
	struct world *w;
	struct closure c = { 0 };
	struct strings out = { 0 };
	struct error e = { 0 };

	cr_assert(folder_reach(&s->folder, &s->tree, arena_printf(s->a, "/%s", file), &e), "%s",
		  e.cause);
	w = closure_world(s->a, &s->tree, &from.base, &e);
	cr_assert(w && closure_run_in(s->a, w, file, &c, &e), "%s: %s", file, e.cause);
	for (size_t i = 0; i < c.edges.n; i++) {
		const struct closure_edge *edge = &c.edges.v[i];

		if (!edge->found || !is_loader(edge->found))
			*list_push(s->a, &out) = edge->found ? edge->found
							     : arena_printf(s->a, "%s" MISSING,
									    edge->needed);
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

static void compare_loaders(struct loader_scene *s, const char *file)
{
	struct strings loader, ours = imgbuild_says(s, file);

	s->gave_up = NULL;
	loader = loader_says(s, file);
	for (size_t i = 0; i < ours.n; i++)
		s->missing += str_ends(str_of(ours.v[i]), STR(MISSING));
	if (s->gave_up) {
		cr_expect(strings_has(&ours, s->gave_up), "%s: %s, says the loader alone", file,
			  s->gave_up);
		return;
	}
	cr_expect_eq(loader.n, ours.n, "%s: the loader loads %zu libraries, imgbuild finds %zu",
		     file, loader.n, ours.n);
	for (size_t i = 0; i < loader.n && i < ours.n; i++)
		cr_expect_str_eq(loader.v[i], ours.v[i], "%s", file);
}

/* Programs that are linked statically need nothing, and the loader refuses to list them. */
static bool is_static(struct loader_scene *s, const char *path)
{
	struct str text = ORACLE(s->a, "readelf", "--program-headers", "--wide", path);

	return !strstr(text.p, "DYNAMIC") ||
	       (strstr(text.p, "INTERP") == NULL && strstr(path, "/usr/local/bin/") != NULL);
}

Test(loader, finds_the_same_libraries_as_imgbuild_for_every_file_of_cephalo, .timeout = 900)
{
	AUTO_ARENA a = { 0 };
	struct loader_scene s = { .a = &a, .folder = FOLDER_INIT };
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
		compare_loaders(&s, file);
		compared++;
	}
	cr_expect_gt(compared, 200u, "only %zu ELF files were compared", compared);
	cr_expect_eq(s.missing, 0u, "%zu libraries are missing", s.missing);
	folder_close(&s.folder);
	files_remove(dir);
}

/* A file that the loader of this tree can load: 64 bits, x86-64, with a dynamic section. */
static bool is_loadable(struct loader_scene *s, const char *path)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned char head[20] = "";

	return fd >= 0 && pread(fd, head, sizeof(head), 0) == sizeof(head) && head[4] == 2 &&
	       head[18] == 62 && (head[16] == 2 || head[16] == 3) && !is_static(s, path) &&
	       strstr(ORACLE(s->a, "readelf", "--dynamic", "--wide", path).p, "(NEEDED)");
}

/* A tree as large as one likes: IMGBUILD_TEST_ELF_ROOT, for example what mmdebstrap extracts. */
Test(loader, finds_the_same_libraries_for_every_file_of_a_tree, .timeout = 3600)
{
	AUTO_ARENA a = { 0 };
	struct loader_scene s = { .a = &a,
				  .folder = FOLDER_INIT,
				  .root = getenv("IMGBUILD_TEST_ELF_ROOT") };
	struct strings all;
	struct error e = { 0 };
	size_t compared = 0;

	if (!s.root)
		cr_skip_test("IMGBUILD_TEST_ELF_ROOT names no tree");
	oracle_need("bwrap");
	oracle_need("readelf");
	tree_init(&s.tree, &a);
	cr_assert(folder_open(&s.folder, &a, s.root, &e), "%s", e.cause);
	all = files_below(&a, s.root, "");
	for (size_t i = 0; i < all.n; i++) {
		if (!is_elf(all.v[i]) || is_loader(all.v[i]) || !is_loadable(&s, all.v[i]))
			continue;
		compare_loaders(&s, all.v[i] + strlen(s.root) + 1);
		compared++;
	}
	printf("%zu files compared with the loader; %zu libraries neither finds\n", compared,
	       s.missing);
	folder_close(&s.folder);
}
