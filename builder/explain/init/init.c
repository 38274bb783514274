/* SPDX-License-Identifier: Apache-2.0 */
/* Rounds: compose and read, write, build, look at what the audit says, until nothing changes. */

#include "explain/init/init.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "explain/init/collect.h"
#include "explain/init/dependency.h"
#include "explain/init/init_lines.h"
#include "explain/init/init_program.h"
#include "explain/init/interpreters.h"
#include "explain/init/library_cache.h"
#include "explain/init/locale.h"
#include "explain/init/php_modules.h"
#include "explain/init/server_modules.h"
#include "explain/init/settle.h"
#include "explain/init/siblings.h"
#include "explain/init/terminal.h"
#include "explain/suggest.h"
#include "format/text/image_name.h"
#include "line/build.h"

#define ROUNDS_MAX 6

struct initing {
	struct arena *a;
	const struct init_order *order;
	struct init_result *out;
	struct init_draft *d;
	struct init_place place;
	struct build_order build;     /* in the scratch folder */
	struct collecting collecting; /* of the chain that is open */
	const char *program;	      /* of order.program, its path in the folder; or NULL */
	bool read;		      /* the packages were read */
};

static bool init_judge(void *ctx, const struct chain *c, const struct depends_miss *m,
		       const char **reason, struct error *e)
{
	struct initing *i = ctx;

	i->collecting = (struct collecting){
		.a = i->a, .d = i->d, .chain = c, .top = &chain_top(c)->composition
	};
	collect_open(&i->collecting);
	return dependency_judge(&i->collecting, m, reason, e);
}

/* What is in the packages, once all of them are there. */
static bool init_read(struct initing *i, struct error *e)
{
	struct collecting *k = &i->collecting;
	bool added;

	if (i->read)
		return true;
	if (!siblings_add(k, &added, e) || !interpreters_add(k, &added, e))
		return false;
	collect_terminal(k, &added);
	if (added)
		return true;
	i->read = true;
	collect_server_modules(k);
	return collect_accounts(k, e) && collect_folders(k, e) && collect_php_modules(k, e) &&
	       collect_service(k, e) && collect_drops(k, e);
}

static bool init_last(void *ctx, const struct chain *c, struct error *e)
{
	struct initing *i = ctx;
	struct collecting *k = &i->collecting;

	*k = (struct collecting){
		.a = i->a, .d = i->d, .chain = c, .top = &chain_top(c)->composition
	};
	collect_open(k);
	return collect_unwanted(k, e) && init_read(i, e) && collect_locale(k, e) &&
	       collect_library_cache(k, e);
}

static bool write_recipe(struct initing *i, struct error *e)
{
	struct buf text = { .a = i->a };

	draft_format(i->d, &text);
	if (!init_write(i->a, &i->place, i->out->recipe, buf_str(&text), e))
		return false;
	for (size_t k = 0; k < i->d->files.n; k++) {
		const struct draft_file *f = &i->d->files.v[k];

		if (!init_write(i->a, &i->place,
				arena_printf(i->a, "rootfs/%s%s", i->d->name, f->path), f->text, e))
			return false;
	}
	return true;
}

/* Composes the draft; what comes up goes into it. */
static bool compose_draft(struct initing *i, struct error *e)
{
	const struct suggest_hooks hooks = { i, init_judge, init_last };
	struct suggestions lines;
	bool again;

	do {
		size_t packages = i->d->packages.n;

		i->d->unsettled = false;
		if (!write_recipe(i, e) || !build_suggest_with(i->a, &i->build, &hooks, &lines, e))
			return false;
		init_take_lines(i->d, &lines);
		if (i->d->packages.n > packages) /* an interpreter has a use for what had none */
			draft_forget_accepted(i->d);
		again = init_drop_unknown(i->d, &lines) || i->d->packages.n > packages ||
			i->d->unsettled;
	} while (again);
	list_each(u, &lines.unknown)
		draft_leave(i->d, "nothing was found that has %s, needed by %s", u->library,
			    u->file);
	return write_recipe(i, e);
}

/* Builds until the audit has nothing more that the draft can do something about. */
static bool build_draft(struct initing *i, struct error *e)
{
	for (unsigned round = 0; round < ROUNDS_MAX; round++) {
		size_t open = i->d->open.n;
		bool changed = false;

		if (!build_image(i->a, &i->build, &i->out->build, e))
			return false;
		for (size_t k = 0; k < i->out->build.audits.n; k++)
			changed = settle_findings(i->d, &i->out->build.audits.v[k]) || changed;
		if (!changed)
			return true;
		i->d->open.n = open; /* what is left is told by the last round */
		if (!(i->d->unsettled ? compose_draft(i, e) : write_recipe(i, e)))
			return false;
	}
	return true;
}

/* "g++" -> "gpp": what an image may be called. */
static const char *image_name_of(struct arena *a, const char *package)
{
	char *name = arena_strdup(a, package);

	for (char *p = name; *p; p++)
		*p = *p == '+' ? 'p' : *p >= 'A' && *p <= 'Z' ? (char)(*p | 32) : *p;
	return name;
}

/* The name of the working folder, as far as it may be one of an image. */
static const char *folder_name(struct arena *a, struct error *e)
{
	char path[4096];
	const char *name;

	if (!getcwd(path, sizeof(path)))
		return err_sys(e, "find the working folder"), NULL;
	name = image_name_from(a, path_base(path), "");
	return name ? name : "app";
}

/* What would be in the way is told before any work. */
static bool check_places(struct initing *i, struct error *e)
{
	const char *ci = init_ci_path(i->order->ci);
	const char *lock = arena_printf(i->a, "recipes/%s.lock.json", i->d->name);

	return init_check_free("images.json", e) && init_check_free(i->out->recipe, e) &&
	       init_check_free(lock, e) &&
	       init_check_free(arena_printf(i->a, "rootfs/%s", i->d->name), e) &&
	       init_check_free(arena_printf(i->a, "out/%s", i->d->name), e) &&
	       (!ci || init_check_free(ci, e));
}

static bool write_others(struct initing *i, struct error *e)
{
	const char *ci = init_ci_path(i->order->ci);
	struct stat st;

	if (!init_write(i->a, &i->place, "images.json", str_of(init_catalogue(i->a, i->d->name)),
			e))
		return false;
	if (lstat(".gitignore", &st) == 0)
		draft_leave(i->d, ".gitignore is yours already: add /out/ to it");
	else if (!init_write(i->a, &i->place, ".gitignore", STR("/out/\n"), e))
		return false;
	if (!ci)
		return true;
	draft_leave(
		i->d,
		"%s installs ci/imgbuild.deb: put the package of imgbuild there, or install it in another way",
		ci);
	return init_write(i->a, &i->place, ci, str_of(init_ci_text(i->a, i->order->ci, i->d->name)),
			  e);
}

/* Locks of bases that the folder has already are those of the image, too. */
static bool lend_locks(struct initing *i, struct error *e)
{
	struct strings names = { 0 };
	AUTO_FD fd = open("locks", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return init_check_free("locks/tools.lock.json", e);
	if (!file_names(i->a, fd, "locks", &names, e))
		return false;
	for (size_t k = 0; k < names.n; k++) {
		if (str_ends(str_of(names.v[k]), STR(".lock.json")) &&
		    !init_lend(i->a, &i->place, arena_printf(i->a, "locks/%s", names.v[k]), e))
			return false;
	}
	return true;
}

/* Lock files that the builds made stand in the scratch folder: they come along. */
static bool find_locks(struct initing *i, const char *folder, struct error *e)
{
	const char *path = arena_printf(i->a, "%s/%s", i->place.scratch, folder);
	struct strings names = { 0 };
	struct stat st;
	AUTO_FD fd = -1;

	if (stat(path, &st) != 0)
		return true;
	fd = file_open_dir(AT_FDCWD, path, e);
	if (fd < 0 || !file_names(i->a, fd, path, &names, e))
		return false;
	for (size_t k = 0; k < names.n; k++) {
		const char *file = arena_printf(i->a, "%s/%s", folder, names.v[k]);
		bool lent = strcmp(folder, "locks") == 0 && lstat(file, &st) == 0;

		if (str_ends(str_of(file), STR(".lock.json")) && !lent &&
		    !strings_has(i->place.files, file))
			*list_push(i->a, i->place.files) = file;
	}
	return fd_close(&fd, path, e);
}

/* The image again, from the files where they are now: everything it takes is in the store. */
static bool init_build_here(struct initing *i, struct error *e)
{
	struct build_order o = i->order->build;

	o.recipe = i->out->recipe;
	return build_image(i->a, &o, &i->out->build, e);
}

static bool init_work(struct initing *i, struct error *e)
{
	bool packages = i->order->packages.n > 0;

	i->build = i->order->build;
	i->build.recipe = arena_printf(i->a, "%s/%s", i->place.scratch, i->out->recipe);
	i->build.output = arena_printf(i->a, "%s/out/%s", i->place.scratch, i->d->name);
	i->build.progress = NULL;
	if (!write_others(i, e) || (i->program && !init_lend(i->a, &i->place, i->program, e)) ||
	    !lend_locks(i, e))
		return false;
	progress_begin(i->order->build.progress, "init", "reading what %s",
		       packages ? "the packages tell" : "the program needs");
	if (!compose_draft(i, e))
		return false;
	progress_end(i->order->build.progress, "init", false, "read");
	progress_begin(i->order->build.progress, "try", "trying %s", i->out->recipe);
	if (!build_draft(i, e))
		return false;
	progress_end(i->order->build.progress, "try", false, "tried");
	return find_locks(i, "recipes", e) && find_locks(i, "locks", e);
}

static bool init_choose_name(struct initing *i, struct error *e)
{
	const struct init_order *o = i->order;

	i->d->name = o->name	     ? o->name
		     : o->packages.n ? image_name_of(i->a, o->packages.v[0])
		     : o->program    ? init_program_name(i->a, o->program)
				     : folder_name(i->a, e);
	if (!i->d->name)
		return false;
	i->out->recipe = arena_printf(i->a, "recipes/%s.json", i->d->name);
	list_append(i->a, &i->d->packages, &o->packages);
	i->d->asked = o->packages.n;
	return true;
}

/* The draft is not kept: where in it something is wrong tells nothing. */
static void init_forget_place(const struct initing *i, struct error *e)
{
	if (strcmp(e->at.file, i->out->recipe) != 0)
		return;
	e->at.file[0] = '\0';
	e->context[0] = '\0';
}

bool init_run(struct arena *a, const struct init_order *o, struct init_result *out, struct error *e)
{
	struct initing i = { .a = a, .order = o, .out = out, .d = &out->draft };
	struct file_workdir scratch = FILE_WORKDIR_INIT;
	AUTO_FD here = -1;
	bool ok;

	*out = (struct init_result){ .draft = { .a = a, .probes = o->probe } };
	i.place.files = &out->files;
	if (o->build.platforms.n)
		i.d->machine = o->build.platforms.v[0]->machine;
	if (!init_choose_name(&i, e) ||
	    (o->program && !init_program_check(a, o->program, i.d, &i.program, e)) ||
	    !check_places(&i, e))
		return false;
	here = file_open_dir(AT_FDCWD, ".", e);
	if (here < 0)
		return false;
	file_remove_leftovers(here);
	if (!file_workdir_make(here, &scratch, e))
		return false;
	i.place.scratch = scratch.name;
	ok = init_work(&i, e) && init_move(a, &i.place, e);
	fd_closep(&scratch.fd);
	if (!ok) {
		init_strip_scratch(e, scratch.name);
		init_forget_place(&i, e);
	}
	ok = file_remove_tree(here, scratch.name, ok ? e : &(struct error){ 0 }) && ok;
	out->built = true;
	out->accepts = (unsigned)out->draft.findings.n;
	strings_sort(&out->files);
	return ok && init_build_here(&i, e);
}
