/* SPDX-License-Identifier: Apache-2.0 */
/* Policies with one thing wrong: every value, every member. */

#include <criterion/criterion.h>

#include "inspect/audit/audit_policy.h"
#include "support/fixture_files.h"
#include "support/fixture_json_sweep.h"
#include "support/fixture_oracle.h"

static bool policy_read(void *path, struct str text, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct policy p;

	files_put(path, str_dup(&a, text));
	return policy_load(&a, path, &p, e);
}

Test(audit, every_value_and_every_member_of_a_policy_is_checked)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	json_sweep(&(struct json_sweep){
		.text = "{\"$schema\":\"x\",\"name\":\"mine\",\"extends\":\"base\",\"fail-on\":\"high\","
			"\"rules\":{\"certificate.expired\":\"off\",\"package.*\":\"low\"},"
			"\"accept\":[{\"rule\":\"certificate.expired\",\"path\":\"/x\","
			"\"reason\":\"r\",\"until\":\"2027-01-31\"}]}",
		.read = policy_read,
		.of = (void *)(uintptr_t)arena_printf(&a, "%s/policy.json", dir),
		.optional = (const char *const[]){ "$schema", "name", "extends", "fail-on", "rules",
						   "rules.certificate.expired", "rules.package.*",
						   "accept", "accept[].path", "accept[].until",
						   NULL },
		.anything = (const char *const[]){ "$schema", NULL },
	});
	files_remove(dir);
}

Test(audit, wrong_values_of_a_policy_are_refused_with_the_reason)
{
	static const char *const cases[][2] = {
		{ "{\"extends\":\"strictest\"}", "must be strict, base or report-only" },
		{ "{\"fail-on\":\"off\"}", "must be info, low, medium, high, critical or never" },
		{ "{\"rules\":{\"certificate.expired\":\"never\"}}",
		  "must be info, low, medium, high, critical or off" },
		{ "{\"rules\":{\"certificate.expird\":\"off\"}}",
		  "no rule \"certificate.expird\"; did you mean \"certificate.expired\"?" },
		{ "{\"rules\":{\"qqqqqqqqqqqqqqq\":\"off\"}}", "no rule \"qqqqqqqqqqqqqqq\"" },
		{ "{\"rules\":{\"nothing.*\":\"off\"}}", "no rule \"nothing.*\"" },
		{ "{\"accept\":[{\"rule\":\"certificate.expird\",\"reason\":\"r\"}]}",
		  "no rule \"certificate.expird\"; did you mean \"certificate.expired\"?" },
		{ "{\"accept\":[{\"rule\":\"\",\"reason\":\"r\"}]}", "no rule \"\"" },
		{ "{\"accept\":[{\"rule\":\"certificate.expired\",\"reason\":\" \\t\"}]}",
		  "an exception needs a reason" },
		{ "{\"accept\":[{\"rule\":\"certificate.expired\",\"reason\":\"r\",\"until\":"
		  "\"2027-02-29\"}]}",
		  "must be a day, like \"2027-01-31\"" },
	};
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/policy.json", dir);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error e = { 0 };

		cr_expect_not(policy_read((void *)(uintptr_t)path, str_of(cases[i][0]), &e), "%s",
			      cases[i][0]);
		cr_expect(e.kind == ERR_INPUT && strstr(e.cause, cases[i][1]), "%s: %s",
			  cases[i][0], e.cause);
	}
	files_remove(dir);
}

/* GNU date is the oracle of which days there are, and of the second after each. */
Test(audit, a_day_ends_when_date_says_so)
{
	static const char *const days[] = {
		"1970-01-01", "2000-02-29", "2100-02-29", "2024-02-29", "2023-02-29", "2027-12-31",
		"2027-04-31", "2027-13-01", "2027-00-10", "2027-01-00", "2027-01-32",
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(days); i++) {
		struct oracle_run r = oracle_run(&a, (const char *const[]){
							     "date", "-u", "+%s", "-d",
							     arena_printf(&a, "%s +1 day", days[i]),
							     NULL });
		uint64_t want = 0;
		int64_t after = 0;

		cr_expect_eq(day_parse(days[i], &after), r.status == 0, "%s", days[i]);
		if (r.status == 0)
			cr_expect(str_u64(str_trim(r.out), &want) && (int64_t)want == after,
				  "%s: %lld", days[i], (long long)after);
	}
	for (size_t i = 0; i < 6; i++) {
		static const char *const wrong[] = { "",	   "2027-1-31",	 "2027-01-310",
						     "27-01-31xx", "2027/01/31", "1969-12-31" };
		int64_t after;

		cr_expect_not(day_parse(wrong[i], &after), "%s", wrong[i]);
	}
}
