/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_VULN_TRACKER_H
#define INSPECT_VULN_TRACKER_H

/* The Debian security tracker's JSON: {SOURCE: {CVE: {"releases": {CODENAME: {"status": ...}}}}}.
 * The file (some 70 MB) is read as a stream, one vulnerability of one package after the other: of
 * Linux alone there are many thousands. What it says of packages that the image does not have is
 * checked as well. */

#include "inspect/vuln/vuln_set.h"

/* The number of the Debian release that a suite is of, "13" for trixie and trixie-security; NULL:
 * none that is known here. */
const char *tracker_release(const char *suite);

/* Reads what is left of a file. `c` has its source, its name and the form of members. ERR_INPUT
 * with the place, ERR_USAGE if the image is of no release that the tracker knows by name here. */
MUST_CHECK bool tracker_read(struct vuln_set *s, struct jsoncut *c, struct error *e);

#endif
