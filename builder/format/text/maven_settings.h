/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_MAVEN_SETTINGS_H
#define FORMAT_TEXT_MAVEN_SETTINGS_H

/* settings.xml of Maven (maven.apache.org/settings.html): mirrors that take the place of
 * repositories. */

#include "base/error.h"
#include "base/str.h"

struct maven_mirror {
	const char *url; /* without final slashes */
	bool central;	 /* takes the place of the public repository */
	bool by_name;	 /* and names it alone, which goes before all patterns */
	bool all;	 /* takes the place of every other one */
};

struct maven_mirrors LIST(struct maven_mirror);

/* Adds the mirrors of `file` that stand for every repository ("*", "external:*") or for the public
 * one ("central"). ERR_INPUT: malformed, an address that is not http or https, or with credentials
 * in it. */
MUST_CHECK bool maven_settings_read(struct arena *a, struct str text, const char *file,
				    struct maven_mirrors *out, struct error *e);

#endif
