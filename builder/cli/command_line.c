/* SPDX-License-Identifier: Apache-2.0 */
/* Words to a verb, its options and its operands. */

#include "cli/command_line.h"

#include "cli/catalogue_operand.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/operands.h"

/* An option as it was given. */
struct given {
	const struct option_row *row;
	const char *as; /* "--output", or "-o" */
	const char *value;
};

struct reading {
	struct cli *c;
	void *options; /* c->options, to write to */
	const char *const *words;
	size_t n, at; /* at: the word that is read */
	size_t verb;  /* where the verb stands; n: it was left out */
	struct LIST(struct given) given;
};

/* ---- which verb ---- */

static bool word_is_option(const char *word)
{
	return word[0] == '-' && word[1] != '\0';
}

/* How many words a common option takes: 1, or 2 with its value; 0: the word is none. */
static size_t word_span(const char *word)
{
	const struct option_row *row = NULL;
	struct str name, value;
	const char *p = word + 1;

	if (word[1] == '-') {
		bool whole = !str_cut(str_of(word), '=', &name, &value);

		row = option_named(common_options, name);
		return !row ? 0 : row->value && whole ? 2 : 1;
	}
	while (*p && (row = option_lettered(common_options, *p)) && !row->value)
		p++;
	if (!row)
		return 0;
	return row->value && p[1] == '\0' ? 2 : 1;
}

/* The first word that is not an option of every verb; n: there is none. */
static size_t verb_place(const struct reading *r)
{
	size_t i = 0;

	while (i < r->n && word_is_option(r->words[i]) && strcmp(r->words[i], "--") != 0) {
		size_t span = word_span(r->words[i]);

		if (!span)
			break;
		i += span;
	}
	return i < r->n ? i : r->n;
}

static bool word_means_build(struct cli *c, const char *word)
{
	return word_is_option(word) || operand_is_file(word) || catalogue_has_image(c->a, word);
}

static bool verb_find(struct reading *r, struct error *e)
{
	size_t place = verb_place(r);

	r->verb = r->n;
	if (place == r->n)
		return true;
	r->c->command = command_named(r->words[place]);
	if (r->c->command)
		r->verb = place;
	else if (word_means_build(r->c, r->words[place]))
		r->c->command = &cmd_build;
	else
		return command_unknown(r->words[place], e);
	return true;
}

/* ---- options ---- */

/* What is told of an option that the verb does not have. */
static const char *hint_find(struct reading *r, struct str name)
{
	const struct command *own = r->c->command;
	struct strings names = { 0 };
	const char *near;

	command_each(other)
	{
		if (*other != own && !(*other)->hidden && option_named((*other)->options, name))
			return arena_printf(r->c->a, ", which is an option of %s", (*other)->name);
	}
	option_each(row, own ? own->options : NULL) * list_push(r->c->a, &names) = row->name;
	near = option_meant(name, names.v, names.n);
	option_each(row, common_options) * list_push(r->c->a, &names) = row->name;
	if (!near)
		near = option_meant(name, names.v, names.n);
	return near ? arena_printf(r->c->a, "; did you mean \"%s\"?", near) : "";
}

/* "imgbuild --format json audit IMAGE": the option may well be known to the verb that follows. */
static const char *verb_behind(const struct reading *r)
{
	for (size_t i = r->at + 1; r->verb == r->n && i < r->n; i++) {
		if (command_named(r->words[i]))
			return r->words[i];
	}
	return NULL;
}

static bool option_unknown(struct reading *r, struct str name, struct error *e)
{
	const char *verb = r->c->command ? r->c->command->name : NULL, *behind = verb_behind(r);
	const char *hint = hint_find(r, name);

	if (behind)
		return err_set(e, ERR_USAGE,
			       STR_FMT " stands before the verb: write imgbuild %s " STR_FMT,
			       STR_ARG(name), behind, STR_ARG(name));
	return err_set(e, ERR_USAGE, "%s%sunknown option \"" STR_FMT "\"%s%s imgbuild %s%s--help",
		       verb ? verb : "", verb ? ": " : "", STR_ARG(name), hint,
		       strchr(hint, '?') ? " See" : "; see", verb ? verb : "", verb ? " " : "");
}

static const struct option_row *option_find(const struct reading *r, struct str name, char letter)
{
	const struct option_row *own = r->c->command ? r->c->command->options : NULL, *row;

	row = letter ? option_lettered(own, letter) : option_named(own, name);
	if (row)
		return row;
	return letter ? option_lettered(common_options, letter)
		      : option_named(common_options, name);
}

static bool option_give(struct reading *r, const struct option_row *row, const char *as,
			const char *value, struct error *e)
{
	bool own = option_named(common_options, str_of(row->name)) != row;

	for (size_t i = 0; i < r->given.n; i++) {
		if (r->given.v[i].row == row && row->kind != OPTION_LIST)
			return err_set(e, ERR_USAGE, "%s is given twice; give it once", as);
	}
	if (value && !*value)
		return err_set(e, ERR_USAGE, "%s needs a value, not an empty one", as);
	*list_push(r->c->a, &r->given) = (struct given){ row, as, value };
	return option_set(r->c->a, row, own ? r->options : r->c, as, value, e);
}

/* Whether the word is an option of the verb: "--tag", "--tag=x", "-o". */
static bool word_is_known(const struct reading *r, const char *word)
{
	struct str name, value;

	if (!word_is_option(word))
		return false;
	str_cut(str_of(word), '=', &name, &value);
	return word[1] == '-' ? option_find(r, name, 0) != NULL
			      : word[2] == '\0' && option_find(r, name, word[1]);
}

/* The next word as the value of an option. One that is an option itself is more likely a value
 * forgotten. */
static bool value_take(struct reading *r, const char *as, const char **value, struct error *e)
{
	const char *next = r->at + 1 < r->n ? r->words[r->at + 1] : NULL;

	if (!next)
		return err_set(e, ERR_USAGE, "%s needs a value", as);
	if (word_is_known(r, next))
		return err_set(e, ERR_USAGE,
			       "%s needs a value; \"%s\" is an option, write %s%s%s if it is meant",
			       as, next, as, as[1] == '-' ? "=" : "", next);
	*value = next;
	r->at++;
	return true;
}

/* --name, --name=VALUE, --name VALUE */
static bool long_read(struct reading *r, struct error *e)
{
	const char *word = r->words[r->at], *value = NULL;
	const struct option_row *row;
	struct str name, rest;
	bool has_value = str_cut(str_of(word), '=', &name, &rest);

	row = option_find(r, name, 0);
	if (!row)
		return option_unknown(r, name, e);
	if (has_value && !row->value)
		return err_set(e, ERR_USAGE, "%s takes no value", row->name);
	if (has_value)
		value = rest.p;
	else if (row->value && !value_take(r, row->name, &value, e))
		return false;
	return option_give(r, row, row->name, value, e);
}

/* -a, -ab, -nVALUE, -n VALUE */
static bool letters_read(struct reading *r, struct error *e)
{
	const char *word = r->words[r->at];

	for (const char *p = word + 1; *p; p++) {
		const struct option_row *row = option_find(r, STR(""), *p);
		const char *as = arena_printf(r->c->a, "-%c", *p), *value = p + 1 + (p[1] == '=');

		if (!row)
			return option_unknown(r, str_of(p == word + 1 ? word : as), e);
		if (!row->value) {
			if (!option_give(r, row, as, NULL, e))
				return false;
			continue;
		}
		if (!p[1] && !value_take(r, as, &value, e))
			return false;
		return option_give(r, row, as, value, e);
	}
	return true;
}

static bool words_read(struct reading *r, struct error *e)
{
	bool ended = false;

	for (r->at = 0; r->at < r->n; r->at++) {
		const char *word = r->words[r->at];

		if (r->at == r->verb)
			continue;
		if (!ended && strcmp(word, "--") == 0) {
			ended = true;
		} else if (!ended && word_is_option(word)) {
			if (!(word[1] == '-' ? long_read(r, e) : letters_read(r, e)))
				return false;
		} else if (!operands_push(r->c, word, e)) {
			return false;
		}
	}
	return true;
}

/* ---- what options have to do with each other ---- */

static const struct given *given_find(const struct reading *r, struct str name)
{
	for (size_t i = 0; i < r->given.n; i++) {
		if (str_eq(name, str_of(r->given.v[i].row->name)))
			return &r->given.v[i];
	}
	return NULL;
}

static bool given_check(const struct reading *r, const struct given *g, struct error *e)
{
	const char *verb = r->c->command ? r->c->command->name : "imgbuild";
	struct str rest = str_of(g->row->excludes ? g->row->excludes : ""), one;

	while (str_next(&rest, ' ', &one)) {
		const struct given *other = given_find(r, one);

		if (other)
			return err_set(e, ERR_USAGE,
				       "%s: %s and %s exclude each other; leave one out", verb,
				       other->as, g->as);
	}
	if (g->row->needs && !given_find(r, str_of(g->row->needs))) {
		const struct option_row *other = option_find(r, str_of(g->row->needs), 0);

		return err_set(e, ERR_USAGE, "%s: %s goes with %s%s%s", verb, g->as, other->name,
			       other->value ? " " : "", other->value ? other->value : "");
	}
	return true;
}

/* --json is --format json, where there is such a format. */
static bool json_settle(struct reading *r, struct error *e)
{
	const struct option_row *row = option_named(r->c->command->options, STR("--format"));
	const struct given *format = given_find(r, STR("--format"));

	if (!r->c->json || !row || !option_has_choice(row, "json"))
		return true;
	if (format && strcmp(format->value, "json") != 0)
		return err_set(e, ERR_USAGE,
			       "%s: --json and --format %s exclude each other; leave one out",
			       r->c->command->name, format->value);
	return format || option_give(r, row, "--json", "json", e);
}

static bool options_settle(struct reading *r, struct error *e)
{
	struct cli *c = r->c;

	for (size_t i = 0; i < r->given.n; i++) {
		if (!given_check(r, &r->given.v[i], e))
			return false;
	}
	c->locked = c->locked || c->frozen;
	c->offline = c->offline || c->frozen;
	if (!c->command)
		return true;
	if (!json_settle(r, e))
		return false;
	option_each(row, c->command->options)
	{
		if (row->initial && !given_find(r, str_of(row->name)) &&
		    !option_set(c->a, row, r->options, row->name, row->initial, e))
			return false;
	}
	return operands_check(c, e);
}

/* Help is given to who asks for it, whatever else is wrong. */
static bool help_is_asked(const struct reading *r)
{
	for (size_t i = 0; i < r->n && strcmp(r->words[i], "--") != 0; i++) {
		if (strcmp(r->words[i], "--help") == 0 || strcmp(r->words[i], "-h") == 0)
			return true;
	}
	return false;
}

bool command_line_read(struct cli *c, const char *const *words, size_t n, struct error *e)
{
	struct reading r = { .c = c, .words = words, .n = n };

	if (!verb_find(&r, e))
		return false;
	if (c->command && c->command->options_size)
		r.options = arena_alloc(c->a, c->command->options_size);
	c->options = r.options;
	c->help = help_is_asked(&r);
	return c->help || (words_read(&r, e) && (c->help || c->version || options_settle(&r, e)));
}
