/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_MAVEN_PROJECT_H
#define EXPLAIN_CODE_MAVEN_PROJECT_H

/* What pom.xml says (maven.apache.org/pom.html), as far as a compiler has to know it. Parents and
 * profiles are not read: they would have to be fetched. */

#include "explain/code/maven_modules.h"

struct maven_project {
	struct xml_values values;
	const char *name, *version; /* NULL: it says nothing, or by what is not there */
	const char *release;	    /* of Java, for javac: "17"; or NULL */
	const char *encoding;	    /* of sources, unless it is UTF-8; or NULL */
	const char *main_class;	    /* or NULL */
	unsigned release_line, main_line;
	bool parameters;   /* names of parameters stay in the classes */
	bool dependencies; /* some that are not for tests */
};

/* Reads pom.xml of the project, and tells as left to decide which of its plugins would do something
 * that no step does. ERR_INPUT: malformed, a tree of modules (maven_modules.h), another packaging
 * than jar, a release of Java that the toolchain does not know. */
MUST_CHECK bool maven_project_read(struct own_project *p, struct maven_project *out,
				   struct error *e);

#endif
