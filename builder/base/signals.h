/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SIGNALS_H
#define BASE_SIGNALS_H

/* Moments in which no signal may come. What is done with signals, interrupt.h says. */

#include <signal.h>

/* Between these two this thread is not interrupted: from the making of something temporary to the
 * moment at which it is open. errno stays. */
void signals_hold(sigset_t *before);
void signals_resume(const sigset_t *before);

#endif
