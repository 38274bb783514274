/* SPDX-License-Identifier: Apache-2.0 */
/* The table as JSON. */

#include "e2e/fixture_init_table.h"

#include <criterion/criterion.h>

#include "format/json/json.h"

#define TABLE "tests/full/init-packages.json"

static bool table_ask(struct arena *a, const struct json_node *n, struct init_ask *out,
		      struct error *e)
{
	static const char *const known[] = { "by",  "program", "input", "says",
					     "log", "words",   "env",	NULL };

	*out = (struct init_ask){ .says = "" };
	return json_opt_string(a, n, "by", &out->by, e) &&
	       json_opt_string(a, n, "program", &out->program, e) &&
	       json_opt_string(a, n, "input", &out->input, e) &&
	       json_opt_string(a, n, "says", &out->says, e) &&
	       json_opt_string(a, n, "log", &out->log, e) &&
	       json_opt_strings(a, n, "words", &out->words, e) &&
	       json_opt_strings(a, n, "env", &out->env, e) && json_no_other_keys(n, known, e);
}

static bool table_row(struct arena *a, const struct json_node *n, struct init_row *out,
		      struct error *e)
{
	static const char *const known[] = { "package", "class", "port", "ends", "server",
					     "run",	"setup", "asks", NULL };
	struct json_node asks, one;

	*out = (struct init_row){ 0 };
	if (!json_opt_string(a, n, "package", &out->package, e) ||
	    !json_opt_string(a, n, "class", &out->class, e) ||
	    !json_opt_string(a, n, "port", &out->port, e) ||
	    !json_opt_string(a, n, "ends", &out->ends, e) ||
	    !json_opt_bool(n, "server", &out->server, e) ||
	    !json_opt_strings(a, n, "run", &out->run, e) ||
	    !json_opt_strings(a, n, "setup", &out->setup, e) || !json_need(n, "asks", &asks, e) ||
	    !json_no_other_keys(n, known, e))
		return false;
	for (size_t i = 0; json_item(&asks, i, &one); i++) {
		if (!table_ask(a, &one, list_push(a, &out->asks), e))
			return false;
	}
	return true;
}

void init_table_read(struct arena *a, struct init_table *out)
{
	AUTO_JSON doc = { 0 };
	struct error e = { 0 };
	struct json_node root, rows, one;

	cr_assert(json_load(a, TABLE, &doc, &e), "%s", e.cause);
	root = json_root(&doc);
	cr_assert(json_need(&root, "packages", &rows, &e), "%s", e.cause);
	for (size_t i = 0; json_item(&rows, i, &one); i++)
		cr_assert(table_row(a, &one, list_push(a, out), &e), "%s", e.cause);
}
