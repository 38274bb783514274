/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_LOCALE_H
#define EXPLAIN_INIT_LOCALE_H

/* The locale of an image. The C library has "C" alone, in which text is ASCII: Python's locale
 * module fails at a LANG without files, tmux and ansible do not start, Java cannot open a file
 * whose name has other letters. */

#include "explain/init/collect.h"

#define LOCALE_CHOSEN "C.UTF-8"

/* Gives the draft C.UTF-8, and LANG unless the service sets one, where the program that the image
 * starts, or a run-time environment in it, asks for the character set of text. ERR_SYSTEM. */
MUST_CHECK bool collect_locale(struct collecting *c, struct error *e);

#endif
