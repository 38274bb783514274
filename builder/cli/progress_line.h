/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_PROGRESS_LINE_H
#define CLI_PROGRESS_LINE_H

/* The words of progress, apart from where they are drawn. */

#include "base/buf.h"

/* Escapes `text` for one line: as redact_text() and str_escape_log(), and tabs and newlines become
 * blanks. */
void line_text(struct buf *out, const char *text);

/* As line_text for each line of a longer text; all but the first are indented by `indent` blanks,
 * so that no line of it can pass for one of ours. */
void line_block(struct buf *out, const char *text, unsigned indent);

/* "31 % (5.2 of 16.8 MB)", "40 % (4 of 10)"; just the count when the total is not known (0). */
void line_amount(struct buf *out, uint64_t current, uint64_t total);

/* "0.4 s", "12.0 s", "3 min 05 s". */
void line_duration(struct buf *out, uint64_t ms);

/* Cuts to `columns` code points, ending in "..." if something went. */
struct str line_cut(struct arena *a, struct str line, unsigned columns);

#endif
