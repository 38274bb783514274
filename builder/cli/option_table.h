/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_OPTION_TABLE_H
#define CLI_OPTION_TABLE_H

/* The options of one verb: a table with one row for each. The parser, --help, suggestions,
 * completion, the man page and docs/reference/cli.md all read the rows: nothing about an option is
 * written down twice. */

#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

enum option_kind {
	OPTION_FLAG,   /* bool: takes no value */
	OPTION_TEXT,   /* const char * */
	OPTION_LIST,   /* struct strings: the option may be repeated */
	OPTION_CHOICE, /* unsigned or an enum: 1 for the first of `choices`, 0 when not given */
	OPTION_READ,   /* what `read` makes of the value */
};

/* What a word stands for: completion offers this. */
enum word_kind {
	WORD_TEXT,
	WORD_CHOICE,
	WORD_FILE,
	WORD_FOLDER,
	WORD_RECIPE,
	WORD_IMAGE,
	WORD_PLATFORM,
	WORD_VERB
};

struct option_row {
	const char *name;  /* "--archive" */
	char letter;	   /* 'o' for -o; 0: none */
	const char *value; /* "FILE"; NULL for a flag */
	const char
		*help; /* no capital letter, no full stop; choices and defaults are added to it */
	enum option_kind kind;
	size_t target;	     /* offset in the verb's struct of options */
	enum word_kind word; /* of the value */
	const char *const
		*choices; /* ends with NULL; of OPTION_READ: for help and completion only */
	/* OPTION_READ: reads `value` into `target`. `option` is how it was written, for ERR_USAGE.
	 */
	bool (*read)(struct arena *a, const char *option, const char *value, void *target,
		     struct error *e);
	const char *initial;   /* the value when the option is not given, or NULL */
	const char *otherwise; /* what holds when it is not given, where that is not a value: for
				  help */
	const char *needs;     /* "--archive": the option that this one goes with */
	const char *excludes;  /* "--check --verify": options that this one does not go with */
};

/* The kind and the target of a row, checked against the type of the struct's member. */
#define OPTION_MEMBER(type, member, want) \
	_Generic(((type *)0)->member, want: offsetof(type, member))
#define OPTION_IS_FLAG(type, member) \
	.kind = OPTION_FLAG, .target = OPTION_MEMBER(type, member, bool)
#define OPTION_IS_TEXT(type, member) \
	.kind = OPTION_TEXT, .target = OPTION_MEMBER(type, member, const char *)
#define OPTION_IS_LIST(type, member) \
	.kind = OPTION_LIST, .target = OPTION_MEMBER(type, member, struct strings)
#define OPTION_IS_CHOICE(type, member, names)                                   \
	.kind = OPTION_CHOICE, .target = OPTION_MEMBER(type, member, unsigned), \
	.word = WORD_CHOICE, .choices = (names)
#define OPTION_IS_READ(type, member, reader) \
	.kind = OPTION_READ, .target = offsetof(type, member), .read = (reader)

/* The rows of `rows` (NULL or ending with a row without a name), one by one. */
#define option_each(row, rows) for (const struct option_row *row = (rows); row && row->name; row++)

/* The row of a name ("--archive") or of a letter, or NULL. */
const struct option_row *option_named(const struct option_row *rows, struct str name);
const struct option_row *option_lettered(const struct option_row *rows, char letter);

/* Writes the value into the row's member of the struct at `options`. `as`: how the option was
 * written, "-o". */
MUST_CHECK bool option_set(struct arena *a, const struct option_row *row, void *options,
			   const char *as, const char *value, struct error *e);

/* The place of `name` in `names`, which ends with NULL; or -1 and ERR_USAGE: "--format is a, b or
 * c, not "d"", and which of them is the nearest. */
int option_choice(const char *as, const char *name, const char *const *names, struct error *e);

/* The one of `names` (n of them) that is meant: the nearest, or the first that begins like this; or
 * NULL. */
const char *option_meant(struct str name, const char *const *names, size_t n);

bool option_has_choice(const struct option_row *row, const char *name);

/* The words that the value of a row, or an operand, may be: choices, platforms; none where anything
 * goes. */
void word_values(struct arena *a, enum word_kind word, const char *const *choices,
		 struct strings *out);

/* "where the report goes: text, json or html (default: text)". */
const char *option_text(struct arena *a, const struct option_row *row);

#endif
