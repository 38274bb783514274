/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_ACCOUNTS_H
#define EXPLAIN_INIT_ACCOUNTS_H

/* Users and groups of an image, each with a number. */

#include "explain/init/collect.h"

/* What a package says of an account; NULL and -1: nothing. */
struct account_wish {
	const char *name, *group, *home, *gecos;
	int64_t id;
};

/* Adds a user, with its group, unless it is there. `from`: where it was read. A number that nobody
 * says is that of Debian's base-passwd, else the highest below 1000 that is free: the choice says
 * which. */
void accounts_add_user(struct init_draft *d, const struct account_wish *w, const char *from);
void accounts_add_group(struct init_draft *d, const char *name, int64_t id, const char *from);

/* The number that base-passwd gives a user on every Debian system, or -1. */
int64_t accounts_static(const char *name);

#endif
