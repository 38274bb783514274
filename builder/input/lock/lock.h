/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_LOCK_LOCK_H
#define INPUT_LOCK_LOCK_H

/* A lock names the exact bytes of everything a recipe stands on: the last point at which
 * "which version?" is a question. Everything to the right only obeys it. It is a JSON file
 * beside its recipe (recipes/cephalo.json -> recipes/cephalo.lock.json), sorted and pretty, so
 * that a change reads well in a diff. */

#include "base/digest.h"
#include "input/recipe/builtin.h"
#include "input/recipe/file_place.h"

#define LOCK_FORMAT 2	      /* what is written; format 1 is read, too */
#define LOCK_NEEDS ">= 0.2.0" /* the imgbuild that reads LOCK_FORMAT, for older ones to tell */

/* One state of a suite: what was verified, to be checked again. A package that stays locked keeps
 * the state it was verified against, so a lock may have several states of one suite. */
struct locked_state {
	const char *archive;	 /* "debian" or "debian-security" */
	const char *codename;	 /* "trixie", "trixie-updates", "trixie-security" */
	const char *date;	 /* the Release file's Date, as written there */
	const char *valid_until; /* or NULL: the suite has none */
	struct digest inrelease; /* of the InRelease file */
	bool unproven;		 /* `inrelease` is not known: kept from a lock of format 1 */
	struct strings signers;	 /* primary key fingerprints, 40 hex digits, sorted */
};

/* One file of the archive. */
struct locked_file {
	const char *name; /* base name, for messages */
	const char *path; /* below the archive root: "pool/main/..." */
	uint64_t size;
	struct digest sha256;
	const char *url; /* where it may be had, if that is not said of all files of a source; or
			  * NULL */
};

/* What a package is to one variant. */
struct variant_role {
	const char *variant;
	struct strings roles;
};

struct variant_roles LIST(struct variant_role);

/* What a variant asks for (recipe_request_digest). */
struct locked_variant {
	const char *name;
	struct digest answers;
};

/* What builds have noted of a package, so that later ones fetch less and begin earlier. It decides
 * nothing about an image, and is no part of what an image records of its lock. */
struct package_notes {
	bool known;		  /* which libraries it has */
	struct strings libraries; /* their paths, sorted (make/compose/library_names.h) */
	struct strings opened_by; /* variants, sorted, whose builds had to open it: VARIANT_PLAIN is
				     the recipe itself */
};

struct locked_package {
	const char *name, *version, *architecture;
	const char *source,
		*source_version;	  /* equal to name and version when the stanza has none */
	const struct locked_state *state; /* that it was verified against */
	struct locked_file file;
	uint64_t installed_size; /* KiB as in the stanza; 0 if missing */
	const char *depends;	 /* Pre-Depends and Depends, joined by ", "; "" if none */
	const char *provides, *conflicts, *breaks; /* as in the stanza; NULL if none */
	bool any;				   /* Multi-Arch: allowed */
	bool depends_only; /* kept from a lock of format 1: of the relations only Depends are known
			    */
	bool partial;	   /* of an image: some of its files are not in it */
	struct strings roles; /* where it is used, sorted: "image", "library", "toolchain:c",
				 "source:squid" */
	const char *why;      /* "asked for by component python", "needed by gcc-14", ... */
	struct package_notes notes;
	struct strings variants;       /* those that use it, sorted, VARIANT_PLAIN being the recipe
					  itself; none: all of them */
	struct variant_roles roles_of; /* where variants use it differently: of each that uses it;
					  `roles` has those of all */
	struct place at;	       /* where it was read; no file: it was not */
};

/* A file that no archive vouches for: the lock says where it may be had and what it must be. */
struct locked_download {
	const char *name;
	struct strings urls;
	struct locked_file file; /* path: the file's name */
};

struct locked_source {
	const char *name; /* the source recipe's name: "squid" */
	const char *package,
		*version; /* Debian source package and version, or upstream name and version */
	const struct locked_state *state; /* NULL for upstream files */
	const char *format;  /* "3.0 (quilt)", "3.0 (native)", "1.0", "tarball", "download"; of
				dependencies LOCK_GO and the like, below */
	const char *warning; /* e.g. that a newer version could not be had; or NULL */
	struct LIST(struct locked_file) files;
	struct strings urls;	 /* upstream: where the (one) file may be had; else empty */
	struct strings variants; /* as of a package */
};

/* What a language's own lock file names (struct dependencies): names of files are paths, and each
 * has a URL. */
#define LOCK_GO "go"
#define LOCK_CARGO "cargo"
#define LOCK_NPM "npm"
#define LOCK_PYTHON "python"
#define LOCK_MAVEN "maven"
bool locked_source_is_dependencies(const struct locked_source *s);

/* Whether a file of the source lies in the repository: nobody has to fetch it. */
bool locked_file_is_local(const struct locked_source *s, const struct locked_file *f);

/* Which provider a component got, and why the others lost. */
struct locked_component {
	const char *name;
	uint64_t provider;	 /* index into the recipe's providers */
	const char *suite;	 /* that the recipe names for its packages, or NULL */
	const char *question;	 /* digest of what the recipe asks for (recipe_component_digest), 64
				    hex digits; NULL in locks of format 1 */
	const char *version;	 /* what it provides */
	const char *reason;	 /* one line for people */
	struct strings lost;	 /* one line for each provider that was tried before it */
	struct strings variants; /* as of a package; several of one name are of different ones */
};

struct locked_components LIST(struct locked_component);

/* An image of others that the recipe stands on, as it was when it was locked. */
struct locked_base {
	const char *reference; /* as the recipe says it */
	struct digest digest;  /* of its manifest for the lock's platform; of its config where it
				  has none (docker save) */
	const char *records;   /* the file or folder that names its packages; NULL: nothing does */
	struct LIST(struct locked_package) packages; /* sorted by name; without file, state,
							dependencies and roles but "image" */
};

struct lock {
	const char *file;      /* where it was read from, for messages */
	bool of_image;	       /* no lock: stands for what an image of others has (locked_base.h) */
	unsigned format;       /* of the file; 0: it was not read from one */
	struct digest answers; /* digest of what the recipe asks for (recipe_request_digest) */
	struct LIST(struct locked_variant) variants; /* besides the recipe itself, sorted by name */
	const char *architecture;		     /* Debian architecture: "amd64" */
	struct builtin_files
		builtin;       /* what of imgbuild's own files the recipe was read from, sorted */
	const char *compilers; /* of the machine the compilers run on; NULL: the same */
	const struct locked_base *base; /* what the recipe stands on, if that has no recipe */
	struct LIST(const struct locked_state *)
		states;		   /* in the order of the recipe's suites, then by date */
	struct state_names *names; /* of `states`, while it is read; else NULL */
	struct locked_components components;
	struct LIST(struct locked_package)
		packages; /* sorted by name, each once; and once more as a tool */
	struct LIST(struct locked_source) sources; /* sorted by name */
	struct LIST(struct locked_package)
		tools; /* programs of imgbuild itself: locks/tools.lock.json */
	struct LIST(struct locked_download) downloads; /* sorted by name */
};

/* Locks by address. */
struct locks LIST(const struct lock *);

/* Sources from local folders without dependencies have no files and are not in a lock. `size` of an
 * upstream file is UINT64_MAX: nobody has signed one. */

/* Reads a lock and checks its form. Contents live in `a`. ERR_INPUT with the place if it is
 * malformed; ERR_INPUT saying "run imgbuild lock" if the file is not there. */
MUST_CHECK bool lock_load(struct arena *a, const char *path, struct lock *lock, struct error *e);

/* The same for a lock of tools alone (locks/tools.lock.json): states and tools, nothing else. */
MUST_CHECK bool lock_load_tools(struct arena *a, const char *path, struct lock *lock,
				struct error *e);

/* The text of a lock: deterministic. */
void lock_format(const struct lock *lock, struct buf *out);

/* The package of this name that is of the lock's architecture (or of none). */
const struct locked_package *lock_package(const struct lock *lock, const char *name);

/* Whether a package can only be of use to compilers of another architecture than the lock's: gcc
 * for amd64 in a lock for arm64. */
bool lock_is_tool(const struct lock *lock, const struct locked_package *p);
const struct locked_source *lock_source(const struct lock *lock, const char *name);
const struct locked_component *lock_component(const struct lock *lock, const char *name);
bool package_has_role(const struct locked_package *p, const char *role);

/* Whether two states are the same: one suite, one InRelease file. */
bool locked_state_same(const struct locked_state *x, const struct locked_state *y);

/* Adds a state, unless it is there. The one that stands in the list. */
const struct locked_state *lock_add_state(struct arena *a, struct lock *lock,
					  const struct locked_state *s);

/* The newest state of a suite, or NULL. */
const struct locked_state *lock_newest_state(const struct lock *lock, const char *archive,
					     const char *codename);

#endif
