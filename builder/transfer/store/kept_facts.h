/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_STORE_KEPT_FACTS_H
#define TRANSFER_STORE_KEPT_FACTS_H

/* What was read of files and layers, kept in the store for later runs: for speed, it changes no
 * result. A store that fails is as one that knows nothing. */

#include "transfer/store/store.h"

struct kept_facts {
	const struct store *store; /* borrowed; NULL: none are kept */
	const char *reader; /* whose words count: names a program's bytes; NULL: any program's.
			       Another one may understand more, or less. Borrowed */
};

/* What was said of this key, which names all that decides it; in `a`. */
bool kept_facts_find(struct arena *a, const struct kept_facts *f, const struct digest *key,
		     struct str *said);

/* Keeps it; `what` it is, should that fail. */
void kept_facts_put(const struct kept_facts *f, const struct digest *key, struct str said,
		    const char *what);

#endif
