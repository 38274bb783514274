/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of options: finding one, writing its value, telling what it is. */

#include "cli/option_table.h"

#include "base/buf.h"
#include "format/machine/platform.h"

const struct option_row *option_named(const struct option_row *rows, struct str name)
{
	option_each(row, rows)
	{
		if (str_eq(name, str_of(row->name)))
			return row;
	}
	return NULL;
}

const struct option_row *option_lettered(const struct option_row *rows, char letter)
{
	option_each(row, rows)
	{
		if (letter && row->letter == letter)
			return row;
	}
	return NULL;
}

/* "a, b or c" */
static const char *choices_text(struct arena *a, const char *const *names)
{
	struct buf all = { .a = a };

	for (size_t i = 0; names[i]; i++)
		buf_printf(&all, "%s%s", i == 0 ? "" : names[i + 1] ? ", " : " or ", names[i]);
	return buf_cstr(&all);
}

const char *option_meant(struct str name, const char *const *names, size_t n)
{
	const char *near = str_nearest(name, names, n);

	for (size_t i = 0; !near && name.n && i < n; i++) {
		if (str_starts(str_of(names[i]), name))
			near = names[i];
	}
	return near;
}

int option_choice(const char *as, const char *name, const char *const *names, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const char *near;
	int n = 0;

	for (; names[n]; n++) {
		if (strcmp(names[n], name) == 0)
			return n;
	}
	near = option_meant(str_of(name), names, (size_t)n);
	err_set(e, ERR_USAGE, "%s is %s, not \"%s\"%s%s%s", as, choices_text(&a, names), name,
		near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return -1;
}

bool option_has_choice(const struct option_row *row, const char *name)
{
	for (size_t i = 0; row->choices && row->choices[i]; i++) {
		if (strcmp(row->choices[i], name) == 0)
			return true;
	}
	return false;
}

/* "out/x/" is "out/x", as shells complete it: names are made of it, such as out/x.rejected. */
static const char *option_folder(struct arena *a, const char *value)
{
	size_t n = strlen(value);

	while (n > 1 && value[n - 1] == '/')
		n--;
	return arena_strndup(a, value, n);
}

bool option_set(struct arena *a, const struct option_row *row, void *options, const char *as,
		const char *value, struct error *e)
{
	void *target = (char *)options + row->target;
	int choice;

	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)target = true;
		break;
	case OPTION_TEXT:
		*(const char **)target = row->word == WORD_FOLDER ? option_folder(a, value) : value;
		break;
	case OPTION_LIST:
		*list_push(a, (struct strings *)target) = value;
		break;
	case OPTION_CHOICE:
		choice = option_choice(as, value, row->choices, e);
		*(unsigned *)target = (unsigned)(choice + 1);
		return choice >= 0;
	case OPTION_READ:
		return row->read(a, as, value, target, e);
	}
	return true;
}

void word_values(struct arena *a, enum word_kind word, const char *const *choices,
		 struct strings *out)
{
	struct platforms platforms = { 0 };

	for (size_t i = 0; choices && choices[i]; i++)
		*list_push(a, out) = choices[i];
	if (word != WORD_PLATFORM)
		return;
	platforms_all(a, &platforms);
	for (size_t i = 0; i < platforms.n; i++)
		*list_push(a, out) = platforms.v[i]->name;
}

const char *option_text(struct arena *a, const struct option_row *row)
{
	struct strings values = { 0 };
	struct buf text = { .a = a };

	buf_puts(&text, row->help);
	word_values(a, row->word, row->choices, &values);
	*list_push(a, &values) = NULL;
	if (values.v[0])
		buf_printf(&text, ": %s", choices_text(a, values.v));
	if (row->initial || row->otherwise)
		buf_printf(&text, " (default: %s)", row->initial ? row->initial : row->otherwise);
	return buf_cstr(&text);
}
