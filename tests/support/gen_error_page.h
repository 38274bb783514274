/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_GEN_ERROR_PAGE_H
#define TESTS_SUPPORT_GEN_ERROR_PAGE_H

/* docs/reference/errors.md, made from the code: every text that a call of builder/ gives to
 * err_set(), err_sys() or a function on top of them, with the exit status of its kind. */

#include "base/buf.h"

/* The whole page. Reads builder/ below the current folder. Everything lives in `a`. */
const char *gen_error_page(struct arena *a);

#endif
