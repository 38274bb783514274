/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_PROGRESS_DRAW_H
#define CLI_PROGRESS_DRAW_H

/* Draws what stages say on standard error:
 *
 *   plain  "#2 [fetch] 12 of 40 files", "#2 [fetch] 31 % (5.2 of 16.8 MB)" at most every 3 s,
 *          "#2 [fetch] done in 4.1 s: 12 files", "#3 [compile squid] CACHED"
 *   tty    the same ends and notes; below them one line for each running step, redrawn in place
 *   json   one object a line: {"ts":..., "id":..., "state":"begin|advance|end|note|warning|error",
 *          "current":..., "total":..., "text":..., "cached":..., "error":...}; only what applies is
 *          there
 *   quiet  warnings only
 *
 * Warnings are shown in every mode. Texts may come from anywhere: what could drive a terminal is
 * escaped. Any thread may call. */

#include "cli/cli.h"

/* A drawer on `err`, which it borrows. PROGRESS_AUTO: tty if `err` is a terminal that can move the
 * cursor (TERM is set and not "dumb"), else plain. Colour only on a terminal without NO_COLOR. */
struct progress *progress_open(struct arena *a, enum progress_mode mode, FILE *err);

/* Tells what ended the run, where that is an event among others (json): true; else false, and the
 * caller says it. */
bool progress_error(struct progress *p, const char *text);

/* Takes the running lines off the terminal; call it before anything else writes there. NULL is
 * fine. */
void progress_close(struct progress *p);

#endif
