/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_RELOAD_H
#define ENTRYPOINT_RELOAD_H

/* HUP with SQUID_HUP=reconfigure. Squid itself ends over a configuration that it cannot use. */

#include "entrypoint/supervisor.h"

/* Checks the configuration as a start would. Then tells Squid to read it, or, with the causes as
 * warnings, lets it go on with the old one. A stop that comes meanwhile ends it. */
void reload_configuration(struct supervisor *s);

#endif
