/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ATTEST_FILES_H
#define CLI_ATTEST_FILES_H

/* Statements as files beside an image that is a file or a folder. */

#include "cli/cli.h"
#include "trust/key/key.h"

/* Where they are: "out/hello", "oci:out/hello:1", "oci-archive:hello.tar" -> "out/hello.attest",
 * "hello.tar.attest". */
const char *attest_folder_of(struct arena *a, const char *image);

/* FOLDER/NAME.json, and signed by each key in a bundle: FOLDER/NAME.sigstore.json,
 * FOLDER/NAME.2.sigstore.json ... Their paths are printed. ERR_SYSTEM. */
MUST_CHECK bool attest_files_put(struct cli *c, const char *folder, const char *name,
				 struct str statement, const struct keys *keys, struct error *e);
MUST_CHECK bool attest_file_put(struct cli *c, const char *folder, const char *name,
				struct str text, struct error *e);

/* The statement FOLDER/NAME.json; or, with keys, that of a bundle there that one of them (*key)
 * signed about `digest` ("sha256:..."). ERR_FINDINGS when there is no such file; ERR_VERIFY when
 * none is of a key, naming file and what differs. */
MUST_CHECK bool attest_files_get(struct arena *a, const char *folder, const char *name,
				 const char *digest, const struct keys *keys, struct str *statement,
				 const struct key **key, struct error *e);

#endif
