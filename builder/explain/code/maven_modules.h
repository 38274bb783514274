/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_MAVEN_MODULES_H
#define EXPLAIN_CODE_MAVEN_MODULES_H

/* Trees of Maven with several modules: which of them has the program, and which others that one
 * needs. Their sources are compiled together. */

#include "explain/code/java_main.h"
#include "format/text/xml_values.h"

#define MAVEN_POM "pom.xml"
#define MAVEN_SOURCES "src/main/java"
#define MAVEN_RESOURCES "src/main/resources"

struct maven_module {
	const char *folder; /* below the project: "core" */
	const char *name;   /* "" when its pom.xml has none */
	struct xml_values pom;
	struct java_sources sources;
	bool begun, taken;
};

struct maven_tree {
	struct LIST(struct maven_module)
		v; /* all, in the order of pom.xml; none: it has no modules */
	/* those that are compiled: each after what it needs, the one with the program last */
	struct LIST(const struct maven_module *) needed;
};

/* `pom` is pom.xml of the project. Tells as left to decide which other modules have a main method,
 * and which files of META-INF/services more than one of the needed has. ERR_INPUT: a module that is
 * not there, or not below the project; none with a main method; modules that need each other; one
 * that is needed and is no jar, or has a module-info.java. */
MUST_CHECK bool maven_tree_read(struct own_project *p, const struct xml_values *pom,
				struct maven_tree *out, struct error *e);

/* Whether a project without modules is one by itself. ERR_INPUT: it depends on another module of
 * the tree that it is a part of. */
MUST_CHECK bool maven_module_check(struct own_project *p, const struct xml_values *pom,
				   struct error *e);

/* Whether the pom.xml has dependencies that are not for tests and not modules of the tree. */
bool maven_has_dependencies(const struct xml_values *pom, const struct maven_tree *tree);

#endif
