/* SPDX-License-Identifier: Apache-2.0 */
/* What is drawn in each mode, and that nothing drawn can drive the terminal (T37). */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/progress_draw.h"
#include "cli/progress_line.h"
#include "format/json/json.h"

struct screen {
	struct arena a;
	FILE *file;
	char *text;
	size_t n;
	struct progress *p;
};

static void screen_open(struct screen *s, enum progress_mode mode)
{
	*s = (struct screen){ .text = NULL };
	s->file = open_memstream(&s->text, &s->n);
	cr_assert(s->file);
	s->p = progress_open(&s->a, mode, NULL, s->file);
}

/* Ends drawing; what was drawn stands in s->text. */
static const char *screen_read(struct screen *s)
{
	progress_close(s->p);
	cr_assert_eq(fclose(s->file), 0);
	return s->text;
}

static void screen_close(struct screen *s)
{
	free(s->text);
	arena_free(&s->a);
}

static void tell_a_build(struct progress *p)
{
	progress_begin(p, "fetch", "%d files", 3);
	progress_advance(p, "fetch", 1, 3);
	progress_note(p, "a note");
	progress_warn(p, "a warning");
	progress_end(p, "fetch", false, "3 files");
	progress_begin(p, "compile squid", "6.13");
	progress_end(p, "compile squid", true, "as before");
}

Test(progress, plain_lines_are_numbered_by_step)
{
	struct screen s;

	screen_open(&s, PROGRESS_PLAIN);
	tell_a_build(s.p);
	cr_expect_str_eq(screen_read(&s), "#1 [fetch] 3 files\n"
					  "imgbuild: a note\n"
					  "imgbuild: warning: a warning\n"
					  "#1 [fetch] done in 0.0 s: 3 files\n"
					  "#2 [compile squid] 6.13\n"
					  "#2 [compile squid] CACHED: as before\n");
	screen_close(&s);
}

Test(progress, quiet_leaves_only_warnings)
{
	struct screen s;

	screen_open(&s, PROGRESS_QUIET);
	tell_a_build(s.p);
	cr_expect_str_eq(screen_read(&s), "imgbuild: warning: a warning\n");
	screen_close(&s);
}

Test(progress, auto_off_a_terminal_is_plain)
{
	struct screen s;

	screen_open(&s, PROGRESS_AUTO);
	progress_begin(s.p, "x", "y");
	cr_expect_str_eq(screen_read(&s), "#1 [x] y\n");
	screen_close(&s);
}

Test(progress, json_is_one_object_a_line_with_steady_keys)
{
	static const struct {
		const char *state, *id, *text;
		bool has_amount, has_cached;
	} expected[] = {
		{ "begin", "fetch", "3 files", false, false },
		{ "note", NULL, "a note", false, false },
		{ "warning", NULL, "a warning", false, false },
		{ "end", "fetch", "3 files", true, true },
		{ "begin", "compile squid", "6.13", false, false },
		{ "end", "compile squid", "as before", false, true },
	};
	struct screen s;
	struct str rest, line;
	size_t i = 0;

	screen_open(&s, PROGRESS_JSON);
	tell_a_build(s.p);
	rest = str_of(screen_read(&s));
	for (; str_next(&rest, '\n', &line); i++) {
		AUTO_JSON doc = { 0 };
		struct error e = { 0 };
		struct json_node root, member;
		const char *state = NULL, *id = NULL, *text = NULL;

		cr_assert(json_parse("line", line, &doc, &e), STR_FMT ": %s", STR_ARG(line),
			  e.cause);
		cr_assert(i < ARRAY_SIZE(expected), STR_FMT, STR_ARG(line));
		root = json_root(&doc);
		cr_expect(json_get(&root, "ts", &member));
		cr_assert(json_opt_string(&s.a, &root, "state", &state, &e) &&
			  json_opt_string(&s.a, &root, "id", &id, &e) &&
			  json_opt_string(&s.a, &root, "text", &text, &e));
		cr_expect_str_eq(state, expected[i].state);
		cr_expect_str_eq(text, expected[i].text);
		cr_expect_eq(id == NULL, expected[i].id == NULL);
		if (id)
			cr_expect_str_eq(id, expected[i].id);
		cr_expect_eq(json_get(&root, "total", &member), expected[i].has_amount);
		cr_expect_eq(json_get(&root, "current", &member), expected[i].has_amount);
		cr_expect_eq(json_get(&root, "cached", &member), expected[i].has_cached);
	}
	cr_expect_eq(i, ARRAY_SIZE(expected));
	screen_close(&s);
}

Test(progress, json_tells_what_ended_the_run_and_others_leave_it_to_the_caller)
{
	struct screen s;
	const char *line;

	screen_open(&s, PROGRESS_JSON);
	cr_expect(progress_error(s.p, "no \"x\"\n"));
	line = screen_read(&s);
	cr_expect(strstr(line, "\"state\":\"error\",\"error\":\"no \\\"x\\\""), "%s", line);
	screen_close(&s);
	screen_open(&s, PROGRESS_PLAIN);
	cr_expect(!progress_error(s.p, "no"));
	cr_expect_str_eq(screen_read(&s), "");
	screen_close(&s);
}

Test(progress, T37_no_text_can_drive_a_terminal_or_pass_for_another_line)
{
	static const enum progress_mode modes[] = { PROGRESS_PLAIN, PROGRESS_JSON, PROGRESS_QUIET };
	static const char evil[] =
		"\x1b]0;title\x07\r#9 [x] CACHED\n#9 [y] CACHED\t\xe2\x80\xae\xff";

	for (size_t m = 0; m < ARRAY_SIZE(modes); m++) {
		struct screen s;
		const char *text;

		screen_open(&s, modes[m]);
		progress_begin(s.p, evil, "%s", evil);
		progress_note(s.p, "%s", evil);
		progress_warn(s.p, "%s", evil);
		progress_end(s.p, evil, false, "%s", evil);
		text = screen_read(&s);
		for (const char *c = text; *c; c++)
			cr_expect((unsigned char)*c >= 0x20 || *c == '\n', "mode %d: byte %02x",
				  modes[m], (unsigned char)*c);
		cr_expect(!strstr(text, "\n#9"), "mode %d: %s", modes[m], text);
		cr_expect(!strstr(text, "\xe2\x80\xae"), "mode %d", modes[m]);
		screen_close(&s);
	}
}

Test(progress, plain_amounts_come_every_few_seconds_at_most)
{
	struct screen s;
	size_t lines = 0;
	const char *text;

	screen_open(&s, PROGRESS_PLAIN);
	progress_begin(s.p, "fetch", "files");
	for (unsigned i = 0; i < 10000; i++)
		progress_advance(s.p, "fetch", i, 10000);
	progress_advance(s.p, "unknown", 1, 2);
	text = screen_read(&s);
	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	cr_expect_eq(lines, 1, "%s", text);
	screen_close(&s);
}

Test(progress, an_end_without_a_beginning_is_shown)
{
	struct screen s;

	screen_open(&s, PROGRESS_PLAIN);
	progress_end(s.p, "base", true, "%s", "");
	cr_expect_str_eq(screen_read(&s), "#1 [base] CACHED\n");
	screen_close(&s);
}

static void *shout_progress(void *user)
{
	struct progress *p = user;
	char id[32];

	snprintf(id, sizeof(id), "thread %p", (void *)&id);
	for (unsigned i = 0; i < 200; i++) {
		progress_begin(p, id, "work");
		progress_advance(p, id, i, 200);
		progress_end(p, id, false, "work");
	}
	return NULL;
}

Test(progress, threads_do_not_mix_their_lines)
{
	struct screen s;
	pthread_t threads[4];
	struct str rest, line;
	size_t lines = 0;

	screen_open(&s, PROGRESS_PLAIN);
	for (size_t i = 0; i < 4; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, shout_progress, s.p), 0);
	for (size_t i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	rest = str_of(screen_read(&s));
	for (; str_next(&rest, '\n', &line); lines++)
		cr_expect(str_starts(line, STR("#")) && str_ends(line, STR("work")), STR_FMT,
			  STR_ARG(line));
	cr_expect_eq(lines, 4 * 200 * 2);
	screen_close(&s);
}

/* A pseudo-terminal of 40 columns; what was written to it is read back. */
struct terminal {
	int master;
	FILE *file;
};

static void terminal_open(struct terminal *t)
{
	struct winsize size = { .ws_row = 10, .ws_col = 40 };
	int fd;

	t->master = posix_openpt(O_RDWR | O_NOCTTY);
	cr_assert(t->master >= 0 && grantpt(t->master) == 0 && unlockpt(t->master) == 0);
	fd = open(ptsname(t->master), O_RDWR | O_NOCTTY);
	cr_assert(fd >= 0);
	cr_assert_eq(ioctl(fd, TIOCSWINSZ, &size), 0);
	t->file = fdopen(fd, "w");
	cr_assert(t->file);
}

static const char *terminal_read(struct terminal *t, struct arena *a)
{
	char *text = arena_alloc(a, 65536);
	size_t n = 0;
	ssize_t got;

	cr_assert_eq(fclose(t->file), 0);
	while ((got = read(t->master, text + n, 65535 - n)) > 0) /* EIO ends it */
		n += (size_t)got;
	cr_assert(n > 0);
	close(t->master);
	return text;
}

Test(progress, a_terminal_shows_running_steps_in_place_and_ends_for_good)
{
	AUTO_ARENA a = { 0 };
	struct terminal t;
	struct progress *p;
	const char *text;

	setenv("TERM", "xterm", 1);
	setenv("NO_COLOR", "1", 1);
	terminal_open(&t);
	p = progress_open(&a, PROGRESS_AUTO, NULL, t.file);
	progress_begin(p, "fetch", "a very long text that does not fit into forty columns");
	progress_begin(p, "compile", "squid");
	progress_end(p, "fetch", true, "all");
	progress_close(p);
	text = terminal_read(&t, &a);
	cr_expect_str_eq(text, "#1 [fetch] a very long text that doe...\r\n"
			       "\033[1A\r\033[J"
			       "#1 [fetch] a very long text that doe...\r\n"
			       "#2 [compile] squid  0.0 s\r\n"
			       "\033[2A\r\033[J"
			       "#1 [fetch] CACHED: all\r\n"
			       "#2 [compile] squid  0.0 s\r\n"
			       "\033[1A\r\033[J");
}

/* What has failed says no end of its own: the next recipe's lines stand alone. */
Test(progress, steps_end_with_what_they_were_about)
{
	AUTO_ARENA a = { 0 };
	struct terminal t;
	struct progress *p;

	setenv("TERM", "xterm", 1);
	setenv("NO_COLOR", "1", 1);
	terminal_open(&t);
	p = progress_open(&a, PROGRESS_AUTO, NULL, t.file);
	progress_begin(p, "compile", "squid");
	progress_subject(p, "%s", "");
	progress_begin(p, "fetch", "40 files");
	progress_close(p);
	cr_expect_str_eq(terminal_read(&t, &a), "#1 [compile] squid  0.0 s\r\n"
						"\033[1A\r\033[J"
						"#2 [fetch] 40 files  0.0 s\r\n"
						"\033[1A\r\033[J");
}

Test(progress, colour_is_for_terminals_that_want_it)
{
	static const struct {
		const char *term, *no_color;
		bool moves, colour;
	} cases[] = {
		{ "xterm", NULL, true, true }, { "xterm", "", true, true },
		{ "xterm", "1", true, false }, { "dumb", NULL, false, false },
		{ NULL, NULL, false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct terminal t;
		struct progress *p;
		const char *text;

		unsetenv("TERM");
		unsetenv("NO_COLOR");
		if (cases[i].term)
			setenv("TERM", cases[i].term, 1);
		if (cases[i].no_color)
			setenv("NO_COLOR", cases[i].no_color, 1);
		terminal_open(&t);
		p = progress_open(&a, PROGRESS_AUTO, NULL, t.file);
		progress_begin(p, "x", "y");
		progress_end(p, "x", true, "%s", "");
		progress_close(p);
		text = terminal_read(&t, &a);
		cr_expect_eq(strstr(text, "\033[36m") != NULL, cases[i].colour, "case %zu: %s", i,
			     text);
		cr_expect_eq(strstr(text, "\033[J") != NULL, cases[i].moves, "case %zu: %s", i,
			     text);
	}
}

Test(progress, amounts_and_durations_read_well)
{
	static const struct {
		uint64_t current, total;
		const char *text;
	} amounts[] = {
		{ 0, 10, "0 % (0 of 10)" },
		{ 999999, 999999, "100 % (999999 of 999999)" },
		{ 5200000, 16800000, "31 % (5.2 MB of 16.8 MB)" },
		{ 7, 0, "7" },
		{ UINT64_MAX, UINT64_MAX, "100 % (18446744.1 TB of 18446744.1 TB)" },
	};
	static const struct {
		uint64_t ms;
		const char *text;
	} durations[] = {
		{ 0, "0.0 s" },
		{ 1260, "1.3 s" },
		{ 60000, "1 min 00 s" },
		{ 185000, "3 min 05 s" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(amounts); i++) {
		AUTO_ARENA a = { 0 };
		struct buf out = { .a = &a };

		line_amount(&out, amounts[i].current, amounts[i].total);
		cr_expect_str_eq(buf_cstr(&out), amounts[i].text);
	}
	for (size_t i = 0; i < ARRAY_SIZE(durations); i++) {
		AUTO_ARENA a = { 0 };
		struct buf out = { .a = &a };

		line_duration(&out, durations[i].ms);
		cr_expect_str_eq(buf_cstr(&out), durations[i].text);
	}
}

Test(progress, lines_are_cut_between_characters)
{
	static const struct {
		const char *line;
		unsigned columns;
		const char *cut;
	} cases[] = {
		{ "abcdef", 6, "abcdef" },
		{ "abcdefg", 6, "abc..." },
		{ "\xc3\xa4\xc3\xb6\xc3\xbcxyz", 5, "\xc3\xa4\xc3\xb6..." },
		{ "\xc3\xa4\xc3\xb6", 2, "\xc3\xa4\xc3\xb6" },
		{ "abcdef", 3, "" },
		{ "", 0, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };

		cr_expect(str_eq(line_cut(&a, str_of(cases[i].line), cases[i].columns),
				 str_of(cases[i].cut)),
			  "%s at %u", cases[i].line, cases[i].columns);
	}
}

/* Names, and the words of servers and programs, reach logs that CI services read and people pass
 * on. */
Test(progress, T37_no_command_and_no_password_is_drawn)
{
	static const enum progress_mode modes[] = { PROGRESS_PLAIN, PROGRESS_JSON, PROGRESS_QUIET };

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		struct screen s;
		const char *text;

		screen_open(&s, modes[i]);
		progress_begin(s.p, "::error::x", "##[error]%s", "https://u:geheim@h/");
		progress_note(s.p, "a\n::error::b ##vso[x]c docker://u:geheim@h/a");
		progress_note_list(s.p, "a\n ::error::b\n##[error]c");
		progress_warn(s.p, "::error::b http://u:ge/heim@h/");
		progress_end(s.p, "::error::x", false, "##[error]");
		progress_error(s.p, "##[error] https://u:geheim@h/");
		text = screen_read(&s);
		cr_expect(!strstr(text, "::error") && !strstr(text, "##[") &&
				  !strstr(text, "##vso["),
			  "%s", text);
		cr_expect(!strstr(text, "geheim") && !strstr(text, "heim@") &&
				  strstr(text, "***@h"),
			  "%s", text);
		screen_close(&s);
	}
}

/* Waits until `text` was drawn, for at most ten seconds. */
static bool screen_await(struct screen *s, const char *text)
{
	for (unsigned i = 0; i < 1000; i++) {
		fflush(s->file);
		if (s->text && strstr(s->text, text))
			return true;
		usleep(10000);
	}
	return false;
}

static void screen_open_paced(struct screen *s, enum progress_mode mode)
{
	static const struct progress_pace fast = { .redraw_ms = 20, .silence_ms = 20 };

	*s = (struct screen){ .text = NULL };
	s->file = open_memstream(&s->text, &s->n);
	cr_assert(s->file);
	s->p = progress_open(&s->a, mode, &fast, s->file);
}

static void *progress_speak_there(void *p)
{
	progress_subject(p, "lib linux/amd64");
	progress_begin(p, "compile", "lib");
	progress_subject(p, "%s", "");
	progress_begin(p, "unpack", "app");
	return p;
}

/* Its end is not the end of the others' steps. */
Test(progress, a_thread_speaks_for_itself)
{
	struct screen s;
	pthread_t thread;

	screen_open_paced(&s, PROGRESS_PLAIN);
	progress_subject(s.p, "app linux/amd64");
	progress_begin(s.p, "fetch", "40 files");
	cr_assert_eq(pthread_create(&thread, NULL, progress_speak_there, s.p), 0);
	pthread_join(thread, NULL);
	progress_end(s.p, "fetch", false, "40 files");
	cr_expect(screen_await(&s, "#1 [app linux/amd64 fetch] 40 files\n"), "%s", s.text);
	cr_expect(screen_await(&s, "#2 [lib linux/amd64 compile] lib\n"), "%s", s.text);
	cr_expect(screen_await(&s, "#3 [app linux/amd64 unpack] app\n"), "%s", s.text);
	cr_expect(screen_await(&s, "#1 [app linux/amd64 fetch] done in "), "%s", s.text);
	screen_read(&s);
	screen_close(&s);
}

Test(progress, a_silent_step_says_that_it_still_runs)
{
	static const struct {
		enum progress_mode mode;
		const char *text;
	} cases[] = {
		{ PROGRESS_PLAIN, "#1 [hello linux/arm64 squid] still running after 0.0 s\n" },
		{ PROGRESS_JSON,
		  "\"id\":\"squid\",\"about\":\"hello linux/arm64\",\"state\":\"advance\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct screen s;

		screen_open_paced(&s, cases[i].mode);
		progress_subject(s.p, "hello %s", "linux/arm64");
		progress_begin(s.p, "squid", "compiling squid");
		cr_expect(screen_await(&s, cases[i].text), "%s", s.text);
		screen_read(&s);
		screen_close(&s);
	}
}

Test(progress, a_silent_step_with_an_amount_says_it)
{
	struct screen s;

	screen_open_paced(&s, PROGRESS_PLAIN);
	progress_begin(s.p, "fetch", "files");
	progress_advance(s.p, "fetch", 1, 4);
	cr_expect(screen_await(&s, "#1 [fetch] 25 % (1 of 4), still running after 0."), "%s",
		  s.text);
	screen_read(&s);
	screen_close(&s);
}

Test(progress, nothing_is_said_of_steps_that_have_ended_or_when_quiet)
{
	struct screen s;

	screen_open_paced(&s, PROGRESS_QUIET);
	progress_begin(s.p, "fetch", "files");
	usleep(100000);
	cr_expect_str_eq(screen_read(&s), "");
	screen_close(&s);
	screen_open_paced(&s, PROGRESS_PLAIN);
	progress_end(s.p, "fetch", true, "%s", "");
	usleep(100000);
	cr_expect_str_eq(screen_read(&s), "#1 [fetch] CACHED\n");
	screen_close(&s);
}

Test(progress, times_move_on_a_terminal)
{
	static const struct progress_pace fast = { .redraw_ms = 20, .silence_ms = 1000000 };
	AUTO_ARENA a = { 0 };
	const char *at = "#1 [compile] squid  0.0 s\r\n";
	struct terminal t;
	struct progress *p;
	const char *text;

	setenv("TERM", "xterm", 1);
	terminal_open(&t);
	p = progress_open(&a, PROGRESS_AUTO, &fast, t.file);
	progress_begin(p, "compile", "squid");
	usleep(500000);
	progress_close(p);
	text = terminal_read(&t, &a);
	cr_expect(str_starts(str_of(text), str_of(at)), "%s", text);
	for (text = strstr(text, "squid"); text && strncmp(text, "squid  0.0 s", 12) == 0;)
		text = strstr(text + 1, "squid");
	cr_expect(text, "the time did not move");
}
