/* SPDX-License-Identifier: Apache-2.0 */
/* Scripts of a folder that is copied as it is: people keep those of their own work beside what
 * runs, and an image without a shell cannot start them. */

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/path.h"
#include "explain/code/project.h"
#include "explain/init/shebang.h"

#define SCRIPTS_DEPTH_MAX 32
#define SCRIPT_HEAD 256 /* of a file, as the kernel reads it */

struct script_search {
	struct own_project *p;
	const char *interpreter; /* that the image has: "node" */
	struct strings found;
};

/* The program that a script is for: "python3"; NULL: it is no file, or none. */
static const char *script_program(const struct own_project *p, const char *name, mode_t *mode)
{
	const char *path = own_path(p, name);
	char head[SCRIPT_HEAD];
	struct stat st;
	struct shebang line;
	ssize_t n;
	AUTO_FD fd = -1;

	if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return NULL;
	*mode = st.st_mode;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, head, sizeof(head));
	if (n <= 0 || !shebang_read((struct str){ head, (size_t)n }, &line) || line.program.n == 0)
		return NULL;
	return path_base(str_dup(p->a, line.program));
}

/* Whether it begins as a script for another program, and may be started. */
static bool script_is_foreign(const struct script_search *s, const char *name)
{
	mode_t mode = 0;
	const char *program = script_program(s->p, name, &mode);

	/* python3.13 is python3 */
	return program && (mode & 0111) && !str_starts(str_of(program), str_of(s->interpreter)) &&
	       !own_ignored(s->p, name);
}

bool own_is_python(const struct own_project *p, const char *name)
{
	mode_t mode;
	const char *program = strchr(path_base(name), '.') ? NULL : script_program(p, name, &mode);

	return program && str_starts(str_of(program), STR("python"));
}

static bool scripts_find(struct script_search *s, const char *folder, unsigned depth,
			 struct error *e)
{
	struct own_project *p = s->p;
	struct strings names = { NULL, 0, 0 };

	if (!own_names(p, folder, &names, e))
		return false;
	list_each(x, &names) {
		const char *path = folder[0] ? arena_printf(p->a, "%s/%s", folder, *x) : *x;

		if (strcmp(*x, ".git") == 0 || strcmp(*x, "node_modules") == 0)
			continue;
		if (own_is_folder(p, path)) {
			if (depth < SCRIPTS_DEPTH_MAX && !own_ignored(p, path) &&
			    !scripts_find(s, path, depth + 1, e))
				return false;
			continue;
		}
		if (script_is_foreign(s, path))
			*list_push(p->a, &s->found) = path;
	}
	return true;
}

bool own_drop_scripts(struct own_project *p, const char *interpreter, struct error *e)
{
	struct script_search s = { .p = p, .interpreter = interpreter };

	if (!scripts_find(&s, "", 0, e))
		return false;
	list_each(x, &s.found)
		*list_push(p->a, &p->drop) = arena_printf(p->a, "/app/%s", *x);
	if (s.found.n)
		draft_chose(p->d, "drop", strings_join(p->a, &s.found, ", "),
			    "scripts for programs that the image lacks");
	return true;
}
