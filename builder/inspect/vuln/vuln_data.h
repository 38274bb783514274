/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_VULN_VULN_DATA_H
#define INSPECT_VULN_VULN_DATA_H

/* Files with vulnerability data. What a file is shows in its first bytes: the security tracker's
 * object of source packages; OSV records or OpenVEX documents, one, in lines, or in an array. */

#include "inspect/vuln/vuln_input.h"
#include "inspect/vuln/vuln_set.h"

/* Reads a file, or the files of a folder or zip archive that end in .json or .jsonl (in a folder in
 * the order of their names). ERR_INPUT with file, line and column; ERR_SYSTEM. */
MUST_CHECK bool vuln_data_read(struct vuln_set *s, const struct vuln_input *in, struct error *e);

#endif
