/* SPDX-License-Identifier: Apache-2.0 */
/* The names of the forms of an archive. */

#include "cli/archive_option.h"

const char *const archive_forms[] = {
	[ARCHIVE_OCI - 1] = "oci",
	[ARCHIVE_DOCKER - 1] = "docker",
	[ARCHIVE_HYBRID - 1] = "hybrid",
	NULL,
};
