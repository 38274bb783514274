/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECIPE_RECIPE_H
#define RECIPE_RECIPE_H

/* What we want: a recipe, with everything it names (catalogue, base, archive, sources,
 * toolchains) read and validated. docs/recipe.md describes the language, docs/recipe.schema.json
 * says it to machines; this reader and that schema accept the same files.
 *
 * Paths in a recipe are relative to the folder of the file they stand in and may not leave the
 * repository: the folder that holds images.json, found upward from the recipe. */

#include "base/digest.h"
#include "input/recipe/archives.h"
#include "input/recipe/platform.h"
#include "make/tree/tree.h"

/* Where something stands in a recipe, for messages and for `why`: "recipes/x.json:12:5". */
struct place {
	const char *file;
	unsigned line, col;
};

/* A pattern of "keep" or "drop" (make/tree/select.h). */
struct glob {
	const char *text;
	struct place at;
};

struct globs {
	struct glob *v;
	size_t n, cap;
};

/* A package's scripts do something the recipe has looked at. */
struct accepted_effect {
	const char *package, *reason;
	struct place at;
};

struct link_spec {
	const char *path, *to;
	struct place at;
};

struct links {
	struct link_spec *v;
	size_t n, cap;
};

struct variable {
	const char *name, *value;
};

struct variables {
	struct variable *v;
	size_t n, cap;
};

/* What a toolchain holds besides to compile for another platform than the compilers' own. */
struct cross {
	const struct platform *platform;
	struct strings packages;	/* of the compilers' machine: gcc-aarch64-linux-gnu */
	struct strings target_packages;	/* of the platform: libc6-dev; no program of them is used */
	struct variables env;		/* what configure scripts have to be told; a source's own wins */
	struct place at;
};

/* What the compile sandbox holds: a list of packages and the links that scripts would have made. */
struct toolchain {
	const char *name;
	const char *file;
	struct strings packages;
	struct links links;
	struct strings launcher;	/* packages of a compiler cache (ccache): used when asked for, never
					   part of the result, so no part of what a lock answers */
	list_of(struct cross) cross;
	struct place at;
};

/* One command in the sandbox: an argument vector, never shell text. */
struct step {
	const char *name;
	struct strings run;
	const char *dir;		/* below the source folder; NULL: the source folder */
	struct place at;
};

struct limits {
	uint64_t wall_seconds, memory_mib, file_mib, processes;
};

/* A detached OpenPGP signature of an upstream tarball, kept in the repository. */
struct source_signature {
	const char *file;		/* real path, ASCII armour; NULL: there is none */
	struct strings keyrings;	/* one real path */
	struct strings signers;		/* primary fingerprints, one of which must have signed */
};

/* How to compile one thing: recipes/sources/NAME.json, or made from a `programs` entry. */
struct source_recipe {
	const char *name;
	const char *file;
	const char *debian_source;	/* Debian source package, or NULL */
	const char *version;		/* of an upstream tarball; NULL for a Debian source */
	struct strings urls;		/* upstream tarball */
	struct digest sha256;
	struct source_signature signature;
	struct strings trees;		/* local folders (real paths) copied into the source folder */
	struct strings patches;		/* real paths, applied after the Debian ones */
	const struct toolchain *toolchain;
	struct platforms platforms;	/* what it can be compiled for; empty: what its toolchain can */
	struct strings build_depends;	/* packages added to the toolchain, of the image's platform */
	struct variables env;
	list_of(struct step) steps;
	struct globs keep, drop;
	const char *package;		/* status.d entry to publish ("squid-openssl"), or NULL */
	const char *suffix;		/* appended to the source version: "+cephalo1" */
	struct limits limits;
	struct place at;
};

struct provider {
	struct strings packages;	/* Debian packages; or */
	const struct source_recipe *source;
	struct links alternatives;
	struct globs keep, drop;	/* besides the component's */
	struct place at;
};

/* Packages to be taken along because others depend on them. */
struct depends_take {
	const char *pattern;		/* a package name, or a pattern as in fnmatch(3) */
	struct place at;
};

/* A dependency that nothing in the image meets, and which the recipe has looked at. */
struct depends_accept {
	const char *package;		/* a name or a pattern */
	const char *reason;
	struct place at;
};

/* What is done about dependencies that no library closure follows. */
struct depends {
	list_of(struct depends_take) take;
	list_of(struct depends_accept) accept;
};

struct component {
	const char *name;
	const char *version;		/* ">= 3.12", "3.12.*", or NULL: any */
	struct place version_at;
	const char *suite;		/* its packages are of this suite; NULL: of any */
	struct strings configured_with;	/* needs: configure options in the program */
	struct strings needs_files;	/* needs: paths that must be there */
	list_of(struct provider) providers;
	struct globs keep, drop;	/* over absolute paths; keep empty: everything */
	struct depends depends;
	struct place at;
};

struct program {
	const char *name;		/* last part of `to` */
	const struct source_recipe *source;
	const char *to;			/* absolute path in the image */
	struct place at;
};

struct file_spec {
	const char *from;		/* real path of a file or folder */
	const char *to;			/* absolute path in the image */
	uint32_t uid, gid;
	bool has_mode;
	unsigned mode;			/* of files; folders get x where r is */
	bool replace;			/* may take the place of a package's file */
	struct place at;
};

struct dir_spec {
	const char *path;
	uint32_t uid, gid;
	unsigned mode;
	struct place at;
};

struct user_spec {
	const char *name, *home, *shell, *gecos;
	uint32_t uid, gid;
	bool make_home;
	struct place at;
};

struct group_spec {
	const char *name;
	uint32_t gid;
	struct place at;
};

/* Effects of maintainer scripts that are done here, natively. */
struct effects {
	const char *ca_bundle;		/* package the certificates come from, or NULL */
	bool ld_so_cache;
	list_of(struct accepted_effect) accept;
};

struct healthcheck {
	struct strings test;
	uint64_t interval_ms, timeout_ms, start_period_ms, retries;
	bool present;
};

struct image_config {
	struct strings entrypoint, cmd;
	const char *user, *workdir, *stop_signal;
	struct variables env, labels, annotations;
	struct strings expose, volumes;
	struct healthcheck health;
};

/* A finding the recipe has looked at. */
struct accepted_finding {
	const char *rule, *path, *reason, *until;
	struct place at;
};

enum compression { COMPRESS_GZIP, COMPRESS_ZSTD };

struct recipe {
	const char *name;
	const char *file;		/* as the user gave it */
	const char *repository;		/* real path of the folder with images.json */
	struct digest digest;		/* of the text of every file read */
	struct strings inputs;		/* paths of every file read for it, sorted */
	const struct recipe *base;	/* the recipe of the base image, or NULL: from nothing */
	const struct archive *archive;
	const char *target;		/* the suite that is preferred, as apt's target release; or NULL */
	list_of(struct component) components;
	list_of(struct program) programs;
	list_of(struct file_spec) files;
	list_of(struct dir_spec) dirs;
	struct links links;
	list_of(struct user_spec) users;
	list_of(struct group_spec) groups;
	struct strings libraries;	/* extra packages in which the closure may find libraries */
	struct effects effects;
	struct image_config config;
	enum compression compression;
	const char *audit_policy;
	list_of(struct accepted_finding) accept;
	struct strings tests;		/* real paths of files of structure tests, for the end of a build */
	uint64_t epoch;			/* seconds: config.created and the mtime of generated files */
	struct strings tags;		/* what recipe_read_tags() found */
};

/* Reads a recipe and all it names. Contents live in `a`. ERR_INPUT with file:line:col and JSON
 * path. The repository and inputs are found as said above. */
MUST_CHECK bool recipe_load(struct arena *a, const char *path, struct recipe *r, struct error *e);

/* The recipe as it is for a platform, its bases too: ${multiarch} and ${arch} in paths and patterns have
 * their values. A copy in `a`; what has no variables is shared with `r`. */
const struct recipe *recipe_for(struct arena *a, const struct recipe *r, const struct platform *p);

/* Checks that images.json, where it names the recipe or a base of it and says for which platforms,
 * names this one. ERR_INPUT at the list. */
MUST_CHECK bool recipe_check_platform(struct arena *a, const struct recipe *r,
				      const struct platform *p, struct error *e);

/* The platforms that images.json lists for the recipe's images; none if it does not say. ERR_INPUT. */
MUST_CHECK bool recipe_platforms(struct arena *a, const struct recipe *r, struct platforms *out,
				 struct error *e);

/* The recipes of all images that images.json of this repository names. ERR_INPUT. */
MUST_CHECK bool recipe_catalogue(struct arena *a, const char *repository, struct strings *out,
				 struct error *e);

/* Reads the tags that images.json has for the recipe's image into r->tags: none if it does not say.
 * ERR_INPUT at one that is malformed (distribution-spec: [A-Za-z0-9_][A-Za-z0-9._-]{0,127}). */
MUST_CHECK bool recipe_read_tags(struct arena *a, struct recipe *r, struct error *e);

/* The digest of everything in the recipe that a lock of this format for this platform answers: archive,
 * packages, versions, needs, sources, toolchains. Changing anything else leaves a lock valid. */
struct digest recipe_request_digest(const struct recipe *r, const struct platform *p, unsigned format);

/* The same of one component: while it stays, the provider that was chosen for it may stay. */
struct digest recipe_component_digest(const struct component *c, const struct platform *p);

/* "recipes/cephalo.json" -> "recipes/cephalo.lock.json", or "recipes/cephalo.arm64.lock.json" for a
 * platform that is not the compilers' own: each platform has a lock of its own. */
const char *recipe_lock_path(struct arena *a, const char *recipe_path, const struct platform *p);

/* What the toolchain adds for a platform, or NULL: it is the compilers' own, or it cannot. */
const struct cross *toolchain_cross(const struct toolchain *t, const struct platform *p);

/* Why a source cannot be compiled for a platform, in `a`; NULL: it can. */
const char *source_obstacle(struct arena *a, const struct source_recipe *s,
			    const struct platform *p);

/* Every source recipe that the recipe may need, each once, in order of first mention: those of
 * providers, then those of programs. And every toolchain. */
struct source_list {
	const struct source_recipe **v;
	size_t n, cap;
};

void recipe_sources(struct arena *a, const struct recipe *r, struct source_list *out);

/* A path as people of the repository know it, not where it happens to be on this machine. */
const char *recipe_shown_path(const struct recipe *r, const char *path);

/* "recipes/x.json:12:5" in `a`. */
const char *place_format(struct arena *a, const struct place *p);

#endif
