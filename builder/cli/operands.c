/* SPDX-License-Identifier: Apache-2.0 */
/* Operands: how many a verb takes, and which words. */

#include "cli/operands.h"

#include "base/buf.h"

static bool operand_is_optional(const struct operand *o)
{
	return o->name[0] == '[';
}

bool operand_is_repeated(const struct operand *o)
{
	return str_ends(str_of(o->name), STR("...")) || str_ends(str_of(o->name), STR("...]"));
}

const struct operand *operand_at(const struct command *command, size_t k)
{
	const struct operand *o = command->operands, *last = NULL;

	for (size_t i = 0; i < OPERANDS_MAX && o[i].name; i++) {
		if (i == k)
			return &o[i];
		last = &o[i];
	}
	return last && operand_is_repeated(last) ? last : NULL;
}

const char *operands_text(struct arena *a, const struct command *command)
{
	const struct operand *o = command->operands;
	struct buf text = { .a = a };

	for (size_t i = 0; i < OPERANDS_MAX && o[i].name; i++)
		buf_printf(&text, "%s%s", i ? " " : "", o[i].name);
	return buf_cstr(&text);
}

bool operands_push(struct cli *c, const char *word, struct error *e)
{
	if (!operand_at(c->command, c->operands.n))
		return err_set(e, ERR_USAGE, "%s: unknown argument \"%s\"; see imgbuild %s --help",
			       c->command->name, word, c->command->name);
	*list_push(c->a, &c->operands) = word;
	return true;
}

bool operands_check(struct cli *c, struct error *e)
{
	const struct operand *o = c->command->operands;
	size_t least = 0;

	while (least < OPERANDS_MAX && o[least].name && !operand_is_optional(&o[least]))
		least++;
	if (c->operands.n < least)
		return err_set(e, ERR_USAGE, "%s: %s", c->command->name, c->command->wanted);
	for (size_t i = 0; i < c->operands.n; i++) {
		const struct operand *at = operand_at(c->command, i);

		if (at->word == WORD_CHOICE &&
		    option_choice(c->command->name, c->operands.v[i], at->choices, e) < 0)
			return false;
	}
	return true;
}
