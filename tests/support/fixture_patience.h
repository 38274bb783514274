/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_PATIENCE_H
#define SUPPORT_FIXTURE_PATIENCE_H

/* Waiting for what another process does. A test waits for a condition, never for a time: machines
 * may be slow and busy, and the limit is only there for what never comes.
 *
 *	struct test_patience p = PATIENCE;
 *
 *	while (!web_is_open(port) && patience_left(&p))
 *		;
 */

#include <stdbool.h>
#include <stdint.h>

#define PATIENCE_S 120 /* of what takes a moment */

struct test_patience {
	unsigned seconds;
	uint64_t until_ms; /* 0: nobody has waited yet */
};

#define PATIENCE ((struct test_patience){ .seconds = PATIENCE_S })

/* Sleeps a moment. Whether there is still time, counted from the first call. */
bool patience_left(struct test_patience *p);

#endif
