/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_OTHER_BUILDS_H
#define EXPLAIN_CODE_OTHER_BUILDS_H

/* Build systems of C and C++ that init does not know. */

#include "explain/code/project.h"

/* ERR_INPUT where one is there: what it compiles is not all sources in one call. */
MUST_CHECK bool other_builds_refuse(const struct own_project *p, struct error *e);

#endif
