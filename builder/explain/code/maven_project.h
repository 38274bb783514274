/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_MAVEN_PROJECT_H
#define EXPLAIN_CODE_MAVEN_PROJECT_H

/* What pom.xml says (maven.apache.org/pom.html), as far as a compiler has to know it. Of a tree of
 * modules it is that of the module with the program, and properties and plugins of the tree's own
 * count for it. Other parents, and profiles, are not read: they would have to be fetched. */

#include "explain/code/maven_modules.h"

struct maven_project {
	struct maven_tree tree;
	const char *file; /* "app/pom.xml" */
	struct xml_values values;
	struct xml_values parent;	  /* of the tree; or nothing */
	const char *name, *version;	  /* NULL: it says nothing, or by what is not there */
	const char *release;		  /* of Java, for javac: "17"; or NULL */
	const char *encoding;		  /* of sources, unless it is UTF-8; or NULL */
	const char *main_class;		  /* or NULL */
	const char *release_at, *main_at; /* "app/pom.xml:7" */
	bool parameters;		  /* names of parameters stay in the classes */
	bool dependencies;		  /* some that are not for tests */
};

/* Reads pom.xml of the project, and tells as left to decide which of its plugins would do something
 * that no step does. ERR_INPUT: malformed, a tree that is not compiled (maven_modules.h), another
 * packaging than jar, a release of Java that the toolchain does not know. */
MUST_CHECK bool maven_project_read(struct own_project *p, struct maven_project *out,
				   struct error *e);

#endif
