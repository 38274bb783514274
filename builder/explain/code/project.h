/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_PROJECT_H
#define EXPLAIN_CODE_PROJECT_H

/* What the files of a project tell about how its image is made: its name, how it is compiled, what
 * is installed where, what starts. One file for each language: project_LANGUAGE.c. Nothing of the
 * project is run. */

#include "explain/init/draft.h"
#include "format/json/json.h"

struct project_step {
	const char *name;
	struct strings run;
};

/* What a build system asks for. */
struct own_library {
	enum own_library_form {
		LIBRARY_MODULE,	      /* of pkg-config */
		LIBRARY_OF_CMAKE,     /* find_package() */
		LIBRARY_LINKED,	      /* -lNAME */
		LIBRARY_PACKAGE,      /* the Debian package of that name, if there is one */
		LIBRARY_HEADER,	      /* "dbus/dbus.h" */
		LIBRARY_PROGRAM,      /* that the build runs: "msgfmt" */
		LIBRARY_PYTHON,	      /* a module that it imports: "yaml" */
		LIBRARY_PERL,	      /* "XML/Parser.pm" */
		LIBRARY_DISTRIBUTION, /* of Python, that builds it: "setuptools-scm" */
		LIBRARY_NEEDED,	      /* of Python, that the image needs: "pyyaml" */
		LIBRARY_MACRO	      /* of autoconf: "AM_PROG_LIBTOOL" */
	} form;
	const char *name, *at;
	const char *specifiers; /* of LIBRARY_NEEDED: ">=2"; or NULL */
	const char *has;	/* the version of Debian that these do not take; or NULL */
};

struct own_project {
	struct arena *a;
	struct init_draft *d;	    /* takes choices, and what is left to decide */
	const char *folder;	    /* as it can be opened: ".", "services/app" */
	const char *name, *version; /* NULL: nothing tells */
	const char *base, *toolchain;
	const char *lock;     /* of the language, below the folder; or NULL */
	const char *workdir;  /* of the image; NULL: the root */
	const char *unlocked; /* of Python: what to do, where no lock file is there; or NULL */
	unsigned memory_mib;  /* of a process of the steps; 0: as it is without a word */
	bool dev;	      /* of npm: packages for development are there for the steps */
	bool plain;	      /* an entry of `programs`: sources without a build system */
	bool cxx;	      /* of that: in C++ */
	const char *has_cxx;  /* where the build system names a source in C++; or NULL */
	const char *ready;    /* what starts, where it is there before the steps "build"; or NULL */
	const char *doubt;    /* why the program may be another; or NULL */
	struct strings trees; /* of `plain`: folders of sources; none: the project's */
	struct strings options; /* of `plain`, for the compiler */
	struct strings linked;	/* of `plain`: "m" of -lm */
	struct strings
		modules; /* of `plain`: of pkg-config, which packages of build_depends have */
	struct strings base_libraries; /* packages of libraries that the base lacks */
	struct strings build_depends, ignore, keep, drop, entrypoint;
	struct LIST(struct draft_variable) env, image_env;
	struct LIST(struct project_step) steps;
	struct LIST(struct own_library) libraries; /* whose packages are not known yet */
};

/* Each reads the project in `p->folder` and fills in the rest. ERR_INPUT for a folder that is not
 * such a project, or that lacks what a locked build needs, saying which command makes it. */
MUST_CHECK bool project_read_c(struct own_project *p, struct error *e);
MUST_CHECK bool project_read_cxx(struct own_project *p, struct error *e);
MUST_CHECK bool project_read_go(struct own_project *p, struct error *e);
MUST_CHECK bool project_read_rust(struct own_project *p, struct error *e);
MUST_CHECK bool project_read_python(struct own_project *p, struct error *e);
MUST_CHECK bool project_read_node(struct own_project *p, struct error *e);
MUST_CHECK bool project_read_java(struct own_project *p, struct error *e);

/* project.c: what they share. A file of the folder: its path as it can be opened, whether it is
 * there, its text (at most 1 MiB). */
const char *own_path(const struct own_project *p, const char *name);
bool own_has(const struct own_project *p, const char *name);
MUST_CHECK bool own_text(const struct own_project *p, const char *name, struct str *out,
			 struct error *e);

/* The object that such a file holds, as its root; ERR_INPUT with the place if it holds none. */
MUST_CHECK bool own_json(const struct own_project *p, const char *name, struct json_doc *doc,
			 struct json_node *root, struct error *e);

/* The same of a source file, of which the beginning will do: its first MiB, in `a`. */
MUST_CHECK bool own_head(struct arena *a, const struct own_project *p, const char *name,
			 struct str *out, struct error *e);

/* Whether it is a folder itself; a link to one is not, which git, go and find pass by. */
bool own_is_folder(const struct own_project *p, const char *name);

/* The line that keeps a file of the folder out of a build, as git would: "app/.gitignore:3"; NULL:
 * none does. */
const char *own_ignored(const struct own_project *p, const char *name);

/* ERR_INPUT for a lock file that git leaves out: it is in no clone, and in no build. */
MUST_CHECK bool own_check_lock(const struct own_project *p, const char *name, struct error *e);

/* Whether a folder below it has any file, at any depth, that git would have. */
MUST_CHECK bool own_has_files(const struct own_project *p, const char *folder, bool *out,
			      struct error *e);

/* The names of what stands in a folder below it, sorted; none if there is no such folder. */
MUST_CHECK bool own_names(const struct own_project *p, const char *folder, struct strings *out,
			  struct error *e);

/* Whether a toolchain has that package, as the one that comes with imgbuild has it: images.json of
 * the repository may name another file for it. */
bool own_toolchain_has(const struct own_project *p, const char *toolchain, const char *package);

/* The libraries of C++, beside those of base-nossl: what else a program needs is found by what it
 * is linked to. */
void own_needs_cxx(struct own_project *p);

/* Tells of programs that the recipe leaves out for another; of many the first. */
void own_tell_programs(struct own_project *p, const struct strings *others, const char *chosen,
		       const char *at);

/* A variable of the steps; the last value of a name counts. */
void own_add_env(struct own_project *p, const char *name, const char *value);

/* Adds a step, whose name may have letters of folders in it; the words end with NULL. */
void own_add_step(struct own_project *p, const char *name, const char *const *run);
#define PROJECT_STEP(p, name, ...) \
	own_add_step((p), (name), (const char *const[]){ __VA_ARGS__, NULL })

/* Steps that put shared libraries of the project's own, which nothing installs, where the loader
 * looks; they are kept. */
#define OWN_LIBRARIES "/usr/lib/**/*.so*"
void own_install_libraries(struct own_project *p);

/* Notes a library that a build system asks for, once. */
void own_add_library(struct own_project *p, enum own_library_form form, const char *name,
		     const char *at);

/* The same, of a file that asks for it at `at` of its text. */
void own_read_library(struct own_project *p, enum own_library_form form, struct str name,
		      const char *file, struct str text, const char *at);

/* project_places.c: one folder up, which *inner is told from: from "services/app" and "" to
 * "services" and "app". false: nothing of the repository is above. */
bool own_up(struct own_project *at, const char **inner);

/* Folders below, with that file in them, of a normal path with patterns in it: "crates/STAR". Two
 * stars are folders at any depth, not those of node_modules. */
MUST_CHECK bool own_find_folders(struct own_project *p, const char *pattern, const char *file,
				 struct strings *out, struct error *e);

/* Whether a program is called, or stands in a folder that is called, as those are that make, test
 * or document others: "cmd/gen-docs", "xtask". */
bool own_is_tool(const char *path);

/* project_scripts.c: whether a file without an ending is a script for Python: "#!/usr/bin/python3",
 * "#!/usr/bin/env python". */
bool own_is_python(const struct own_project *p, const char *name);

/* Leaves out of /app the executable scripts of a folder that is copied there and
 * that are for another program than `interpreter`, for nothing in the image runs them. */
MUST_CHECK bool own_drop_scripts(struct own_project *p, const char *interpreter, struct error *e);

/* Where a text stands, for choices: "app/go.mod:1". */
const char *own_place(const struct own_project *p, const char *name, struct str text,
		      const char *at);

/* Whether a file's name has one of these endings; the last is NULL. */
bool own_name_ends(const char *name, const char *const *endings);

/* The word after the first `before` in the text that begins one of its lines (blanks aside), up to
 * a blank, bracket, comma or quote: "app" in "add_executable(app main.cc)". NULL; else *at is where
 * it stands. */
const char *own_word(struct arena *a, struct str text, const char *before, const char **at);

#endif
