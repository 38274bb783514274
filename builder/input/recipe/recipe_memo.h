/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_RECIPE_MEMO_H
#define INPUT_RECIPE_RECIPE_MEMO_H

/* For a run: the images.json of the repository, which names all its recipes, and the one that comes
 * with imgbuild, which has the bases. Each recipe asks both several times. Each is parsed again
 * when its file has changed (base/file_state.h). */

#include "base/file_state.h"
#include "format/json/json.h"

/* Which files the entries of a section name: found once, and again when a recipe is in none. */
struct memo_section {
	const char *name;
	bool known;   /* v has a file for each entry */
	bool checked; /* the keys of all entries are right */
	size_t n;
	struct memo_file {
		dev_t device;
		ino_t inode;		 /* 0: no file */
		struct timespec changed; /* a number may come to be another file's */
	} *v;
};

#define MEMO_SECTIONS 2
#define MEMO_TEXTS_MAX (8u << 20) /* bytes */

struct memo_catalogue {
	const char *path;  /* NULL: nothing is kept */
	struct stat state; /* all 0: the file changed while it was read */
	struct json_doc doc;
	struct memo_section sections[MEMO_SECTIONS];
};

struct recipe_memo {
	struct arena a; /* texts of all forms that the files had: documents in use borrow them */
	size_t texts;	/* bytes of them */
	struct memo_catalogue own, builtin;
	size_t found; /* how often nothing was parsed */
};

/* Not while a document that it gave is in use. */
void recipe_memo_close(struct recipe_memo *m);
#define AUTO_RECIPE_MEMO __attribute__((cleanup(recipe_memo_close))) struct recipe_memo

/* As json_load(); `c` is one of the catalogues of `m`, and `shown` (which must outlive the
 * document) the name of the file in messages. A file that is young is kept by nobody. */
MUST_CHECK bool recipe_memo_document(struct arena *a, struct recipe_memo *m,
				     struct memo_catalogue *c, const char *path, const char *shown,
				     struct json_doc *doc, struct error *e);

/* Lets go of all if the files have had many forms. Not while a document that it gave is in use. */
void recipe_memo_trim(struct recipe_memo *m);

/* What is known of a section ("images", "bases"); NULL: it is not of a document that is kept. */
struct memo_section *recipe_memo_section(struct recipe_memo *m, const struct json_node *section);

#endif
