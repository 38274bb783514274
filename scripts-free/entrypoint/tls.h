/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_TLS_H
#define ENTRYPOINT_TLS_H

/* The signing certificate and its key: merged if the configuration wants the merged file, looked
 * for if it names files of its own. Nothing of their content is ever logged. */

#include "entrypoint/supervisor.h"

/* Checks and merges. Does nothing without ssl-bump and without certificates in the configuration.
 * Logs the cause of a failure. */
bool tls_prepare(struct supervisor *s);

#endif
