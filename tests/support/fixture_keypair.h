/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_FIXTURE_KEYPAIR_H
#define TESTS_SUPPORT_FIXTURE_KEYPAIR_H

/* Key pairs made by openssl. */

#include "base/str.h"

/* Makes DIR/NAME.pem, which only its user may read, and DIR/NAME.pub: P-256, or Ed25519. The test
 * is skipped where openssl is missing. */
void keypair_make(struct arena *a, const char *dir, const char *name, bool ed25519);

#endif
