/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_REPORT_SUITE_REPORT_H
#define INSPECT_REPORT_SUITE_REPORT_H

/* The forms of what came of structure tests. */

#include "base/buf.h"
#include "inspect/suite/suite_result.h"

void structure_text(const struct structure_result *r, struct buf *out);
void structure_json(const struct structure_result *r, struct buf *out);
void structure_junit(const struct structure_result *r, struct buf *out);
void structure_tap(const struct structure_result *r, struct buf *out);

#endif
