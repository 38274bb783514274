/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_SOURCE_TYPES_H
#define INPUT_RECIPE_SOURCE_TYPES_H

/* What can be compiled, and with what: sources and toolchains as their files say it. */

#include "base/digest.h"
#include "input/recipe/recipe_globs.h"
#include "format/machine/platform.h"
#include "format/text/npm_lock.h"
#include "format/text/python_lock.h"

struct link_spec {
	const char *path, *to;
	struct place at;
};

struct links LIST(struct link_spec);

struct variable {
	const char *name, *value;
};

struct variables LIST(struct variable);

/* What a toolchain holds besides to compile for another platform than the compilers' own. */
struct cross {
	const struct platform *platform;
	struct strings packages;	/* of the compilers' machine: gcc-aarch64-linux-gnu */
	struct strings target_packages; /* of the platform: libc6-dev; no program of them is used */
	struct variables env; /* what configure scripts have to be told; a source's own wins */
	struct place at;
};

/* What the compile sandbox holds: a list of packages and the links that scripts would have made. */
struct toolchain {
	const char *name;
	const char *file;
	struct strings packages;
	struct links links;
	struct variables env;	 /* of the steps; those of `cross` and of a source win */
	struct strings launcher; /* packages of a compiler cache (ccache): used when asked for,
				    never part of the result, so no part of what a lock answers */
	struct LIST(struct cross) cross;
	struct place at;
};

/* One command in the sandbox: an argument vector, never shell text. */
struct step {
	const char *name;
	struct strings run;
	const char *dir;   /* below the source folder; NULL: the source folder */
	const char *until; /* it goes on beside the steps behind it, up to the one of this name;
			      NULL: they wait for it */
	struct place at, until_at;
};

struct limits {
	uint64_t wall_seconds, memory_mib, file_mib, processes;
};

extern const struct limits limits_default; /* of a source that says nothing of them */

/* A detached OpenPGP signature of an upstream tarball, kept in the repository. */
struct source_signature {
	const char *file;	 /* real path, ASCII armour; NULL: there is none */
	struct strings keyrings; /* one real path */
	struct strings signers;	 /* primary fingerprints, one of which must have signed */
};

/* How the bytes of a download become files of the image. */
enum unpack_form {
	UNPACK_NONE, /* they do not: it is a source, and compiled */
	UNPACK_TAR,
	UNPACK_ZIP,
	UNPACK_WHEEL, /* a zip with a Python package (the binary distribution format) */
	UNPACK_PLAIN, /* the download is the file */
	UNPACK_NPM,   /* a tar with a package of npm: its links are left out, as npm does */
	UNPACK_FORMS
};

struct unpacking {
	enum unpack_form form;
	const char *to; /* absolute: the folder, or the file itself where the form is plain */
	uint64_t strip; /* so many leading parts of names in the archive are dropped */
	unsigned mode;	/* of a plain file */
};

/* What the package manager of a language would fetch. */
enum dependency_form {
	DEPENDENCY_NONE,
	DEPENDENCY_GO,	   /* modules of go.sum, from a module proxy */
	DEPENDENCY_CARGO,  /* crates of Cargo.lock, from a registry */
	DEPENDENCY_NPM,	   /* packages of npm, from where the lock file says */
	DEPENDENCY_PYTHON, /* wheels of requirements.txt and locks, from an index or an address */
	DEPENDENCY_MAVEN,  /* jars of lockfile.json or a list of sums, from a repository */
	DEPENDENCY_FORMS
};

/* One file of those that the language's own lock file names. */
struct dependency {
	const char *name, *version; /* for people: "golang.org/x/net", "v0.1.0" */
	const char *path;   /* unique; where a server has it: "golang.org/x/net/@v/v0.1.0.zip"; of
			       Python "NAME/VERSION/", for the index says which file it is */
	struct digest hash; /* of Go: h1 of its files; of a crate and of a jar: SHA-256 */
	const char
		*origin;  /* of a crate: the registry as Cargo.lock names it; of npm and of a
			     jar: the address, or NULL; of Python: its index, or NULL; else NULL */
	bool by_name;	  /* of npm without an address: registries have it at `path` */
	unsigned line;	  /* where the lock file names it */
	const char *lock; /* the file of that line, where there are several; NULL: the lock file */
	struct content_digest content;		   /* of npm: SHA-512 */
	struct LIST(struct content_digest) hashes; /* of Python: of the files it may be */
	struct python_lock_files files;		   /* of Python: that a lock names */
	bool local;		    /* these stand in the folder, and no lock names them */
	struct platforms platforms; /* that it is for; empty: all */
	const char *file;	    /* of a jar: its name in the folder of all; else NULL */
	unsigned rank;		    /* of a jar: its place on the class path */
	bool provided;		    /* of a jar: only the compiler needs it */
};

/* The lock file of a language in a folder. */
struct dependencies {
	enum dependency_form form;
	const char *file;    /* as it can be opened, "code/go.sum"; of a workspace "code/go.work" */
	struct strings from; /* servers that the recipe names; none: the language's own settings */
	struct LIST(struct dependency) v; /* sorted by path */
	struct place at;		  /* of the recipe's word */
	struct digest text;		  /* of the lock file, and what it names */
	const char *dir;		  /* where it stands below the source's folder; "" */
	bool dev;			  /* of npm: also what only development needs */
	struct strings indexes;		  /* of Python: that the requirements file names */
	bool indexes_alone;		  /* and no others count: it has --index-url */
	const char *again;		  /* of Python: the command that writes the file anew */
	struct strings folders;		  /* of Python: of own packages that are to be installed */
	struct platforms only;		  /* of Python: that the file is for */
	unsigned only_line;		  /* where it says so */
	struct npm_entries entries;	  /* of npm: what stands where, of all platforms */
	struct npm_entries others;	  /* of npm: the project, workspaces, parts of packages */
};

/* Sets the place of an error: the line that names this dependency. Returns false. */
bool dependency_fail_at(const struct dependencies *l, const struct dependency *d, struct error *e);

/* Whether a file that the lock file names is for this platform; and what of npm is. */
bool dependency_is_for(const struct dependency *d, const struct platform *p);

/* Whether a lock names its file, for this platform. */
bool dependency_is_locked(const struct dependency *d, const struct platform *p);

/* Whether there is any such file. */
bool dependencies_want(const struct dependencies *l, const struct platform *p);

/* Whether the path of a lock's file is that of this dependency. */
bool dependency_has_path(const struct dependency *d, const char *path);

/* The platform's processor as Node calls it: "x64". */
const char *dependencies_cpu(const struct platform *p);

bool dependencies_want_entry(const struct dependencies *l, const struct npm_entry *x,
			     const struct platform *p);

/* Those of npm, and of them what the lock's platform and this version of Node.js leave out. */
struct npm_entries dependencies_for_node(struct arena *a, const struct dependencies *l,
					 const struct platform *p, const char *node);

/* The first package of npm that is wanted and is not for this platform, or NULL. */
const struct npm_entry *dependencies_misfit(const struct dependencies *l, const struct platform *p);

/* How to compile one thing: recipes/sources/NAME.json, or made from a `programs` entry. Or what to
 * take as it is, a provider's `download`: it has no toolchain and no steps. */
struct source_recipe {
	const char *name;
	const char *file;
	const char *debian_source; /* Debian source package, or NULL */
	const char *version;	   /* of an upstream tarball; of a folder, or NULL */
	struct strings urls;	   /* upstream tarball */
	const char *local;	   /* of a download: the file of the repository, instead of URLs */
	struct digest sha256;
	struct source_signature signature;
	struct unpacking unpack;
	const char *purl;   /* of a download, for scanners; NULL: made from name and version */
	const char *folder; /* a folder of the repository as it can be opened, instead; or NULL */
	struct strings ignore; /* patterns of gitignore(5): what of it stays out besides */
	struct dependencies dependencies; /* of a folder */
	const char *repository;		  /* with a folder: as it can be opened */
	bool of_image;	      /* its files are those of the image that it is part of (byte code) */
	struct strings trees; /* local folders (real paths) copied into the source folder */
	bool cxx;	      /* ${sources} are those in C++, not those in C */
	struct strings pkg_config; /* what ${pkg-config} asks pkgconf(1) for */
	struct strings patches;	   /* real paths, applied after the Debian ones */
	const struct toolchain *toolchain;
	struct platforms platforms; /* what it can be compiled for; empty: what its toolchain can */
	struct strings build_depends; /* packages added to the toolchain, of the image's platform */
	struct place build_depends_at;
	struct variables env;
	struct LIST(struct step) steps;
	struct globs keep, drop;
	const char *package; /* status.d entry to publish ("squid-openssl"), or NULL */
	const char *suffix;  /* appended to the source version: "+cephalo1" */
	struct limits limits;
	struct place at;
};

#endif
