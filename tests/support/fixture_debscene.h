/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_DEBSCENE_H
#define SUPPORT_FIXTURE_DEBSCENE_H

/* Packages as they are once opened, without files: for tests of what is done with them. */

#include "make/deb/deb.h"

/* Starts a package; then add entries and control members in the order of their names. */
void debscene_package(struct arena *a, struct deb *deb, const char *name, const char *version);
void debscene_entry(struct arena *a, struct deb *deb, enum node_type type, const char *path,
		    const char *target);
void debscene_control(struct arena *a, struct deb *deb, const char *name, const char *text);

#endif
