/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SIGN_REPORT_H
#define CLI_SIGN_REPORT_H

/* Signing from the command line: of sign and push. */

#include "cli/cli.h"
#include "transfer/registry/session.h"
#include "trust/key/key.h"

/* Signs an image and tells what was done: among the messages, and NAME@DIGEST or JSON on standard
 * output. Errors as image_sign(). */
MUST_CHECK bool sign_and_report(struct cli *c, const struct reference *image,
				const struct keys *keys, const struct session_options *settings,
				struct error *e);

#endif
