/* SPDX-License-Identifier: Apache-2.0 */
/* What manuals say of foreground and background, in the words of Debian's packages. */

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

#include "base/io.h"
#include "explain/init/manual.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

static const struct manual_case {
	const char *page, *word; /* NULL: it has none */
	unsigned line;
} manual_pages[] = {
	{ ".SH OPTIONS\n.TP\n\\fB\\-n\\fR, \\fB\\-\\-nodaemon\\fR\nDon't fork a child.\n.TP\n"
	  "\\fB\\-y\\fR, \\fB\\-\\-syslog\\fR\nLog also when running in the foreground.\n",
	  "-n", 3 },
	/* the one that logs to where the engine looks; those that end do something else */
	{ ".sp\n\\fB\\-n\\fP\n.RS 4\nIt will not detach itself from the terminal.\n.RE\n"
	  ".sp\n\\fB\\-d\\fP\n.RS 4\nIt will not detach, and messages go to standard error.\n.RE\n"
	  ".sp\n\\fB\\-p\\fP\n.RS 4\nPrint to stderr and exit. It will not detach.\n",
	  "-d", 7 },
	{ "The \\fB\\-n\\fP option specifies that it does not put itself in the\nbackground.\n",
	  "-n", 1 },
	/* mdoc(7) */
	{ ".Bl -tag\n.It Fl F Ar file\nDo not daemonize.\n.It Fl d\nDo not daemonize.\n", "-d", 4 },
	/* an option in the middle of a text is not what follows it */
	{ ".TP\n.I \\-f\nNormally it forks and exits, leaving a daemon. As\n.B \\-\\-listen\nbut it "
	  "runs in the foreground.\n",
	  "-f", 2 },
	{ ".TP\n.B \\-b\nRun in the background.\n.TP\n.B \\-h\nDo not fork and exit.\n", NULL, 0 },
	{ ".TP\n.BI \"\\-F, \\-\\-foreground\"\nRun the daemon in the foreground.\n.TP\n"
	  ".B \\-v\nRun it. Says more of the foreground.\n",
	  "-F", 2 },
	{ "", NULL, 0 },
	{ "\\f", NULL, 0 },
	{ ".B \\", NULL, 0 },
	{ ".TP\n.B \\-x\\f(", NULL, 0 },
};

Test(manual, an_option_that_keeps_the_program_is_found_by_its_description)
{
	for (size_t i = 0; i < ARRAY_SIZE(manual_pages); i++) {
		const struct manual_case *x = &manual_pages[i];
		AUTO_ARENA a = { 0 };
		struct manual_option o = { .asked = false };
		unsigned line = 0;
		bool found = manual_read_page(&a, str_of(x->page), &o, &line);

		cr_expect_eq(found, x->word != NULL, "%s", x->page);
		if (found && x->word) {
			cr_expect_str_eq(o.word, x->word, "%s", x->page);
			cr_expect_eq(line, x->line, "%s: %u", x->page, line);
		}
	}
}

static const char usage[] = "\177ELF\0\0usage: d [-b] [-f]\n  -b   run in the background\n"
			    "  -f, --fore  run foreground.\n  -F file  run foreground with it\n\0x";

Test(manual, so_is_one_of_the_text_for_help)
{
	AUTO_ARENA a = { 0 };
	const struct str bytes = { usage, sizeof(usage) };
	struct manual_option keeps = { .asked = false };
	struct manual_option leaves = { .asked = true, .word = "-b" };
	struct manual_option stays = { .asked = true, .word = "-f" };

	cr_assert(manual_read_usage(&a, bytes, &keeps));
	cr_expect_str_eq(keeps.word, "-f");
	cr_expect_str_eq(keeps.says, "run foreground.");
	cr_expect(manual_read_usage(&a, bytes, &leaves));
	cr_expect_not(manual_read_usage(&a, bytes, &stays));
}

static void manual_page_of(struct arena *a, struct deb *deb, const char *path, struct str bytes)
{
	off_t at = lseek(deb->data.fd, 0, SEEK_END);
	struct error e = { 0 };

	cr_assert(at >= 0 && fd_write(deb->data.fd, bytes, "x.deb", &e));
	*list_push(a, &deb->entries) = (struct deb_entry){
		.path = path, .type = NODE_FILE, .offset = (uint64_t)at, .size = bytes.n
	};
}

/* Compressed by gzip, found by the program's name, also through a link. */
Test(manual, a_page_is_unpacked_and_a_broken_one_says_nothing)
{
	AUTO_ARENA a = { 0 };
	const struct deb_package package = { .name = "p" };
	struct deb deb = { .package = &package };
	struct init_draft d = { .a = &a };
	struct chain chain = { 0 };
	struct collecting c = { .a = &a, .d = &d, .chain = &chain };
	struct manual_option o = { .asked = false };
	const char *file = arena_printf(&a, "%s/page", files_temporary(&a));
	struct error e = { 0 };
	bool found;

	deb.data = (struct blob){ .fd = fileno(tmpfile()), .name = "x.deb" };
	tree_init(&chain.tree, &a);
	files_put(file, manual_pages[0].page);
	manual_page_of(&a, &deb, "usr/share/man/man1/bad.1.gz", STR("\037\213not"));
	manual_page_of(&a, &deb, "usr/share/man/man1/perl.1p.gz", ORACLE(&a, "gzip", "-c", file));
	manual_page_of(&a, &deb, "usr/share/man/man8/good.8.gz", ORACLE(&a, "gzip", "-c", file));
	*list_push(&a, &deb.entries) = (struct deb_entry){
		.path = "usr/share/man/man8/in.good.8.gz", .type = NODE_LINK, .target = "good.8.gz"
	};
	*list_push(&a, &c.own) = &deb;
	cr_assert(manual_option(&c, "/usr/sbin/in.good", &o, &found, &e), "%s", e.cause);
	cr_assert(found);
	cr_expect_str_eq(o.word, "-n");
	cr_expect_str_eq(o.place, "p: usr/share/man/man8/good.8.gz:3");
	cr_assert(manual_option(&c, "/usr/bin/perl", &o, &found, &e) && found);
	cr_assert(manual_option(&c, "/usr/bin/bad", &o, &found, &e) && !found);
	cr_assert(manual_option(&c, "/usr/bin/none", &o, &found, &e) && !found);
	files_remove(path_dir(&a, file));
}

/* What help2man makes of Go's programs. */
Test(manual, so_is_the_port_of_an_option_for_addresses)
{
	static const char page[] = ".TP\n\\fB--metrics=:1\\fR\nlisten: x=:2\n.TP\n"
				   "\\fB--web.listen-address=\":9187\"\\fR\nAddresses.\n";
	AUTO_ARENA a = { 0 };
	unsigned line;

	cr_expect_eq(manual_read_port(&a, str_of(page), &line), 9187);
	cr_expect_eq(line, 5);
	cr_expect_eq(manual_read_port(&a, STR(".B \\-p\nThe port to listen on (default: 783).\n"),
				      &line),
		     783);
	cr_expect_eq(manual_read_port(
			     &a, STR("TCP port to listen on, rather than the default of 3632.\n"),
			     &line),
		     3632);
	cr_expect_eq(manual_read_port(&a,
				      STR("listen on this port, by default of 127.0.0.1\n"
					  "the default to listen with a port in mind is not 80\n"
					  "listen on a port, default 5 times\n"),
				      &line),
		     0);
	cr_expect_eq(manual_read_port(&a, STR("--listen=:0\n--listen=:70000\n--listen=80\n"),
				      &line),
		     0);
}
