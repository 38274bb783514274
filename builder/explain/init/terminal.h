/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_TERMINAL_H
#define EXPLAIN_INIT_TERMINAL_H

/* The database of terminals, without which a program with windows on one ends ("Error opening
 * terminal: xterm"). Every Debian has its package, so that nobody's Depends name it. */

#include "explain/init/collect.h"

#define TERMINAL_PACKAGE "ncurses-base"
#define TERMINAL_FOLDER "usr/share/terminfo"
#define TERMINAL_FILES "/" TERMINAL_FOLDER "/**"

/* Adds the package, where the image has the library that reads it. *added becomes true then: the
 * image has to be composed again. */
void collect_terminal(struct collecting *c, bool *added);

#endif
