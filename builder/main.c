/* SPDX-License-Identifier: Apache-2.0 */
/* argv -> command -> exit status. Owns the one struct error, the only exit and the only place
 * that writes the final message. */

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/jail.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/progress_draw.h"
#include "cli/trace.h"
#include "cli/usage.h"

#define MESSAGE_MAX (sizeof(struct error) * 4)

/* What ended the run stays its error; a trace that cannot be written is one for a run that went
 * well. */
static bool report_times(const struct cli *c, struct trace *t, bool ok, struct error *e)
{
	const struct trace_spans *spans = trace_finish(t);
	struct error lost = { 0 };

	if (c->timing)
		trace_print(spans, stderr);
	if (c->trace && !trace_write(spans, c->trace, ok ? e : &lost))
		ok = false;
	return ok;
}

static bool run_command(struct cli *c, struct error *e)
{
	struct progress *drawn;
	struct trace *trace = NULL;
	char text[MESSAGE_MAX];
	enum progress_mode mode;
	bool ok;

	if (!common_progress(c, &mode, e) || (c->trace && !trace_check(c->a, c->trace, e)))
		return false;
	interrupt_catch(mode == PROGRESS_JSON);
	drawn = c->progress = progress_open(c->a, mode, NULL, stderr);
	if (c->timing || c->trace) {
		trace = trace_open(c->a, drawn);
		c->progress = trace_progress(trace);
	}
	if (c->command->jails)
		jail_report(c->progress);
	ok = c->command->run(c, e);
	if (!ok) {
		err_format(e, text, sizeof(text));
		c->told = progress_error(drawn, text);
	}
	progress_close(drawn);
	if (trace) {
		ok = report_times(c, trace, ok, e);
		trace_close(trace);
	}
	return ok;
}

static bool run_arguments(struct cli *c, const char *const *words, size_t n, struct error *e)
{
	if (!command_line_read(c, words, n, e))
		return false;
	if (c->help && c->command)
		usage_print_verb(c->a, c->command, c->out);
	else if (c->help)
		usage_print(c->a, c->out);
	if (c->help)
		return true;
	if (c->version)
		return cmd_version.run(c, e);
	if (!c->command) {
		usage_print(c->a, stderr);
		return err_set(e, ERR_USAGE, "no recipe and no verb given");
	}
	return run_command(c, e);
}

static void print_error(const struct error *e)
{
	char text[MESSAGE_MAX];

	err_format(e, text, sizeof(text));
	fprintf(stderr, "imgbuild: error: %s\n", text);
}

/* A descriptor 0, 1 or 2 that is closed would be taken by the first file opened. Nothing can be
 * written to what fills the gap: a result that nobody gets is an error, like a full disk. */
static void main_fill_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* Findings that could not be written are lost; what went wrong before that is told nevertheless. */
static void lost_output(struct cli *c, struct error *e)
{
	if (e->kind == ERR_FINDINGS)
		err_clear(e);
	if (e->kind == ERR_NONE) {
		c->told = false;
		err_sys(e, "write standard output");
	}
}

#define STACK_MIN (1u << 20) /* the deepest parser takes a quarter of it */
#define STACK_USUAL (8u << 20)

/* A small stack (ulimit -s) would be a crash somewhere. What libraries do when they are loaded
 * needs more than 16 KiB, so this runs before any of them; it keeps to system calls, for little
 * else is ready then. */
__attribute__((no_sanitize("address", "undefined"))) static void stack_ensure(void)
{
	static const char complaint[] =
		"imgbuild: error: the stack is limited to less than the 1024 KiB that imgbuild needs: "
		"ulimit -s 8192\n";
	struct rlimit stack;

	if (getrlimit(RLIMIT_STACK, &stack) < 0 || stack.rlim_cur >= STACK_MIN)
		return;
	stack.rlim_cur = stack.rlim_max < STACK_USUAL ? stack.rlim_max : STACK_USUAL;
	if (stack.rlim_cur >= STACK_MIN && setrlimit(RLIMIT_STACK, &stack) == 0)
		return;
	syscall(SYS_write, STDERR_FILENO, complaint, sizeof(complaint) - 1);
	syscall(SYS_exit_group, err_status(ERR_SYSTEM));
}

__attribute__((section(".preinit_array"),
	       used)) static void (*const stack_first)(void) = stack_ensure;

/* Threads would have what the limit was when the program started. */
static bool stack_of_threads(struct error *e)
{
	pthread_attr_t threads;
	size_t size;

	if (pthread_getattr_default_np(&threads) != 0 ||
	    pthread_attr_getstacksize(&threads, &size) != 0 || size >= STACK_MIN)
		return true;
	return (pthread_attr_setstacksize(&threads, STACK_USUAL) == 0 &&
		pthread_setattr_default_np(&threads) == 0) ||
	       err_set(e, ERR_SYSTEM, "threads cannot be given the %u KiB of stack that they need",
		       STACK_USUAL >> 10);
}

int main(int argc, char **argv)
{
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };
	struct cli c = { .a = &a, .out = stdout };

	main_fill_descriptors();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGCHLD, SIG_DFL); /* ignored, it would hide how children end */
	interrupt_catch(false);
	if (stack_of_threads(&e))
		run_arguments(&c, (const char *const *)argv + (argc > 0),
			      argc > 0 ? (size_t)argc - 1 : 0, &e);
	if (fflush(stdout) != 0 || ferror(stdout))
		lost_output(&c, &e);
	if (e.kind != ERR_NONE && !c.told)
		print_error(&e);
	return err_status(e.kind);
}
