/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_RECIPE_READER_H
#define INPUT_RECIPE_RECIPE_READER_H

/* What the files of recipe/ share while a recipe is being read. Private to this folder. */

#include "format/json/json.h"
#include "input/recipe/recipe_types.h"

struct reader {
	struct arena *a;
	const char *repository; /* folder of images.json, as it can be opened from here */
	const char *data; /* folder of what comes with imgbuild; NULL: there is none, or not looked
			     for */
	bool searched, complete; /* for `data`; and it was found, be it this very repository */
	const char *asked;	 /* the recipe that the user named */
	struct builtin_files *builtin; /* of the recipe that is being read */
	struct strings inputs;	       /* every file read, as it can be opened from here */
	struct hash *hash;	       /* of the text of every file read */
	unsigned depth;		       /* recipes that stand on recipes */
	struct buf *expanded;	  /* NULL, or what the recipe asked for is written to in full */
	const char *variant;	  /* with that: which variant of it; NULL: the recipe itself */
	struct recipe_memo *memo; /* of a run of many recipes, or NULL */
	const char *version;	  /* what ${version} stands for in what is being read; or NULL */
};

/* Finds the repository of a recipe: the nearest folder upward that holds images.json; the recipe's
 * own folder if none does, and then false. *recipe becomes the path through that folder when it was
 * named from within:
 * "../recipes/hello.json". */
bool reader_open(struct arena *a, const char **recipe, struct reader *rd);

/* "recipes" and "x.json" -> "recipes/x.json"; "." and "x.json" -> "x.json". */
const char *reader_join(struct arena *a, const char *dir, const char *rest);

/* Whether two paths lead to one file or folder. */
bool reader_is_one_file(const char *x, const char *y);

/* Looks once for what comes with imgbuild. In a repository that is itself that folder nothing does.
 * ERR_USAGE. */
MUST_CHECK bool reader_search(struct reader *rd, struct error *e);

/* The folder that holds what comes with imgbuild, for what `n` asks of it. ERR_INPUT at `n` if it
 * is not there. */
MUST_CHECK bool reader_builtin_root(struct reader *rd, const struct json_node *n, const char **root,
				    struct error *e);

/* Opens and parses a file of the repository, or one that came with imgbuild. The second form notes
 * it as an input. */
MUST_CHECK bool reader_parse(struct reader *rd, const char *path, struct json_doc *doc,
			     struct error *e);
MUST_CHECK bool reader_load(struct reader *rd, const char *path, struct json_doc *doc,
			    struct error *e);

/* A path value: relative to the folder of its file, staying inside the repository (or what came
 * with imgbuild) also through links. Gives the path as it can be opened from here. Fails at the
 * value. The second form is for an optional array of them and appends. */
MUST_CHECK bool read_path(struct reader *rd, const struct json_node *n, const char **out,
			  struct error *e);
MUST_CHECK bool read_paths(struct reader *rd, const struct json_node *object, const char *key,
			   struct strings *out, struct error *e);

/* The same of a text that stands at `n`, alone or in a longer one. */
MUST_CHECK bool reader_path(struct reader *rd, const struct json_node *n, const char *text,
			    const char **out, struct error *e);

/* The path below the repository that a text means which stands at `n`; NULL: it leads out. And such
 * a path as it is written in `file`: "rootfs/x" is "../rootfs/x" in recipes/hello.json. */
const char *reader_resolve(struct reader *rd, const struct json_node *n, const char *text);
const char *reader_relative(struct reader *rd, const char *file, const char *path);

/* Small values, each failing at the value. */
MUST_CHECK bool read_name(struct reader *rd, const struct json_node *n, const char **out,
			  struct error *e);
MUST_CHECK bool read_package(struct reader *rd, const struct json_node *n, const char **out,
			     struct error *e);
/* The name of a user or a group, which may begin with "_" (Debian's "_apt"). */
MUST_CHECK bool read_account(struct reader *rd, const struct json_node *n, const char **out,
			     struct error *e);
MUST_CHECK bool read_absolute(struct reader *rd, const struct json_node *n, const char **out,
			      struct error *e);
MUST_CHECK bool read_patterns(struct reader *rd, const struct json_node *object, const char *key,
			      struct globs *out, struct error *e);
/* The same of a file, which has a name of its own. */
MUST_CHECK bool read_file_place(struct reader *rd, const struct json_node *n, const char **out,
				struct error *e);

/* As read_absolute and read_patterns, for values that may hold the variables of
 * recipe_variables.c. */
MUST_CHECK bool read_variable_path(struct reader *rd, const struct json_node *n, const char **out,
				   struct error *e);
MUST_CHECK bool read_variable_patterns(struct reader *rd, const struct json_node *object,
				       const char *key, struct globs *out, struct error *e);

/* The first variable of a text that is unknown or does not end, in `a`, with what to write instead;
 * NULL: there is none. */
const char *variables_fault(const struct reader *rd, const char *text);

/* Puts rd->version in place of ${version} in a value that can hold no other variable. */
MUST_CHECK bool variables_put_version(struct reader *rd, const struct json_node *n,
				      const char **text, struct error *e);

/* Gives the links their values for a platform. */
void variables_expand_links(struct arena *a, struct links *l, const struct platform *p);

/* A package name, or a pattern for some. */
MUST_CHECK bool read_package_pattern(struct reader *rd, const struct json_node *n, const char **out,
				     struct error *e);
MUST_CHECK bool read_packages(struct reader *rd, const struct json_node *object, const char *key,
			      struct strings *out, struct error *e);
MUST_CHECK bool read_owner(struct reader *rd, const struct json_node *object, uint32_t *uid,
			   uint32_t *gid, struct error *e);
MUST_CHECK bool read_mode(struct reader *rd, const struct json_node *n, unsigned *mode,
			  struct error *e);
MUST_CHECK bool read_id(const struct json_node *n, uint32_t *id, struct error *e);
MUST_CHECK bool read_duration(struct reader *rd, const struct json_node *object, const char *key,
			      uint64_t *ms, struct error *e);
MUST_CHECK bool read_day(struct reader *rd, const struct json_node *object, const char *key,
			 const char **out, struct error *e);
MUST_CHECK bool read_digest(struct reader *rd, const struct json_node *n, struct digest *d,
			    struct error *e);

/* "signers": at least one primary key fingerprint. */
MUST_CHECK bool read_signers(struct reader *rd, const struct json_node *object, struct strings *out,
			     struct error *e);

MUST_CHECK bool read_variables(struct reader *rd, const struct json_node *object, const char *key,
			       struct variables *out, struct error *e);

MUST_CHECK bool read_links(struct reader *rd, const struct json_node *object, const char *key,
			   struct links *out, struct error *e);

/* A platform that is known; `name` is the value, or the key, that `n` stands for. */
MUST_CHECK bool read_platform(const struct json_node *n, const char *name,
			      const struct platform **out, struct error *e);

/* An optional member that names a suite of the archive. */
MUST_CHECK bool read_known_suite(struct reader *rd, const struct json_node *object, const char *key,
				 const struct archive *archive, const char **out, struct error *e);

/* "platforms": each once; a list that is there is not empty. */
MUST_CHECK bool read_platforms(struct reader *rd, const struct json_node *object,
			       struct platforms *out, struct error *e);

/* What recipes, sources and toolchains begin with: no keys but these (NULL: they have been
 * checked), and a name. "description" and "$schema" are texts for others. */
MUST_CHECK bool read_heading(struct reader *rd, const struct json_node *root,
			     const char *const *keys, const char **name, struct error *e);

/* "reason": a text that is not empty. */
MUST_CHECK bool read_reason(struct reader *rd, const struct json_node *n, const char **reason,
			    struct error *e);

/* Where a value stands. */
struct place read_place(const struct json_node *n);

/* Calls one(rd, item, context) for every element of an optional array of objects. */
MUST_CHECK bool read_each(struct reader *rd, const struct json_node *object, const char *key,
			  bool (*one)(struct reader *, const struct json_node *, void *,
				      struct error *),
			  void *context, struct error *e);

/* archives_read.c: an entry of `archives`; and the suites and mirrors of one more entry. */
MUST_CHECK bool archive_read(struct reader *rd, const struct json_node *n, struct archive *out,
			     struct error *e);
MUST_CHECK bool archive_join(struct reader *rd, const struct json_node *n,
			     const struct archive *more, struct archive *out, struct error *e);

/* catalogue.c: opens the images.json of rd's repository and checks its keys; *there: it has one.
 * ERR_INPUT. */
MUST_CHECK bool catalogue_open(struct reader *rd, struct json_doc *doc, struct json_node *root,
			       bool *there, struct error *e);

/* catalogue.c: what images.json says, the repository's own before imgbuild's. A toolchain may also
 * be a path. */
MUST_CHECK bool catalogue_archive(struct reader *rd, const struct json_node *n,
				  const struct archive **out, struct error *e);
/* What a name of `bases` stands for. */
struct base_entry {
	const char *name, *variant; /* of "NAME:VARIANT"; variant may be NULL */
	const char *recipe;	    /* the path of its recipe, or NULL: */
	const struct base_image *image;
};
MUST_CHECK bool catalogue_base(struct reader *rd, const struct json_node *n, struct base_entry *out,
			       struct error *e);
MUST_CHECK bool catalogue_shared_sources(struct reader *rd, const struct json_node *n,
					 struct strings *out, struct error *e);
MUST_CHECK bool catalogue_toolchain(struct reader *rd, const struct json_node *n, const char **file,
				    struct error *e);

/* source_recipe.c: what sources and downloads have in common: addresses without credentials, and
 * "signature". */
MUST_CHECK bool source_read_addresses(struct reader *rd, const struct json_node *object,
				      const char *key, struct strings *out, struct error *e);
MUST_CHECK bool source_read_signature(struct reader *rd, const struct json_node *object,
				      struct source_signature *out, struct error *e);

/* source_dependencies.c: the "dependencies" of a source that is a folder. */
MUST_CHECK bool source_add_dependencies(struct reader *rd, const struct json_node *n,
					struct source_recipe *s, struct error *e);

/* recipe_base.c: whether a base is named by where its image is ("docker://...", "oci:DIR"), not by
 * a name of `bases`; and that image. ERR_INPUT at `n` for what cannot be one. */
bool base_is_image(const char *text);
MUST_CHECK bool base_take_image(struct reader *rd, const struct json_node *n, const char *text,
				const struct base_image **out, struct error *e);

/* recipe_download.c: the "download" of a provider, under the name of its component. */
MUST_CHECK bool download_read(struct reader *rd, const struct json_node *n, const char *name,
			      const struct source_recipe **out, struct error *e);

/* source_recipe.c: the toolchain of a file; sources/NAME.json, with its toolchain; and the source
 * behind a program. */
MUST_CHECK bool toolchain_read(struct reader *rd, const char *path, const struct toolchain **out,
			       struct error *e);
MUST_CHECK bool source_read(struct reader *rd, const char *path, const struct source_recipe **out,
			    struct error *e);
MUST_CHECK bool program_read(struct reader *rd, const struct json_node *n, void *recipe,
			     struct error *e);

/* The same of the program that asks for a health check, `to`: PROBE_PROGRAM or PROBE_TLS_PROGRAM,
 * unless the recipe or its base has it. `n`: what asks for it. ERR_INPUT if what comes with
 * imgbuild is not there. */
MUST_CHECK bool program_add_probe(struct reader *rd, const struct json_node *n, struct recipe *r,
				  const char *to, struct error *e);

/* bytecode_source.c: what compiles the Python modules of an image, for "python-bytecode" at `n`. */
MUST_CHECK bool bytecode_source(struct reader *rd, const struct json_node *n,
				const struct source_recipe **out, struct error *e);

/* recipe_variants.c: the variants of a recipe that has been read from `root`, each with what it has
 * in common. And the one of this name, NULL and VARIANT_PLAIN being `r` itself; or NULL. */
MUST_CHECK bool variants_read(struct reader *rd, const struct json_node *root, struct recipe *r,
			      struct error *e);
const struct recipe *variant_find(const struct recipe *r, const char *name);

/* In a sentence about a variant that is not there: which are. In `a`. */
const char *variants_hint(struct arena *a, const struct recipe *r, const char *name);

/* recipe.c: what a recipe and its variants say of themselves. */
MUST_CHECK bool recipe_read_parts(struct reader *rd, const struct json_node *root, struct recipe *r,
				  struct error *e);

/* recipe_component.c, recipe_parts.c and recipe_settings.c: the parts of a recipe. */
MUST_CHECK bool components_read(struct reader *rd, const struct json_node *root, struct recipe *r,
				struct error *e);
MUST_CHECK bool parts_read(struct reader *rd, const struct json_node *root, struct recipe *r,
			   struct error *e);
MUST_CHECK bool config_read(struct reader *rd, const struct json_node *root, struct recipe *r,
			    struct error *e);

/* recipe_effects.c: "effects"; what of them the base of `r` hands down. */
MUST_CHECK bool effects_read(struct reader *rd, const struct json_node *root, struct recipe *r,
			     struct error *e);

/* recipe_budget.c: "budget". */
MUST_CHECK bool budget_read(struct reader *rd, const struct json_node *root, struct budget *out,
			    struct error *e);

#endif
