/* SPDX-License-Identifier: Apache-2.0 */
/* One test of each kind, key by key. */

#include "inspect/suite/suite_values.h"

/* All but the command itself. */
static bool read_expectations(struct arena *a, const struct json_node *n, struct command_test *c,
			      struct error *e)
{
	return value_lines(a, n, "setup", &c->setup, e) &&
	       value_lines(a, n, "teardown", &c->teardown, e) &&
	       value_pairs(a, n, "envVars", &c->env, e) &&
	       value_number(n, "exitCode", &c->exit_code, e) &&
	       value_patterns(a, n, "expectedOutput", &c->expected_output, e) &&
	       value_patterns(a, n, "excludedOutput", &c->excluded_output, e) &&
	       value_patterns(a, n, "expectedError", &c->expected_error, e) &&
	       value_patterns(a, n, "excludedError", &c->excluded_error, e);
}

bool suite_read_command(struct arena *a, const struct json_node *n, struct structure_test *t,
			struct error *e)
{
	static const char *const keys[] = { "name",	     "setup",	       "teardown",
					    "envVars",	     "exitCode",       "command",
					    "args",	     "expectedOutput", "excludedOutput",
					    "expectedError", "excludedError",  NULL };
	const char *command;

	if (!json_no_other_keys(n, keys, e) || !value_need(a, n, "name", &t->name, e) ||
	    !value_need(a, n, "command", &command, e))
		return false;
	*list_push(a, &t->command.command.words) = command;
	return jsonx_strings(a, n, "args", &t->command.command.words, e) &&
	       read_expectations(a, n, &t->command, e);
}

/* The command is a list of words. */
bool suite_read_first_command(struct arena *a, const struct json_node *n, struct structure_test *t,
			      struct error *e)
{
	static const char *const keys[] = {
		"name",	   "setup",	     "teardown",       "envVars",	"exitCode",
		"command", "expectedOutput", "excludedOutput", "expectedError", "excludedError",
		NULL
	};
	struct json_node command;

	if (!json_no_other_keys(n, keys, e) || !value_need(a, n, "name", &t->name, e) ||
	    !json_need(n, "command", &command, e) ||
	    !json_as_strings(a, &command, &t->command.command.words, e))
		return false;
	if (t->command.command.words.n == 0)
		return json_fail(&command, e, "a command without words");
	return read_expectations(a, n, &t->command, e);
}

/* "drwxr-xr-x" and the other forms of Go's FileMode: ten characters or more. */
static bool check_permissions(struct arena *a, const struct json_node *n, const char **out,
			      struct error *e)
{
	struct json_node value;

	if (!jsonx_get(n, "permissions", &value))
		return true;
	if (!json_as_string(a, &value, out, e))
		return false;
	return strlen(*out) >= 10 ||
	       json_fail(&value, e, "is written like \"-rw-r--r--\", not \"%s\"", *out);
}

static bool read_executable(struct arena *a, const struct json_node *n, unsigned *out,
			    struct error *e)
{
	static const struct {
		const char *name;
		unsigned bits;
	} who[] = {
		{ "any", 0111 },
		{ "owner", 0100 },
		{ "group", 0010 },
		{ "other", 0001 },
	};
	struct json_node value;
	const char *name;

	if (!jsonx_get(n, "isExecutableBy", &value))
		return true;
	if (!json_as_string(a, &value, &name, e))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(who); i++)
		if (strcmp(who[i].name, name) == 0)
			*out = who[i].bits;
	return *out || json_fail(&value, e, "is \"owner\", \"group\", \"other\" or \"any\"");
}

static bool read_existence(struct arena *a, const struct json_node *n, struct structure_test *t,
			   struct error *e)
{
	struct existence_test *x = &t->existence;

	x->should_exist = true;
	x->uid = x->gid = ANY_ID;
	return value_need(a, n, "name", &t->name, e) && value_need(a, n, "path", &x->path, e) &&
	       value_bool(n, "shouldExist", &x->should_exist, e) &&
	       check_permissions(a, n, &x->permissions, e) && value_number(n, "uid", &x->uid, e) &&
	       value_number(n, "gid", &x->gid, e) && read_executable(a, n, &x->executable, e);
}

bool suite_read_existence(struct arena *a, const struct json_node *n, struct structure_test *t,
			  struct error *e)
{
	static const char *const keys[] = { "name", "path", "shouldExist",    "permissions",
					    "uid",  "gid",  "isExecutableBy", NULL };

	return json_no_other_keys(n, keys, e) && read_existence(a, n, t, e);
}

/* "isDirectory" is in the peer's own files of this schema. */
bool suite_read_first_existence(struct arena *a, const struct json_node *n,
				struct structure_test *t, struct error *e)
{
	static const char *const keys[] = { "name",	   "path",	  "shouldExist",
					    "isDirectory", "permissions", NULL };
	struct json_node unused;

	t->existence.asks_directory = jsonx_get(n, "isDirectory", &unused);
	return json_no_other_keys(n, keys, e) && read_existence(a, n, t, e) &&
	       value_bool(n, "isDirectory", &t->existence.directory, e);
}

bool suite_read_content(struct arena *a, const struct json_node *n, struct structure_test *t,
			struct error *e)
{
	static const char *const keys[] = { "name", "path", "expectedContents", "excludedContents",
					    NULL };

	return json_no_other_keys(n, keys, e) && value_need(a, n, "name", &t->name, e) &&
	       value_need(a, n, "path", &t->content.path, e) &&
	       value_patterns(a, n, "expectedContents", &t->content.expected, e) &&
	       value_patterns(a, n, "excludedContents", &t->content.excluded, e);
}

static bool read_unbound(struct arena *a, const struct json_node *n, struct strings *out,
			 struct error *e)
{
	struct expected_values pairs = { NULL, 0, 0 };

	if (!value_pairs(a, n, "unboundEnv", &pairs, e) ||
	    !value_pairs(a, n, "unboundEnvVars", &pairs, e))
		return false;
	for (size_t i = 0; i < pairs.n; i++)
		*list_push(a, out) = pairs.v[i].key;
	return true;
}

/* "env" and "unboundEnv" are what the schema's first edition called "envVars" and
 * "unboundEnvVars". */
bool suite_read_metadata(struct arena *a, const struct json_node *n, struct structure_test *t,
			 struct error *e)
{
	static const char *const keys[] = { "env",
					    "unboundEnv",
					    "envVars",
					    "unboundEnvVars",
					    "labels",
					    "exposedPorts",
					    "unexposedPorts",
					    "volumes",
					    "unmountedVolumes",
					    "entrypoint",
					    "cmd",
					    "workdir",
					    "user",
					    NULL };
	struct metadata_test *m = &t->metadata;
	struct json_node unused;

	m->has_entrypoint = jsonx_get(n, "entrypoint", &unused);
	m->has_cmd = jsonx_get(n, "cmd", &unused);
	return json_no_other_keys(n, keys, e) && value_pairs(a, n, "env", &m->env, e) &&
	       value_pairs(a, n, "envVars", &m->env, e) && read_unbound(a, n, &m->unbound_env, e) &&
	       value_pairs(a, n, "labels", &m->labels, e) &&
	       jsonx_strings(a, n, "exposedPorts", &m->exposed, e) &&
	       jsonx_strings(a, n, "unexposedPorts", &m->unexposed, e) &&
	       jsonx_strings(a, n, "volumes", &m->volumes, e) &&
	       jsonx_strings(a, n, "unmountedVolumes", &m->unmounted, e) &&
	       jsonx_strings(a, n, "entrypoint", &m->entrypoint, e) &&
	       jsonx_strings(a, n, "cmd", &m->cmd, e) &&
	       jsonx_string(a, n, "workdir", &m->workdir, e) &&
	       jsonx_string(a, n, "user", &m->user, e);
}

bool suite_read_license(struct arena *a, const struct json_node *n, struct structure_test *t,
			struct error *e)
{
	static const char *const keys[] = { "debian", "files", NULL };

	return json_no_other_keys(n, keys, e) && value_bool(n, "debian", &t->license.debian, e) &&
	       jsonx_strings(a, n, "files", &t->license.files, e);
}
