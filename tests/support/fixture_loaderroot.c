/* SPDX-License-Identifier: Apache-2.0 */
/* The same files as the loader, the tree and the image read them. */

#include "support/fixture_loaderroot.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/path.h"
#include "inspect/model/inspect.h"
#include "inspect/model/model_world.h"
#include "make/closure/closure.h"
#include "make/closure/closure_folder.h"
#include "make/closure/loader.h"
#include "support/fixture_elfroot.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/gen_image.h"

const char *loaderroot_make(struct arena *a)
{
	const char *root = files_temporary(a);

	elfroot_need();
	cr_assert(chmod(root, 0755) == 0);
	elfroot_copy(root, ELFROOT_LOADER, ELFROOT_LOADER);
	return root;
}

static void put_things(struct arena *a, const char *root, const struct loaderroot_thing *things)
{
	for (size_t i = 0; i < LOADERROOT_THINGS && things[i].path; i++) {
		if (things[i].link)
			elfroot_link(root, things[i].path, things[i].link);
		else if (things[i].text)
			elfroot_write(root, things[i].path, str_of(things[i].text));
		else
			elfroot_write(root, things[i].path, elfgen_make(a, &things[i].elf));
	}
}

static void take_things(struct arena *a, const char *root, const struct loaderroot_thing *things)
{
	for (size_t i = 0; i < LOADERROOT_THINGS && things[i].path; i++)
		unlink(arena_printf(a, "%s/%s", root, things[i].path));
}

/* The files that are loaded and the names that are not found, sorted; but for the interpreter. The
 * loader prints each file once, under the name it met first, so names of files found are not good
 * for comparing. */
static void push_line(struct arena *a, struct strings *lines, const char *name, const char *path)
{
	if (strncmp(path_base(name), "ld", 2) != 0 && !strstr(name, "linux-vdso"))
		*list_push(a, lines) = path ? path : arena_printf(a, "%s => not found", name);
}

static struct strings of_tree(struct arena *a, struct tree *t, const char *root, size_t hwcaps)
{
	AUTO_FOLDER f = FOLDER_INIT;
	struct closure_folder from = closure_folder_of(&f);
	struct world *w;
	struct closure c;
	struct strings lines = { 0 };
	struct error e = { 0 };

	cr_assert(folder_open(&f, a, root, &e), "%s", e.cause);
	cr_assert(folder_reach(&f, t, "/" LOADERROOT_PROGRAM, &e));
	w = closure_world(a, t, &from.base, &e);
	cr_assert(w, "%s", e.cause);
	w->base.hwcaps = hwcaps;
	cr_assert(closure_run_in(a, w, "/" LOADERROOT_PROGRAM, &c, &e), "%s", e.cause);
	for (size_t i = 0; i < c.edges.n; i++)
		push_line(a, &lines, c.edges.v[i].needed, c.edges.v[i].found);
	strings_unique(&lines);
	return lines;
}

/* The layer that has what a folder has. */
struct root_packing {
	struct imagegen *g;
	const char *root;
};

static void pack_path(const struct root_packing *k, const char *path);

static void pack_folder(const struct root_packing *k, const char *folder)
{
	DIR *d = opendir(arena_printf(k->g->a, "%s/%s", k->root, folder));
	struct dirent *x;

	cr_assert(d, "%s", folder);
	while ((x = readdir(d))) {
		if (strcmp(x->d_name, ".") != 0 && strcmp(x->d_name, "..") != 0)
			pack_path(k, arena_printf(k->g->a, "%s%s%s", folder, *folder ? "/" : "",
						  x->d_name));
	}
	closedir(d);
}

static void pack_path(const struct root_packing *k, const char *path)
{
	const char *full = arena_printf(k->g->a, "%s/%s", k->root, path);
	char target[4096] = "";
	struct error e = { 0 };
	struct str bytes;
	struct stat st;

	cr_assert(lstat(full, &st) == 0, "%s", full);
	if (S_ISDIR(st.st_mode)) {
		imagegen_add(k->g, &(struct imagegen_entry){
					   .path = arena_printf(k->g->a, "%s/", path) });
		pack_folder(k, path);
	} else if (S_ISLNK(st.st_mode)) {
		cr_assert(readlink(full, target, sizeof(target) - 1) > 0);
		imagegen_add(k->g,
			     &(struct imagegen_entry){ .path = path,
						       .type = '2',
						       .mode = 0777,
						       .link = arena_strdup(k->g->a, target) });
	} else if (st.st_size > 100000) { /* a loader, qemu: not what is compared */
		imagegen_file(k->g, path, 0755,
			      elfgen_make(k->g->a, &(struct elfgen){ .soname = "ld" }));
	} else {
		cr_assert(io_read_file(k->g->a, AT_FDCWD, full, 64u << 20, &bytes, &e), "%s",
			  e.cause);
		imagegen_file(k->g, path, 0755, bytes);
	}
}

struct asking {
	struct process_visit visit;
	struct arena *a;
	struct strings lines;
};

static bool ask_process(struct process_visit *v, struct process *p, struct error *e)
{
	struct asking *k = (struct asking *)v;

	(void)e;
	if (strcmp(p->objects.v[0]->file->path, LOADERROOT_PROGRAM) != 0)
		return true;
	for (size_t i = 0; i < p->edges.n; i++) {
		const struct process_edge *edge = &p->edges.v[i];

		push_line(k->a, &k->lines, arena_strdup(k->a, edge->needed),
			  edge->found ? edge->found->path : NULL);
	}
	return true;
}

static struct strings of_image(struct arena *a, const char *root, size_t hwcaps)
{
	AUTO_IMAGEGEN g;
	AUTO_INSPECTION in = INSPECTION_INIT;
	struct root_packing packing = { &g, root };
	struct asking k = { .visit = { ask_process }, .a = a };
	struct model_world w;
	struct error e = { 0 };

	imagegen_begin(&g, a);
	g.codec = IMAGEGEN_PLAIN;
	pack_folder(&packing, "");
	imagegen_write(&g);
	cr_assert(inspect_image(a, &(struct inspect_request){ .image = g.path }, &in, &e), "%s",
		  e.cause);
	cr_assert(model_world_open(a, &in.model, &w, &e), "%s", e.cause);
	w.base.hwcaps = hwcaps;
	cr_assert(model_world_each(&w, &k.visit, &e), "%s", e.cause);
	strings_unique(&k.lines);
	return k.lines;
}

/* The loader's answer for a processor that has the `hwcaps` least folders of glibc-hwcaps. It
 * prints the paths it opened; the tree tells which files they are. When it gives up over a library,
 * that one is *failed. */
static struct strings loader_answer(struct arena *a, const struct tree *t, const char *root,
				    const char *const *loader, size_t hwcaps, const char **failed)
{
	static const char mark[] = "error while loading shared libraries: ";
	static const char *const masks[] = { "none", "x86-64-v2", "x86-64-v2:x86-64-v3" };
	int status = 0;
	struct str text = elfroot_run(a, root,
				      (const char *const[]){ loader[0], loader[1],
							     "--glibc-hwcaps-mask", masks[hwcaps],
							     "--list", "/" LOADERROOT_PROGRAM,
							     NULL } +
					      !loader[0],
				      &status);
	const char *error = strstr(text.n ? text.p : "", mark);
	struct strings lines = { 0 };
	struct str line;

	*failed = error ? error + strlen(mark) : NULL;
	cr_assert(error || status == 0, "%s", text.p);
	while (str_next(&text, '\n', &line)) {
		char *s = str_dup(a, str_trim(line)), *arrow = strstr(s, " => "), *end;
		const struct node *n;

		if (!arrow && s[0] != '/')
			continue;
		end = strstr(s, " (0x");
		if (end)
			*end = '\0';
		n = tree_resolve(t, arrow ? arrow + 4 : s);
		if (arrow)
			*arrow = '\0';
		push_line(a, &lines, s, n ? n->path : NULL);
	}
	strings_unique(&lines);
	return lines;
}

static const char *lines_of(struct arena *a, const struct strings *l)
{
	struct buf b = { .a = a };

	for (size_t i = 0; i < l->n; i++)
		buf_printf(&b, "%s\n", l->v[i]);
	return buf_cstr(&b);
}

/* What is known about one process: the tree's answer, or the image's. */
static void compare_answers(struct arena *a, const char *name, const char *whose,
			    const struct strings *x, const struct strings *y, const char *failed)
{
	const char *missing;

	if (!failed) {
		cr_expect_str_eq(lines_of(a, x), lines_of(a, y), "%s\n%s:\n%sthe loader's:\n%s",
				 name, whose, lines_of(a, x), lines_of(a, y));
		return;
	}
	missing = arena_strndup(a, failed, strcspn(failed, ":\n"));
	if (missing[0] == '/') /* a file it stumbled over: ours says so for the name */
		missing = path_base(missing);
	cr_expect(strings_has(x, arena_printf(a, "%s => not found", missing)),
		  "%s: the loader fails over %s, %s:\n%s", name, failed, whose, lines_of(a, x));
}

void loaderroot_compare(const char *const *with, const char *root, const char *name,
			const struct loaderroot_thing *things, size_t hwcaps, bool cache, bool both)
{
	AUTO_ARENA a = { 0 };
	struct tree t;
	struct strings tree, image, loader;
	const char *failed;

	tree_init(&t, &a);
	put_things(&a, root, things);
	if (cache)
		ORACLE(&a, "ldconfig", "-X", "-r", root);
	tree = of_tree(&a, &t, root, hwcaps);
	image = both ? of_image(&a, root, hwcaps) : tree;
	loader = loader_answer(&a, &t, root, with, hwcaps, &failed);
	take_things(&a, root, things);
	compare_answers(&a, name, "the tree's", &tree, &loader, failed);
	compare_answers(&a, name, "the image's", &image, &loader, failed);
}

void loaderroot_compare_here(const char *root, const char *name,
			     const struct loaderroot_thing *things, size_t hwcaps, bool cache,
			     bool both)
{
	loaderroot_compare((const char *const[]){ NULL, ELFROOT_LOADER }, root, name, things,
			   hwcaps, cache, both);
}
