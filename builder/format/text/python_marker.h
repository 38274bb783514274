/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_PYTHON_MARKER_H
#define FORMAT_TEXT_PYTHON_MARKER_H

/* Environment markers (packaging.python.org: dependency specifiers): what follows the ";" of a
 * requirement, for Debian 13's CPython 3.13 on Linux. */

#include "base/error.h"
#include "base/str.h"

#define PYTHON_OF_DEBIAN "3.13"
#define PYTHON_OF_DEBIAN_FULL PYTHON_OF_DEBIAN ".5"

/* 1 the marker holds on this machine ("x86_64", "aarch64"), 0 it does not, -1 with ERR_INPUT: it is
 * malformed, or nested too deep. */
MUST_CHECK int python_marker_holds(struct str marker, const char *machine, struct error *e);

/* The same where dependency groups are chosen (PEP 751): "'dev' in dependency_groups". */
MUST_CHECK int python_marker_holds_in(struct str marker, const char *machine,
				      const struct strings *groups, struct error *e);

/* Compares release numbers "3.9", "3.13.5", missing parts being 0. false: one of them is not just
 * numbers. */
MUST_CHECK bool python_release_compare(struct str a, struct str b, int *out);

/* Whether "Requires-Python" takes that Python: ">=3.8, <4". What is malformed takes any, as with
 * pip. */
bool python_release_fits(struct str specifiers);

#endif
