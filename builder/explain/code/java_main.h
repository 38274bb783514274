/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_JAVA_MAIN_H
#define EXPLAIN_CODE_JAVA_MAIN_H

/* What the sources of a project in Java tell: which classes start a program. */

#include "explain/code/project.h"

struct java_sources {
	unsigned files;	      /* *.java */
	bool others;	      /* files that are no sources, such as META-INF/services/x */
	const char *foreign;  /* a source of another language of its machine, or NULL */
	struct strings mains; /* classes with a main method, sorted: "com.example.Main" */
};

/* Reads the files *.java below a folder of the project (""), but not those of tests and of what
 * build systems make. ERR_SYSTEM. */
MUST_CHECK bool java_sources_read(struct own_project *p, const char *folder,
				  struct java_sources *out, struct error *e);

/* "Kotlin" of "a/Main.kt"; NULL: it is no source of such a language. */
const char *java_foreign_language(const char *path);

/* Tells of sources of such languages beside folders of Java: "src/main/kotlin" beside
 * "src/main/java". */
void java_foreign_tell(struct own_project *p, const struct strings *folders);

/* Of classes with a main method that which the program is: one called Main or App, and none for
 * tests, examples and measurements if there is another; else the first. */
const char *java_main_choose(const struct strings *mains);

/* The class that a manifest of the repository, or of Ant's build, starts, and the file that says
 * so; NULL: none does. */
MUST_CHECK bool java_manifest_find(struct own_project *p, const char **class_name, const char **at,
				   struct error *e);

#endif
