/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_MERGE_MARKS_H
#define BASE_MERGE_MARKS_H

/* What git leaves in a text when a merge needs somebody to decide. */

#include "base/error.h"
#include "base/str.h"

/* For a text that could not be read, as *e says: if it has such marks, *e becomes ERR_INPUT at the
 * first one. Returns false. */
bool merge_marks_explain(struct str text, const char *file, struct error *e);

#endif
