/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in the way of another base, told of models that are made by hand: paths, libraries,
 * records. */

#include <criterion/criterion.h>

#include "inspect/layers/elf_facts.h"
#include "trust/rebase/rebase.h"

/* The same path in the upper layer of the image, in the old base, in the new one and in the result.
 * What is NULL is not there. */
struct file_case {
	const struct item *image, *old, *now, *result;
	const char *says; /* all obstacles, or "" */
};

struct files_world {
	struct arena a;
	struct model image, old, now, result;
	struct rebase_case c;
	struct rebase_proof proof;
	struct rebase_obstacles obstacles;
};

static void files_add(struct files_world *w, struct model *m, const struct item *i)
{
	struct item *copy = arena_alloc(&w->a, sizeof(*copy));

	if (!i)
		return;
	*copy = *i;
	*list_push(&w->a, &m->items) = copy;
}

static void files_open(struct files_world *w)
{
	*w = (struct files_world){ .proof = { 0 } };
	w->c = (struct rebase_case){ &w->image, &w->old, &w->now, &w->result, 1 };
}

static const char *files_obstacles(struct files_world *w)
{
	struct buf text = { .a = &w->a };

	list_each(o, &w->obstacles)
		buf_printf(&text, "%s%s: %s", text.n ? "; " : "", o->path, o->text);
	return text.n ? buf_cstr(&text) : "";
}

#define FILE_OF(...)                                        \
	&(const struct item)                                \
	{                                                   \
		.path = "f", .type = ITEM_FILE, __VA_ARGS__ \
	}
#define UPPER(...) FILE_OF(.layer = 1, __VA_ARGS__)
#define FOLDER(...)                                        \
	&(const struct item)                               \
	{                                                  \
		.path = "f", .type = ITEM_DIR, __VA_ARGS__ \
	}
#define LINK(...)                                           \
	&(const struct item)                                \
	{                                                   \
		.path = "f", .type = ITEM_LINK, __VA_ARGS__ \
	}

#define REPLACED_GONE "f: its layer replaces a file of the base, which the new base does not have"
#define REPLACED_OTHER \
	"f: its layer replaces a file of the base, which is another one in the new base"
#define BOTH "f: its layer and the new base have it, the old base had not"
#define REMOVED_OTHER \
	"f: a layer removes this file of the base, which is another one in the new base"
#define REMOVED_GONE "f: a layer removes this file of the base, which the new base does not have"
#define DIFFERS "f: it would not be the same on the new base"

Test(rebase_files, what_upper_layers_and_bases_have_is_compared)
{
	static const struct digest one = { .b = { 1 } };
	const struct file_case cases[] = {
		/* an upper layer's own, and the base has it not, or the same before and after */
		{ UPPER(.size = 1), NULL, NULL, UPPER(.size = 1), "" },
		{ UPPER(.size = 1), FILE_OF(.size = 2), FILE_OF(.size = 2), UPPER(.size = 1), "" },
		{ UPPER(), FILE_OF(.implied = true), NULL, UPPER(), "" },
		/* the bases differ */
		{ UPPER(), FILE_OF(.size = 2), NULL, UPPER(), REPLACED_GONE },
		{ UPPER(), FILE_OF(.size = 2), FILE_OF(.implied = true), UPPER(), REPLACED_GONE },
		{ UPPER(), FILE_OF(.size = 2), FILE_OF(.size = 3), UPPER(), REPLACED_OTHER },
		{ UPPER(), NULL, FILE_OF(), UPPER(), BOTH },
		{ UPPER(), FILE_OF(.sha256 = one), FILE_OF(), UPPER(), REPLACED_OTHER },
		{ UPPER(), FILE_OF(.mode = 0755), FILE_OF(), UPPER(), REPLACED_OTHER },
		{ UPPER(), FILE_OF(.uid = 1), FILE_OF(), UPPER(), REPLACED_OTHER },
		{ UPPER(), FILE_OF(.gid = 1), FILE_OF(), UPPER(), REPLACED_OTHER },
		{ UPPER(), FILE_OF(.capabilities = true), FILE_OF(), UPPER(), REPLACED_OTHER },
		{ UPPER(), FILE_OF(.unread = true), FILE_OF(), UPPER(), REPLACED_OTHER },
		{ UPPER(), FILE_OF(), FILE_OF(.unread = true), UPPER(), REPLACED_OTHER },
		{ UPPER(), FILE_OF(), LINK(.target = "x"), UPPER(), REPLACED_OTHER },
		{ UPPER(), LINK(.target = "y"), LINK(.target = "x"), UPPER(), REPLACED_OTHER },
		{ UPPER(), LINK(.target = "x"), LINK(.target = "x"), UPPER(), "" },
		{ UPPER(), LINK(.target = "x"), LINK(), UPPER(), REPLACED_OTHER },
		{ UPPER(), LINK(), LINK(.target = "x"), UPPER(), REPLACED_OTHER },
		{ UPPER(), LINK(), LINK(), UPPER(), "" },
		/* folders that a layer brings itself */
		{ FOLDER(.layer = 1), FOLDER(), NULL, FOLDER(), "" },
		{ FOLDER(.layer = 1), FOLDER(.mode = 0700), FOLDER(), FOLDER(), "" },
		{ FOLDER(.layer = 1), NULL, FOLDER(), FOLDER(), "" },
		{ FOLDER(.layer = 1), FOLDER(), FOLDER(.mode = 0700), FOLDER(), REPLACED_OTHER },
		{ FOLDER(.layer = 1), NULL, FOLDER(.mode = 0700), FOLDER(), BOTH },
		{ UPPER(), FOLDER(), NULL, UPPER(), REPLACED_GONE },
		/* the result */
		{ UPPER(), NULL, NULL, NULL, DIFFERS },
		{ UPPER(), NULL, NULL, UPPER(.size = 1), DIFFERS },
		/* what is the base's alone, and what no layer has */
		{ FILE_OF(), FILE_OF(), FILE_OF(.size = 2), NULL, "" },
		{ UPPER(.implied = true), FILE_OF(), FILE_OF(.size = 2), NULL, "" },
		/* removed by an upper layer */
		{ NULL, FILE_OF(), FILE_OF(), NULL, "" },
		{ NULL, FILE_OF(), FILE_OF(.size = 2), NULL, REMOVED_OTHER },
		{ NULL, FILE_OF(), NULL, NULL, REMOVED_GONE },
		{ NULL, FILE_OF(.implied = true), NULL, NULL, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct files_world w;
		bool counts = cases[i].image && cases[i].image->layer && !cases[i].image->implied;

		files_open(&w);
		files_add(&w, &w.image, cases[i].image);
		files_add(&w, &w.old, cases[i].old);
		files_add(&w, &w.now, cases[i].now);
		files_add(&w, &w.result, cases[i].result);
		rebase_check_files(&w.a, &w.c, &w.proof, &w.obstacles);
		cr_expect_str_eq(files_obstacles(&w), cases[i].says, "%zu: %s", i,
				 files_obstacles(&w));
		cr_expect_eq(w.proof.files, counts, "%zu", i);
		arena_free(&w.a);
	}
}

/* A folder that is removed is told once, not with all below it. */
Test(rebase_files, a_removed_folder_is_told_once)
{
	static const char *const paths[] = { "a", "a/b", "a/b/c", "ab" };
	struct files_world w;

	files_open(&w);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		files_add(&w, &w.old, &(const struct item){ .path = paths[i], .type = ITEM_FILE });
	rebase_check_files(&w.a, &w.c, &w.proof, &w.obstacles);
	cr_expect_str_eq(files_obstacles(&w),
			 "a: a layer removes this file of the base, which the new base does not "
			 "have; ab: a layer removes this file of the base, which the new base does "
			 "not have");
	arena_free(&w.a);
}

/* ---- libraries ---- */

static void files_library(struct files_world *w, struct model *m, const char *path,
			  const struct elf_facts *f)
{
	struct elf_facts *copy = arena_alloc(&w->a, sizeof(*copy));

	*copy = *f;
	files_add(w, m,
		  &(const struct item){ .path = path, .type = ITEM_FILE, .layer = 1, .elf = copy });
}

#define LIBRARY(...)                          \
	&(const struct elf_facts)             \
	{                                     \
		.readable = true, __VA_ARGS__ \
	}

Test(rebase_files, a_library_is_found_by_soname_and_machine)
{
	static const struct {
		struct elf_facts old, now;
		const char *says;
		size_t libraries;
	} cases[] = {
		{ { .readable = true, .head = { .soname = "l.so" } },
		  { .readable = true, .head = { .soname = "l.so" } },
		  "",
		  1 },
		{ { .readable = true, .head = { .soname = "l.so" } },
		  { .readable = true, .head = { .soname = "m.so" } },
		  "l: the new base has no library of the SONAME l.so",
		  1 },
		{ { .readable = true, .head = { .soname = "l.so", .machine = 62 } },
		  { .readable = true, .head = { .soname = "l.so", .machine = 183 } },
		  "l: the new base has no library of the SONAME l.so",
		  1 },
		{ { .readable = true, .head = { .soname = "l.so" } },
		  { .readable = false, .head = { .soname = "l.so" } },
		  "l: the new base has no library of the SONAME l.so",
		  1 },
		{ { .readable = true, .head = { .soname = "l.so" } },
		  { .readable = true, .program = true, .head = { .soname = "l.so" } },
		  "l: the new base has no library of the SONAME l.so",
		  1 },
		/* a program and what cannot be read are none */
		{ { .readable = true, .program = true, .head = { .soname = "l.so" } },
		  { .readable = false },
		  "",
		  0 },
		{ { .readable = false, .head = { .soname = "l.so" } },
		  { .readable = false },
		  "",
		  0 },
		{ { .readable = true }, { .readable = false }, "", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct files_world w;

		files_open(&w);
		files_library(&w, &w.old, "l", &cases[i].old);
		files_library(&w, &w.now, "l", &cases[i].now);
		files_add(&w, &w.old, &(const struct item){ .path = "text" });
		files_add(&w, &w.now, &(const struct item){ .path = "text" });
		rebase_check_libraries(&w.a, &w.c, &w.proof, &w.obstacles);
		cr_expect_str_eq(files_obstacles(&w), cases[i].says, "%zu: %s", i,
				 files_obstacles(&w));
		cr_expect_eq(w.proof.libraries, cases[i].libraries, "%zu", i);
		arena_free(&w.a);
	}
}

/* The old base has l.so with LX_1 and LX_2 and the symbols 1 and 2, the new one LX_1 and 1. */
static void files_open_two(struct files_world *w, bool gone)
{
	static uint32_t both[] = { 1, 2 };
	static const char *versions[] = { "LX_1", "LX_2" };
	const struct strings two = { versions, 2, 2 }, one = { versions, 1, 1 };

	files_open(w);
	files_library(w, &w->old, "l",
		      LIBRARY(.head = { .soname = "l.so" }, .offers = two, .defined = both,
			      .n_defined = 2));
	if (!gone)
		files_library(w, &w->now, "l",
			      LIBRARY(.head = { .soname = "l.so" }, .offers = one, .defined = both,
				      .n_defined = 1));
}

Test(rebase_files, versions_and_symbols_that_are_taken_have_to_be_there)
{
	static const struct {
		struct version_need version;
		struct symbol_need symbol;
		const char *says;
		size_t symbols;
	} cases[] = {
		{ { .library = "l.so", .version = "LX_1" }, { .name = "one", .hash = 1 }, "", 1 },
		{ { .library = "l.so", .version = "LX_2" },
		  { .name = "none", .hash = 9 },
		  "p: it needs version LX_2 of l.so, which the new base's does not have",
		  0 },
		{ { .library = "l.so", .version = "LX_2", .weak = true },
		  { .name = "none", .hash = 9 },
		  "",
		  0 },
		{ { .library = "k.so", .version = "LX_2" }, { .name = "none", .hash = 9 }, "", 0 },
		{ { .library = "l.so", .version = "LX_3" },
		  { .name = "two", .hash = 2 },
		  "p: it takes the symbol two from l.so, which the new base's does not have",
		  1 },
		/* the hash with its version counts, not the one without */
		{ { .library = "l.so", .version = "LX_1" },
		  { .name = "two", .hash = 1, .versioned = 2 },
		  "p: it takes the symbol two from l.so, which the new base's does not have",
		  1 },
		{ { .library = "l.so", .version = "LX_1" },
		  { .name = "one", .hash = 2, .versioned = 1 },
		  "",
		  1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (int gone = 0; gone < 2; gone++) {
			struct files_world w;
			struct elf_facts p = { .readable = true, .program = true };

			files_open_two(&w, gone);
			*list_push(&w.a, &p.wants) = cases[i].version;
			*list_push(&w.a, &p.undefined) = cases[i].symbol;
			files_library(&w, &w.image, "p", &p);
			rebase_check_libraries(&w.a, &w.c, &w.proof, &w.obstacles);
			/* without the library that alone is told */
			cr_expect_str_eq(files_obstacles(&w),
					 gone ? "l: the new base has no library of the SONAME l.so"
					      : cases[i].says,
					 "%zu: %s", i, files_obstacles(&w));
			cr_expect_eq(w.proof.symbols, gone ? 0 : cases[i].symbols, "%zu", i);
			cr_expect_eq(w.proof.programs, 1);
			arena_free(&w.a);
		}
	}
}

Test(rebase_files, of_two_libraries_with_a_symbol_one_is_enough)
{
	static uint32_t two[] = { 2 };
	struct files_world w;
	struct elf_facts p = { .readable = true, .program = true };

	files_open_two(&w, false);
	files_library(&w, &w.old, "m",
		      LIBRARY(.head = { .soname = "m.so" }, .defined = two, .n_defined = 1));
	files_library(&w, &w.now, "m",
		      LIBRARY(.head = { .soname = "m.so" }, .defined = two, .n_defined = 1));
	*list_push(&w.a, &p.undefined) = (struct symbol_need){ .name = "two", .hash = 2 };
	files_library(&w, &w.image, "p", &p);
	rebase_check_libraries(&w.a, &w.c, &w.proof, &w.obstacles);
	cr_expect_str_eq(files_obstacles(&w), "");
	cr_expect_eq(w.proof.symbols, 1);
	arena_free(&w.a);
}

Test(rebase_files, what_cannot_be_read_cannot_be_proven)
{
	struct files_world w;

	files_open_two(&w, false);
	files_library(&w, &w.image, "bad", &(const struct elf_facts){ .problem = "too short" });
	files_library(&w, &w.image, "odd", LIBRARY(.problem = "its symbols are out of bounds"));
	files_add(&w, &w.image, &(const struct item){ .path = "text", .layer = 1 });
	/* of the base: nobody asks */
	files_library(&w, &w.image, "z", &(const struct elf_facts){ .problem = "too short" });
	w.image.items.v[w.image.items.n - 1]->layer = 0;
	rebase_check_libraries(&w.a, &w.c, &w.proof, &w.obstacles);
	cr_expect_str_eq(files_obstacles(&w),
			 "bad: what it needs of the base cannot be read: too short; odd: what it "
			 "needs of the base cannot be read: its symbols are out of bounds");
	cr_expect_eq(w.proof.programs, 2);
	arena_free(&w.a);
}

/* ---- the loader's cache and packages ---- */

#define CACHE "etc/ld.so.cache"
#define IN_ONE \
	CACHE ": it stands in a layer above the base and would change: /l is in one base only"

Test(rebase_files, a_loader_cache_of_an_upper_layer_has_the_libraries_of_both_bases)
{
	static const struct {
		struct elf_facts old, now;
		unsigned layer;
		bool implied;
		const char *says;
	} cases[] = {
		{ { .readable = true, .head = { .soname = "l.so" } },
		  { .readable = true, .head = { .soname = "l.so" } },
		  1,
		  false,
		  "" },
		{ { .readable = true, .head = { .soname = "l.so" } },
		  { .readable = true, .head = { .soname = "m.so" } },
		  1,
		  false,
		  IN_ONE },
		{ { .readable = true, .head = { .soname = "l.so" } },
		  { .readable = false, .head = { .soname = "l.so" } },
		  1,
		  false,
		  IN_ONE },
		{ { .readable = true, .program = true, .head = { .soname = "l.so" } },
		  { .readable = true, .head = { .soname = "l.so" } },
		  1,
		  false,
		  IN_ONE },
		{ { .readable = true, .head = { .soname = "l.so" } },
		  { .readable = true, .head = { .soname = "m.so" } },
		  0,
		  false,
		  "" },
		{ { .readable = true, .head = { .soname = "l.so" } },
		  { .readable = true, .head = { .soname = "m.so" } },
		  1,
		  true,
		  "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct files_world w;

		files_open(&w);
		files_add(&w, &w.image,
			  &(const struct item){ .path = CACHE,
						.layer = (uint16_t)cases[i].layer,
						.implied = cases[i].implied });
		files_library(&w, &w.old, "l", &cases[i].old);
		files_library(&w, &w.now, "l", &cases[i].now);
		rebase_check_records(&w.a, &w.c, &w.obstacles);
		cr_expect_str_eq(files_obstacles(&w), cases[i].says, "%zu: %s", i,
				 files_obstacles(&w));
		arena_free(&w.a);
	}
}

Test(rebase_files, a_library_that_one_base_alone_has_changes_the_cache)
{
	for (int i = 0; i < 2; i++) {
		struct files_world w;

		files_open(&w);
		files_add(&w, &w.image, &(const struct item){ .path = CACHE, .layer = 1 });
		files_library(&w, i ? &w.old : &w.now, "l", LIBRARY(.head = { .soname = "l.so" }));
		rebase_check_records(&w.a, &w.c, &w.obstacles);
		cr_expect_str_eq(files_obstacles(&w), IN_ONE);
		arena_free(&w.a);
	}
}

Test(rebase_files, packages_of_one_source_have_one_version)
{
	static const struct {
		const char *source, *version, *record, *says;
	} cases[] = {
		{ "src", "1", "status.d/own", "" },
		{ "src", "2", "status.d/own",
		  "status.d/own: package own 1 is of the source src 1, of which the new base has "
		  "base 2+b1" },
		{ "other", "2", "status.d/own", "" },
		{ "src", "2", "status.d/base", "" },
		{ "src", "2", "nowhere", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct files_world w;

		files_open(&w);
		files_add(&w, &w.image, &(const struct item){ .path = "status.d/base" });
		files_add(&w, &w.image, &(const struct item){ .path = "status.d/own", .layer = 1 });
		*list_push(&w.a, &w.image.packages) = (struct package){ .name = "own",
									.version = "1",
									.source = "src",
									.source_version = "1",
									.record = cases[i].record };
		*list_push(&w.a, &w.now.packages) =
			(struct package){ .name = "base",
					  .version = "2+b1",
					  .source = cases[i].source,
					  .source_version = cases[i].version };
		rebase_check_records(&w.a, &w.c, &w.obstacles);
		cr_expect_str_eq(files_obstacles(&w), cases[i].says);
		arena_free(&w.a);
	}
}
