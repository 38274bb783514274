/* SPDX-License-Identifier: Apache-2.0 */
#include "base/merge_marks.h"

bool merge_marks_explain(struct str text, const char *file, struct error *e)
{
	struct str line;

	for (unsigned n = 1; str_next(&text, '\n', &line); n++) {
		if (!str_starts(line, STR("<<<<<<< ")))
			continue;
		err_clear(e);
		err_set(e, ERR_INPUT, "a merge conflict stands here: resolve it");
		return err_at(e, file, n, 1);
	}
	return false;
}
