/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_STORE_STORE_TURN_H
#define TRANSFER_STORE_STORE_TURN_H

/* Work that is done once, or by one at a time: by threads of a process and by processes that share
 * a store. Each is a byte of the file "turns", locked as fcntl(2) says of open file descriptions.
 */

#include "transfer/store/store.h"

/* Waits until nobody else has the turn that is named, after waits(ctx) where that takes a while
 * (may be NULL). Gives the descriptor that holds it until it is closed; -1 where there are no
 * locks: then nobody waits. */
int store_turn_take(const struct store *s, const char *name, void (*waits)(void *ctx), void *ctx);

#endif
