/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_SUITE_SUITE_CHECKS_H
#define INSPECT_SUITE_SUITE_CHECKS_H

/* What every check gets. Private to inspect/suite. */

#include "base/file.h"
#include "inspect/model/inspect.h"
#include "inspect/suite/suite_result.h"

struct checking {
	struct arena *a;
	const struct inspection *image;
	const struct structure_test *test;
	size_t number; /* of the test, among all */
	struct test_outcome *out;
};

void check_failed(struct checking *c, const char *fmt, ...) PRINTF_LIKE(2, 3);

void check_existence(struct checking *c);
MUST_CHECK bool check_content(struct checking *c, struct error *e);
void check_metadata(struct checking *c);
MUST_CHECK bool check_license(struct checking *c, struct error *e);

/* Searches each expression in the text: all expected, none excluded. `where` names the text. */
void check_patterns(struct checking *c, const struct patterns *expected,
		    const struct patterns *excluded, struct str text, const char *where);

/* "$HOME/x" with the image's variables, as Go's os.Expand: a variable that is not set is empty. */
const char *expand_variables(struct arena *a, const struct image_facts *facts, const char *text);

/* The file a content is asked of: links are followed. */
const struct item *item_meant(const struct model *m, const char *path);

/* container_commands.c: a container runtime, opened when the first command needs it. */
struct runtime {
	struct arena *a;
	struct file_scratch scratch; /* its storage */
	const char *dir;	     /* the path of that; NULL: not opened */
	struct progress *progress;
	const char *id;	     /* of the image in it */
	const char *refusal; /* why there is none */
};

MUST_CHECK bool runtime_open(struct runtime *r, const struct structure_request *req,
			     const struct inspection *image, struct error *e);
void runtime_close(struct runtime *r);
MUST_CHECK bool check_command(struct checking *c, struct runtime *r, const struct test_suite *s,
			      struct error *e);

#endif
