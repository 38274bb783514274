/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts (passwd(5), shadow(5)) that let somebody in. */

#include "inspect/audit/check.h"

/* A line "name:password:uid:..." of passwd or shadow. */
static void check_account(struct audit_run *r, const char *path, bool has_uid, struct str line)
{
	struct str name, password, uid, rest;
	uint64_t number;

	if (!str_cut(line, ':', &name, &rest) || name.n == 0)
		return;
	str_cut(rest, ':', &password, &rest);
	if (password.n == 0)
		finding_add(r, "account.no-password", path, "the password of " STR_FMT " is empty",
			    STR_ARG(name));
	str_cut(rest, ':', &uid, &rest);
	if (has_uid && str_u64(uid, &number) && number == 0 && !str_eq(name, STR("root")))
		finding_add(r, "account.second-root", path, STR_FMT " has the user ID 0",
			    STR_ARG(name));
}

bool check_accounts(struct audit_run *r, struct error *e)
{
	static const struct {
		const char *path;
		bool has_uid;
	} files[] = { { "etc/passwd", true }, { "etc/shadow", false } };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		const struct item *item = model_resolve(r->m, "", files[i].path, NULL);
		AUTO_ARENA scratch = { 0 };
		struct str text, line;

		if (!model_text(&scratch, r->m, item, &text, e))
			return false;
		while (str_next(&text, '\n', &line))
			check_account(r, files[i].path, files[i].has_uid, line);
	}
	return true;
}
