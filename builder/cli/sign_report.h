/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SIGN_REPORT_H
#define CLI_SIGN_REPORT_H

/* Signing from the command line: of sign and push. */

#include "cli/cli.h"
#include "trust/signature/image_signer.h"

/* Signs an image and tells what was done: among the messages, and NAME@DIGEST or JSON on standard
 * output. Errors as image_sign(). */
MUST_CHECK bool sign_and_report(struct cli *c, const struct signing_order *order, struct error *e);

#endif
