/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a package's data.tar once, keeping nothing: names are compared, programs searched for the
 * configure options that they record. Nothing is executed. */

#include "input/resolve/package_probe.h"

#include "base/frames.h"
#include "base/jail.h"
#include "format/archive/ar.h"
#include "format/archive/decompress.h"
#include "format/archive/tar.h"
#include "format/text/glob.h"

#define DATA_MAX ((uint64_t)8 << 30)
#define PROGRAM_MAX (256u << 20)
#define ANSWER_MAX 4096

static const struct jail_limits limits = { (uint64_t)1 << 30, 300, 300 };

struct probe {
	const struct component *c;
	struct str deb;
	const char *name;
	char *files, *options; /* '0' or '1' each */
	size_t most;	       /* options of the best program so far */
};

/* The C string of a program that holds the byte at `at`. */
static struct str string_around(struct str program, const char *at)
{
	const char *start = memrchr(program.p, '\0', (size_t)(at - program.p));
	const char *end = memchr(at, '\0', program.n - (size_t)(at - program.p));

	start = start ? start + 1 : program.p;
	end = end ? end : program.p + program.n;
	return (struct str){ start, (size_t)(end - start) };
}

/* A list of options, and no sentence that mentions one ("... requires --with-openssl"). */
static bool is_option_list(struct str text)
{
	size_t options = 0;
	struct str word;

	while (str_next(&text, ' ', &word)) {
		if (str_starts(word, STR("'-")))
			return true;
		options += str_starts(word, STR("--"));
	}
	return options > 1;
}

/* Whether the text has the option as a word, or with a value where it has none itself. */
static bool has_option_word(struct str text, struct str option)
{
	struct str word;

	while (str_next(&text, ' ', &word)) {
		if (word.n && word.p[0] == '\'')
			word = str_from(word, 1);
		if (word.n && word.p[word.n - 1] == '\'')
			word.n--;
		if (str_eq(word, option) || (str_starts(word, option) && word.p[option.n] == '=' &&
					     !memchr(option.p, '=', option.n)))
			return true;
	}
	return false;
}

bool probe_has_option(struct str program, struct str option)
{
	struct str rest = program;
	const char *at;

	while (option.n && (at = memmem(rest.p, rest.n, option.p, option.n))) {
		struct str text = string_around(program, at);

		if (is_option_list(text) && has_option_word(text, option))
			return true;
		rest = str_from(program, (size_t)(text.p + text.n - program.p));
	}
	return false;
}

/* Where the file is after the merge of /usr. */
static bool same_path(const char *entry, const char *wanted)
{
	static const char *const merged[] = { "bin/", "sbin/", "lib/", "lib64/" };

	wanted += wanted[0] == '/';
	if (strcmp(entry, wanted) == 0)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(merged); i++) {
		if (strncmp(entry, merged[i], strlen(merged[i])) == 0)
			return strncmp(wanted, "usr/", 4) == 0 && strcmp(entry, wanted + 4) == 0;
	}
	return false;
}

static void note_path(struct probe *p, const struct tar_entry *entry)
{
	for (size_t i = 0; i < p->c->needs_files.n; i++) {
		const char *wanted = p->c->needs_files.v[i];

		if (entry->type != TAR_DIR &&
		    (strchr(wanted, '*') ? path_glob(wanted, entry->path)
					 : same_path(entry->path, wanted)))
			p->files[i] = '1';
	}
}

static void search_program(struct probe *p, struct str program)
{
	const struct strings *wanted = &p->c->configured_with;
	size_t hits = 0;

	for (size_t i = 0; i < wanted->n; i++)
		hits += probe_has_option(program, str_of(wanted->v[i]));
	if (hits <= p->most)
		return;
	p->most = hits;
	for (size_t i = 0; i < wanted->n; i++)
		p->options[i] = probe_has_option(program, str_of(wanted->v[i])) ? '1' : '0';
}

/* Reads one file if it is a program that may hold options. */
static bool probe_entry(struct probe *p, struct tar *t, const struct tar_entry *entry,
			struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct buf program = { .a = &a, .max = PROGRAM_MAX };
	struct str chunk;
	int got;

	if (entry->type != TAR_FILE || p->c->configured_with.n == 0 || entry->size < 64 ||
	    entry->size > PROGRAM_MAX)
		return true;
	while ((got = tar_data(t, &chunk, e)) > 0) {
		buf_add(&program, chunk);
		if (!str_starts(buf_str(&program), STR("\177ELF")))
			return true;
	}
	if (got == 0)
		search_program(p, buf_str(&program));
	return got == 0;
}

static bool probe_data(struct probe *p, struct str member, enum codec codec, struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_DECOMPRESS d = { 0 };
	AUTO_TAR *t = NULL;
	struct tar_options options = { 0 };
	struct str_source packed;
	struct tar_entry entry;
	int got;

	str_source_init(&packed, member, p->name);
	if (!decompress_open(&d, &packed.base, codec, DATA_MAX, e))
		return false;
	t = tar_open(&a, &d.base, &options, e);
	if (!t)
		return false;
	while ((got = tar_next(t, &entry, e)) > 0) {
		note_path(p, &entry);
		if (!probe_entry(p, t, &entry, e))
			return false;
	}
	return got == 0;
}

/* Finds data.tar in the package. */
static bool probe_deb(struct probe *p, struct error *e)
{
	struct ar_member m;
	enum codec codec;
	struct ar ar;
	int got;

	if (!ar_open(&ar, p->deb, p->name, e))
		return false;
	while ((got = ar_next(&ar, &m, e)) > 0) {
		if (str_starts(str_of(m.name), STR("data.tar")) &&
		    codec_of_suffix(str_of(m.name + 8), &codec))
			return probe_data(p, m.data, codec, e);
	}
	return got == 0 && err_set(e, ERR_INPUT, "it has no data.tar that can be read");
}

/* In the child. */
static bool probe_child(void *ctx, struct sink *out, struct error *e)
{
	struct probe *p = ctx;

	return probe_deb(p, e) &&
	       out->write(out, (struct str){ p->files, p->c->needs_files.n }, e) &&
	       out->write(out, (struct str){ p->options, p->c->configured_with.n }, e);
}

static bool probe_collect(struct arena *a, struct jail *j, size_t n, struct str *answer,
			  struct error *e)
{
	struct buf text = { .a = a, .max = ANSWER_MAX };
	struct str chunk;
	int got;

	while ((got = j->base.next(&j->base, &chunk, e)) > 0)
		buf_add(&text, chunk);
	if (got < 0)
		return false;
	*answer = buf_str(&text);
	return answer->n == n || frame_nonsense(e);
}

bool probe_package(struct arena *a, const struct store *s, const struct index_package *p,
		   const struct component *c, struct str *answer, struct error *e)
{
	size_t n = c->needs_files.n + c->configured_with.n;
	struct probe probe = { .c = c, .name = str_dup(a, p->name) };
	AUTO_MAPPING map = { 0 };
	AUTO_JAIL jail = { 0 };
	AUTO_FD fd = -1;
	int got = store_open_blob(s, &p->sha256, p->size, &fd, e);

	if (got == 0)
		return err_set(e, ERR_SYSTEM, "it has gone from the store");
	if (got < 0 || !io_map(fd, 0, p->size, probe.name, &map, e))
		return false;
	probe.deb = map.bytes;
	probe.files = arena_text(a, n);
	probe.options = probe.files + c->needs_files.n;
	memset(probe.files, '0', n);
	return jail_start(&jail, probe.name, &limits, JAIL_NO_FILES, probe_child, &probe, e) &&
	       probe_collect(a, &jail, n, answer, e);
}
