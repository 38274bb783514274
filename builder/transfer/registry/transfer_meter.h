/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_TRANSFER_METER_H
#define TRANSFER_REGISTRY_TRANSFER_METER_H

/* How far several transfers at once have come, for the person who waits. */

#include <stdatomic.h>

#include "base/progress.h"

struct meter {
	struct progress *progress;
	const char *id; /* of the step */
	uint64_t total; /* bytes */
	atomic_ullong done;
};

/* One transfer stands at byte `at`, of which the meter knew *told: that may be more, after a new
 * try. */
void meter_tell(struct meter *m, uint64_t *told, uint64_t at);

#endif
