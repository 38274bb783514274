/* SPDX-License-Identifier: Apache-2.0 */
/* entry_points.txt is an INI file as Python's configparser reads it, with "=" alone. */

#include "make/unpack/wheel_commands.h"

#define NAME_MAX_BYTES 200

static bool command_is_command(struct str name)
{
	static const char more[] = "._-+@";

	if (name.n == 0 || name.n > NAME_MAX_BYTES || name.p[0] == '.' || name.p[0] == '-')
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      memchr(more, c, sizeof(more) - 1)))
			return false;
	}
	return true;
}

/* Names of Python with dots between them. Letters beyond ASCII are taken as they are. */
static bool command_is_dotted(struct str name)
{
	struct str one;

	if (name.n == 0 || name.n > NAME_MAX_BYTES || name.p[name.n - 1] == '.')
		return false;
	while (str_next(&name, '.', &one)) {
		for (size_t i = 0; i < one.n; i++) {
			unsigned char c = (unsigned char)one.p[i];

			if (!(c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			      c >= 0x80 || (i && c >= '0' && c <= '9')))
				return false;
		}
		if (one.n == 0)
			return false;
	}
	return true;
}

static bool command_read(struct arena *a, struct str line, struct entry_commands *out,
			 struct error *e)
{
	struct str name, target, module, object = { NULL, 0 }, extras;

	if (!str_cut(line, '=', &name, &target))
		return err_set(e, ERR_INPUT, "\"" STR_FMT "\" is not an entry point",
			       STR_ARG(line));
	name = str_trim(name);
	str_cut(target, '[', &target, &extras);
	str_cut(target, ':', &module, &object);
	module = str_trim(module);
	object = str_trim(object);
	if (!command_is_command(name))
		return err_set(e, ERR_INPUT, "\"" STR_FMT "\" is not a name for a command",
			       STR_ARG(name));
	if (!command_is_dotted(module) || !command_is_dotted(object))
		return err_set(e, ERR_INPUT,
			       "the command " STR_FMT
			       " needs \"module:function\", and has \"" STR_FMT "\"",
			       STR_ARG(name), STR_ARG(str_trim(target)));
	*list_push(a, out) = (struct entry_command){ str_dup(a, name), str_dup(a, module),
						     str_dup(a, object) };
	return true;
}

bool commands_read(struct arena *a, struct str text, struct entry_commands *out, struct error *e)
{
	bool commands = false;
	struct str line;

	while (str_next(&text, '\n', &line)) {
		line = str_trim(line);
		if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';')
			continue;
		if (line.p[0] == '[') {
			commands = str_eq(line, STR("[console_scripts]")) ||
				   str_eq(line, STR("[gui_scripts]"));
			continue;
		}
		if (commands && !command_read(a, line, out, e))
			return false;
	}
	return true;
}

struct str command_text(struct arena *a, const char *python, const struct entry_command *l)
{
	const char *dot = strchr(l->object, '.');
	int first = dot ? (int)(dot - l->object) : (int)strlen(l->object);

	return str_of(arena_printf(a,
				   "#!%s\n"
				   "# -*- coding: utf-8 -*-\n"
				   "import sys\n"
				   "from %s import %.*s\n"
				   "if __name__ == '__main__':\n"
				   "    sys.exit(%s())\n",
				   python, l->module, first, l->object, l->object));
}
