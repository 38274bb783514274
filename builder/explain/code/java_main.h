/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_JAVA_MAIN_H
#define EXPLAIN_CODE_JAVA_MAIN_H

/* What the sources of a project in Java tell: which classes start a program. */

#include "explain/code/project.h"

struct java_sources {
	unsigned files;	      /* *.java */
	bool others;	      /* files that are no sources, such as META-INF/services/x */
	struct strings mains; /* classes with a main method, sorted: "com.example.Main" */
};

/* Reads the files *.java below a folder of the project (""), but not those of tests and of what
 * build systems make. ERR_SYSTEM. */
MUST_CHECK bool java_sources_read(struct own_project *p, const char *folder,
				  struct java_sources *out, struct error *e);

/* The class that a manifest of the repository, or of Ant's build, starts, and the file that says
 * so; NULL: none does. */
MUST_CHECK bool java_manifest_find(struct own_project *p, const char **class_name, const char **at,
				   struct error *e);

#endif
