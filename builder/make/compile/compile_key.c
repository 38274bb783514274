/* SPDX-License-Identifier: Apache-2.0 */
/* Writes down the inputs of a compilation. */

#include "make/compile/compile_key.h"

#include <fcntl.h>

#include "base/path.h"
#include "make/compile/compile_steps.h"
#include "make/compile/incremental.h"
#include "make/compile/local_files.h"
#include "make/compile/package_note.h"
#include "make/compile/source_folder.h"
#include "make/compile/source_signature.h"
#include "make/compile/step_words.h"
#include "make/compile/toolchain_root.h"

/* Raise it when compile_steps.c or fragment.c change what they do with the same inputs. */
#define FORMAT_NUMBER 3

/* Names with blanks and the like stand as %20: a line is a name and a value. */
static void key_add_name(struct buf *out, const char *name)
{
	for (; *name; name++) {
		if (*name > ' ' && *name != '%' && *name != 0x7f)
			buf_putc(out, *name);
		else
			buf_printf(out, "%%%02X", (unsigned)(unsigned char)*name);
	}
}

static bool add_folder(struct arena *a, struct buf *out, const struct compile_request *rq,
		       struct error *e)
{
	struct file_digests *known = rq->options ? rq->options->digests : NULL;
	const struct source_recipe *s = rq->source;
	struct source_files files = { 0 };

	if (!source_folder_list(a, s, &files, e))
		return false;
	for (size_t i = 0; i < files.n; i++) {
		const char *value;

		if (!source_file_value(a, &files.v[i], known, &value, e))
			return false;
		buf_puts(out, "folder.");
		key_add_name(out, files.v[i].name);
		buf_printf(out, " %s\n", value);
	}
	return true;
}

static void add_word(struct buf *out, const char *word)
{
	buf_printf(out, " %zu:%s", strlen(word), word);
}

static void add_patterns(struct buf *out, const char *name, const struct globs *l)
{
	buf_printf(out, "%s", name);
	for (size_t i = 0; i < l->n; i++)
		add_word(out, l->v[i].text);
	buf_putc(out, '\n');
}

static void add_env(struct buf *out, const struct variables *env, const struct platform *p)
{
	for (size_t i = 0; i < env->n; i++)
		buf_printf(out, "env.%s %s\n", env->v[i].name,
			   steps_for_platform(out->a, p, env->v[i].value));
}

/* A step that can do with less is content with less, and makes another result: but for the time,
 * after which there is none. */
static void key_add_limits(struct buf *out, const struct limits *l)
{
	const struct {
		const char *name;
		uint64_t value, usual;
	} all[] = {
		{ "memory-mib", l->memory_mib, limits_default.memory_mib },
		{ "file-mib", l->file_mib, limits_default.file_mib },
		{ "processes", l->processes, limits_default.processes },
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (all[i].value != all[i].usual)
			buf_printf(out, "limit.%s %llu\n", all[i].name,
				   (unsigned long long)all[i].value);
	}
}

/* What is said to the compiler counts, not the words of the recipe that stand for it. */
static void add_steps(struct buf *out, const struct source_recipe *s, const struct platform *p)
{
	const struct cross *cross = toolchain_cross(s->toolchain, p);

	add_env(out, &s->toolchain->env, p);
	if (cross)
		add_env(out, &cross->env, p);
	add_env(out, &s->env, p);
	for (size_t i = 0; i < s->steps.n; i++) {
		const struct step *step = &s->steps.v[i];

		buf_printf(out, "step.%s.dir %s\n", step->name, step->dir ? step->dir : ".");
		if (step->until)
			buf_printf(out, "step.%s.until %s\n", step->name, step->until);
		buf_printf(out, "step.%s.run", step->name);
		for (size_t k = 0; k < step->run.n; k++)
			add_word(out, steps_for_platform(out->a, p, step->run.v[k]));
		buf_putc(out, '\n');
	}
	if (s->cxx)
		buf_puts(out, "language c++\n");
	if (s->pkg_config.n) {
		buf_puts(out, "pkg-config");
		for (size_t i = 0; i < s->pkg_config.n; i++)
			add_word(out, s->pkg_config.v[i]);
		buf_putc(out, '\n');
	}
	add_patterns(out, "keep", &s->keep);
	add_patterns(out, "drop", &s->drop);
	key_add_limits(out, &s->limits);
}

static bool add_local(struct arena *a, struct buf *out, const char *kind, const char *path,
		      struct error *e)
{
	struct local_files files = { 0 };

	if (!local_list(a, path, &files, e))
		return false;
	for (size_t i = 0; i < files.n; i++) {
		const char *value;

		if (!local_file_value(a, &files.v[i], &value, e))
			return false;
		buf_printf(out, "%s.%s/%s %s\n", kind, path_base(path), files.v[i].name, value);
	}
	return true;
}

static bool key_add_image(struct arena *a, struct buf *out, const struct composed_files *files,
			  struct error *e)
{
	for (size_t i = 0; i < files->n; i++) {
		struct digest d;

		if (!node_digest(files->v[i], &d, e))
			return false;
		buf_puts(out, "image.");
		key_add_name(out, files->v[i]->path);
		buf_printf(out, " %s\n", digest_hex_dup(a, &d));
	}
	return true;
}

/* Of npm the lock file also says what stands where, of Python what a file is for, of jars in which
 * order they come; and git may ignore it. */
static void key_add_dependencies(struct arena *a, struct buf *out, const struct dependencies *l)
{
	if (l->form == DEPENDENCY_NPM || l->form == DEPENDENCY_PYTHON ||
	    l->form == DEPENDENCY_MAVEN)
		buf_printf(out, "dependencies %s%s\n", digest_hex_dup(a, &l->text),
			   l->dev ? " dev" : "");
	if (l->form == DEPENDENCY_NPM)
		buf_puts(out, "prebuilds fit\n"); /* node_prebuilds.h */
}

static void add_source_files(struct arena *a, struct buf *out, const struct locked_source *s)
{
	for (size_t i = 0; s && i < s->files.n; i++)
		buf_printf(out, "file.%s %s\n", s->files.v[i].name,
			   digest_hex_dup(a, &s->files.v[i].sha256));
}

static bool key_text(struct arena *a, const struct compile_request *rq, bool with_folder,
		     struct str *text, struct error *e)
{
	const struct source_recipe *s = rq->source;
	struct buf out = { .a = a };
	struct digest root;
	struct str note = note_text(a, rq->lock, s);

	if (!root_key(rq->lock, s, &root, e))
		return false;
	buf_printf(&out, "format %d\nsource %s\narchitecture %s\n", FORMAT_NUMBER, s->name,
		   rq->lock->architecture);
	buf_printf(&out, "toolchain %s\n", digest_hex_dup(a, &root));
	buf_printf(&out, "note " STR_FMT "\n", STR_ARG(note));
	add_source_files(a, &out, lock_source(rq->lock, s->name));
	if (!source_signature_add(a, &s->signature, &out, e))
		return false;
	key_add_dependencies(a, &out, &s->dependencies);
	if ((with_folder && !add_folder(a, &out, rq, e)) || !key_add_image(a, &out, &rq->image, e))
		return false;
	for (size_t i = 0; i < s->trees.n; i++) {
		if (!add_local(a, &out, "tree", s->trees.v[i], e))
			return false;
	}
	for (size_t i = 0; i < s->patches.n; i++) {
		if (!add_local(a, &out, "patch", s->patches.v[i], e))
			return false;
	}
	add_steps(&out, s, compile_platform(rq->lock));
	*text = buf_str(&out);
	return true;
}

bool compile_key_text(struct arena *a, const struct compile_request *rq, struct str *text,
		      struct error *e)
{
	const char *since;

	if (!key_text(a, rq, true, text, e))
		return false;
	if (!incremental_serves(rq))
		return true;
	if (!incremental_since(a, rq->store, &since, e))
		return false;
	*text = str_of(arena_printf(a, STR_FMT "incremental %s\n", STR_ARG(*text), since));
	return true;
}

bool compile_key_setup(struct arena *a, const struct compile_request *rq, struct digest *setup,
		       struct error *e)
{
	struct str text;

	if (!key_text(a, rq, false, &text, e))
		return false;
	*setup = digest_of(text);
	return true;
}

bool compile_key_digest(struct arena *a, const struct compile_request *rq, struct digest *key,
			struct error *e)
{
	struct str text;

	if (!compile_key_text(a, rq, &text, e))
		return err_wrap(e, "compile %s", rq->source->name);
	*key = digest_of(text);
	return true;
}

/* What people call an input: "tree.hello/main.c" is a file of the source. */
static const char *input_name(struct arena *a, struct str name)
{
	static const char *const words[][2] = {
		{ "folder.", "file " },	     { "tree.", "file " }, { "patch.", "patch " },
		{ "file.", "source file " }, { "env.", "env " },   { "step.", "step " },
		{ "image.", "file /" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (str_starts(name, str_of(words[i][0])))
			return arena_printf(a, "%s" STR_FMT, words[i][1],
					    STR_ARG(str_from(name, strlen(words[i][0]))));
	}
	return str_dup(a, name);
}

bool compile_inputs(struct arena *a, const struct compile_request *rq, struct str key_text,
		    struct history_inputs *out, struct error *e)
{
	struct str line, name, value;

	while (str_next(&key_text, '\n', &line)) {
		str_cut(line, ' ', &name, &value);
		/* its packages say more than their digest */
		if (!str_eq(name, STR("toolchain")))
			history_add(a, out, input_name(a, name), str_dup(a, value));
	}
	return root_inputs(a, rq->lock, rq->source, out, e);
}
