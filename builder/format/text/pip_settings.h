/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_PIP_SETTINGS_H
#define FORMAT_TEXT_PIP_SETTINGS_H

/* pip.conf (pip.pypa.io: configuration): which indexes it names. */

#include "base/error.h"
#include "base/str.h"

/* Adds index-url and extra-index-url of [global] and [install] of the file `file`, the former
 * first. ERR_INPUT at the line for an address that is not http or https, or has credentials in it.
 */
MUST_CHECK bool pip_settings_read(struct arena *a, struct str text, const char *file,
				  struct strings *out, struct error *e);

#endif
