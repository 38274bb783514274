/* SPDX-License-Identifier: Apache-2.0 */
/* Credential helpers: a program that gets a host on standard input and prints JSON. What it prints
 * is secret and goes nowhere else; what it writes to standard error is for people and is passed on.
 */

#include "base/dialogue.h"
#include "format/json/jsonx.h"
#include "transfer/registry/credentials.h"

#define ANSWER_MAX (64u << 10)
#define NOT_FOUND "credentials not found in native keychain" /* what all helpers say then */

static bool is_helper_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      (c && strchr("._-", c))))
			return false;
	}
	return s.n > 0;
}

static bool read_answer(struct arena *a, const char *program, struct str text,
			struct credentials *out, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct error hidden = { 0 };
	struct json_node root;

	if (!json_parse(program, text, &doc, &hidden))
		return err_set(e, ERR_SYSTEM, "%s does not answer in JSON", program);
	root = json_root(&doc);
	out->user = jsonx_text(a, &root, "Username");
	out->password = jsonx_text(a, &root, "Secret");
	if (!out->user || !out->password)
		return err_set(e, ERR_SYSTEM, "%s answers without Username and Secret", program);
	if (strcmp(out->user, "<token>") == 0) {
		out->identity = out->password;
		out->user = out->password = NULL;
	}
	return true;
}

bool helper_ask(struct arena *a, const char *name, const char *host, struct credentials *out,
		struct error *e)
{
	const char *program = arena_printf(a, "docker-credential-%s", name);
	const char *const argv[] = { program, "get", NULL };
	struct dialogue_answer answer;

	if (!is_helper_name(str_of(name)))
		return err_set(e, ERR_INPUT, "\"%s\" is not the name of a credential helper", name);
	if (!dialogue_run(a, &(struct dialogue){ argv, str_of(host), ANSWER_MAX }, &answer, e))
		return false;
	if (answer.words)
		out->said = arena_printf(a, "%s says: %s", program, answer.words);
	if (answer.done)
		return read_answer(a, program, answer.text, out, e);
	if (str_eq(str_trim(answer.text), STR(NOT_FOUND)))
		return true;
	return answer.words ? err_set(e, ERR_SYSTEM, "%s fails and says: %s", program, answer.words)
			    : err_set(e, ERR_SYSTEM, "%s fails; run it by hand to see why: %s get",
				      program, program);
}
