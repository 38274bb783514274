/* SPDX-License-Identifier: Apache-2.0 */
/* The log's format and rings, and the relay's lines. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "entrypoint/log.h"
#include "entrypoint/relay.h"

static struct log l;
static int out[2], err[2];
static char text[1 << 20];

static void log_test_make(void)
{
	cr_assert(pipe2(out, O_NONBLOCK) == 0 && pipe2(err, O_NONBLOCK) == 0);
	fcntl(out[1], F_SETFL, 0);
	fcntl(err[1], F_SETFL, 0);
	log_init(&l, out[1], err[1]);
}

static const char *take_output(int fd)
{
	ssize_t n = read(fd, text, sizeof text - 1);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

TestSuite(log, .init = log_test_make, .timeout = 30);

Test(log, a_line_has_date_time_level_and_text)
{
	const char *s;
	int y, mo, d, h, mi, sec, n = 0;

	log_info(&l, "hello %d", 1);
	s = take_output(out[0]);
	cr_expect_eq(sscanf(s, "%4d-%2d-%2d %2d:%2d:%2d [INFO] hello 1%n", &y, &mo, &d, &h, &mi,
			    &sec, &n),
		     6);
	cr_expect_str_eq(s + n, "\n");
	cr_expect_eq(n, 19 + 8 + 7);
}

Test(log, only_errors_go_to_stderr)
{
	log_warn(&l, "careful");
	cr_expect(strstr(take_output(out[0]), " [WARNING] careful\n"));
	cr_expect_str_empty(take_output(err[0]));
	log_error(&l, "broken");
	cr_expect(strstr(take_output(err[0]), " [ERROR] broken\n"));
	cr_expect_str_empty(take_output(out[0]));
	log_debug(&l, "not shown");
	cr_expect_str_empty(take_output(out[0]));
}

/* Of everything that waits for the reader; `text` has the end of it. */
static size_t taken_length(void)
{
	size_t n = 0, one;

	do {
		log_flush(&l);
		one = strlen(take_output(out[0]));
		n += one;
	} while (l.out.len > 0);
	return n;
}

Test(log, foreign_text_is_escaped)
{
	static char big[20000];

	log_text(&l, LOG_INFO, "Squid: ", "a\x1b[0m\nb", 7);
	cr_expect(strstr(take_output(out[0]), "Squid: a\\x1b[0m\\x0ab\n"));
	memset(big, 1, sizeof big);
	log_text(&l, LOG_INFO, "", big, sizeof big);
	log_flush(&l);
	cr_expect_eq(taken_length(), 19 + 8 + 4 * sizeof big + 1);
}

Test(log, a_line_of_an_access_log_is_whole_and_one_without_end_is_cut)
{
	static char big[2 * LOG_LINE_MAX];

	memset(big, 'x', sizeof big);
	log_always(&l, "Squid: ", big, LOG_LINE_MAX);
	cr_expect_eq(taken_length(), 19 + 8 + 7 + LOG_LINE_MAX + 1);
	log_always(&l, "Squid: ", big, sizeof big);
	cr_expect_lt(taken_length(), sizeof big);
	cr_expect(strstr(text, " more bytes]\n"), "%s", text + strlen(text) - 64);
	cr_expect_eq(l.dropped, 0);
}

Test(log, an_access_log_is_shown_at_every_level)
{
	l.level = LOG_ERROR;
	log_text(&l, LOG_INFO, "Squid: ", "other", 5);
	log_always(&l, "Squid: ", "access", 6);
	cr_expect(strstr(take_output(out[0]), " [INFO] Squid: access\n"), "%s", text);
	cr_expect(!strstr(text, "other"));
}

Test(log, time_stamps_never_go_back)
{
	strcpy(l.stamp, "2999-01-01 00:00:00");
	log_info(&l, "x");
	cr_expect(strncmp(take_output(out[0]), "2999-01-01 00:00:00 ", 20) == 0);
}

Test(log, lines_nobody_takes_are_dropped_counted_and_told)
{
	static char big[8000];
	uint64_t dropped;

	memset(big, 'x', sizeof big);
	for (int i = 0; i < 100; i++)
		log_text(&l, LOG_INFO, "", big, sizeof big);
	cr_expect_gt(l.dropped, 0);
	cr_expect(!log_has_room(&l));
	dropped = l.dropped;
	for (int i = 0; i < 10; i++) {
		take_output(out[0]);
		log_flush(&l);
	}
	log_info(&l, "after");
	take_output(out[0]);
	cr_expect(strstr(text, "log lines dropped"), "%s", text);
	cr_expect(strstr(text, " [INFO] after\n"));
	cr_expect_eq(l.told, dropped);
}

Test(log, a_reader_that_is_gone_is_no_trouble)
{
	close(out[0]);
	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < 100; i++)
		log_info(&l, "x");
	log_drain(&l, 100);
	cr_expect(l.out.broken);
}

static char lines[64][64];
static size_t lengths[64], n_lines;

static void on_line(void *arg, const char *s, size_t n)
{
	(void)arg;
	lengths[n_lines] = n;
	snprintf(lines[n_lines++], 64, "%.*s", (int)(n < 63 ? n : 63), s);
}

static struct relay r;

static int open_relay(void)
{
	int p[2];

	cr_assert(pipe2(p, O_NONBLOCK) == 0);
	n_lines = 0;
	relay_open(&r, p[0], on_line, NULL);
	return p[1];
}

Test(relay, lines_are_put_together_from_pieces)
{
	int w = open_relay();

	cr_assert_eq(write(w, "one\ntw", 6), 6);
	cr_expect(relay_read(&r));
	cr_expect_eq(n_lines, 1);
	cr_assert_eq(write(w, "o\r\n\nrest", 8), 8);
	cr_expect(relay_read(&r));
	cr_expect_eq(n_lines, 3);
	cr_expect_str_eq(lines[1], "two");
	cr_expect_str_eq(lines[2], "");
	close(w);
	cr_expect(!relay_read(&r));
	cr_expect_str_eq(lines[3], "rest");
	cr_expect_eq(r.fd, -1);
	cr_expect(!relay_read(&r));
}

Test(relay, a_line_without_end_is_capped)
{
	static char big[40000];
	int w = open_relay();

	memset(big, 'x', sizeof big);
	cr_assert_eq(write(w, big, sizeof big), (ssize_t)sizeof big);
	relay_read(&r);
	cr_expect_eq(n_lines, 0);
	cr_expect(!relay_urgent(&r));
	cr_assert_eq(write(w, "\nnext\n", 6), 6);
	relay_read(&r);
	cr_expect_eq(n_lines, 2);
	cr_expect_eq(lengths[0], LOG_TEXT_MAX);
	cr_expect_str_eq(lines[1], "next");
	close(w);
}

Test(relay, finishing_does_not_wait_for_a_writer_that_stays)
{
	int w = open_relay();

	cr_assert_eq(write(w, "last words", 10), 10);
	relay_finish(&r);
	cr_expect_eq(n_lines, 1);
	cr_expect_str_eq(lines[0], "last words");
	cr_expect_eq(r.fd, -1);
	close(w);
}
