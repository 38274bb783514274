/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_RECIPE_TYPES_H
#define INPUT_RECIPE_RECIPE_TYPES_H

/* A recipe and its parts, as recipe.h reads them. */

#include "input/recipe/archives.h"
#include "input/recipe/builtin.h"
#include "input/recipe/compression.h"
#include "input/recipe/source_types.h"

/* A package's scripts do something the recipe has looked at. */
struct accepted_effect {
	const char *package, *reason;
	struct place at;
};

struct provider {
	struct strings packages; /* Debian packages; or */
	const struct source_recipe *source;
	struct links alternatives;
	struct globs keep, drop; /* besides the component's */
	struct place at;
};

/* Packages to be taken along because others depend on them. */
struct depends_take {
	const char *pattern; /* a package name, or a pattern as in fnmatch(3) */
	struct place at;
};

/* A dependency that nothing in the image meets, and which the recipe has looked at. */
struct depends_accept {
	const char *package; /* a name or a pattern */
	const char *reason;
	struct place at;
};

/* What is done about dependencies that no library closure follows. */
struct depends {
	struct LIST(struct depends_take) take;
	struct LIST(struct depends_accept) accept;
};

struct component {
	const char *name;
	const char *version; /* ">= 3.12", "3.12.*", or NULL: any */
	struct place version_at;
	const char *suite;		/* its packages are of this suite; NULL: of any */
	struct strings configured_with; /* needs: configure options in the program */
	struct strings needs_files;	/* needs: paths that must be there */
	struct LIST(struct provider) providers;
	struct globs keep, drop; /* over absolute paths; keep empty: everything */
	struct depends depends;
	struct place at;
};

struct program {
	const char *name; /* last part of `to` */
	const struct source_recipe *source;
	const char *to; /* absolute path in the image */
	bool is_probe;	/* comes with imgbuild, for a "probe" of the health check */
	struct place at;
};

#define PROBE_PROGRAM "/usr/local/bin/probe"
#define PROBE_TLS_PROGRAM "/usr/local/bin/probe-tls" /* for targets that begin with https:// */

struct file_spec {
	const char *from; /* real path of a file or folder */
	const char *to;	  /* absolute path in the image */
	uint32_t uid, gid;
	bool has_mode;
	unsigned mode; /* of files; folders get x where r is */
	bool replace;  /* may take the place of a package's file */
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

/* Java's trust store: whether there is one, and its form. */
enum java_store_form { JAVA_STORE_NONE, JAVA_STORE_JKS, JAVA_STORE_PKCS12 };

/* Whom the programs of an image trust. What a recipe does not say is as its base has it. */
struct ca_bundle {
	bool asked;	      /* by this recipe: else all of it is the base's, and made there */
	const char *package;  /* whose certificates they are, or NULL */
	struct strings files; /* real paths of more of them, in PEM form; the base's first */
	enum java_store_form java;
	struct place at; /* if asked for */
};

/* Effects of maintainer scripts that are done here, natively. */
struct effects {
	struct ca_bundle ca_bundle;
	struct strings locales; /* "de_DE.UTF-8" */
	struct place locales_at;
	bool ld_so_cache;
	const struct source_recipe *bytecode; /* of Python's modules; NULL: none is wanted */
	struct LIST(struct accepted_effect) accept;
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

/* One limit of a budget. */
struct budget_limit {
	bool set;
	uint64_t most;
	struct place at;
};

/* What an image may have at most; none of it decides what is in it. */
struct budget {
	struct budget_limit compressed; /* bytes of its layers, as they are pulled */
	struct budget_limit layers, packages;
	const char *cve; /* the severity from which no vulnerability is allowed, or NULL */
	struct place cve_at;
};

/* An image that others made, for a recipe to stand on. */
struct base_image {
	const char *text;      /* what the recipe calls it: "docker://HOST/NAME:TAG", "oci:DIR" */
	const char *reference; /* the same, with paths as they can be opened from here */
	const char *local;     /* the folder or file in it; NULL: it is of a registry */
	struct place at;
};

struct recipe;

/* The variants of a recipe, sorted by name. */
struct recipe_variants LIST(struct recipe *);

/* What the image of the recipe itself is called where variants are told apart. */
#define VARIANT_PLAIN "latest"

struct recipe {
	const char *name;
	const char *variant;		 /* its name; NULL: the recipe itself */
	const struct recipe *plain;	 /* of a variant: the recipe itself; else NULL */
	struct recipe_variants variants; /* of the recipe itself */
	const char *text; /* with variants: what this one says, without what the others say; else
			     NULL */
	struct strings own_files; /* with variants: the files that `text` stands for */
	const char *file;	  /* as the user gave it; of a base as it can be opened from here */
	const char *asked; /* what a user names to have it locked: `file`, or what stands on a base
			      that comes with imgbuild; NULL: `file` */
	const char *locked_as;	/* the path whose locks are its own; NULL: `file` */
	const char *repository; /* folder with images.json, or what stands for it (reader_open) */
	const char *data; /* folder of what comes with imgbuild, if it was looked for; or NULL */
	struct recipe_memo *memo; /* that it was loaded with (recipe_memo.h), or NULL */
	struct builtin_files
		builtin;       /* which files of that it was read from, less its base's; sorted */
	struct digest digest;  /* of the text of every file read */
	struct strings inputs; /* paths of every file read for it, sorted */
	const struct recipe *base;	     /* the recipe of the base image, or NULL: */
	const struct base_image *base_image; /* an image that others made; NULL: from nothing */
	const struct archive *archive;
	const char *target; /* the suite that is preferred, as apt's target release; or NULL */
	struct LIST(struct component) components;
	struct LIST(struct program) programs;
	struct LIST(struct file_spec) files;
	struct LIST(struct dir_spec) dirs;
	struct links links;
	struct LIST(struct user_spec) users;
	struct LIST(struct group_spec) groups;
	struct strings libraries; /* extra packages in which the closure may find libraries */
	struct place libraries_at;
	struct effects effects;
	struct image_config config;
	enum compression compression;
	bool by_source;		       /* packages are put into layers by their source packages */
	struct strings shared_sources; /* with that: those that have a layer of their own, the
					  lowest first */
	struct budget budget;
	const char *audit_policy;
	struct LIST(struct accepted_finding) accept;
	struct strings tests; /* real paths of files of structure tests, for the end of a build */
	uint64_t epoch;	      /* seconds: config.created and the mtime of generated files */
	struct strings tags;  /* what recipe_read_tags() found */
};

#endif
