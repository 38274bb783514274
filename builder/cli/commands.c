/* SPDX-License-Identifier: Apache-2.0 */
/* The list of verbs. */

#include "cli/commands.h"

#include "cli/catalogue_operand.h"
#include "format/debian/debian_names.h"

const struct command *const commands[] = {
	&cmd_build,  &cmd_plan,	  &cmd_init,	   &cmd_lock,	 &cmd_update,
	&cmd_fetch,  &cmd_audit,  &cmd_diff,	   &cmd_verify,	 &cmd_test,
	&cmd_push,   &cmd_pull,	  &cmd_index,	   &cmd_sign,	 &cmd_verify_signature,
	&cmd_attest, &cmd_trust,  &cmd_rebase,	   &cmd_explain, &cmd_why,
	&cmd_graph,  &cmd_sbom,	  &cmd_elf,	   &cmd_gc,	 &cmd_store,
	&cmd_recipe, &cmd_schema, &cmd_completion, &cmd_help,	 &cmd_version,
	&cmd_manual, NULL,
};

const struct command *command_named(const char *name)
{
	command_each(c)
	{
		if (strcmp((*c)->name, name) == 0)
			return *c;
	}
	return NULL;
}

/* Adds the names of verbs that help lists. */
static void command_names(struct arena *a, struct strings *out)
{
	command_each(c)
	{
		if (!(*c)->hidden)
			*list_push(a, out) = (*c)->name;
	}
}

const char *command_nearest(struct arena *a, const char *name)
{
	struct strings names = { 0 };

	command_names(a, &names);
	return str_nearest(str_of(name), names.v, names.n);
}

bool command_unknown(const char *name, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct strings names = { 0 };
	const char *near;

	command_names(&a, &names);
	catalogue_names(&a, &names);
	near = str_nearest(str_of(name), names.v, names.n);
	if (near)
		return err_set(e, ERR_USAGE,
			       "unknown verb \"%s\"; did you mean \"%s\"? See imgbuild --help",
			       name, near);
	if (!name_is_package(str_of(name)))
		return err_set(e, ERR_USAGE, "unknown verb \"%s\"; see imgbuild --help", name);
	return err_set(
		e, ERR_USAGE,
		"unknown verb \"%s\", and images.json has no such image; see imgbuild --help; "
		"imgbuild init %s makes an image of the Debian package of that name",
		name, name);
}
