/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_SCRIPTS_LOCALE_FILES_H
#define MAKE_SCRIPTS_LOCALE_FILES_H

/* What locale-gen(8) would do for the locales that a recipe asks for, done without localedef: two
 * packages have them compiled (name_locale_package()). Files of locales-all are links to those of
 * other locales where these are the same; here each locale is whole. */

#include "make/scripts/script_effects.h"

#define EFFECTS_LOCALES "usr/lib/locale/"

/* The folder of a locale as the C library looks for it: "de_DE.UTF-8" -> "de_DE.utf8",
 * "ca_ES@valencia" -> itself. In `a`. */
const char *locale_folder(struct arena *a, const char *name);

/* usr/lib/locale/NAME of each of `names`, from the opened package, and the package's copyright
 * file. ERR_INPUT for a locale that the package does not have, naming one that is near, and for a
 * link that leads nowhere. */
MUST_CHECK bool effects_locales(struct arena *a, const struct deb *all, const struct strings *names,
				const struct effects_to *to, struct error *e);

#endif
