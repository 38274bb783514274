/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a project, and the texts in them. */

#include "explain/code/project.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"

#define PROJECT_TEXT_MAX (1u << 20)

const char *project_path(const struct project *p, const char *name)
{
	return strcmp(p->folder, ".") == 0 ? name : arena_printf(p->a, "%s/%s", p->folder, name);
}

bool project_has(const struct project *p, const char *name)
{
	return access(project_path(p, name), F_OK) == 0;
}

bool project_text(const struct project *p, const char *name, struct str *out, struct error *e)
{
	return io_read_named(p->a, project_path(p, name), PROJECT_TEXT_MAX, out, e);
}

bool project_names(const struct project *p, const char *folder, struct strings *out,
		   struct error *e)
{
	const char *path = folder[0] ? project_path(p, folder) : p->folder;
	AUTO_FD fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || file_names(p->a, fd, path, out, e);
}

void project_add_step(struct project *p, const char *name, const char *const *run)
{
	struct project_step *s = list_push(p->a, &p->steps);

	s->name = name;
	for (; *run; run++)
		*list_push(p->a, &s->run) = *run;
}

const char *project_place(const struct project *p, const char *name, struct str text,
			  const char *at)
{
	unsigned line = 1;

	for (const char *c = text.p; at && c < at; c++)
		line += *c == '\n';
	return arena_printf(p->a, "%s:%u", project_path(p, name), line);
}

const char *project_word(struct arena *a, struct str text, const char *before, const char **at)
{
	struct str line;

	while (str_next(&text, '\n', &line)) {
		struct str word = str_trim(line);
		size_t n;

		if (!str_starts(word, str_of(before)))
			continue;
		word = str_from(word, strlen(before));
		while (word.n && strchr(" \t('\"", word.p[0]))
			word = str_from(word, 1);
		for (n = 0; n < word.n && !strchr(" \t(),'\"\r", word.p[n]); n++)
			;
		if (n == 0)
			continue;
		*at = word.p;
		return arena_strndup(a, word.p, n);
	}
	return NULL;
}
