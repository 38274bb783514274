/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_INTERRUPT_H
#define BASE_INTERRUPT_H

/* INT, TERM and HUP end the process as ever - the shell sees 130, 143, 129 - but nothing stays
 * behind: our other threads stop, our children are ended and waited for, the temporary files and
 * folders that we hold (base/file.h) are removed, and one line says "interrupted". No list of them
 * is kept anywhere: what is open in /proc/self/fd under a temporary name, and locked by that
 * descriptor, is ours.
 *
 * A second INT ends it at once. Where there is no /proc, or no locks, the next run collects what is
 * left. */

#include <stdbool.h>

/* From now on. A signal that is ignored (nohup) stays so. `json`: the line is an event of
 * --progress=json. */
void interrupt_catch(bool json);

/* In a child that goes on without exec: the signals do what they do by default. */
void interrupt_forget(void);

#endif
