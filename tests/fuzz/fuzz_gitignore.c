/* SPDX-License-Identifier: Apache-2.0 */
/* A .gitignore, then a path after a NUL: every text is accepted, and a rule that decides is one of
 * those that were read. */

#include <stdlib.h>

#include "format/text/gitignore.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = { 0 };
	struct ignore_rules rules = { 0 };
	struct str text, path;
	const struct ignore_rule *found;

	str_cut((struct str){ (const char *)data, size }, '\0', &text, &path);
	gitignore_read(&a, text, "", "f", &rules);
	found = gitignore_find(&rules, str_dup(&a, path), false);
	if (found && (found < rules.v || found >= rules.v + rules.n || found->directory))
		abort();
	return 0;
}
