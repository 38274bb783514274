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
#include "cli/cli.h"
#include "cli/progress_draw.h"
#include "cli/commands.h"

static const struct command *find_command(const char *name)
{
	for (const struct command *c = commands; c->name; c++) {
		if (strcmp(c->name, name) == 0)
			return c;
	}
	return NULL;
}

static void print_usage(FILE *out)
{
	fputs("Builds distroless Debian images from a recipe.\n\n"
	      "  imgbuild recipes/hello.json          build an image into out/hello\n"
	      "  imgbuild lock recipes/hello.json     pin every byte it stands on\n"
	      "  imgbuild audit out/hello             judge what is in it\n\n"
	      "Verbs:\n", out);
	for (const struct command *c = commands; c->name; c++)
		fprintf(out, "  %-10s %s\n", c->name, c->summary);
	fprintf(out, "\nOptions of every verb:\n%s", cli_common_help);
}

static void print_help(FILE *out, const struct command *command)
{
	fprintf(out, "%s\n\nUsage: imgbuild %s%s%s\n%s%s", command->summary, command->name,
		command->usage[0] ? " " : "", command->usage, command->help[0] ? "\n" : "", command->help);
}

/* The verb, and where its arguments begin; a recipe in its place means build. */
static const struct command *choose(struct cli *c, struct error *e)
{
	const struct command *command;
	struct strings names = { 0 };
	const char *near;

	if (c->argc == 0)
		return NULL;
	command = find_command(c->argv[0]);
	if (command)
		return command;
	if (str_ends(str_of(c->argv[0]), STR(".json")) || strchr(c->argv[0], '/') ||
	    c->argv[0][0] == '-') {
		c->argv--;
		c->argc++;
		c->argv[0] = arena_strdup(c->a, "build");
		return find_command("build");
	}
	for (const struct command *o = commands; o->name; o++)
		*list_push(c->a, &names) = o->name;
	near = str_nearest(str_of(c->argv[0]), names.v, names.n);
	err_set(e, ERR_USAGE, "unknown verb \"%s\"%s%s%s; see imgbuild --help", c->argv[0],
		near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return NULL;
}

#define MESSAGE_MAX (sizeof(struct error) * 4)

static bool run(struct cli *c, const struct command *command, const struct cli_common *o,
		struct error *e)
{
	char text[MESSAGE_MAX];
	const char *mode_name = o->progress ? o->progress : getenv("IMGBUILD_PROGRESS");
	enum progress_mode mode = PROGRESS_AUTO;
	bool ok;

	if (mode_name && mode_name[0] && !cli_progress_mode(mode_name, &mode, e))
		return false;
	interrupt_catch(mode == PROGRESS_JSON);
	c->progress = progress_open(c->a, o->quiet ? PROGRESS_QUIET : mode, stderr);
	if (command->jails)
		jail_report(c->progress);
	ok = command->run(c, e);
	if (!ok) {
		err_format(e, text, sizeof(text));
		c->told = progress_error(c->progress, text);
	}
	progress_close(c->progress);
	return ok;
}

static bool work(struct cli *c, struct error *e)
{
	struct cli_common o = { 0 };
	const struct command *command;

	if (!cli_parse(c, &o, e))
		return false;
	if (o.version)
		return cmd_version(&(struct cli){ .out = c->out, .json = c->json }, e);
	command = choose(c, e);
	if (!command && e->kind)
		return false;
	if (o.help) {
		if (command)
			print_help(c->out, command);
		else
			print_usage(c->out);
		return true;
	}
	if (!command) {
		print_usage(stderr);
		return err_set(e, ERR_USAGE, "no recipe and no verb given");
	}
	return run(c, command, &o, e);
}

static void print_error(const struct error *e)
{
	char text[MESSAGE_MAX];

	err_format(e, text, sizeof(text));
	fprintf(stderr, "imgbuild: error: %s\n", text);
}

/* A descriptor 0, 1 or 2 that is closed would be taken by the first file opened. Nothing can be
 * written to what fills the gap: a result that nobody gets is an error, like a full disk. */
static void fill_standard_descriptors(void)
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

#define STACK_MIN (1u << 20)		/* the deepest parser takes a quarter of it */
#define STACK_USUAL (8u << 20)

/* A small stack (ulimit -s) would be a crash somewhere. What libraries do when they are loaded needs more than
 * 16 KiB, so this runs before any of them; it keeps to system calls, for little else is ready then. */
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

__attribute__((section(".preinit_array"), used)) static void (*const stack_first)(void) = stack_ensure;

/* Threads would have what the limit was when the program started. */
static bool stack_of_threads(struct error *e)
{
	pthread_attr_t threads;
	size_t size;

	if (pthread_getattr_default_np(&threads) != 0 || pthread_attr_getstacksize(&threads, &size) != 0 ||
	    size >= STACK_MIN)
		return true;
	return (pthread_attr_setstacksize(&threads, STACK_USUAL) == 0 && pthread_setattr_default_np(&threads) == 0) ||
	       err_set(e, ERR_SYSTEM, "threads cannot be given the %u KiB of stack that they need", STACK_USUAL >> 10);
}

int main(int argc, char **argv)
{
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };
	struct cli c = { .a = &a, .out = stdout };

	fill_standard_descriptors();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);	/* ignored, it would hide how children end */
	interrupt_catch(false);
	/* one spare slot in front, for the verb "build" that need not be typed */
	c.argv = (char **)arena_array(&a, (size_t)argc + 2, sizeof(char *)) + 1;
	for (int i = 1; i < argc; i++)
		c.argv[c.argc++] = argv[i];
	if (stack_of_threads(&e))
		work(&c, &e);
	if (fflush(stdout) != 0 || ferror(stdout))
		lost_output(&c, &e);
	if (e.kind != ERR_NONE && !c.told)
		print_error(&e);
	return err_status(e.kind);
}
