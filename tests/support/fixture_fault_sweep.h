/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_FAULT_SWEEP_H
#define SUPPORT_FIXTURE_FAULT_SWEEP_H

/* Work that is done again and again, each time with one more of its system calls failing with EIO,
 * until all have failed once. Whatever fails, the work says so: it returns false and an error, or
 * true and none. */

#include "base/error.h"

struct fault_sweep {
	const char *const *calls; /* names of system calls; NULL-terminated */
	/* Runs in a process of its own, which may not assert. false without an error is a result
	 * that is wrong. */
	bool (*work)(void *user, struct error *e);
	void *user;
	bool every; /* each of these calls is needed: none may fail unnoticed */
};

/* Gives the number of calls. The test is skipped where the machine cannot do it. */
unsigned fault_sweep(const struct fault_sweep *s);

#endif
