/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_GLOB_H
#define FORMAT_TEXT_GLOB_H

/* Path patterns of accepted findings: '*' and '?' within one component, '**' across any number
 * of them (also none), a final '/' for all below a folder. A leading slash does not matter. */

#include "base/str.h"

bool path_glob(const char *pattern, const char *path);

#endif
