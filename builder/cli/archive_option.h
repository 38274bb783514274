/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ARCHIVE_OPTION_H
#define CLI_ARCHIVE_OPTION_H

/* --archive and --archive-format, for the verbs that write an image. */

#include "cli/cli.h"
#include "make/image/image.h"

struct archive_options {
	const char *file;
	enum archive_form form; /* in the order of `archive_forms` */
};

extern const char *const archive_forms[];

/* The rows; `member` of `type` is the struct archive_options, `usual` says which form is the
 * default. */
#define ARCHIVE_ROWS(type, member, usual)                                                         \
	{ "--archive",                                                                            \
	  0,                                                                                      \
	  "FILE",                                                                                 \
	  "also write a tar for docker load, podman load and skopeo; - is standard output",       \
	  OPTION_IS_TEXT(type, member.file),                                                      \
	  .word = WORD_FILE },                                                                    \
	{                                                                                         \
		"--archive-format", 0, "FORM", "form of the archive; hybrid is both in one",      \
			OPTION_IS_CHOICE(type, member.form, archive_forms), .needs = "--archive", \
			.otherwise = usual                                                        \
	}

#endif
