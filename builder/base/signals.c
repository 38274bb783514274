/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks and unblocks signals for one thread. */

#include "base/signals.h"

#include <errno.h>
#include <stddef.h>

void signals_hold(sigset_t *before)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, before);
}

void signals_resume(const sigset_t *before)
{
	int saved = errno;

	pthread_sigmask(SIG_SETMASK, before, NULL);
	errno = saved;
}
