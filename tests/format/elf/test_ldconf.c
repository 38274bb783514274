/* SPDX-License-Identifier: Apache-2.0 */
/* ld.so.conf, read from files in memory. */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/elf/ldconf.h"

/* Files by path, NULL-terminated; counts how often they are read. */
struct ldconf_memory {
	struct ldconf_source base;
	struct arena *a;
	const char *const (*files)[2];
	unsigned reads;
};

static bool memory_read(struct ldconf_source *s, const char *path, struct str *text, bool *found,
			struct error *e)
{
	struct ldconf_memory *m = (struct ldconf_memory *)s;

	(void)e;
	m->reads++;
	for (size_t i = 0; m->files[i][0]; i++) {
		if (strcmp(m->files[i][0], path) == 0) {
			*text = str_of(m->files[i][1]);
			*found = true;
		}
	}
	return true;
}

static bool memory_list(struct ldconf_source *s, const char *folder, struct strings *names,
			struct error *e)
{
	struct ldconf_memory *m = (struct ldconf_memory *)s;
	size_t n = strlen(folder);

	(void)e;
	for (size_t i = 0; m->files[i][0]; i++) {
		const char *path = m->files[i][0];

		if (strncmp(path, folder, n) == 0 && path[n] == '/' && !strchr(path + n + 1, '/'))
			*list_push(m->a, names) = path + n + 1;
	}
	return true;
}

/* The folders joined by blanks, or "error: ..." with its place. */
static const char *ldconf_folders(struct arena *a, const char *const (*files)[2], unsigned *reads)
{
	struct ldconf_memory m = { { memory_read, memory_list }, a, files, 0 };
	struct strings out = { 0 };
	struct error e = { 0 };
	struct buf b = { .a = a };

	if (!ldconf_read(a, &m.base, "/etc/ld.so.conf", &out, &e))
		return arena_printf(a, "error: %s:%u: %s", e.at.file, e.at.line, e.cause);
	for (size_t i = 0; i < out.n; i++)
		buf_printf(&b, "%s%s", i ? " " : "", out.v[i]);
	if (reads)
		*reads = m.reads;
	return buf_cstr(&b);
}

#define CONF "/etc/ld.so.conf"

Test(ldconf, files_give_their_folders)
{
	static const struct {
		const char *name;
		const char *files[6][2];
		const char *says;
	} cases[] = {
		{ "no file", { { NULL } }, "" },
		{ "empty", { { CONF, "" } }, "" },
		{ "order, comments, blanks, slashes, repeats",
		  { { CONF, "# first\n /b \n/a///  # why\n\n/b\n/\n\t/c d\n" } },
		  "/b /a / /c d" },
		{ "old forms", { { CONF, "hwcap 1 nosegneg\n/a=libc6\n" } }, "/a" },
		{ "Debian's",
		  { { CONF, "include /etc/ld.so.conf.d/*.conf\n\n" },
		    { "/etc/ld.so.conf.d/x86_64-linux-gnu.conf",
		      "/usr/local/lib/x86_64-linux-gnu\n" },
		    { "/etc/ld.so.conf.d/libc.conf", "/usr/local/lib\n" },
		    { "/etc/ld.so.conf.d/.hidden.conf", "/hidden\n" },
		    { "/etc/ld.so.conf.d/README", "/readme\n" } },
		  "/usr/local/lib /usr/local/lib/x86_64-linux-gnu" },
		{ "relative include, several globs",
		  { { CONF, "include d/a* d/[c-d].conf none/*\n/z" },
		    { "/etc/d/a1", "/one" },
		    { "/etc/d/c.conf", "/three" },
		    { "/etc/d/a2", "/two" },
		    { "/etc/d/x", "/no" } },
		  "/one /two /three /z" },
		{ "a glob in the folder part",
		  { { CONF, "include /*/?/x.conf" }, { "/opt/a/x.conf", "/x" } },
		  "" },
		{ "includes itself", { { CONF, "/a\ninclude /etc/ld.so.conf\n/b" } }, "/a /b" },
		{ "a glob that matches itself", { { CONF, "include /etc/ld.so.*\n/b" } }, "/b" },
		{ "two that include each other",
		  { { CONF, "include /etc/x\n/a" }, { "/etc/x", "include /etc/ld.so.conf\n/b" } },
		  "/b /a" },
		{ "missing include", { { CONF, "include /none /none/*\n/a" } }, "/a" },
		{ "relative folder",
		  { { CONF, "/a\n\nlib\n" } },
		  "error: /etc/ld.so.conf:3: the folder lib is not absolute" },
		{ "relative folder in an include",
		  { { CONF, "include /etc/x" }, { "/etc/x", "\n./y" } },
		  "error: /etc/x:2: the folder ./y is not absolute" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };

		cr_expect_str_eq(ldconf_folders(&a, cases[i].files, NULL), cases[i].says, "%s: %s",
				 cases[i].name, ldconf_folders(&a, cases[i].files, NULL));
	}
}

Test(ldconf, a_file_is_read_once_however_often_it_is_included)
{
	static const char *const files[][2] = {
		{ CONF, "include /etc/x /etc/x\ninclude /etc/*\n" },
		{ "/etc/x", "include /etc/*" },
		{ "/etc/y", "include /etc/x /etc/y\n/y" },
		{ NULL, NULL },
	};
	AUTO_ARENA a = { 0 };
	unsigned reads = 0;

	cr_expect_str_eq(ldconf_folders(&a, files, &reads), "/y");
	cr_expect(reads == 3, "%u", reads);
}

static bool nul_read(struct ldconf_source *s, const char *path, struct str *text, bool *found,
		     struct error *e)
{
	(void)s;
	(void)path;
	(void)e;
	*text = STR("/a\n/b\0/c\n");
	*found = true;
	return true;
}

Test(ldconf, a_nul_byte_is_refused)
{
	AUTO_ARENA a = { 0 };
	struct ldconf_source s = { .read = nul_read };
	struct strings out = { 0 };
	struct error e = { 0 };

	cr_expect(!ldconf_read(&a, &s, CONF, &out, &e));
	cr_expect(e.kind == ERR_INPUT && e.at.line == 2, "%u", e.at.line);
}

Test(ldconf, endless_chains_end)
{
	AUTO_ARENA a = { 0 };
	const char *files[64][2] = { { CONF, "include /etc/0" } };

	for (unsigned i = 0; i < 60; i++) {
		files[i + 1][0] = arena_printf(&a, "/etc/%u", i);
		files[i + 1][1] = arena_printf(&a, "include /etc/%u", i + 1);
	}
	cr_expect(strstr(ldconf_folders(&a, (const char *const(*)[2])files, NULL),
			 "too many files include each other"));
}

/* ---- bounds, and a source that fails ---- */

struct ldconf_many {
	struct ldconf_source base;
	struct arena *a;
	unsigned files, folders; /* how many there are */
	bool fails;
};

static bool many_read(struct ldconf_source *s, const char *path, struct str *text, bool *found,
		      struct error *e)
{
	const struct ldconf_many *m = (struct ldconf_many *)s;
	struct buf out = { .a = m->a };

	*found = strcmp(path, CONF) == 0;
	if (m->fails && !*found)
		return err_set(e, ERR_SYSTEM, "gone");
	for (unsigned i = 0; i < m->folders; i++)
		buf_printf(&out, "/f%u\n", i);
	buf_puts(&out, "include /etc/d/*\n");
	*text = buf_str(&out);
	return true;
}

static bool many_list(struct ldconf_source *s, const char *folder, struct strings *names,
		      struct error *e)
{
	const struct ldconf_many *m = (struct ldconf_many *)s;

	cr_expect_str_eq(folder, "/etc/d");
	if (m->fails && !m->files)
		return err_set(e, ERR_SYSTEM, "no list");
	for (unsigned i = 0; i < m->files; i++)
		*list_push(m->a, names) = arena_printf(m->a, "%u", i);
	return true;
}

static const char *many_says(struct arena *a, unsigned files, unsigned folders, bool fails)
{
	struct ldconf_many m = { { many_read, many_list }, a, files, folders, fails };
	struct strings out = { 0 };
	struct error e = { 0 };
	bool ok = ldconf_read(a, &m.base, CONF, &out, &e);

	cr_expect_eq(ok, e.kind == ERR_NONE);
	cr_expect(!ok || out.n == folders);
	return ok ? "" : arena_strdup(a, e.cause);
}

Test(ldconf, files_and_folders_have_a_bound)
{
	AUTO_ARENA a = { 0 };

	cr_expect_str_eq(many_says(&a, 1023, 4096, false), "");
	cr_expect_str_eq(many_says(&a, 1024, 0, false),
			 "/etc/d/999: too many files include each other");
	cr_expect_str_eq(many_says(&a, 1025, 0, false), "/etc/d/* matches more than 1024 files");
	cr_expect_str_eq(many_says(&a, 0, 4097, false), "more than 4096 folders");
	cr_expect_str_eq(many_says(&a, 0, 1, true), "no list");
	cr_expect_str_eq(many_says(&a, 1, 1, true), "gone");
}

Test(ldconf, a_chain_has_at_most_sixteen_links)
{
	for (unsigned n = 16; n <= 17; n++) {
		AUTO_ARENA a = { 0 };
		const char *files[64][2] = { { CONF, "include /etc/1" } };

		for (unsigned i = 1; i <= n; i++) {
			files[i][0] = arena_printf(&a, "/etc/%u", i);
			files[i][1] = i == n ? "/end" : arena_printf(&a, "include /etc/%u", i + 1);
		}
		cr_expect_eq(strcmp(ldconf_folders(&a, (const char *const(*)[2])files, NULL),
				    "/end") == 0,
			     n == 16, "%u", n);
	}
}

/* What others have found stands first, and is not found again. */
Test(ldconf, folders_that_are_known_stand_once)
{
	static const char *const files[][2] = { { CONF, "/a\n/b\n" }, { NULL, NULL } };
	AUTO_ARENA a = { 0 };
	struct ldconf_memory m = { { memory_read, memory_list }, &a, files, 0 };
	struct strings out = { 0 };
	struct error e = { 0 };

	*list_push(&a, &out) = "/b";
	cr_assert(ldconf_read(&a, &m.base, CONF, &out, &e));
	cr_expect_str_eq(strings_join(&a, &out, " "), "/b /a");
}
