/* SPDX-License-Identifier: Apache-2.0 */
/* The file as a whole. */

#include "inspect/suite/suite.h"

#include "format/json/yaml.h"
#include "inspect/suite/suite_keys.h"
#include "inspect/suite/suite_values.h"

const char *test_kind_name(enum test_kind kind)
{
	static const char *const names[] = { "command", "file-existence", "file-content",
					     "metadata", "license" };

	return names[kind];
}

static struct structure_test *suite_add_test(struct arena *a, struct test_suite *out,
					     const struct json_node *n, enum test_kind kind)
{
	struct structure_test *t = list_push(a, &out->tests);
	unsigned line, col;

	json_place(n, &line, &col);
	t->kind = kind;
	t->name = test_kind_name(kind);
	t->at = arena_printf(a, "%s:%u:%u", n->doc->file, line, col);
	return t;
}

static bool suite_read_list(struct arena *a, const struct json_node *root, const char *key,
			    enum test_kind kind, struct test_suite *out, struct error *e)
{
	static bool (*const first_readers[])(struct arena *a, const struct json_node *n,
					     struct structure_test *t, struct error *e) = {
		suite_read_first_command, suite_read_first_existence, suite_read_content, NULL,
		suite_read_license,
	};
	static bool (*const readers[])(struct arena *a, const struct json_node *n,
				       struct structure_test *t, struct error *e) = {
		suite_read_command, suite_read_existence, suite_read_content, NULL,
		suite_read_license,
	};
	struct json_node list, n;

	if (!jsonx_get(root, key, &list))
		return true;
	if (!json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &n); i++)
		if (!json_want_object(&n, e) ||
		    !(out->first_schema
			      ? first_readers
			      : readers)[kind](a, &n, suite_add_test(a, out, &n, kind), e))
			return false;
	return true;
}

static bool read_metadata(struct arena *a, const struct json_node *root, struct test_suite *out,
			  struct error *e)
{
	struct json_node n;

	return !jsonx_get(root, "metadataTest", &n) ||
	       (json_want_object(&n, e) &&
		suite_read_metadata(a, &n, suite_add_test(a, out, &n, TEST_METADATA), e));
}

static bool read_options(struct arena *a, const struct json_node *root, struct run_options *out,
			 struct error *e)
{
	static const char *const keys[] = { "user",    "privileged",   "allocateTty", "envFile",
					    "envVars", "capabilities", "bindMounts",  NULL };
	struct json_node n;

	if (!jsonx_get(root, "containerRunOptions", &n))
		return true;
	return json_want_object(&n, e) && json_no_other_keys(&n, keys, e) &&
	       jsonx_string(a, &n, "user", &out->user, e) &&
	       value_bool(&n, "privileged", &out->privileged, e) &&
	       value_bool(&n, "allocateTty", &out->tty, e) &&
	       jsonx_string(a, &n, "envFile", &out->env_file, e) &&
	       jsonx_strings(a, &n, "envVars", &out->env_vars, e) &&
	       jsonx_strings(a, &n, "capabilities", &out->capabilities, e) &&
	       jsonx_strings(a, &n, "bindMounts", &out->bind_mounts, e);
}

static bool suite_check_version(struct arena *a, const struct json_node *root, bool *first,
				struct error *e)
{
	struct json_node n;
	const char *version;

	if (!json_need(root, "schemaVersion", &n, e) || !json_as_string(a, &n, &version, e))
		return false;
	*first = strcmp(version, "1.0.0") == 0;
	return *first || strncmp(version, "2.", 2) == 0 ||
	       json_fail(&n, e, "is \"2.0.0\" or \"1.0.0\"; other schemas are not known");
}

/* What tests nothing would pass whatever the image. */
static bool suite_check_any(const struct json_node *root, const struct test_suite *s,
			    struct error *e)
{
	return s->tests.n > 0 ||
	       json_fail(root, e,
			 "no test is in it: write commandTests, fileExistenceTests, "
			 "fileContentTests, metadataTest or licenseTests");
}

static bool suite_read_all(struct arena *a, const struct json_node *root, struct test_suite *out,
			   struct error *e)
{
	static const char *const keys[] = {
		"schemaVersion",      "globalEnvVars",	     "commandTests",
		"fileExistenceTests", "fileContentTests",    "metadataTest",
		"licenseTests",	      "containerRunOptions", NULL
	};
	static const char *const first_keys[] = { "schemaVersion",
						  "globalEnvVars",
						  "commandTests",
						  "fileExistenceTests",
						  "fileContentTests",
						  "licenseTests",
						  NULL };

	return json_want_object(root, e) && suite_check_version(a, root, &out->first_schema, e) &&
	       json_no_other_keys(root, out->first_schema ? first_keys : keys, e) &&
	       value_pairs(a, root, "globalEnvVars", &out->global_env, e) &&
	       read_options(a, root, &out->options, e) &&
	       suite_read_list(a, root, "commandTests", TEST_COMMAND, out, e) &&
	       suite_read_list(a, root, "fileExistenceTests", TEST_EXISTENCE, out, e) &&
	       suite_read_list(a, root, "fileContentTests", TEST_CONTENT, out, e) &&
	       suite_read_list(a, root, "licenseTests", TEST_LICENSE, out, e) &&
	       read_metadata(a, root, out, e) && suite_check_any(root, out, e);
}

static bool load_json(struct arena *a, const char *path, struct json_doc *doc, struct error *e)
{
	struct str text;

	return io_read_named(a, path, JSON_TEXT_MAX, &text, e) &&
	       json_parse(path, suite_keys_fold(a, text), doc, e);
}

bool suite_load(struct arena *a, const char *path, struct test_suite *out, struct error *e)
{
	struct str name = str_of(path);
	bool is_yaml = str_ends(name, STR(".yaml")) || str_ends(name, STR(".yml"));
	AUTO_JSON doc = { 0 };
	struct json_node root;

	*out = (struct test_suite){ .file = path };
	if (!(is_yaml ? yaml_load(a, path, &doc, e) : load_json(a, path, &doc, e)))
		return false;
	root = json_root(&doc);
	return suite_read_all(a, &root, out, e);
}
