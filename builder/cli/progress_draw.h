/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_PROGRESS_DRAW_H
#define CLI_PROGRESS_DRAW_H

/* Draws what stages say on standard error:
 *
 *   plain  "#2 [hello linux/amd64 fetch] 12 of 40 files", "#2 [...] 31 % (5.2 of 16.8 MB)" at most
 *          every 3 s, "#2 [...] done in 4.1 s: 12 files", "#3 [...] CACHED"; and when nothing else
 * was written for 30 s "#2 [...] still running after 1 min 30 s", because CI services end jobs that
 * are silent tty    the same ends and notes; below them one line for each running step with its
 * time, redrawn in place twice a second json   one object a line: {"ts":..., "id":...,
 * "state":"begin|advance|end|note|warning|error", "about":..., "current":..., "total":...,
 * "text":..., "cached":..., "error":...}; only what applies is there; a running step has an
 * "advance" at least every 30 s quiet  warnings only
 *
 * Warnings are shown in every mode. Texts may come from anywhere: what could drive a terminal is
 * escaped. Any thread may call. */

#include "cli/cli.h"
#include "cli/progress_pace.h"

/* A drawer on `err`, which it borrows; `pace` NULL: as above. It starts a thread, which ends with
 * progress_close(); where there can be none, nothing is drawn between events. PROGRESS_AUTO: tty if
 * `err` is a terminal that can move the cursor (TERM is set and not "dumb"), else plain. Colour
 * only on a terminal without NO_COLOR. */
struct progress *progress_open(struct arena *a, enum progress_mode mode,
			       const struct progress_pace *pace, FILE *err);

/* Tells what ended the run, where that is an event among others (json): true; else false, and the
 * caller says it. */
bool progress_error(struct progress *p, const char *text);

/* Takes the running lines off the terminal; call it before anything else writes there. NULL is
 * fine. */
void progress_close(struct progress *p);

#endif
