/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_SUITE_SUITE_VALUES_H
#define INSPECT_SUITE_SUITE_VALUES_H

/* Values of structure tests. Absent members, and null, leave *out alone. In YAML every scalar is a
 * text: numbers and truths are read from it here. */

#include "format/json/jsonx.h"
#include "inspect/suite/structure_test.h"

/* A text that must be there and not be empty. */
MUST_CHECK bool value_need(struct arena *a, const struct json_node *object, const char *key,
			   const char **out, struct error *e);
MUST_CHECK bool value_bool(const struct json_node *object, const char *key, bool *out,
			   struct error *e);
MUST_CHECK bool value_number(const struct json_node *object, const char *key, int64_t *out,
			     struct error *e);
MUST_CHECK bool value_patterns(struct arena *a, const struct json_node *object, const char *key,
			       struct patterns *out, struct error *e);
MUST_CHECK bool value_lines(struct arena *a, const struct json_node *object, const char *key,
			    struct command_lines *out, struct error *e);
/* [{"key": ..., "value": ..., "isRegex": ...}] */
MUST_CHECK bool value_pairs(struct arena *a, const struct json_node *object, const char *key,
			    struct expected_values *out, struct error *e);

/* suite_tests.c: each reads one entry of its kind; "first": as schema 1.0.0 has it. */
bool suite_read_first_command(struct arena *a, const struct json_node *n, struct structure_test *t,
			      struct error *e);
bool suite_read_first_existence(struct arena *a, const struct json_node *n,
				struct structure_test *t, struct error *e);
bool suite_read_command(struct arena *a, const struct json_node *n, struct structure_test *t,
			struct error *e);
bool suite_read_existence(struct arena *a, const struct json_node *n, struct structure_test *t,
			  struct error *e);
bool suite_read_content(struct arena *a, const struct json_node *n, struct structure_test *t,
			struct error *e);
bool suite_read_metadata(struct arena *a, const struct json_node *n, struct structure_test *t,
			 struct error *e);
bool suite_read_license(struct arena *a, const struct json_node *n, struct structure_test *t,
			struct error *e);

#endif
