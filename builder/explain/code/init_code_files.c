/* SPDX-License-Identifier: Apache-2.0 */
/* Written in a folder of their own within the working folder, and moved from there. */

#include "explain/code/init_code_files.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/path.h"
#include "explain/code/init_code_text.h"

#define CODE_FILE_MAX ((size_t)1 << 20)
#define CODE_TAUGHT "new\n"

/* Where a file stands now. */
static const char *code_files_path(const struct code_making *m, const char *path)
{
	return m->place.scratch ? arena_printf(m->a, "%s/%s", m->place.scratch, path) : path;
}

/* Recipe and source may be those of an init whose build did not come to its end: their texts tell,
 * as soon as they are known. */
bool code_files_check(struct code_making *m, struct error *e)
{
	const char *name = m->p.d->name;

	m->out->recipe = arena_printf(m->a, "recipes/%s.json", name);
	return (access(m->out->recipe, F_OK) == 0 ||
		init_check_free(arena_printf(m->a, "recipes/%s.lock.json", name), e)) &&
	       init_check_free(arena_printf(m->a, "out/%s", name), e);
}

/* A text that a build taught something is remembered by its digest until an image comes of it: the
 * next init would begin with another. */
static struct digest code_files_key(struct code_making *m, struct str text)
{
	struct digest d = digest_of(text);

	return digest_of(str_of(arena_printf(m->a, "recipe that a build taught/1\n%s\n",
					     digest_hex_dup(m->a, &d))));
}

static bool code_files_note(struct code_making *m, struct str text, const char *state,
			    struct error *e)
{
	struct digest key = code_files_key(m, text);

	return store_put_action(m->order->build.store, &key, str_of(state), e);
}

/* 1: a file has the text that an init left there, and no image has come of it; 0; -1. */
static int code_files_is_left(struct code_making *m, const char *path, struct error *e)
{
	struct error ignored = { .kind = ERR_NONE };
	struct str text, state;
	struct digest key;
	int got;

	if (!io_read_file(m->a, AT_FDCWD, path, CODE_FILE_MAX, &text, &ignored)) {
		err_clear(&ignored);
		return 0;
	}
	key = code_files_key(m, text);
	got = store_get_action(m->a, m->order->build.store, &key, &state, e);
	return got > 0 ? str_eq(state, STR(CODE_TAUGHT)) : got;
}

static bool code_files_write(struct code_making *m, const char *path, struct str text,
			     struct error *e)
{
	const char *full = code_files_path(m, path);

	if (!strings_has(&m->out->files, path))
		*list_push(m->a, &m->out->files) = path;
	return (m->place.scratch || code_files_note(m, text, CODE_TAUGHT, e)) &&
	       file_mkdirs(AT_FDCWD, path_dir(m->a, full), e) &&
	       file_write_path(full, 0644, text, e);
}

bool code_files_write_recipe(struct code_making *m, struct error *e)
{
	struct buf recipe = { .a = m->a }, source = { .a = m->a };

	code_recipe_text(&m->p, &recipe);
	code_source_text(&m->p, &source);
	return code_files_write(m, m->out->recipe, buf_str(&recipe), e) &&
	       (m->p.plain ||
		code_files_write(m, arena_printf(m->a, "recipes/sources/%s.json", m->p.d->name),
				 buf_str(&source), e));
}

bool code_files_settle(struct code_making *m, struct error *e)
{
	struct buf recipe = { .a = m->a }, source = { .a = m->a };

	code_recipe_text(&m->p, &recipe);
	code_source_text(&m->p, &source);
	return code_files_note(m, buf_str(&recipe), "image\n", e) &&
	       code_files_note(m, buf_str(&source), "image\n", e);
}

bool code_files_stand_in(struct code_making *m, const char **path, struct error *e)
{
	struct buf text = { .a = m->a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "name", m->p.d->name);
	jsonw_cstr(&w, "base", m->p.base);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	*path = code_files_path(m, "stand-in.json");
	return file_write_path(*path, 0644, buf_str(&text), e);
}

/* Whether a file has this text; one that is not there has another. */
static bool code_files_is(const struct code_making *m, const char *path, struct str text)
{
	struct error ignored = { .kind = ERR_NONE };
	struct str there;

	return io_read_file(m->a, AT_FDCWD, path, CODE_FILE_MAX, &there, &ignored) &&
	       str_eq(there, text);
}

/* Whether git leaves out what builds write, already. */
static bool code_files_ignore_out(const struct code_making *m)
{
	const struct own_project here = { .a = m->a, .folder = "." };

	return own_ignored(&here, "out") != NULL;
}

/* Files that people have already are theirs. */
static bool code_files_write_others(struct code_making *m, struct error *e)
{
	const char *name = m->p.d->name, *ci = init_ci_path(m->order->ci);
	struct str catalogue = str_of(init_catalogue(m->a, name));
	bool theirs = access("images.json", F_OK) == 0;

	if (theirs && !code_files_is(m, "images.json", catalogue))
		draft_leave(m->p.d,
			    "images.json is yours already: add \"%s\": { \"recipe\": \"%s\", "
			    "\"tags\": [\"latest\"] } to its \"images\"",
			    name, m->out->recipe);
	if (!theirs && !code_files_write(m, "images.json", catalogue, e))
		return false;
	if (access(".gitignore", F_OK) == 0 && !code_files_ignore_out(m))
		draft_leave(m->p.d, ".gitignore is yours already: add /out/ to it");
	else if (access(".gitignore", F_OK) != 0 &&
		 !code_files_write(m, ".gitignore", STR("/out/\n"), e))
		return false;
	return !ci || code_files_write(m, ci, str_of(init_ci_text(m->a, m->order->ci, name)), e);
}

/* Takes what is there with the very text out of the list of what is moved, and what an earlier init
 * left, which is replaced. */
static bool code_files_pass_by(struct code_making *m, struct strings *replaced, struct error *e)
{
	struct strings *files = m->place.files;
	size_t left = 0;

	for (size_t i = 0; i < files->n; i++) {
		struct str text;
		int is_left;

		if (!io_read_file(m->a, AT_FDCWD, code_files_path(m, files->v[i]), CODE_FILE_MAX,
				  &text, e))
			return false;
		if (code_files_is(m, files->v[i], text))
			continue;
		is_left = code_files_is_left(m, files->v[i], e);
		if (is_left < 0)
			return false;
		if (is_left)
			*list_push(m->a, replaced) = files->v[i];
		else
			files->v[left++] = files->v[i];
	}
	files->n = left;
	return true;
}

static bool code_files_replace(struct code_making *m, const struct strings *replaced,
			       struct error *e)
{
	list_each(path, replaced) {
		if (rename(code_files_path(m, *path), *path) != 0)
			return err_sys(e, "write %s", *path);
		*list_push(m->a, m->place.files) = *path;
	}
	return true;
}

bool code_files_make(struct code_making *m, bool (*ask)(struct code_making *m, struct error *e),
		     struct error *e)
{
	struct file_workdir scratch = FILE_WORKDIR_INIT;
	struct strings replaced = { NULL, 0, 0 };
	AUTO_FD here = file_open_dir(AT_FDCWD, ".", e);
	bool ok;

	if (here < 0)
		return false;
	file_remove_leftovers(here);
	if (!file_workdir_make(here, &scratch, e))
		return false;
	m->place.scratch = scratch.name;
	ok = code_files_write_recipe(m, e) && code_files_write_others(m, e) && ask(m, e) &&
	     code_files_pass_by(m, &replaced, e) && init_move(m->a, &m->place, e) &&
	     code_files_replace(m, &replaced, e);
	if (!ok)
		init_strip_scratch(e, scratch.name);
	fd_closep(&scratch.fd);
	m->place.scratch = NULL;
	return file_remove_tree(here, scratch.name, ok ? e : &(struct error){ 0 }) && ok;
}
