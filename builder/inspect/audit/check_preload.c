/* SPDX-License-Identifier: Apache-2.0 */
/* etc/ld.so.preload (ld.so(8)). */

#include "format/elf/loader_process.h"
#include "inspect/audit/check.h"

bool check_preload(struct audit_run *r, struct error *e)
{
	static const char path[] = "etc/ld.so.preload";
	AUTO_ARENA scratch = { 0 };
	struct strings names = { NULL, 0, 0 };
	struct str text;

	if (!model_text(&scratch, r->m, model_resolve(r->m, "", path, NULL), &text, e))
		return false;
	process_preload(&scratch, text, &names);
	for (size_t i = 0; i < names.n; i++)
		finding_add(r, "elf.preload", path, "it names %s", names.v[i]);
	return true;
}
