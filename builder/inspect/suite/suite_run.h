/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_SUITE_SUITE_RUN_H
#define INSPECT_SUITE_SUITE_RUN_H

/* Structure tests against an image. Tests of files, settings and licences read the image as the
 * audit does: no container, nothing laid out on disk. Commands need podman; where they cannot be
 * run they are skipped, and say why. */

#include "inspect/suite/suite_result.h"

/* ERR_INPUT for a malformed image or file of tests, ERR_USAGE, ERR_SYSTEM. Failed tests are no
 * error. Everything lives in `a`. */
MUST_CHECK bool structure_run(struct arena *a, const struct structure_request *req,
			      struct structure_result *out, struct error *e);

#endif
