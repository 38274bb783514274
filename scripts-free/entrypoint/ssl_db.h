/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_SSL_DB_H
#define ENTRYPOINT_SSL_DB_H

/* The database of generated certificates: created complete, checked before each use, set aside and
 * made anew if it is broken (B8). */

#include "entrypoint/supervisor.h"

/* Makes sure of a good database if the configuration generates certificates; otherwise does
 * nothing. Where it cannot be written, s->sslcrtd is set so that the helper works without one. */
bool ssl_db_prepare(struct supervisor *s);

#endif
