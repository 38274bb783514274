/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_SUITE_SUITE_RUN_H
#define INSPECT_SUITE_SUITE_RUN_H

/* Structure tests against an image. Tests of files, settings and licences read the image as the
 * audit does: no container, nothing laid out on disk. Commands need podman; where they cannot be
 * run they are skipped, and say why. */

#include "inspect/suite/suite_result.h"

/* Reads the files of tests: what is wrong with them is told before an image is fetched. Everything
 * lives in `a`. ERR_INPUT for a file that is missing or malformed. */
MUST_CHECK bool structure_begin(struct arena *a, const struct structure_request *req,
				struct structure_result *out, struct error *e);

/* Runs them. ERR_INPUT for a malformed image, ERR_USAGE, ERR_SYSTEM. Failed tests are not an
 * error. */
MUST_CHECK bool structure_run(struct arena *a, const struct structure_request *req,
			      struct structure_result *out, struct error *e);

#endif
