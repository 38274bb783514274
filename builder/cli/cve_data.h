/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CVE_DATA_H
#define CLI_CVE_DATA_H

/* The option --cve of verbs that look for known vulnerabilities: files and folders, https
 * addresses, or "debian" for the places that the user has configured. What comes from the network
 * is kept in the store, and fetched again when the server has something newer. */

#include "cli/cli.h"
#include "inspect/vuln/vuln_input.h"
#include "transfer/store/store.h"

/* Debian's own place, as the security tracker's documentation names it. */
#define CVE_TRACKER "https://security-tracker.debian.org/tracker/data/json"
#define CVE_DEBIAN "debian"

/* The row; `member` of `type` is a struct strings; then more fields of it. */
#define OPTION_CVE(type, member, ...)                                                                \
	{ "--cve",                                                                                   \
	  0,                                                                                         \
	  "DATA",                                                                                    \
	  "vulnerability data: debian, an https address, or a file of the security tracker, of OSV " \
	  "or OpenVEX; repeatable",                                                                  \
	  OPTION_IS_LIST(type, member),                                                              \
	  .word = WORD_FILE,                                                                         \
	  __VA_ARGS__ }

/* Data that are open. */
struct cve_data {
	struct store store; /* of data from the network; else not open */
	struct vuln_inputs inputs;
};
#define CVE_DATA_INIT { .store = STORE_INIT }

/* Opens what `values` of the option name; of files only the names are noted. "debian" is what
 * $IMGBUILD_CVE names, else "cve" of the images.json of the file `near` (NULL: of this folder),
 * else Debian's tracker. Release with cve_data_close(). ERR_USAGE, ERR_INPUT, ERR_NETWORK,
 * ERR_VERIFY, ERR_SYSTEM: as feed_open() has them. */
MUST_CHECK bool cve_data_open(struct cli *c, const struct strings *values, const char *near,
			      struct cve_data *out, struct error *e);
void cve_data_close(struct cve_data *d);
#define AUTO_CVE_DATA __attribute__((cleanup(cve_data_close))) struct cve_data

#endif
