/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_DEMANDS_H
#define ENTRYPOINT_DEMANDS_H

/* What a configuration asks of this container and Squid's own parse does not see: helpers that can
 * be started, ports that nobody else has. */

#include "entrypoint/supervisor.h"

/* Names each helper that cannot be started, with its line. False if there is one. */
bool demands_helpers(struct supervisor *s);

/* Names each port that the health server or an earlier line takes. False if Squid would have none
 * left. */
bool demands_ports(struct supervisor *s);

/* The number of a port that two lines of `f` ask for, or 0; `*first` and `*second` are theirs.
 * Pure. */
unsigned demands_twice(const struct conf_facts *f, size_t *first, size_t *second);

#endif
