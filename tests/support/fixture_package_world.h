/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_FIXTURE_PACKAGE_WORLD_H
#define TESTS_SUPPORT_FIXTURE_PACKAGE_WORLD_H

/* A package "ours" in an image, from texts. */

#include "explain/init/service.h"

struct service_world {
	struct arena a;
	struct init_draft d;
	struct chain chain;
	struct deb_package package;
	struct deb deb;
	struct collecting c;
	struct service s;
	struct error e;
};

/* The package was asked for; arena_free(&w->a) at the end. */
void service_world_open(struct service_world *w);

/* A file of the package, in the image as well. */
void service_world_file(struct service_world *w, const char *path, unsigned mode, const char *text);

/* The same of any bytes. */
void service_world_bytes(struct service_world *w, const char *path, unsigned mode,
			 struct str bytes);

/* A control member of it: "postinst". */
void service_world_control(struct service_world *w, const char *name, const char *text);

/* All that is left to decide, a line each. */
const char *service_world_left(struct service_world *w);

#endif
