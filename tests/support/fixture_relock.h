/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_RELOCK_H
#define SUPPORT_FIXTURE_RELOCK_H

/* A recipe that is put together in a test, and the lock that is made for it from an archive of the
 * test's own on 127.0.0.1. */

#include "input/relock/lock_make.h"
#include "support/fixture_depot.h"
#include "support/gen_archive.h"

struct relock_scene {
	struct arena a;
	struct archivegen g;
	struct depot d;
	struct suite suite;
	struct archive archive;
	struct toolchain toolchain;
	struct source_recipe source;
	struct recipe recipe;
	struct mirrors mirrors;
	const struct platform *platform;
	struct lock lock;
	const struct lock *old, *first;
	const struct strings *update;
	struct locks bases;
	struct progress *progress; /* NULL: nobody is told anything */
	struct error e;
};

/* A date some hours ago. */
const char *relock_date(struct arena *a, int hours);

/* A recipe without components on an archive that trusts the generated key. */
void relock_open(struct relock_scene *s);
void relock_close(struct relock_scene *s);

/* Publishes the suite, dated some hours ago: packages as indexgen_packages() reads them, the text
 * of Sources or NULL. */
void relock_publish(struct relock_scene *s, int hours, const char *packages, const char *sources);

struct component *relock_add_component(struct relock_scene *s, const char *name,
				       const char *version);
/* A provider of this package; NULL: compiled from the scene's source. */
void relock_add_provider(struct relock_scene *s, struct component *c, const char *package);

struct lock_order relock_order(struct relock_scene *s);
bool relock_make(struct relock_scene *s, bool offline);
const char *relock_text(struct relock_scene *s);

/* The Sources text for two versions whose one file each holds "old" and "new". */
const char *relock_sources(struct relock_scene *s);

#endif
