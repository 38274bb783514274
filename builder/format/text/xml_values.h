/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_XML_VALUES_H
#define FORMAT_TEXT_XML_VALUES_H

/* XML as Maven uses it (pom.xml, settings.xml): elements that hold a text, known by the names of
 * those around them. Attributes and namespaces are left out. The one user of expat. */

#include "base/error.h"
#include "base/str.h"

struct xml_value {
	const char *path; /* "project/build/plugins/plugin/artifactId" */
	const char *name; /* the last part of it */
	const char *text; /* without blanks around it */
	unsigned parent;  /* a number of the element around it: the same for what stands beside it
			   */
	unsigned line;
};

struct xml_values LIST(struct xml_value);

/* Reads the file `file` (XML 1.0): every element without another one in it, in the order of the
 * text. ERR_INPUT at the line: malformed, entities of its own, more than 64 elements around each
 * other. */
MUST_CHECK bool xml_values_read(struct arena *a, struct str text, const char *file,
				struct xml_values *out, struct error *e);

/* The first text at a path, or NULL. */
const struct xml_value *xml_value_at(const struct xml_values *l, const char *path);

#endif
