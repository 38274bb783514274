/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_SANDBOX_RULES_H
#define MAKE_COMPILE_SANDBOX_RULES_H

/* The system calls a build may not make: what namespaces do not cover (sockets of virtual machines,
 * kernel keyrings, terminal injection), and what only an attack on the kernel wants. */

#include "base/error.h"

/* A descriptor (close-on-exec, at offset 0) from which bwrap(1) --seccomp reads the filter; -1 and
 * ERR_SYSTEM if it cannot be made. */
MUST_CHECK int sandbox_rules(struct error *e);

#endif
