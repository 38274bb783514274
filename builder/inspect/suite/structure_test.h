/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_SUITE_STRUCTURE_TEST_H
#define INSPECT_SUITE_STRUCTURE_TEST_H

/* Structure tests, as a file of them says. */

#include "format/text/regex.h"

/* An expression of the file, compiled. */
struct pattern {
	const char *text;
	const struct regex *regex;
};

struct patterns LIST(struct pattern);

struct command_line {
	struct strings words; /* never empty */
};

struct command_lines LIST(struct command_line);

/* A variable or label. */
struct expected_value {
	const char *key, *value;
	const struct regex *regex; /* isRegex; else NULL */
};

struct expected_values LIST(struct expected_value);

enum test_kind { TEST_COMMAND, TEST_EXISTENCE, TEST_CONTENT, TEST_METADATA, TEST_LICENSE };

struct command_test {
	struct command_lines setup, teardown;
	struct expected_values env;
	struct command_line command; /* with its arguments */
	int64_t exit_code;
	struct patterns expected_output, excluded_output, expected_error, excluded_error;
};

#define ANY_ID (-1)

struct existence_test {
	const char *path;
	bool should_exist;
	const char *permissions;	/* "-rw-r--r--", or NULL */
	int64_t uid, gid;		/* ANY_ID: whoever */
	unsigned executable;		/* any of these mode bits; 0: not asked */
	bool asks_directory, directory; /* whether it is one; of files of the first schema */
};

struct content_test {
	const char *path;
	struct patterns expected, excluded;
};

struct metadata_test {
	struct expected_values env, labels;
	struct strings unbound_env, exposed, unexposed, volumes, unmounted, entrypoint, cmd;
	bool has_entrypoint, has_cmd;
	const char *workdir, *user; /* NULL: not asked */
};

struct license_test {
	bool debian;
	struct strings files;
};

struct structure_test {
	enum test_kind kind;
	const char *name;
	const char *at; /* "cephalo.tests.json:12:5" */
	union {
		struct command_test command;
		struct existence_test existence;
		struct content_test content;
		struct metadata_test metadata;
		struct license_test license;
	};
};

/* containerRunOptions, as far as a container runtime understands them. */
struct run_options {
	const char *user, *env_file;
	bool privileged, tty;
	struct strings env_vars, capabilities, bind_mounts;
};

struct test_suite {
	const char *file;
	bool first_schema; /* 1.0.0 */
	struct expected_values global_env;
	struct run_options options;
	struct LIST(struct structure_test) tests; /* in the order of the file's kinds */
};

#endif
