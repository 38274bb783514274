/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_MAVEN_LOCK_H
#define FORMAT_TEXT_MAVEN_LOCK_H

/* Jars that a project of Java needs, by SHA-256: lockfile.json of the plugin maven-lockfile
 * (github.com/chains-project/maven-lockfile, version 1 of the format), and lists of sha256sum(1)
 * over a folder laid out like a repository of Maven, as the summary files of Maven's trusted
 * checksums are. */

#include "base/digest.h"

struct maven_jar {
	const char *name;    /* "org.apache.commons:commons-text" */
	const char *version; /* "1.13.0" */
	const char *path;    /* where repositories have it: "org/apache/commons/commons-text/1.13.0/
				commons-text-1.13.0.jar" */
	const char *file;    /* what it is called among the others, each once: the last part of
				`path`, or with the group before it */
	const char *resolved; /* the address that the lock file names, or NULL */
	struct digest sha256;
	bool provided; /* only the compiler needs it */
	unsigned line;
};

struct maven_jars LIST(struct maven_jar);

/* Reads lockfile.json `file`, in the order of the class path: that of the text, each jar once. Left
 * out are jars for tests, those that lost against another version (included: false), and what is no
 * jar. ERR_INPUT at the line: malformed, another version of the format, a digest that is not
 * SHA-256, what is no name or version. */
MUST_CHECK bool maven_lock_read(struct arena *a, struct str text, const char *file,
				struct maven_jars *out, struct error *e);

/* Reads a list of sums `file`: lines of 64 digits, two blanks (or a blank and an asterisk) and a
 * path; comments (#), empty lines and paths that do not end in .jar are passed over. ERR_INPUT at
 * the line: malformed, a path that no repository has, a jar twice with different digests. */
MUST_CHECK bool jar_sums_read(struct arena *a, struct str text, const char *file,
			      struct maven_jars *out, struct error *e);

#endif
