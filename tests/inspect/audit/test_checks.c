/* SPDX-License-Identifier: Apache-2.0 */
/* Rules over models that are made by hand: each side of each condition. Whole images are
 * test_rules.c's business. */

#include <criterion/criterion.h>
#include <elf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "inspect/audit/check.h"
#include "inspect/audit/rules.h"
#include "inspect/layers/elf_facts.h"

struct judged {
	struct arena a;
	struct image_facts image;
	struct model m;
	struct findings out;
	struct audit_run run;
	struct error e;
};

static void judged_open(struct judged *j)
{
	*j = (struct judged){ .image = { .architecture = "amd64", .os = "linux" } };
	j->m.image = &j->image;
	j->m.kept = memfd_create("kept", MFD_CLOEXEC);
	j->run = (struct audit_run){ .a = &j->a, .m = &j->m, .out = &j->out };
}

static void judged_close(struct judged *j)
{
	close(j->m.kept);
	arena_free(&j->a);
}

/* In the order of their paths. */
static struct item *judged_add(struct judged *j, const struct item *i)
{
	struct item *copy = arena_alloc(&j->a, sizeof(*copy));

	*copy = *i;
	*list_push(&j->a, &j->m.items) = copy;
	return copy;
}

#define ADD(j, ...) judged_add((j), &(const struct item){ __VA_ARGS__ })

/* A text file that is kept. */
static void judged_text(struct judged *j, const char *path, const char *text)
{
	off_t at = lseek(j->m.kept, 0, SEEK_END);

	cr_assert_eq(write(j->m.kept, text, strlen(text)), (ssize_t)strlen(text));
	ADD(j, .path = path, .type = ITEM_FILE, .mode = 0644, .size = strlen(text),
	    .kept_at = (uint64_t)at + 1, .kind = CONTENT_TEXT);
}

/* "rule path: message; ..." */
static const char *judged_show(struct judged *j)
{
	struct buf text = { .a = &j->a };

	list_each(f, &j->out)
		buf_printf(&text, "%s%s %s: %s", text.n ? "; " : "", f->rule->id,
			   f->path ? f->path : "-", f->message);
	return text.n ? buf_cstr(&text) : "";
}

/* ---- the configuration ---- */

static struct strings words_of(struct arena *a, const char *text)
{
	struct strings l = { NULL, 0, 0 };
	struct str rest = str_of(text), one;

	while (str_next(&rest, ' ', &one))
		*list_push(a, &l) = str_dup(a, one);
	return l;
}

Test(checks, a_user_is_a_number_or_stands_in_etc_passwd)
{
	static const struct {
		const char *user, *passwd, *says; /* before the finding about health */
	} cases[] = {
		{ NULL, NULL, "config.user-root -: no User is set; " },
		{ "", NULL, "config.user-root -: no User is set; " },
		{ ":5", NULL, "config.user-root -: no User is set; " },
		{ "0", NULL, "config.user-root -: User is 0; " },
		{ "00:5", NULL, "config.user-root -: User is 00; " },
		{ "root", NULL, "config.user-root -: User is root; " },
		{ "65532", NULL, "" },
		{ "65532:0", NULL, "" },
		{ "ann", NULL,
		  "config.user-unknown -: User is ann, which etc/passwd does not have; " },
		{ "ann", "bob:x:1:1\n",
		  "config.user-unknown -: User is ann, which etc/passwd does not have; " },
		{ "ann", "bob:x:1:1\nann:x:7:7\n", "" },
		{ "ann", "ann:x:0:7\n", "config.user-root -: User is ann; " },
		{ "ann", "ann:x:z:7\nann:x:7:7\n", "" },
		{ "ann", "ann\n",
		  "config.user-unknown -: User is ann, which etc/passwd does not have; " },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct judged j;

		judged_open(&j);
		ADD(&j, .path = "etc", .type = ITEM_DIR, .mode = 0755);
		if (cases[i].passwd)
			judged_text(&j, "etc/passwd", cases[i].passwd);
		j.image.user = cases[i].user;
		cr_assert(check_config(&j.run, &j.e));
		cr_expect_str_eq(judged_show(&j),
				 arena_printf(&j.a,
					      "%sconfig.healthcheck-missing -: the config has no "
					      "Healthcheck",
					      cases[i].says),
				 "%zu: %s", i, judged_show(&j));
		judged_close(&j);
	}
}

#define SCRIPT(program, name) \
	"config.script-missing -: " program " is to run " name ", which is not there"
#define MISSING(what, name) "config.program-missing -: " what " runs " name ", which is not there"

#define REFUSED(name, why) \
	"config.program-missing bin/" name ": Entrypoint runs it, but it cannot be executed: " why

static void judged_add_programs(struct judged *j)
{
	static const struct elf_facts object = { .readable = true, .head = { .type = ET_REL } };

	ADD(j, .path = "bin", .type = ITEM_DIR, .mode = 0755);
	ADD(j, .path = "bin/app", .type = ITEM_FILE, .mode = 0755, .kind = CONTENT_ELF);
	ADD(j, .path = "bin/hush", .type = ITEM_FILE, .mode = 0755, .shell = "dash",
	    .kind = CONTENT_ELF);
	ADD(j, .path = "bin/java", .type = ITEM_FILE, .mode = 0755, .kind = CONTENT_ELF);
	ADD(j, .path = "bin/node", .type = ITEM_FILE, .mode = 0755, .kind = CONTENT_ELF);
	ADD(j, .path = "bin/nothing", .type = ITEM_FILE, .mode = 0755);
	ADD(j, .path = "bin/object", .type = ITEM_FILE, .mode = 0755, .kind = CONTENT_ELF,
	    .elf = &object);
	ADD(j, .path = "bin/unread", .type = ITEM_FILE, .mode = 0755, .unread = true);
	ADD(j, .path = "bin/words", .type = ITEM_FILE, .mode = 0755, .kind = CONTENT_TEXT);
	ADD(j, .path = "opt", .type = ITEM_DIR, .mode = 0755);
	ADD(j, .path = "opt/link", .type = ITEM_LINK, .target = "link1");
	ADD(j, .path = "opt/text", .type = ITEM_FILE, .mode = 0644);
	ADD(j, .path = "opt/text.js", .type = ITEM_FILE, .mode = 0644);
	ADD(j, .path = "opt/tool", .type = ITEM_FILE, .mode = 0100, .kind = CONTENT_SCRIPT);
}

static const struct {
	const char *entrypoint, *cmd, *health, *workdir, *path, *says;
} program_cases[] = {
	{ "/bin/app", "", "", NULL, NULL, "" },
	{ "app", "", "", NULL, NULL, "" },
	{ "", "app", "", NULL, NULL, "" },
	{ "app", "gone", "", NULL, NULL, "" }, /* its arguments */
	{ "gone", "", "", NULL, NULL, MISSING("Entrypoint", "gone") },
	{ "", "gone", "", NULL, NULL, MISSING("Cmd", "gone") },
	{ "/opt/link", "", "", NULL, NULL, MISSING("Entrypoint", "/opt/link, a link to link1") },
	{ "app", "", "", NULL, "/opt", MISSING("Entrypoint", "app") },
	{ "app", "", "", NULL, "/opt:/bin", "" },
	{ "tool", "", "", NULL, "/opt", "" },
	{ "./tool", "", "", "/opt", NULL, "" },
	{ "./tool", "", "", "opt", NULL, MISSING("Entrypoint", "./tool") },
	{ "opt/tool", "", "", NULL, NULL, "" },
	{ "/opt/text", "", "", NULL, NULL,
	  "config.program-missing opt/text: Entrypoint runs it, but it cannot be executed" },
	{ "/opt", "", "", NULL, NULL,
	  "config.program-missing opt: Entrypoint runs it, but it cannot be executed" },
	{ "opt", "", "", NULL, "/", MISSING("Entrypoint", "opt") }, /* a folder is none */
	{ "object", "", "", NULL, NULL, REFUSED("object", "it is an object file") },
	{ "nothing", "", "", NULL, NULL, REFUSED("nothing", "it is empty") },
	{ "words", "", "", NULL, NULL,
	  REFUSED("words", "it is neither an ELF file nor a script that begins with \"#!\"") },
	{ "unread", "", "", NULL, NULL, "" },
	{ "/bin/sh -c x", "", "", NULL, NULL,
	  "config.shell-form -: Entrypoint runs /bin/sh -c; " MISSING("Entrypoint", "/bin/sh") },
	{ "/bin/sh x", "", "", NULL, NULL,
	  "config.shell-form -: Entrypoint runs /bin/sh; " MISSING("Entrypoint", "/bin/sh") },
	{ "/bin/hush -c", "", "", NULL, NULL, "config.shell-form -: Entrypoint runs /bin/hush -c" },
	{ "app", "", "CMD gone x", NULL, NULL, MISSING("Healthcheck", "gone") },
	{ "app", "", "CMD app", NULL, NULL, "" },
	{ "app", "", "CMD", NULL, NULL, "" },
	{ "app", "", "CMD-SHELL gone", NULL, NULL,
	  "config.shell-form -: Healthcheck has the CMD-SHELL form" },
	{ "app", "", "OTHER gone", NULL, NULL, "" },
	{ "/bin/node /opt/text.js", "", "", NULL, NULL, "" },
	{ "/bin/node", "text.js", "", "/opt", NULL, "" },
	{ "/bin/node --x text.js gone.js", "", "", "/opt", NULL, "" },
	{ "/bin/node --x /opt/gone.js", "", "", NULL, NULL, SCRIPT("node", "/opt/gone.js") },
	{ "/bin/node", "gone.js", "", "/opt", NULL, SCRIPT("node", "gone.js") },
	{ "/bin/node server gone.js", "", "", NULL, NULL, "" }, /* its arguments */
	{ "/bin/node /data/gone.js", "", "", NULL, NULL, "" },	/* a volume */
	{ "/bin/node gone.js", "", "", "/data/x", NULL, "" },
	{ "/bin/node /more/gone.js", "", "", NULL, NULL, "" },		  /* "/more/" is one, too */
	{ "/bin/node -r pre/gone.js text.js", "", "", "/opt", NULL, "" }, /* of node_modules */
	{ "/bin/node --import pre/gone.js gone.js", "", "", "/opt", NULL,
	  SCRIPT("node", "gone.js") },
	{ "/bin/node /database/gone.js", "", "", NULL, NULL, SCRIPT("node", "/database/gone.js") },
	{ "/bin/java -jar /opt/gone.jar", "", "", NULL, NULL, SCRIPT("java", "/opt/gone.jar") },
	{ "/bin/java -cp /opt/gone.jar Main", "", "", NULL, NULL, "" },
	{ "/bin/node -m gone", "", "", NULL, NULL, "" },
	{ "app gone.js", "", "", NULL, NULL, "" }, /* no interpreter */
};

/* What execve(2) answers with ENOEXEC is as good as not there. */
Test(checks, programs_of_the_configuration_are_there_and_run)
{
	for (size_t i = 0; i < ARRAY_SIZE(program_cases); i++) {
		struct judged j;

		judged_open(&j);
		judged_add_programs(&j);
		j.image.volumes = words_of(&j.a, "/data /more/");
		j.image.user = "1";
		j.image.entrypoint = words_of(&j.a, program_cases[i].entrypoint);
		j.image.cmd = words_of(&j.a, program_cases[i].cmd);
		j.image.has_health = true;
		j.image.health = words_of(&j.a, program_cases[i].health[0] ? program_cases[i].health
									   : "CMD app");
		j.image.workdir = program_cases[i].workdir;
		*list_push(&j.a, &j.image.env) = (struct env_var){ "X", "/opt" };
		if (program_cases[i].path)
			*list_push(&j.a, &j.image.env) = (struct env_var){ "PATH",
									   program_cases[i].path };
		if (program_cases[i].path && !program_cases[i].health[0])
			j.image.health = words_of(&j.a, "CMD");
		cr_assert(check_config(&j.run, &j.e));
		cr_expect_str_eq(judged_show(&j), program_cases[i].says, "%zu: %s", i,
				 judged_show(&j));
		judged_close(&j);
	}
}

Test(checks, ports_below_1024_need_a_privilege)
{
	static const struct {
		const char *port;
		bool low;
	} cases[] = { { "80/tcp", true }, { "1023", true }, { "1024/udp", false },
		      { "8080", false },  { "x", false },   { "0", true } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct judged j;

		judged_open(&j);
		j.image.user = "1";
		j.image.has_health = true;
		j.image.health = words_of(&j.a, "NONE");
		j.image.expose = words_of(&j.a, cases[i].port);
		cr_assert(check_config(&j.run, &j.e));
		cr_expect_str_eq(judged_show(&j),
				 cases[i].low ? arena_printf(&j.a,
							     "config.port-privileged -: it exposes "
							     "port %s",
							     cases[i].port)
					      : "");
		judged_close(&j);
	}
}

Test(checks, a_folder_has_no_configuration)
{
	struct judged j;

	judged_open(&j);
	j.image.rootfs = true;
	cr_assert(check_config(&j.run, &j.e));
	cr_expect_str_eq(judged_show(&j), "");
	judged_close(&j);
}

/* ---- how ELF files were built ---- */

static const struct elf_facts hard = { .readable = true,
				       .protector = true,
				       .fortified = true,
				       .head = { .type = ET_DYN,
						 .machine = EM_X86_64,
						 .is64 = true,
						 .dynamic = true,
						 .relro = true,
						 .bind_now = true,
						 .stack_header = true } };

static const char *judged_elf(struct judged *j, const char *path, const struct elf_facts *f)
{
	ADD(j, .path = path, .type = ITEM_FILE, .kind = CONTENT_ELF, .mode = 0755, .elf = f);
	check_hardening(&j->run);
	return judged_show(j);
}

Test(checks, what_the_headers_tell_about_defences)
{
	static const struct {
		const char *says;
		bool program, go, fixed, no_dynamic, no_relro, lazy, no_stack, exec_stack, wx, text;
	} cases[] = {
		{ "", .wx = false },
		{ "elf.no-relro x: no PT_GNU_RELRO segment", .no_relro = true },
		{ "elf.no-relro x: no PT_GNU_RELRO segment", .no_relro = true, .lazy = true },
		{ "elf.no-bind-now x: neither DF_BIND_NOW nor DF_1_NOW is set", .lazy = true },
		{ "", .no_dynamic = true, .no_relro = true, .lazy = true },
		{ "elf.no-pie x: its type is ET_EXEC", .program = true, .fixed = true },
		{ "", .fixed = true },
		{ "", .program = true },
		{ "elf.exec-stack x: no PT_GNU_STACK header", .no_stack = true },
		{ "elf.exec-stack x: PT_GNU_STACK is executable", .exec_stack = true },
		{ "elf.write-exec x: a loaded segment is writable and executable", .wx = true },
		{ "elf.text-relocations x: DT_TEXTREL is set", .text = true },
		{ "", .go = true, .program = true },
		{ "", .go = true, .program = true, .lazy = true },
		{ "elf.go-defaults x: its type is ET_EXEC", .go = true, .program = true,
		  .fixed = true },
		{ "elf.go-defaults x: no PT_GNU_RELRO segment", .go = true, .no_relro = true },
		{ "elf.go-defaults x: its type is ET_EXEC, no PT_GNU_RELRO segment", .go = true,
		  .program = true, .fixed = true, .no_relro = true },
		{ "elf.go-defaults x: its type is ET_EXEC", .go = true, .program = true,
		  .fixed = true, .no_relro = true, .no_dynamic = true },
		{ "", .go = true, .no_relro = true, .no_dynamic = true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct judged j;
		struct elf_facts f = hard;

		judged_open(&j);
		f.program = cases[i].program;
		f.go = cases[i].go;
		f.head.type = cases[i].fixed ? ET_EXEC : ET_DYN;
		f.head.dynamic = !cases[i].no_dynamic;
		f.head.relro = !cases[i].no_relro;
		f.head.bind_now = !cases[i].lazy;
		f.head.stack_header = !cases[i].no_stack;
		f.head.exec_stack = cases[i].exec_stack;
		f.head.write_exec = cases[i].wx;
		f.head.textrel = cases[i].text;
		cr_expect_str_eq(judged_elf(&j, "x", &f), cases[i].says, "%zu: %s", i,
				 judged_show(&j));
		judged_close(&j);
	}
}

Test(checks, functions_that_could_be_checked_count)
{
	static const struct {
		bool go, needs, fortifiable, fortified, protector;
		const char *says;
	} cases[] = {
		{ false, true, true, false, true,
		  "elf.no-fortify x: it uses none of the checked functions" },
		{ false, true, true, false, false,
		  "elf.no-stack-protector x: it does not use __stack_chk_fail; elf.no-fortify x: it "
		  "uses none of the checked functions" },
		{ false, true, false, true, false,
		  "elf.no-stack-protector x: it does not use __stack_chk_fail" },
		{ false, true, true, true, true, "" },
		{ false, true, false, false, false, "" },
		{ false, false, true, false, false, "" },
		{ true, true, true, false, false, "" },
	};
	static const char *needed[] = { "libc.so.6" };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct judged j;
		struct elf_facts f = hard;

		judged_open(&j);
		f.go = cases[i].go;
		f.head.needed = (struct strings){ needed, cases[i].needs, 1 };
		f.fortifiable = cases[i].fortifiable;
		f.fortified = cases[i].fortified;
		f.protector = cases[i].protector;
		cr_expect_str_eq(judged_elf(&j, "x", &f), cases[i].says, "%zu: %s", i,
				 judged_show(&j));
		judged_close(&j);
	}
}

Test(checks, files_that_cannot_be_read_or_are_for_other_machines)
{
	struct elf_facts unread = { .problem = "cut off" }, odd = hard, arm = hard, object = hard,
			 guile = hard;
	const struct {
		const struct elf_facts *f;
		const char *architecture, *says;
	} cases[] = {
		{ NULL, "amd64", "elf.unreadable x: it is too large" },
		{ &unread, "amd64", "elf.unreadable x: cut off" },
		{ &odd, "amd64", "elf.unreadable x: its symbols: out of bounds" },
		{ &arm, "amd64", "elf.wrong-machine x: its machine is 183, amd64 is 62" },
		{ &arm, "arm64", "" },
		{ &arm, "nothing", "" }, /* an architecture that nobody knows */
		{ &object, "amd64", "" },
		{ &object, "arm64", "" },
		{ &guile, "amd64", "" }, /* whose .go files are ELF for no machine */
	};

	odd.problem = "out of bounds";
	arm.head.machine = EM_AARCH64;
	guile.head.machine = EM_NONE;
	object.head.type = ET_REL;
	object.head.stack_header = false;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct judged j;

		judged_open(&j);
		j.image.architecture = cases[i].architecture;
		cr_expect_str_eq(judged_elf(&j, "x", cases[i].f), cases[i].says, "%zu: %s", i,
				 judged_show(&j));
		judged_close(&j);
	}
}

/* Debian's own Python: found, and expected. */
Test(checks, the_python_of_debian_is_expected_without_pie)
{
	static const struct package minimal = { .name = "python3.13-minimal" },
				    other = { .name = "python3.13" };
	static const struct {
		const char *path;
		const struct package *package;
		bool expected;
	} cases[] = {
		{ "usr/bin/python3.13", &minimal, true }, { "usr/bin/python3.13", &other, false },
		{ "usr/bin/python3.13", NULL, false },	  { "opt/bin/python3.13", &minimal, false },
		{ "usr/bin/python3", &minimal, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct judged j;
		struct elf_facts f = hard;

		judged_open(&j);
		f.program = true;
		f.head.type = ET_EXEC;
		ADD(&j, .path = cases[i].path, .type = ITEM_FILE, .kind = CONTENT_ELF, .elf = &f,
		    .package = cases[i].package);
		check_hardening(&j.run);
		cr_assert_eq(j.out.n, 1);
		cr_expect_eq(j.out.v[0].expected != NULL, cases[i].expected, "%zu", i);
		judged_close(&j);
	}
}

/* Who could put a library where the loader looks? */
Test(checks, folders_of_search_paths_belong_to_root)
{
	static const struct {
		const char *runpath, *why; /* NULL: none */
		bool absent;		   /* told as absent alone */
	} cases[] = {
		{ "/safe", NULL, false },
		{ "/safe/", NULL, false },
		{ "$ORIGIN", NULL, false },
		{ "/", NULL, false },
		{ "", "an empty element: the current folder", false },
		{ "/safe:", "an empty element: the current folder", false },
		{ "safe", "a relative element", false },
		{ "/everybody", "a folder everybody may write to", false },
		{ "/sticky", "a folder everybody may write to", false },
		{ "/sticky/safe", NULL, false }, /* nobody may rename it */
		{ "/everybody/safe", "a folder everybody may write to", false },
		{ "/anns", "a folder that another user than root may write to", false },
		{ "/anns/safe", "a folder that another user than root may write to", false },
		{ "/readonly", NULL, false },
		{ "/file", NULL, false },
		{ "/none", "a folder that is not in the image", false },
		{ "$ORIGIN/../none", NULL, true },
		{ "/tmp/x", "a folder that is not in the image, and that others may make", false },
		{ "$ORIGIN/../tmp", "a folder that is not in the image, and that others may make",
		  false },
		{ "$ORIGIN/../tmpx", NULL, true },
		{ "$ORIGIN/../var/run/x",
		  "a folder that is not in the image, and that others may make", false },
		{ "$ORIGIN/../home", "a folder that is not in the image, and that others may make",
		  false },
		{ "$ORIGIN/../everybody/x", "a folder everybody may write to", false },
		{ "$ORIGIN/../anns/x/y", "a folder that another user than root may write to",
		  false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (int runpath = 0; runpath < 2; runpath++) {
			struct judged j;
			struct elf_facts f = hard;
			const char *what = runpath ? "RUNPATH" : "RPATH", *says = "";

			judged_open(&j);
			ADD(&j, .path = "anns", .type = ITEM_DIR, .mode = 0755, .uid = 7);
			ADD(&j, .path = "anns/safe", .type = ITEM_DIR, .mode = 0755);
			ADD(&j, .path = "bin", .type = ITEM_DIR, .mode = 0755);
			ADD(&j, .path = "bin/x", .type = ITEM_FILE, .kind = CONTENT_ELF, .elf = &f);
			ADD(&j, .path = "everybody", .type = ITEM_DIR, .mode = 0757);
			ADD(&j, .path = "everybody/safe", .type = ITEM_DIR, .mode = 0755);
			ADD(&j, .path = "file", .type = ITEM_FILE, .mode = 0666);
			ADD(&j, .path = "readonly", .type = ITEM_DIR, .mode = 0555, .uid = 7);
			ADD(&j, .path = "safe", .type = ITEM_DIR, .mode = 0755);
			ADD(&j, .path = "sticky", .type = ITEM_DIR, .mode = 01777);
			ADD(&j, .path = "sticky/safe", .type = ITEM_DIR, .mode = 0755);
			f.head.runpath = runpath ? cases[i].runpath : NULL;
			f.head.rpath = runpath ? "/everybody" : cases[i].runpath;
			check_hardening(&j.run);
			if (cases[i].why)
				says = arena_printf(&j.a, "elf.rpath bin/x: %s \"%s\" has %s", what,
						    cases[i].runpath, cases[i].why);
			else if (cases[i].absent)
				says = arena_printf(&j.a,
						    "elf.rpath-absent bin/x: %s \"%s\" has %s",
						    what, cases[i].runpath, cases[i].runpath);
			cr_expect_str_eq(judged_show(&j), says, "%zu: %s", i, judged_show(&j));
			judged_close(&j);
		}
	}
}
