/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild elf over made roots and over the host: what it prints, and how it ends. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"
#include "support/fixture_elfroot.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_verb.h"
#include "support/gen_elf.h"

static void elf_root_put(const char *root, const char *path, const struct elfgen *g)
{
	AUTO_ARENA a = { 0 };

	elfroot_write(root, path, elfgen_make(&a, g));
}

#define ELF(...) (&(struct elfgen){ __VA_ARGS__ })
#define LIB "usr/lib/x86_64-linux-gnu/"

static const char *make_elf_root(struct arena *a)
{
	const char *root = files_temporary(a);

	elfroot_link(root, "lib64", "usr/lib64");
	elf_root_put(root, "usr/lib64/ld-linux-x86-64.so.2", ELF(.soname = "ld-linux-x86-64.so.2"));
	elf_root_put(root, LIB "liba.so.1.5",
		     ELF(.soname = "liba.so.1", .needed = { "libb.so" }, .offers = { "A_1" }));
	elfroot_link(root, LIB "liba.so.1", "liba.so.1.5");
	elf_root_put(root, LIB "libb.so", ELF(.soname = "libb.so"));
	elf_root_put(root, "usr/bin/good",
		     ELF(.program = true, .needed = { "liba.so.1", "libb.so" }));
	elf_root_put(root, "usr/bin/old",
		     ELF(.program = true, .needed = { "liba.so.1" },
			 .needs = { { "liba.so.1", { "A_2" }, false } }));
	elf_root_put(root, "usr/bin/bad", ELF(.program = true, .needed = { "libnone\033[31m.so" }));
	return root;
}

struct elf_verb_run {
	struct str out;
	struct error e;
	bool ok;
};

/* Runs the verb with these arguments (NULL-terminated). */
static struct elf_verb_run run_elf(struct arena *a, bool json, const char *const *argv)
{
	struct strings words = { 0 };
	struct verb_run r;

	for (; *argv; argv++)
		*list_push(a, &words) = *argv;
	if (json)
		*list_push(a, &words) = "--json";
	*list_push(a, &words) = NULL;
	r = verb_run(a, &cmd_elf, words.v);
	return (struct elf_verb_run){ str_of(r.out), r.e, r.ok };
}

#define RUN(a, json, ...) run_elf((a), (json), (const char *const[]){ "elf", __VA_ARGS__, NULL })
#define ARG(s) arena_strdup(&a, (s))

Test(elf_verb, draws_the_tree_of_a_file)
{
	AUTO_ARENA a = { 0 };
	const char *root = make_elf_root(&a);
	struct elf_verb_run r = RUN(&a, false, ARG("--root"), ARG(root), ARG("usr/bin/good"));

	cr_expect(r.ok, "%s", r.e.cause);
	cr_expect_str_eq(
		r.out.p,
		"/usr/bin/good\n"
		"|-- /lib64/ld-linux-x86-64.so.2 => /usr/lib64/ld-linux-x86-64.so.2 [interpreter]\n"
		"|-- liba.so.1 => /" LIB "liba.so.1.5 [default]\n"
		"|   `-- libb.so => /" LIB "libb.so [loaded]\n"
		"`-- libb.so => /" LIB "libb.so [default]\n");
	files_remove(root);
}

Test(elf_verb, names_what_is_missing_and_ends_with_findings)
{
	AUTO_ARENA a = { 0 };
	const char *root = make_elf_root(&a);
	struct elf_verb_run r = RUN(&a, false, ARG("--root"), ARG(root), ARG("/usr/bin/bad"));

	cr_expect(!r.ok && r.e.kind == ERR_FINDINGS);
	cr_expect(strstr(r.out.p, "libnone\\x1b[31m.so MISSING (not found)"), "%s", r.out.p);
	r = RUN(&a, false, ARG("--root"), ARG(root), ARG("/usr/bin/old"));
	cr_expect(!r.ok && r.e.kind == ERR_FINDINGS);
	cr_expect(strstr(r.out.p, "/usr/bin/old: version A_2 MISSING in /" LIB "liba.so.1.5\n"),
		  "%s", r.out.p);
	files_remove(root);
}

Test(elf_verb, lists_a_whole_root)
{
	AUTO_ARENA a = { 0 };
	const char *root = make_elf_root(&a);
	char *option = arena_printf(&a, "--root=%s", root);
	struct elf_verb_run r = RUN(&a, false, option);

	cr_expect(!r.ok && r.e.kind == ERR_FINDINGS);
	cr_expect_str_eq(r.e.cause, "2 libraries or versions missing or malformed");
	cr_expect(strstr(r.out.p, "/usr/bin/good\n    /lib64/ld-linux-x86-64.so.2 => "), "%s",
		  r.out.p);
	cr_expect(strstr(r.out.p, "/" LIB "liba.so.1.5\n    libb.so => /" LIB "libb.so"), "%s",
		  r.out.p);
	cr_expect_null(strstr(r.out.p, "/" LIB "liba.so.1\n"), "links are not files of their own");
	files_remove(root);
}

Test(elf_verb, a_damaged_file_is_listed_and_spoils_no_other)
{
	AUTO_ARENA a = { 0 };
	const char *root = make_elf_root(&a);
	struct elf_verb_run r;

	elfroot_write(root, "usr/lib/cut.so",
		      (struct str){ elfgen_make(&a, &(struct elfgen){ .soname = "cut.so" }).p,
				    64 });
	r = RUN(&a, false, ARG("--root"), ARG(root));
	cr_expect(!r.ok && r.e.kind == ERR_FINDINGS);
	cr_expect(strstr(r.out.p, "/usr/lib/cut.so\n    MALFORMED (the program headers are outside "
				  "of the file)\n"),
		  "%s", r.out.p);
	cr_expect(strstr(r.out.p, "/usr/bin/good\n    /lib64/ld-linux-x86-64.so.2 => "), "%s",
		  r.out.p);
	files_remove(root);
}

Test(elf_verb, json_is_json)
{
	AUTO_ARENA a = { 0 };
	const char *root = make_elf_root(&a), *file = arena_printf(&a, "%s/out.json", root);
	struct elf_verb_run r = RUN(&a, true, ARG("--root"), ARG(root));
	struct str found;

	files_put(file, r.out.p);
	oracle_need("python3");
	found = ORACLE(&a, "python3", "-c",
		       "import json, sys\n"
		       "d = json.load(open(sys.argv[1]))\n"
		       "print(sum('found' in x for x in d['libraries']), d['missingVersions'],\n"
		       "      [x['chain'] for x in d['libraries'] if 'missing' in x])",
		       file);
	cr_expect_str_eq(str_dup(&a, str_trim(found)),
			 "7 [{'file': 'usr/bin/old', 'library': '" LIB "liba.so.1.5', "
			 "'version': 'A_2', 'fatal': True}] "
			 "['usr/bin/bad > libnone\\x1b[31m.so']");
	files_remove(root);
}

Test(elf_verb, bad_arguments_and_files_are_named)
{
	AUTO_ARENA a = { 0 };
	const char *root = make_elf_root(&a);
	struct elf_verb_run r = run_elf(&a, false, (const char *const[]){ "elf", NULL });

	cr_expect(!r.ok && r.e.kind == ERR_USAGE);
	r = RUN(&a, false, ARG("--rot"), ARG(root));
	cr_expect(!r.ok && r.e.kind == ERR_USAGE && strstr(r.e.cause, "--root"), "%s", r.e.cause);
	r = RUN(&a, false, ARG("--root"), ARG(root), ARG("usr/bin/none"));
	cr_expect(!r.ok && r.e.kind == ERR_INPUT && strstr(r.e.cause, "no such file"), "%s",
		  r.e.cause);
	elfroot_write(root, "text",
		      STR("hello, this is some text and no ELF file at all, really not"));
	r = RUN(&a, false, ARG("--root"), ARG(root), ARG("text"));
	cr_expect(!r.ok && r.e.kind == ERR_INPUT && strstr(r.e.cause, "not an ELF file"), "%s",
		  r.e.cause);
	r = RUN(&a, false, ARG("--root"), arena_printf(&a, "%s/none", root), ARG("x"));
	cr_expect(!r.ok && r.e.kind == ERR_INPUT && strstr(r.e.cause, "there is no such folder"));
	files_remove(root);
}

Test(elf_verb, links_never_lead_out_of_the_root)
{
	AUTO_ARENA a = { 0 };
	const char *root = make_elf_root(&a);
	struct elf_verb_run r;

	elfroot_link(root, "out", "../../../../../../../../../../usr/bin");
	elfroot_link(root, "usr/bin/abs", "/usr/bin/good");
	r = RUN(&a, false, ARG("--root"), ARG(root), ARG("out/env"));
	cr_expect(!r.ok && strstr(r.e.cause, "no such file"), "%s", r.e.cause);
	r = RUN(&a, false, ARG("--root"), ARG(root), ARG("out/abs"));
	cr_expect(r.ok, "%s", r.e.cause);
	files_remove(root);
}

/* The host's programs against the host's loader: each library to the same file. */
Test(elf_verb, the_hosts_programs_need_what_its_loader_says)
{
	AUTO_ARENA a = { 0 };
	static const char *const programs[] = { "/usr/bin/env", "/usr/bin/gcc",	 "/usr/bin/python3",
						"/usr/bin/git", "/usr/bin/curl", "/usr/bin/ld" };

	elfroot_need();
	for (size_t i = 0; i < 6; i++) {
		struct elf_verb_run r;
		struct str text, line;

		if (access(programs[i], X_OK) != 0)
			continue;
		r = RUN(&a, false, ARG(programs[i]));
		cr_expect(r.ok, "%s", r.e.cause);
		text = ORACLE(&a, ELFROOT_LOADER, "--list", programs[i]);
		while (str_next(&text, '\n', &line)) {
			char *s = str_dup(&a, str_trim(line)), *arrow = strstr(s, " => ");
			char *end = strstr(s, " (0x");
			AUTO_FD fd = -1;
			char real[4096] = "", link[64];

			if (!arrow || !end)
				continue;
			*end = *arrow = '\0';
			fd = open(arrow + 4, O_PATH | O_CLOEXEC);
			snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
			cr_assert(readlink(link, real, sizeof(real) - 1) > 0);
			cr_expect(strstr(r.out.p, arena_printf(&a, "%s => %s [", s, real)),
				  "%s: %s => %s", programs[i], s, real);
		}
	}
}
