/* SPDX-License-Identifier: Apache-2.0 */
/* adduser, useradd, addgroup, groupadd, chown, chmod, install -d, mkdir, dpkg-statoverride, ln -s,
 * cp: with what they mean. */

#include "explain/init/scripts_read.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/path.h"
#include "format/text/unit.h"
#include "make/scripts/shell.h"

#define VARIABLE_DEPTH_MAX 4
#define LOOP_VALUES_MAX 100
#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"

/* "for name in values": a later one of the same name takes its place. */
struct scripts_loop {
	const char *name;
	struct strings values;
};

struct scripts_reader {
	struct arena *a;
	struct str text;
	struct unit variables; /* set in the script */
	struct LIST(struct scripts_loop) loops;
	struct unit_setting turn;	   /* of a loop whose command is read; or no key */
	unsigned depth;			   /* of variables in variables */
	bool asks;			   /* debconf */
	struct scripted_calls *out, modes; /* modes: of chmod; only names and modes are set */
};

static const char *scripts_word(struct scripts_reader *r, const char *word);

/* The word that a script gives a variable: one and the same wherever it does, or NULL. */
static const char *scripts_given(const struct scripts_reader *r, struct str name)
{
	const char *value = NULL;

	if (r->turn.key && str_eq(str_of(r->turn.key), name))
		return r->turn.value;
	for (size_t i = 0; i < r->variables.n; i++) {
		if (!str_eq(str_of(r->variables.v[i].key), name))
			continue;
		if (value && strcmp(value, r->variables.v[i].value) != 0)
			return NULL;
		value = r->variables.v[i].value;
	}
	return value;
}

/* Its value, or NULL. */
static const char *scripts_variable(struct scripts_reader *r, struct str name)
{
	const char *value = scripts_given(r, name);

	if (!value || r->depth == VARIABLE_DEPTH_MAX)
		return NULL;
	r->depth++;
	value = scripts_word(r, value);
	r->depth--;
	return value;
}

/* A word with its variables filled in, or NULL: only a run would know it. */
static const char *scripts_word(struct scripts_reader *r, const char *word)
{
	struct buf out = { .a = r->a };

	while (*word) {
		struct str name;
		const char *value;

		if (*word == '`' || *word == '*' || *word == '?')
			return NULL;
		if (*word != '$') {
			buf_putc(&out, *word++);
			continue;
		}
		word++;
		if (*word == '{') {
			name = (struct str){ word + 1, strcspn(word + 1, "}:-") };
			word += 1 + strcspn(word + 1, "}");
			word += *word == '}';
		} else {
			name = (struct str){ word, strspn(word, NAME_CHARACTERS) };
			word += name.n;
		}
		value = name.n ? scripts_variable(r, name) : NULL;
		if (!value)
			return NULL;
		buf_puts(&out, value);
	}
	return buf_cstr(&out);
}

static unsigned scripts_line(struct scripts_reader *r, const char *word)
{
	const char *at = memmem(r->text.p, r->text.n, word, strlen(word));
	unsigned line = 1;

	for (const char *p = r->text.p; at && p < at; p++)
		line += *p == '\n';
	return at ? line : 0;
}

/* Adds a call. `raw` is a word of it as written, to find its line by. */
static void scripts_add(struct scripts_reader *r, struct scripted s, const char *raw)
{
	s.line = scripts_line(r, raw);
	s.asked = r->asks;
	*list_push(r->a, r->out) = s;
}

static int64_t scripts_number(const char *text)
{
	uint64_t n;

	return text && str_u64(str_of(text), &n) && n < UINT32_MAX ? (int64_t)n : -1;
}

/* The value of an option in "--home DIR" or "--home=DIR"; moves *i. NULL: this word is not it. */
static const char *scripts_option(struct scripts_reader *r, const struct shell_command *c,
				  size_t *i, const char *name)
{
	const char *word = c->words.v[*i];
	size_t n = strlen(name);

	if (strncmp(word, name, n) != 0)
		return NULL;
	if (word[n] == '=')
		return scripts_word(r, word + n + 1);
	return word[n] || *i + 1 >= c->words.n ? NULL : scripts_word(r, c->words.v[++*i]);
}

static const char *const options_with_value[] = {
	"--shell", "--firstuid", "--lastuid", "--firstgid", "--lastgid",  "--comment", "--conf",
	"-s",	   "-k",	 "-p",	      "-K",	    "--password", "-m",	       "--key",
};

/* adduser and useradd; addgroup and groupadd, too. */
static void scripts_account(struct scripts_reader *r, const struct shell_command *c, bool group)
{
	struct scripted s = { .kind = group ? SCRIPTED_GROUP : SCRIPTED_USER, .id = -1 };
	const char *raw = NULL, *v;

	for (size_t i = 1; i < c->words.n; i++) {
		const char *word = c->words.v[i];

		if ((v = scripts_option(r, c, &i, "--home")) ||
		    (v = scripts_option(r, c, &i, "--home-dir")) ||
		    (v = scripts_option(r, c, &i, "-d")))
			s.home = v;
		else if ((v = scripts_option(r, c, &i, "--gecos")))
			s.gecos = v;
		else if ((v = scripts_option(r, c, &i, "--ingroup")) ||
			 (v = scripts_option(r, c, &i, "--gid")) ||
			 (v = scripts_option(r, c, &i, "-g")))
			s.group = v;
		else if ((v = scripts_option(r, c, &i, "--uid")) ||
			 (v = scripts_option(r, c, &i, "-u")))
			s.id = scripts_number(v);
		else if (word[0] == '-')
			i += name_among(word, options_with_value, ARRAY_SIZE(options_with_value));
		else if (raw)
			return; /* "adduser USER GROUP" adds a member */
		else
			raw = word;
	}
	s.name = raw ? scripts_word(r, raw) : NULL;
	if (group && s.group)
		s.id = scripts_number(s.group);
	if (s.name && s.name[0] && !strchr(s.name, '/'))
		scripts_add(r, s, c->words.v[0]);
}

/* "user:group", "user.", "user", ":group" */
static void scripts_owner(struct scripts_reader *r, const char *text, struct scripted *s)
{
	size_t n = strcspn(text, ":.");

	s->user = n ? arena_strndup(r->a, text, n) : NULL;
	s->group = text[n] && text[n + 1] ? text + n + 1 : NULL;
}

static void scripts_chown(struct scripts_reader *r, const struct shell_command *c)
{
	const char *owner = NULL;

	for (size_t i = 1; i < c->words.n; i++) {
		const char *word = c->words.v[i], *path;
		struct scripted s = { .kind = SCRIPTED_OWNER, .id = -1 };

		if (word[0] == '-')
			continue;
		if (!owner) {
			owner = scripts_word(r, word);
			if (!owner)
				return;
			continue;
		}
		path = scripts_word(r, word);
		if (!path || path[0] != '/')
			continue;
		s.name = path;
		scripts_owner(r, owner, &s);
		scripts_add(r, s, word);
	}
}

/* Without the slashes that it ends with. */
static struct str scripts_path(const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	return (struct str){ path, n };
}

/* Modes in numbers, of which most scripts make use. */
static void scripts_chmod(struct scripts_reader *r, const struct shell_command *c)
{
	unsigned mode = 0;

	for (size_t i = 1; i < c->words.n; i++) {
		const char *word = c->words.v[i], *path;
		char *end;

		if (word[0] == '-')
			continue;
		path = scripts_word(r, word);
		if (!path)
			continue;
		if (mode)
			*list_push(r->a, &r->modes) = (struct scripted){ .name = path,
									 .mode = mode };
		else if ((mode = (unsigned)strtoul(path, &end, 8) & 07777) == 0 || *end)
			return;
	}
}

/* A folder that is made, or given to somebody, has the mode that the script sets last. */
static void scripts_settle_modes(struct scripts_reader *r)
{
	for (size_t i = 0; i < r->modes.n; i++) {
		const struct scripted *m = &r->modes.v[i];

		for (size_t k = 0; k < r->out->n; k++) {
			struct scripted *s = &r->out->v[k];

			if ((s->kind == SCRIPTED_DIR || s->kind == SCRIPTED_OWNER) &&
			    str_eq(scripts_path(s->name), scripts_path(m->name)))
				s->mode = m->mode;
		}
	}
}

/* dpkg-statoverride --update --add USER GROUP MODE PATH */
static void scripts_override(struct scripts_reader *r, const struct shell_command *c)
{
	const char *words[4] = { NULL };
	size_t n = 0;

	for (size_t i = 1; i < c->words.n; i++) {
		if (c->words.v[i][0] == '-' && strcmp(c->words.v[i], "--add") != 0 &&
		    strcmp(c->words.v[i], "--update") != 0 &&
		    strncmp(c->words.v[i], "--force", 7) != 0 &&
		    strcmp(c->words.v[i], "--quiet") != 0)
			return;
		if (c->words.v[i][0] != '-' && n < 4)
			words[n++] = scripts_word(r, c->words.v[i]);
	}
	if (n == 4 && words[0] && words[1] && words[2] && words[3] && words[3][0] == '/')
		scripts_add(r,
			    (struct scripted){ .kind = SCRIPTED_OWNER,
					       .id = -1,
					       .user = words[0],
					       .group = words[1],
					       .mode = (unsigned)strtoul(words[2], NULL, 8) & 07777,
					       .name = words[3] },
			    c->words.v[c->words.n - 1]);
}

/* mkdir, and install with -d. */
static void scripts_folder(struct scripts_reader *r, const struct shell_command *c, bool folder)
{
	struct scripted s = { .kind = SCRIPTED_DIR, .id = -1 };
	struct LIST(const char *) paths = { 0 };
	const char *v;

	for (size_t i = 1; i < c->words.n; i++) {
		const char *word = c->words.v[i];

		if ((v = scripts_option(r, c, &i, "-o")) ||
		    (v = scripts_option(r, c, &i, "--owner")))
			s.user = v;
		else if ((v = scripts_option(r, c, &i, "-g")) ||
			 (v = scripts_option(r, c, &i, "--group")))
			s.group = v;
		else if ((v = scripts_option(r, c, &i, "-m")) ||
			 (v = scripts_option(r, c, &i, "--mode")))
			s.mode = (unsigned)strtoul(v, NULL, 8) & 07777;
		else if (word[0] == '-')
			folder = folder || strcmp(word, "--directory") == 0 ||
				 (word[1] != '-' && strchr(word, 'd'));
		else
			*list_push(r->a, &paths) = word;
	}
	for (size_t i = 0; folder && i < paths.n; i++) {
		s.name = scripts_word(r, paths.v[i]);
		if (s.name && s.name[0] == '/')
			scripts_add(r, s, paths.v[i]);
	}
}

/* "ucf --purge FILE" forgets a file. */
static bool scripts_purges(const struct shell_command *c)
{
	return strings_has(&c->words, "--purge") || strings_has(&c->words, "-p");
}

/* ln -s TARGET LINK, cp FROM TO, ucf NEW FILE. */
static void scripts_two(struct scripts_reader *r, const struct shell_command *c,
			enum scripted_kind kind)
{
	const char *words[2] = { NULL }, *raw[2] = { NULL };
	bool soft = kind == SCRIPTED_COPY;
	size_t n = 0;

	for (size_t i = 1; i < c->words.n; i++) {
		const char *word = c->words.v[i];

		if (word[0] == '-') {
			soft = soft || strcmp(word, "--symbolic") == 0 ||
			       (word[1] != '-' && strchr(word, 's'));
			continue;
		}
		if (n == 2)
			return;
		raw[n] = word;
		words[n] = scripts_word(r, word);
		n++;
	}
	if (n == 2 && soft && words[0] && words[1] && words[1][0] == '/')
		scripts_add(r,
			    (struct scripted){
				    .kind = kind, .id = -1, .target = words[0], .name = words[1] },
			    raw[1]);
}

static void scripts_command(struct scripts_reader *r, const struct shell_command *c)
{
	const char *name = c->words.n ? path_base(c->words.v[0]) : "";
	bool group = false;

	for (size_t i = 1; i < c->words.n; i++)
		group = group || strcmp(c->words.v[i], "--group") == 0;
	if (strcmp(name, "useradd") == 0)
		scripts_account(r, c, false);
	else if (strcmp(name, "adduser") == 0)
		/* adduser --group alone makes a group; with --system, a user of that group */
		scripts_account(r, c, group && !strings_has(&c->words, "--system"));
	else if (strcmp(name, "addgroup") == 0 || strcmp(name, "groupadd") == 0)
		scripts_account(r, c, true);
	else if (strcmp(name, "chown") == 0)
		scripts_chown(r, c);
	else if (strcmp(name, "chmod") == 0)
		scripts_chmod(r, c);
	else if (strcmp(name, "dpkg-statoverride") == 0)
		scripts_override(r, c);
	else if (strcmp(name, "mkdir") == 0 || strcmp(name, "install") == 0)
		scripts_folder(r, c, name[0] == 'm');
	else if (strcmp(name, "ln") == 0)
		scripts_two(r, c, SCRIPTED_LINK);
	else if (strcmp(name, "cp") == 0 || (strcmp(name, "ucf") == 0 && !scripts_purges(c)))
		scripts_two(r, c, SCRIPTED_COPY);
}

/* "for site in default inner-tunnel" */
static void scripts_note_loop(struct scripts_reader *r, const struct shell_command *c)
{
	struct scripts_loop loop = { .name = c->words.v[1] };

	for (size_t i = 3; i < c->words.n && i < 3 + LOOP_VALUES_MAX; i++)
		*list_push(r->a, &loop.values) = c->words.v[i];
	for (size_t i = 0; i < r->loops.n; i++) {
		if (strcmp(r->loops.v[i].name, loop.name) == 0) {
			r->loops.v[i] = loop;
			return;
		}
	}
	*list_push(r->a, &r->loops) = loop;
}

/* Does a word have "$name" or "${name}"? */
static bool scripts_mentions(const struct shell_command *c, const char *name)
{
	for (size_t i = 0; i < c->words.n; i++) {
		for (const char *at = c->words.v[i]; (at = strchr(at, '$')); at++) {
			const char *word = at + 1 + (at[1] == '{');

			if (str_eq((struct str){ word, strspn(word, NAME_CHARACTERS) },
				   str_of(name)))
				return true;
		}
	}
	return false;
}

/* A command in a loop over known words is read once for each of them. */
static void scripts_turns(struct scripts_reader *r, const struct shell_command *c)
{
	for (size_t i = 0; i < r->loops.n; i++) {
		const struct scripts_loop *loop = &r->loops.v[i];

		if (!scripts_mentions(c, loop->name))
			continue;
		for (size_t k = 0; k < loop->values.n; k++) {
			r->turn = (struct unit_setting){ "", loop->name, loop->values.v[k], 0 };
			scripts_command(r, c);
		}
		r->turn.key = NULL;
		return;
	}
	scripts_command(r, c);
}

/* Lines "NAME=word", wherever they stand. */
static void scripts_variables(struct scripts_reader *r)
{
	for (struct str rest = r->text, line; str_next(&rest, '\n', &line);) {
		struct str key, value;
		struct strings words = { 0 };

		line = str_trim(line);
		if (!str_cut(line, '=', &key, &value) || key.n == 0)
			continue;
		/* "=" ends it */
		if (strspn(key.p, NAME_CHARACTERS) == key.n && unit_words(r->a, value, &words) &&
		    words.n == 1)
			*list_push(r->a, &r->variables) =
				(struct unit_setting){ "", str_dup(r->a, key), words.v[0], 0 };
	}
}

void scripts_read(struct arena *a, struct str script, struct scripted_calls *out)
{
	struct scripts_reader r = { .a = a, .text = script, .out = out };
	struct shell_script s;

	r.asks = script.n && memmem(script.p, script.n, "db_get", strlen("db_get"));
	if (!script.n || (!shell_read(a, script, &s) && s.commands.n == 0))
		return;
	scripts_variables(&r);
	for (size_t i = 0; i < s.commands.n; i++) {
		const struct strings *words = &s.commands.v[i].words;

		if (words->n > 3 && strcmp(words->v[0], "for") == 0 &&
		    strcmp(words->v[2], "in") == 0)
			scripts_note_loop(&r, &s.commands.v[i]);
		else
			scripts_turns(&r, &s.commands.v[i]);
	}
	scripts_settle_modes(&r);
}
