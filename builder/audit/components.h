/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_COMPONENTS_H
#define AUDIT_COMPONENTS_H

/* What an image holds, under the names that security data use. Private to audit/. */

#include "audit/vuln.h"

/* Fills set->components: the packages of dpkg's records, then those of the SPDX documents below
 * var/lib/db/sbom that have no record. A document that cannot be read becomes a finding. */
MUST_CHECK bool vuln_components(struct vuln_set *set, struct error *e);

#endif
