/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_CERTIFICATE_H
#define SUPPORT_FIXTURE_CERTIFICATE_H

#include "support/fixture_oracle.h"

/* Writes an X.509 certificate of a private key, signed by itself, that is valid between two times
 * ("20010909014640Z"): made by openssl. */
void certificate_make(struct arena *a, const char *pem, const char *from, const char *until,
		      const char *path);

#endif
