/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/init/shebang.h"

#define SHEBANG_MAX 256 /* BINPRM_BUF_SIZE of Linux */

void shebang_parse(struct str line, struct shebang *out)
{
	*out = (struct shebang){ .env = false };
	str_cut(str_trim(line), ' ', &out->program, &out->arguments);
	out->env = str_ends(out->program, STR("/env"));
	if (out->env) {
		do
			str_cut(str_trim(out->arguments), ' ', &out->program, &out->arguments);
		while (str_starts(out->program, STR("-")));
	}
	out->arguments = str_trim(out->arguments);
}

bool shebang_read(struct str text, struct shebang *out)
{
	struct str line, rest;

	if (!str_starts(text, STR("#!")))
		return false;
	text.n = text.n < SHEBANG_MAX ? text.n : SHEBANG_MAX;
	str_cut(str_from(text, 2), '\n', &line, &rest);
	shebang_parse(line, out);
	return true;
}
