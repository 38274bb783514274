/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_MAVEN_MODULES_H
#define EXPLAIN_CODE_MAVEN_MODULES_H

/* Trees of Maven with several modules: each is a project of its own, and they are not compiled
 * together. */

#include "explain/code/project.h"
#include "format/text/xml_values.h"

#define MAVEN_POM "pom.xml"

/* `pom` is pom.xml of the project. ERR_INPUT: it is the parent of modules (says which of them have
 * a main method); it depends on another module of the tree. */
MUST_CHECK bool maven_modules_check(struct own_project *p, const struct xml_values *pom,
				    struct error *e);

#endif
