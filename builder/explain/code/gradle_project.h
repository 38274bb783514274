/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_GRADLE_PROJECT_H
#define EXPLAIN_CODE_GRADLE_PROJECT_H

/* What the files of a Gradle build tell in words: its projects, the main class, the release of
 * Java. Gradle is not run, and what only its programs know stays unknown. */

#include "base/strmap.h"
#include "explain/code/java_main.h"

struct gradle_module {
	const char *folder; /* below the project's; "" is that itself */
	const char *file;   /* build.gradle, build.gradle.kts; NULL: it has none */
	const char *main_class, *release, *version;
	const char *asks, *asks_at; /* the first package of others that it needs; or NULL */
	struct strings needs;	    /* folders of other projects */
	struct java_sources sources;
	bool begun, taken;
};

struct gradle_project {
	struct LIST(struct gradle_module) v;
	struct strmap known;  /* the folders of these */
	const char *settings; /* "settings.gradle", which has the name; or NULL */
	struct strmap moved;  /* folders that settings.gradle names, by those of the names */
	const char *name;     /* rootProject.name; or NULL */
	/* what the program is made of; that with the program is the last */
	struct LIST(const struct gradle_module *) needed;
};

/* Reads the build; none if neither settings.gradle nor build.gradle is there. Projects count whose
 * sources stand in src/main/java. */
MUST_CHECK bool gradle_project_read(struct own_project *p, struct gradle_project *out,
				    struct error *e);

#endif
