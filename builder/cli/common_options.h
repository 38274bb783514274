/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COMMON_OPTIONS_H
#define CLI_COMMON_OPTIONS_H

/* Options that every verb takes, and rows that several verbs have. */

#include "cli/cli.h"

/* Their targets are in struct cli. */
extern const struct option_row common_options[];

/* What $IMGBUILD_PROGRESS says, where --progress and --quiet do not: ERR_USAGE. */
MUST_CHECK bool common_progress(const struct cli *c, enum progress_mode *mode, struct error *e);

/* --platform LIST into struct platforms; and what is meant when there was none. */
MUST_CHECK bool platforms_read(struct arena *a, const char *option, const char *value, void *target,
			       struct error *e);
void platforms_default(struct cli *c, struct platforms *out);

#define OPTION_PLATFORM_OF_INDEX(type, member)     \
	{ "--platform",                            \
	  0,                                       \
	  "OS/ARCH",                               \
	  "which image of a multi-platform index", \
	  OPTION_IS_TEXT(type, member),            \
	  .word = WORD_PLATFORM }

#endif
