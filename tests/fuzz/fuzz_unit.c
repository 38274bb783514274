/* SPDX-License-Identifier: Apache-2.0 */
/* What systemd's files tell: units, variables, accounts, folders, words. */

#include <stdlib.h>

#include "format/text/sysusers.h"
#include "format/text/tmpfiles.h"
#include "format/text/unit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = { 0 };
	struct str text = { (const char *)data, size };
	struct unit u = { 0 }, variables = { 0 };
	struct sysusers users = { 0 };
	struct tmpfiles folders = { 0 };
	struct strings words = { 0 };

	unit_read(&a, text, &u);
	unit_read_variables(&a, text, &variables);
	sysusers_read(&a, text, &users);
	tmpfiles_read(&a, text, &folders);
	if (u.n > UNIT_SETTINGS_MAX || variables.n > UNIT_SETTINGS_MAX)
		abort();
	for (size_t i = 0; i < folders.n; i++) {
		if (folders.v[i].path[0] != '/')
			abort();
	}
	if (unit_words(&a, text, &words) && words.n > size)
		abort();
	return 0;
}
