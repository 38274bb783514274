/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of runtime/debug.BuildInfo: fields between tabs. */

#include "inspect/layers/embedded.h"

#include "format/debian/purl.h"

struct go_module {
	struct str path, version; /* no path: none is open */
};

static void go_module_add(struct arena *a, const struct go_module *m, struct strings *purls)
{
	const char *version = NULL;
	struct purl p;

	if (m->path.n == 0 || purls->n == EMBEDDED_MAX)
		return;
	if (m->version.n && !str_eq(m->version, STR("(devel)")))
		version = str_dup(a, m->version);
	purl_of(a, "golang", str_dup(a, m->path), version, &p);
	if (*p.name)
		*list_push(a, purls) = purl_text(a, &p);
}

/* "=> PATH VERSION SUM": instead of the module before. What a folder stands for ("./lib") keeps its
 * name, and nobody knows which version it is. */
static void go_module_replace(struct go_module *m, struct str path, struct str version)
{
	bool folder = path.n == 0 || path.p[0] == '.' || path.p[0] == '/';

	m->version = folder ? (struct str){ "", 0 } : version;
	if (!folder)
		m->path = path;
}

/* "go1.24.4", "go1.24.4 X:boringcrypto"; "devel go1.25-8a3d5c" is none that anybody released. */
static void go_library_add(struct arena *a, struct str version, struct strings *purls)
{
	struct go_module library = { STR("stdlib"), { "", 0 } };
	struct str rest;

	str_cut(version, ' ', &version, &rest);
	if (str_starts(version, STR("go")))
		library.version = str_from(version, 2);
	go_module_add(a, &library, purls);
}

void go_modules_take(struct arena *a, const struct elf_go *go, struct strings *purls)
{
	struct str lines = go->modules, line, word, path, version, rest;
	struct go_module open = { { "", 0 }, { "", 0 } };

	go_library_add(a, go->version, purls);
	while (str_next(&lines, '\n', &line)) {
		str_cut(line, '\t', &word, &rest);
		str_cut(rest, '\t', &path, &rest);
		str_cut(rest, '\t', &version, &rest);
		if (str_eq(word, STR("=>"))) {
			go_module_replace(&open, path, version);
			continue;
		}
		if (!str_eq(word, STR("mod")) && !str_eq(word, STR("dep")))
			continue;
		go_module_add(a, &open, purls);
		open = (struct go_module){ path, version };
	}
	go_module_add(a, &open, purls);
}
