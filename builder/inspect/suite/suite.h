/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_SUITE_SUITE_H
#define INSPECT_SUITE_SUITE_H

/* A file of structure tests: the schema 2 of container-structure-test, in JSON or YAML. Every key
 * of it is known here, and every other key is an error. */

#include "inspect/suite/structure_test.h"

/* Reads a file (YAML if its name ends in .yaml or .yml). ERR_INPUT with file:line:col and the path
 * of the value; ERR_SYSTEM. */
MUST_CHECK bool suite_load(struct arena *a, const char *path, struct test_suite *out,
			   struct error *e);

/* "command", "file-existence", "file-content", "metadata", "license". */
const char *test_kind_name(enum test_kind kind);

#endif
