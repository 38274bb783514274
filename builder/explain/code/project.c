/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a project, and the texts in them. */

#include "explain/code/project.h"

#include <ctype.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "format/json/jsonx.h"
#include "make/compile/source_folder.h"

#define PROJECT_TEXT_MAX (1u << 20)
#define PROJECT_DEPTH_MAX 32
#define LIBRARY_NAME_MAX 200
#define LIBRARIES_MAX 64

const char *own_path(const struct own_project *p, const char *name)
{
	if (strcmp(p->folder, ".") == 0)
		return name;
	return strcmp(name, ".") == 0 ? p->folder : arena_printf(p->a, "%s/%s", p->folder, name);
}

bool own_has(const struct own_project *p, const char *name)
{
	return access(own_path(p, name), F_OK) == 0;
}

bool own_text(const struct own_project *p, const char *name, struct str *out, struct error *e)
{
	return io_read_named(p->a, own_path(p, name), PROJECT_TEXT_MAX, out, e);
}

bool own_json(const struct own_project *p, const char *name, struct json_doc *doc,
	      struct json_node *root, struct error *e)
{
	struct str text;

	if (!own_text(p, name, &text, e) || !json_parse(own_path(p, name), text, doc, e))
		return false;
	*root = json_root(doc);
	return json_want_object(root, e);
}

bool own_head(struct arena *a, const struct own_project *p, const char *name, struct str *out,
	      struct error *e)
{
	const char *path = own_path(p, name);
	AUTO_FD fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	char *text;
	size_t n;

	if (fd < 0 || fstat(fd, &st) != 0)
		return err_sys(e, "open %s", path);
	if (!S_ISREG(st.st_mode) || st.st_size <= PROJECT_TEXT_MAX)
		return io_read_named(a, path, PROJECT_TEXT_MAX, out, e);
	n = PROJECT_TEXT_MAX;
	text = arena_alloc(a, n + 1);
	if (!fd_pread(fd, text, n, 0, path, e))
		return false;
	text[n] = 0;
	*out = (struct str){ text, n };
	return true;
}

bool own_is_folder(const struct own_project *p, const char *name)
{
	struct stat st;

	return lstat(own_path(p, name), &st) == 0 && S_ISDIR(st.st_mode);
}

const char *own_ignored(const struct own_project *p, const char *name)
{
	const struct source_recipe source = { .folder = p->folder,
					      .repository = ".",
					      .ignore = p->ignore };

	return source_folder_ignores(p->a, &source, name);
}

bool own_names(const struct own_project *p, const char *folder, struct strings *out,
	       struct error *e)
{
	const char *path = folder[0] ? own_path(p, folder) : p->folder;
	AUTO_FD fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || file_names(p->a, fd, path, out, e);
}

static bool own_find_file(const struct own_project *p, const char *folder, unsigned depth,
			  bool *out, struct error *e)
{
	struct strings names = { NULL, 0, 0 };

	if (!own_names(p, folder, &names, e))
		return false;
	for (size_t i = 0; i < names.n && !*out; i++) {
		const char *path = arena_printf(p->a, "%s/%s", folder, names.v[i]);

		if (!own_is_folder(p, path))
			*out = !own_ignored(p, path);
		else if (depth < PROJECT_DEPTH_MAX && !own_find_file(p, path, depth + 1, out, e))
			return false;
	}
	return true;
}

bool own_check_lock(const struct own_project *p, const char *name, struct error *e)
{
	const char *rule = own_ignored(p, name);

	return !rule || err_set(e, ERR_INPUT,
				"%s is left out by %s, as git leaves it out: take that line away, "
				"for the lock file belongs into the repository",
				own_path(p, name), rule);
}

bool own_has_files(const struct own_project *p, const char *folder, bool *out, struct error *e)
{
	*out = false;
	return own_find_file(p, folder, 0, out, e);
}

/* Its file; NULL: it is not the repository's. */
static const char *own_toolchain_file(const struct own_project *p, const char *toolchain)
{
	struct error ignored = { .kind = ERR_NONE };
	struct json_node root, toolchains, one;
	AUTO_JSON doc = { 0 };
	struct str text;

	if (access("images.json", F_OK) != 0 ||
	    !io_read_named(p->a, "images.json", PROJECT_TEXT_MAX, &text, &ignored) ||
	    !json_parse("images.json", text, &doc, &ignored))
		return NULL;
	root = json_root(&doc);
	return json_node_is_object(&root) && jsonx_get(&root, "toolchains", &toolchains) &&
			       json_node_is_object(&toolchains) &&
			       jsonx_get(&toolchains, toolchain, &one) && json_node_is_object(&one)
		       ? jsonx_text(p->a, &one, "file")
		       : NULL;
}

bool own_toolchain_has(const struct own_project *p, const char *toolchain, const char *package)
{
	const char *file = own_toolchain_file(p, toolchain);
	struct error ignored = { .kind = ERR_NONE };
	struct str text;

	if (!file || !io_read_named(p->a, file, PROJECT_TEXT_MAX, &text, &ignored))
		return true;
	package = arena_printf(p->a, "\"%s\"", package);
	return memmem(text.p, text.n, package, strlen(package)) != NULL;
}

void own_needs_cxx(struct own_project *p)
{
	*list_push(p->a, &p->base_libraries) = "libgcc-s1";
	*list_push(p->a, &p->base_libraries) = "libstdc++6";
}

void own_add_env(struct own_project *p, const char *name, const char *value)
{
	list_each(x, &p->env) {
		if (strcmp(x->name, name) == 0) {
			x->value = value;
			return;
		}
	}
	*list_push(p->a, &p->env) = (struct draft_variable){ name, value };
}

/* "build-Web App" -> "build-web-app", as steps may be called. */
static const char *own_step_name(struct arena *a, const char *text)
{
	char *name = arena_strdup(a, text);

	for (char *c = name; *c; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c | 32)
		     : (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || strchr("._-", *c)
			     ? *c
			     : '-';
	return name;
}

void own_add_step(struct own_project *p, const char *name, const char *const *run)
{
	struct project_step *s = list_push(p->a, &p->steps);

	s->name = own_step_name(p->a, name);
	for (; *run; run++)
		*list_push(p->a, &s->run) = *run;
}

/* As files of libraries, modules and packages are called; not what has a variable, say. Headers
 * and modules of Perl are in folders. */
static bool own_is_library(enum own_library_form form, const char *name)
{
	const char *others = form == LIBRARY_HEADER || form == LIBRARY_PERL ? "_+-./" : "_+-.";
	size_t n = strlen(name);

	for (size_t i = 0; i < n; i++) {
		if (!isalnum((unsigned char)name[i]) && !strchr(others, name[i]))
			return false;
	}
	return n > 0 && n <= LIBRARY_NAME_MAX;
}

static bool own_wants_library(const struct own_project *p, enum own_library_form form,
			      const char *name)
{
	list_each(l, &p->libraries) {
		if (l->form == form && strcmp(l->name, name) == 0)
			return false;
	}
	/* the most: no build system that people wrote has more */
	return p->libraries.n < LIBRARIES_MAX && own_is_library(form, name);
}

void own_install_libraries(struct own_project *p)
{
	static const char folder[] = "${destdir}/usr/lib/${target}";

	if (!strings_has(&p->keep, OWN_LIBRARIES))
		*list_push(p->a, &p->keep) = OWN_LIBRARIES;
	PROJECT_STEP(p, "folder", "install", "-d", folder);
	PROJECT_STEP(p, "libraries", "find", ".", "-name", "lib*.so*", "!", "-type", "d", "-exec",
		     "cp", "-d", "-t", folder, "{}", "+");
}

void own_add_library(struct own_project *p, enum own_library_form form, const char *name,
		     const char *at)
{
	if (own_wants_library(p, form, name))
		*list_push(p->a, &p->libraries) =
			(struct own_library){ .form = form, .name = name, .at = at };
}

void own_read_library(struct own_project *p, enum own_library_form form, struct str name,
		      const char *file, struct str text, const char *at)
{
	const char *copy;

	if (name.n > LIBRARY_NAME_MAX)
		return;
	copy = str_dup(p->a, name);
	if (own_wants_library(p, form, copy))
		*list_push(p->a, &p->libraries) = (struct own_library){
			.form = form, .name = copy, .at = own_place(p, file, text, at)
		};
}

const char *own_place(const struct own_project *p, const char *name, struct str text,
		      const char *at)
{
	unsigned line = 1;

	for (const char *c = text.p; at && c < at; c++)
		line += *c == '\n';
	return arena_printf(p->a, "%s:%u", own_path(p, name), line);
}

bool own_name_ends(const char *name, const char *const *endings)
{
	for (; *endings; endings++) {
		if (str_ends(str_of(name), str_of(*endings)))
			return true;
	}
	return false;
}

const char *own_word(struct arena *a, struct str text, const char *before, const char **at)
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

#define PROGRAMS_TOLD_MAX 6

void own_tell_programs(struct own_project *p, const struct strings *others, const char *chosen,
		       const char *at)
{
	struct strings told = { NULL, 0, 0 };
	bool more;

	for (size_t i = 0; i < others->n && told.n <= PROGRAMS_TOLD_MAX; i++) {
		if (strcmp(others->v[i], chosen) != 0 && !strings_has(&told, others->v[i]))
			*list_push(p->a, &told) = others->v[i];
	}
	more = told.n > PROGRAMS_TOLD_MAX;
	told.n -= more;
	if (told.n)
		draft_leave(p->d,
			    "the project has the program%s %s%s, too: the recipe has %s (%s); "
			    "another one takes a line of \"keep\" more",
			    told.n > 1 ? "s" : "", strings_join(p->a, &told, ", "),
			    more ? " ..." : "", chosen, at);
}
