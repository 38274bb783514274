/* SPDX-License-Identifier: Apache-2.0 */
/* What commands do, by name and a few of their options. A command that is not in these tables is of
 * unknown effect, never of none. */

#include "make/scripts/scripts_kinds.h"

#include <stdlib.h>

#include "make/scripts/scripts_modules.h"

struct named {
	const char *name;
	enum script_kind kind;
};

/* Sorted by name. */
static const struct named commands[] = {
	{ ":", KIND_NONE },
	{ "[", KIND_NONE },
	{ "aa-enabled", KIND_KERNEL },
	{ "aa-status", KIND_KERNEL },
	{ "addgroup", KIND_USERS },
	{ "adduser", KIND_USERS },
	{ "apparmor_parser", KIND_KERNEL },
	{ "awk", KIND_NONE },
	{ "basename", KIND_NONE },
	{ "break", KIND_NONE },
	{ "busctl", KIND_SERVICES },
	{ "cat", KIND_NONE },
	{ "cd", KIND_NONE },
	{ "chfn", KIND_USERS },
	{ "chgrp", KIND_OWNERS },
	{ "chmod", KIND_OWNERS },
	{ "chown", KIND_OWNERS },
	{ "chsh", KIND_USERS },
	{ "cmp", KIND_NONE },
	{ "continue", KIND_NONE },
	{ "cp", KIND_FILES },
	{ "cut", KIND_NONE },
	{ "date", KIND_NONE },
	{ "dd", KIND_FILES },
	{ "deb-systemd-helper", KIND_SERVICES },
	{ "deb-systemd-invoke", KIND_SERVICES },
	{ "delgroup", KIND_USERS },
	{ "deluser", KIND_USERS },
	{ "diff", KIND_NONE },
	{ "dirname", KIND_NONE },
	{ "dpkg-divert", KIND_DIVERSIONS },
	{ "dpkg-maintscript-helper", KIND_UPGRADES },
	{ "dpkg-query", KIND_NONE },
	{ "dpkg-realpath", KIND_NONE },
	{ "dpkg-statoverride", KIND_OWNERS },
	{ "dpkg-trigger", KIND_TRIGGERS },
	{ "echo", KIND_NONE },
	{ "egrep", KIND_NONE },
	{ "exit", KIND_NONE },
	{ "export", KIND_NONE },
	{ "expr", KIND_NONE },
	{ "false", KIND_NONE },
	{ "fgrep", KIND_NONE },
	{ "find", KIND_NONE },
	{ "for", KIND_NONE },
	{ "getent", KIND_NONE },
	{ "getopts", KIND_NONE },
	{ "gpasswd", KIND_USERS },
	{ "grep", KIND_NONE },
	{ "groupadd", KIND_USERS },
	{ "groupmod", KIND_USERS },
	{ "hash", KIND_NONE },
	{ "head", KIND_NONE },
	{ "id", KIND_NONE },
	{ "install", KIND_FILES },
	{ "invoke-rc.d", KIND_SERVICES },
	{ "ischroot", KIND_NONE },
	{ "ldconfig", KIND_LDCONFIG },
	{ "ln", KIND_FILES },
	{ "local", KIND_NONE },
	{ "ls", KIND_NONE },
	{ "md5sum", KIND_NONE },
	{ "mkdir", KIND_FILES },
	{ "mkfifo", KIND_FILES },
	{ "mknod", KIND_FILES },
	{ "mktemp", KIND_FILES },
	{ "mountpoint", KIND_NONE },
	{ "mv", KIND_FILES },
	{ "pidof", KIND_NONE },
	{ "printf", KIND_NONE },
	{ "pwd", KIND_NONE },
	{ "py3clean", KIND_BYTECODE },
	{ "py3compile", KIND_BYTECODE },
	{ "pypy3compile", KIND_BYTECODE },
	{ "read", KIND_NONE },
	{ "readlink", KIND_NONE },
	{ "readonly", KIND_NONE },
	{ "realpath", KIND_NONE },
	{ "restorecon", KIND_KERNEL },
	{ "return", KIND_NONE },
	{ "rm", KIND_FILES },
	{ "rmdir", KIND_FILES },
	{ "runlevel", KIND_SERVICES },
	{ "sed", KIND_NONE },
	{ "seq", KIND_NONE },
	{ "service", KIND_SERVICES },
	{ "set", KIND_NONE },
	{ "setcap", KIND_OWNERS },
	{ "setfacl", KIND_OWNERS },
	{ "sha256sum", KIND_NONE },
	{ "shift", KIND_NONE },
	{ "sleep", KIND_NONE },
	{ "sort", KIND_NONE },
	{ "start-stop-daemon", KIND_SERVICES },
	{ "stat", KIND_NONE },
	{ "systemctl", KIND_SERVICES },
	{ "systemd-sysusers", KIND_USERS },
	{ "systemd-tmpfiles", KIND_FILES },
	{ "tail", KIND_NONE },
	{ "tee", KIND_FILES },
	{ "telinit", KIND_SERVICES },
	{ "tempfile", KIND_FILES },
	{ "test", KIND_NONE },
	{ "touch", KIND_FILES },
	{ "tr", KIND_NONE },
	{ "trap", KIND_NONE },
	{ "true", KIND_NONE },
	{ "truncate", KIND_FILES },
	{ "type", KIND_NONE },
	{ "ucf", KIND_CONFIGURATION },
	{ "ucfr", KIND_CONFIGURATION },
	{ "umask", KIND_NONE },
	{ "uname", KIND_NONE },
	{ "uniq", KIND_NONE },
	{ "unset", KIND_NONE },
	{ "update-alternatives", KIND_ALTERNATIVES },
	{ "update-binfmts", KIND_KERNEL },
	{ "update-ca-certificates", KIND_CERTIFICATES },
	{ "update-rc.d", KIND_SERVICES },
	{ "useradd", KIND_USERS },
	{ "usermod", KIND_USERS },
	{ "wait", KIND_NONE },
	{ "wc", KIND_NONE },
	{ "which", KIND_NONE },
	{ "who", KIND_NONE },
};

const char *script_kind_text(enum script_kind kind)
{
	static const char *const texts[KIND_COUNT] = {
		[KIND_NONE] = "nothing",
		[KIND_FILES] = "makes, moves or removes files",
		[KIND_OWNERS] = "sets owners, modes or capabilities",
		[KIND_USERS] = "creates or changes users and groups",
		[KIND_ALTERNATIVES] = "registers alternatives",
		[KIND_DIVERSIONS] = "diverts files",
		[KIND_LDCONFIG] = "updates ld.so.cache",
		[KIND_CERTIFICATES] = "updates the CA bundle",
		[KIND_CONFIGURATION] = "makes configuration files",
		[KIND_BYTECODE] = "compiles Python modules",
		[KIND_TRIGGERS] = "activates triggers",
		[KIND_MODULES] = "lists modules, schemas or types",
		[KIND_UNKNOWN] = "runs programs of unknown effect",
		[KIND_SERVICES] = "enables, starts or stops services",
		[KIND_KERNEL] = "changes settings of the running kernel",
		[KIND_QUESTIONS] = "asks questions (debconf)",
		[KIND_UPGRADES] = "tidies up after older versions",
	};

	return texts[kind];
}

static int compare_kind_name(const void *name, const void *entry)
{
	return strcmp(name, ((const struct named *)entry)->name);
}

static bool has_command_word(const struct shell_command *c, const char *prefix)
{
	for (size_t i = 1; i < c->words.n; i++) {
		if (strncmp(c->words.v[i], prefix, strlen(prefix)) == 0)
			return true;
	}
	return false;
}

/* Whether one of the words is one of `options` (NULL at the end). */
static bool has_option(const struct shell_command *c, const char *const *options)
{
	for (; *options; options++) {
		if (strings_has(&c->words, *options))
			return true;
	}
	return false;
}

/* Commands that only ask, with these options, though others of theirs change something. */
static bool only_asks(const struct shell_command *c, const char *name)
{
	static const char *const dpkg[] = { "--compare-versions",
					    "-s",
					    "--status",
					    "-l",
					    "--list",
					    "-L",
					    "--listfiles",
					    "-S",
					    "--search",
					    "--print-architecture",
					    "--validate-version",
					    NULL };
	static const char *const divert[] = { "--list", "--listpackage", "--truename", NULL };
	static const char *const override[] = { "--list", NULL };
	static const char *const find[] = { "-v", "-V", NULL };

	if (strcmp(name, "dpkg") == 0)
		return has_option(c, dpkg);
	if (strcmp(name, "dpkg-divert") == 0)
		return has_option(c, divert);
	if (strcmp(name, "dpkg-statoverride") == 0)
		return has_option(c, override);
	if (strcmp(name, "command") == 0)
		return has_option(c, find);
	/* perl -e "": is there a perl? */
	return strcmp(name, "perl") == 0 && c->words.n == 3 && strcmp(c->words.v[1], "-e") == 0 &&
	       c->words.v[2][0] == '\0';
}

/* Commands that change something only with these options. */
static bool changes_with_options(const struct shell_command *c, const char *name)
{
	static const char *const find[] = { "-delete", "-exec",	   "-execdir", "-ok", "-okdir",
					    "-fprint", "-fprintf", "-fls",     NULL };

	if (strcmp(name, "sed") == 0)
		return has_command_word(c, "-i") || has_command_word(c, "--in-place") ||
		       has_command_word(c, "-ni");
	return strcmp(name, "find") == 0 && has_option(c, find);
}

/* A trigger's name decides what it is for. */
static enum script_kind trigger_kind(const struct shell_command *c)
{
	if (strings_has(&c->words, "ldconfig"))
		return KIND_LDCONFIG;
	return has_command_word(c, "update-ca-certificates") ? KIND_CERTIFICATES : KIND_TRIGGERS;
}

static enum script_kind kind_of_name(const struct shell_command *c, const char *name)
{
	const struct named *found = bsearch(name, commands, ARRAY_SIZE(commands), sizeof(*commands),
					    compare_kind_name);

	if (only_asks(c, name))
		return KIND_NONE;
	if (changes_with_options(c, name))
		return KIND_FILES;
	if (strcmp(name, "dpkg-trigger") == 0)
		return trigger_kind(c);
	if (strncmp(name, "db_", 3) == 0)
		return KIND_QUESTIONS;
	if (strncmp(name, "python3", 7) == 0 &&
	    (has_command_word(c, "py_compile") || has_command_word(c, "compileall") ||
	     has_command_word(c, "/usr/lib/python3")))
		return KIND_BYTECODE;
	if (script_lists_modules(name))
		return KIND_MODULES;
	return found ? found->kind : KIND_UNKNOWN;
}

enum script_kind script_kind_of(const struct shell_script *s, const struct shell_command *c)
{
	const char *word = c->words.n ? c->words.v[0] : ":";
	const char *slash = strrchr(word, '/');

	if (strings_sorted_has(&s->functions, word))
		return KIND_NONE; /* its body is judged */
	if (strcmp(word, ".") == 0)
		return has_command_word(c, "/usr/share/debconf/confmodule") ? KIND_QUESTIONS
									    : KIND_UNKNOWN;
	if (strncmp(word, "/etc/init.d/", 12) == 0)
		return KIND_SERVICES;
	/* a name that is only known when the script runs has no last component to trust */
	return kind_of_name(c, slash && !strchr(word, '$') ? slash + 1 : word);
}
