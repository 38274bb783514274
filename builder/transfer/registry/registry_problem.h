/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_REGISTRY_PROBLEM_H
#define TRANSFER_REGISTRY_REGISTRY_PROBLEM_H

/* Why a registry or its token server says no: {"errors":[{"code","message","detail"}]}, or OAuth's
 * {"error","error_description"}; of a page for browsers, which a proxy may send, its title. */

#include "base/str.h"

/* "DENIED: push access is required", on one line and short; "" when the body tells nothing. */
const char *problem_text(struct arena *a, struct str body);

/* The title of an HTML page, on one line and short; "" for what has none. */
const char *problem_title(struct arena *a, struct str body);

#endif
