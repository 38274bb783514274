/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_ARGUMENT_H
#define ENTRYPOINT_ARGUMENT_H

/* Arguments that other images of Squid take, and what to do here instead. */

/* Says on stderr what is meant for the first of `arguments`, which end with NULL; an -f among them
 * comes first. */
void argument_answer(char *const *arguments);

#endif
