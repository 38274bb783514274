/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_VULN_VULN_H
#define INSPECT_VULN_VULN_H

/* Known vulnerabilities: what data files say about the software of an image. Three kinds of data
 * are read (tracker.h, osv.h, vex.h), in any number; what they say of one vulnerability in one
 * package is joined here. */

#include "inspect/model/model.h"
#include "inspect/vuln/vuln_input.h"
#include "inspect/vuln/vuln_set.h"

/* Reads the data and joins what they say about the software of an image. The list is complete:
 * fixed ones and those that do not matter are in it too. `rule` names the audit's rule that speaks
 * of them. Documents of the image that cannot be read become problems. ERR_INPUT with file, line
 * and column, ERR_USAGE when the data cannot be about this image, ERR_SYSTEM. */
MUST_CHECK bool vuln_read(struct arena *a, const struct model *m, const struct vuln_inputs *data,
			  struct vulns *out, struct remarks *problems, struct error *e);

/* The same about packages of a Debian release ("13") that are no image yet: statements about images
 * do not count. `l` is borrowed by what is found. */
MUST_CHECK bool vuln_read_components(struct arena *a, const struct components *l,
				     const char *release, const struct vuln_inputs *data,
				     struct vulns *out, struct error *e);

#endif
