/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_REBASE_VERDICTS_H
#define CLI_REBASE_VERDICTS_H

/* What was proven of one image is true of the others of a run that have the same layers on the same
 * bases, and the same settings: those of a build that is repeated, or a tag that many repositories
 * have. */

#include <pthread.h>

#include "inspect/image/image_facts.h"
#include "trust/rebase/rebase.h"

#define REBASE_VERDICTS_MAX 4096 /* more are not remembered */

struct rebase_verdict {
	struct digest key;
	struct rebase_proof proof;
	struct rebase_obstacles obstacles;
};

struct rebase_verdicts {
	pthread_mutex_t lock; /* of all that follows: any thread may ask */
	struct arena a;
	struct LIST(struct rebase_verdict *) v;
};
#define REBASE_VERDICTS_INIT { .lock = PTHREAD_MUTEX_INITIALIZER }
void rebase_verdicts_close(struct rebase_verdicts *l);

/* All that decides it: layers by digest and diff_id, platform, and the settings that the rules
 * which count look at - user, folder, programs with their arguments, ports, health check, PATH and
 * the loader's variables; not the others, labels, annotations, times and the history. */
struct digest rebase_verdict_key(const struct image_facts *image, const struct image_facts *old,
				 const struct image_facts *now);

/* Adds the obstacles that were found; texts stay where they are, until the list is closed. false:
 * nothing is known. */
bool rebase_verdict_find(struct rebase_verdicts *l, const struct digest *key, struct arena *a,
			 struct rebase_proof *proof, struct rebase_obstacles *out);

/* Remembers copies of the obstacles from the `first`-th on. */
void rebase_verdict_note(struct rebase_verdicts *l, const struct digest *key,
			 const struct rebase_proof *proof, const struct rebase_obstacles *found,
			 size_t first);

#endif
