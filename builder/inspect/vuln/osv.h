/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_VULN_OSV_H
#define INSPECT_VULN_OSV_H

/* One record of the Open Source Vulnerability format (1.x): what it affects, by ecosystem and
 * name ("Debian:13", the source package) or by package URL, in ranges of versions. */

#include "inspect/vuln/vuln_set.h"

/* Adds what the record says about the components. `n` is the record, an object. ERR_INPUT at the
 * value that is wrong. */
MUST_CHECK bool osv_read(struct vuln_set *s, const struct json_node *n, struct error *e);

#endif
