/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RELEASE_CLEARSIGN_H
#define INPUT_RELEASE_CLEARSIGN_H

/* Cleartext-signed messages (RFC 9580 section 7), in the one form Debian's archives use: nothing
 * before, nothing after, nothing ambiguous. What is verified afterwards, and what is parsed, is the
 * text found here and nothing else (CVE-2013-1051, CVE-2016-1252). */

#include "base/str.h"

struct clearsign {
	struct str text;	/* with the final newline, which is not signed */
	struct str signed_text; /* the same without it: what the detached signature covers */
	struct str signature;	/* the armoured signature block */
};

/* Splits a whole file; slices point into it. The file must be exactly
 *
 *	-----BEGIN PGP SIGNED MESSAGE-----
 *	Hash: SHA256                            (or SHA512; exactly one such line)
 *	                                        (an empty line)
 *	text                                    (no line begins with '-' or ends in a blank)
 *	-----BEGIN PGP SIGNATURE-----
 *	                                        (an empty line, then base64)
 *	-----END PGP SIGNATURE-----
 *
 * in ASCII or UTF-8 with LF line ends and without control bytes. Otherwise ERR_VERIFY with the
 * line: a file that is not in this form is not a signed file. */
MUST_CHECK bool clearsign_split(struct str file, const char *name, struct clearsign *out,
				struct error *e);

#endif
