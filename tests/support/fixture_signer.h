/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_FIXTURE_SIGNER_H
#define TESTS_SUPPORT_FIXTURE_SIGNER_H

/* A signer plug-in for tests: imgbuild-signer-fake, a few lines of Python around the openssl
 * program. Its keys are "fake:FILE.pem". */

#include "base/str.h"

/* Writes it into a folder, which comes first in PATH from now on. */
void signer_install(struct arena *a, const char *dir);

/* Another program imgbuild-signer-NAME there, with this text of Python. */
void signer_install_text(struct arena *a, const char *dir, const char *name, const char *text);

#endif
