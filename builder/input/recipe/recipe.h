/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_RECIPE_H
#define INPUT_RECIPE_RECIPE_H

/* What we want: a recipe, with everything it names (catalogue, base, archive, sources,
 * toolchains) read and validated. docs/how-to/recipes.md describes the language,
 * docs/recipe.schema.json says it to machines; this reader and that schema accept the same files.
 *
 * Paths in a recipe are relative to the folder of the file they stand in and may not leave the
 * repository: the folder that holds images.json, found upward from the recipe; the recipe's own
 * folder if there is none. */

#include "input/recipe/recipe_types.h"

/* Reads a recipe, what it extends, and all it names. Contents live in `a`. ERR_INPUT with
 * file:line:col and JSON path. The repository and inputs are found as said above. */
MUST_CHECK bool recipe_load(struct arena *a, const char *path, struct recipe *r, struct error *e);

/* The same of one of its variants, by its name; NULL or VARIANT_PLAIN: the recipe itself. ERR_INPUT
 * when it has no such variant. */
MUST_CHECK bool recipe_load_variant(struct arena *a, const char *path, const char *variant,
				    struct recipe *r, struct error *e);

/* How a recipe is read. */
struct recipe_opening {
	const char *path, *variant; /* as above */
	const char *data; /* the folder that has what comes with imgbuild, instead of where this
			     imgbuild has it; "": nothing came along; NULL: it is looked for */
	struct recipe_memo
		*memo; /* of a run of many recipes (recipe_memo.h), or NULL: whoever asks
			  images.json about the recipe uses it, too; it outlives the recipe */
};
MUST_CHECK bool recipe_load_with(struct arena *a, const struct recipe_opening *o, struct recipe *r,
				 struct error *e);

/* Writes the recipe as one text that says all, for the folder it stands in: what it extends is in
 * it. It has the same lock. Fails as recipe_load(). With the name of a variant: that one alone, as
 * a recipe of its own. */
MUST_CHECK bool recipe_expanded(struct arena *a, const char *path, const char *variant,
				struct buf *out, struct error *e);

/* The recipe that a variant is one of, which has the lock; any other recipe is its own. */
const struct recipe *recipe_plain(const struct recipe *r);

/* "python3", "python3:debug": what people call it. In `a`. */
const char *recipe_title(struct arena *a, const struct recipe *r);

/* The recipe as it is for a platform, its bases too: ${multiarch} and ${arch} in paths and patterns
 * have their values. A copy in `a`; what has no variables is shared with `r`. */
const struct recipe *recipe_for(struct arena *a, const struct recipe *r, const struct platform *p);

/* Checks that images.json, where it names the recipe or a base of it and says for which platforms,
 * names this one. ERR_INPUT at the list. */
MUST_CHECK bool recipe_check_platform(struct arena *a, const struct recipe *r,
				      const struct platform *p, struct error *e);

/* The platforms that images.json lists for the recipe's images; none if it does not say. ERR_INPUT.
 */
MUST_CHECK bool recipe_platforms(struct arena *a, const struct recipe *r, struct platforms *out,
				 struct error *e);

/* An image that images.json names, and the path of its recipe. */
struct recipe_image {
	const char *name, *recipe;
};

struct recipe_images LIST(struct recipe_image);

/* All that images.json of this repository names, in its order. ERR_INPUT. */
MUST_CHECK bool recipe_images(struct arena *a, const char *repository, struct recipe_images *out,
			      struct error *e);

/* The folder, that of the file `near` (NULL: here) or above, that holds images.json; NULL: there is
 * none. As it can be opened from here. */
const char *recipe_repository(struct arena *a, const char *near);

/* The addresses of vulnerability data that images.json of this repository names. ERR_INPUT. */
MUST_CHECK bool recipe_cve_places(struct arena *a, const char *repository, struct strings *out,
				  struct error *e);

/* The recipes of all images that images.json of this repository names. ERR_INPUT. */
MUST_CHECK bool recipe_catalogue(struct arena *a, const char *repository, struct strings *out,
				 struct error *e);

/* Reads the tags that images.json has for the recipe's image into r->tags: none if it does not say.
 * A variant has "debug" for "latest", "13.1-debug" for "13.1", and always one.
 * ERR_INPUT at one that is malformed (distribution-spec: [A-Za-z0-9_][A-Za-z0-9._-]{0,127}). */
MUST_CHECK bool recipe_read_tags(struct arena *a, struct recipe *r, struct error *e);

/* The digest of everything in the recipe that a lock of this format for this platform answers:
 * archive, packages, versions, needs, sources, toolchains. Changing anything else leaves a lock
 * valid. */
struct digest recipe_request_digest(const struct recipe *r, const struct platform *p,
				    unsigned format);

/* The same of one component: while it stays, the provider that was chosen for it may stay. */
struct digest recipe_component_digest(const struct component *c, const struct platform *p);

/* "recipes/cephalo.json" -> "recipes/cephalo.lock.json", or "recipes/cephalo.arm64.lock.json" for a
 * platform that is not the compilers' own: each platform has a lock of its own. A base that comes
 * with imgbuild is locked in the repository of what stands on it: "locks/cc-debian13.lock.json". */
const char *recipe_lock_path(struct arena *a, const struct recipe *r, const struct platform *p);

/* Where the lock to start from is, if the recipe comes with imgbuild; else NULL. */
const char *recipe_start_path(struct arena *a, const struct recipe *r, const struct platform *p);

/* What the toolchain adds for a platform, or NULL: it is the compilers' own, or it cannot. */
const struct cross *toolchain_cross(const struct toolchain *t, const struct platform *p);

/* Why a source cannot be compiled for a platform, in `a`; NULL: it can. */
const char *source_obstacle(struct arena *a, const struct source_recipe *s,
			    const struct platform *p);

/* Every source recipe that the recipe may need, each once, in order of first mention: those of
 * providers, those of programs, what compiles byte code. */
struct source_list LIST(const struct source_recipe *);

void recipe_sources(struct arena *a, const struct recipe *r, struct source_list *out);

/* A path as people of the repository know it, not where it happens to be on this machine. */
const char *recipe_shown_path(struct arena *a, const struct recipe *r, const char *path);

/* Whether it comes with imgbuild; how people know its file; and the file to name for having it
 * locked. */
bool recipe_is_builtin(const struct recipe *r);
const char *recipe_shown(struct arena *a, const struct recipe *r);
const char *recipe_asked(const struct recipe *r);

#endif
