/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_STEP_NETWORK_H
#define MAKE_COMPILE_STEP_NETWORK_H

#include "base/str.h"

/* Whether what a step printed tells that it wanted the network, of which the sandbox has none. */
bool step_asks_network(struct str log);

#endif
