/* SPDX-License-Identifier: Apache-2.0 */
/* Words of a command line. */

#include "explain/init/exec_line.h"

#include "base/buf.h"
#include "base/path.h"

struct exec_reader {
	struct arena *a;
	const char *unit;
	const struct unit *variables;
	struct exec_line *out;
};

static const char *exec_variable(struct exec_reader *r, struct str name)
{
	const char *value = NULL;

	for (size_t i = 0; i < r->variables->n; i++) {
		if (str_eq(str_of(r->variables->v[i].key), name))
			value = r->variables->v[i].value;
	}
	*list_push(r->a, value ? &r->out->used : &r->out->unknown) =
		value ? str_dup(r->a, name) : arena_printf(r->a, "$" STR_FMT, STR_ARG(name));
	return value ? value : "";
}

static size_t exec_name_length(const char *p)
{
	return strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
}

/* The part of a unit's name before or behind its '@': systemd.unit(5), "Specifiers". */
static const char *exec_unit_part(struct exec_reader *r, bool instance)
{
	struct str prefix, behind;

	str_cut(str_of(r->unit), '@', &prefix, &behind);
	return str_dup(r->a, instance ? behind : prefix);
}

static const char *exec_specifier(struct exec_reader *r, char c)
{
	switch (c) {
	case '%':
		return "%";
	case 'n':
		return arena_printf(r->a, "%s.service", r->unit);
	case 'N':
		return r->unit;
	case 'p':
		return exec_unit_part(r, false);
	case 'i':
	case 'I':
		return exec_unit_part(r, true);
	case 't':
		return "/run";
	case 'S':
		return "/var/lib";
	case 'C':
		return "/var/cache";
	case 'L':
		return "/var/log";
	case 'E':
		return "/etc";
	case 'T':
		return "/tmp";
	case 'V':
		return "/var/tmp";
	default:
		*list_push(r->a, &r->out->unknown) = arena_printf(r->a, "%%%c", c);
		return "";
	}
}

/* A word with "${NAME}" and "%x" filled in. */
static const char *exec_fill(struct exec_reader *r, const char *p)
{
	struct buf out = { .a = r->a };

	while (*p) {
		size_t n = p[0] == '$' && p[1] == '{' ? exec_name_length(p + 2) : 0;

		if (p[0] == '$' && p[1] == '$') {
			buf_putc(&out, '$');
			p += 2;
		} else if (n && p[2 + n] == '}') {
			buf_puts(&out, exec_variable(r, (struct str){ p + 2, n }));
			p += 3 + n;
		} else if (p[0] == '%' && p[1]) {
			buf_puts(&out, exec_specifier(r, p[1]));
			p += 2;
		} else {
			buf_putc(&out, *p++);
		}
	}
	return buf_cstr(&out);
}

/* "--user $TFTP_USERNAME": is the variable named after the option? */
static bool exec_is_for(struct arena *a, const char *option, const char *name)
{
	const char *what = option + strspn(option, "-");

	return strlen(what) > 2 && strstr(str_lower(a, str_of(name)), str_lower(a, str_of(what)));
}

/* "$DAEMON_OPTS": not the value of an option that stands before it. */
static bool exec_is_more(const char *name)
{
	static const char *const words[] = { "OPT", "ARG", "FLAG", "EXTRA", "PARAM" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcasestr(name, words[i]))
			return true;
	}
	return false;
}

bool exec_drop_option(struct arena *a, struct strings *words, const char *name, bool any)
{
	const char *last = words->n > 1 ? words->v[words->n - 1] : "";

	if (last[0] != '-' || strchr(last, '=') ||
	    !(exec_is_for(a, last, name) || (any && !exec_is_more(name))))
		return false;
	words->n--;
	return true;
}

/* "--user ${NAME}" that nothing sets: systemd gives the option an empty word, which no program
 * takes, or none; both are left out. */
static bool exec_drops_option(struct exec_reader *r, const char *word)
{
	bool brace = word[0] == '$' && word[1] == '{';
	const char *name = word + 1 + brace;
	size_t n = word[0] == '$' ? exec_name_length(name) : 0;

	if (!n || strcmp(name + n, brace ? "}" : "") != 0)
		return false;
	name = arena_strndup(r->a, name, n);
	for (size_t i = 0; i < r->variables->n; i++) {
		if (strcmp(r->variables->v[i].key, name) == 0 && r->variables->v[i].value[0])
			return false;
	}
	if (!exec_drop_option(r->a, &r->out->words, name, brace))
		return false;
	(void)exec_variable(r, str_of(name));
	return true;
}

/* A word that is "$NAME" alone becomes the words of its value. */
static bool exec_word(struct exec_reader *r, const char *word, struct error *e)
{
	size_t n = word[0] == '$' ? exec_name_length(word + 1) : 0;
	const char *value;

	if (exec_drops_option(r, word))
		return true;
	if (!n || word[1 + n]) {
		*list_push(r->a, &r->out->words) = exec_fill(r, word);
		return true;
	}
	value = exec_variable(r, (struct str){ word + 1, n });
	return unit_words(r->a, str_of(value), &r->out->words) ||
	       err_set(e, ERR_INPUT, "the quotes of %s do not match: %s", word, value);
}

bool exec_line_read(struct arena *a, const char *line, const char *unit,
		    const struct unit *variables, struct exec_line *out, struct error *e)
{
	struct exec_reader r = { a, unit, variables, out };
	struct strings words = { 0 };
	bool name = false;

	*out = (struct exec_line){ 0 };
	for (; *line && strchr("-@:+!|", *line); line++)
		name = name || *line == '@';
	if (!unit_words(a, str_of(line), &words))
		return err_set(e, ERR_INPUT, "the quotes of a command line do not match: %s", line);
	for (size_t i = 0; i < words.n; i++) {
		if (i == 1 && name)
			continue; /* what the program is to take for its name */
		if (strcmp(words.v[i], ";") == 0)
			break;
		if (!exec_word(&r, words.v[i], e))
			return false;
	}
	return true;
}

const char *exec_line_signal(struct arena *a, const char *line)
{
	static const char *const options[] = { "-s", "--signal" };
	struct strings words = { 0 };
	const char *option;

	while (*line && strchr("-@:+!|", *line))
		line++;
	if (!unit_words(a, str_of(line), &words) || words.n < 2 ||
	    strcmp(path_base(words.v[0]), "kill") != 0 || !strstr(line, "MAINPID"))
		return NULL;
	option = words.v[1];
	if (name_among(option, options, ARRAY_SIZE(options)))
		return words.n > 2 ? words.v[2] : NULL;
	if (strncmp(option, "--signal=", strlen("--signal=")) == 0)
		return option + strlen("--signal=");
	return option[0] == '-' ? option + 1 : "TERM";
}
