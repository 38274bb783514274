/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_MODEL_COMPONENTS_H
#define INSPECT_MODEL_COMPONENTS_H

/* The software of an image, from all places where it is told of. */

#include "inspect/model/image_component.h"
#include "inspect/model/packages.h"

/* The packages of dpkg's records, then those of the SPDX documents below var/lib/db/sbom that have
 * no record, then those of languages. A document that cannot be read becomes a problem. ERR_SYSTEM.
 */
MUST_CHECK bool image_components(struct arena *a, const struct model *m, struct components *out,
				 struct remarks *problems, struct error *e);

#endif
