/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a verifier and reads what it says. Knows the command lines and outputs of sqv (1.0 and
 * later) and gpgv (2.2 and later); knows nothing of what is signed. */

#include "input/release/signature.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/spawn.h"
#include "base/date.h"

#define FINGERPRINT 40
#define OUTPUT_MAX (256u << 10)
#define ARGS_MAX 64

/* Descriptors in the child. */
#define CHILD_TEXT 10
#define CHILD_ARMOUR 11

/* Memory as a file, above the numbers that the child uses. */
static int memory_file(struct str bytes, const char *name, struct error *e)
{
	AUTO_FD fd = memfd_create(name, MFD_CLOEXEC);
	int high;

	if (fd < 0) {
		err_sys(e, "make a memory file for the signature check");
		return -1;
	}
	if (!fd_write(fd, bytes, name, e))
		return -1;
	high = fcntl(fd, F_DUPFD_CLOEXEC, 100);
	if (high < 0)
		err_sys(e, "make a memory file for the signature check");
	return high;
}

static bool read_output(struct arena *a, int fd, struct str *out, struct error *e)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *p;

	if (size < 0)
		return err_sys(e, "read what the signature check says");
	if ((uint64_t)size > OUTPUT_MAX)
		size = OUTPUT_MAX;
	p = arena_text(a, (size_t)size);
	*out = (struct str){ p, (size_t)size };
	return fd_pread(fd, p, (size_t)size, 0, "what the signature check says", e);
}

struct verifier_call {
	const char *const *argv;
	int text, armour, output, messages;
};

/* 1 and the wait status, 0 not installed, -1 error. */
static int verifier_run(const struct verifier_call *r, int *wait_status, struct error *e)
{
	static const char *const environment[] = {
		"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8",		"TZ=UTC",
		"HOME=/nonexistent",  "GNUPGHOME=/nonexistent", NULL
	};
	const struct spawn_fd fds[] = { { r->output, 1 },
					{ r->messages, 2 },
					{ r->text, CHILD_TEXT },
					{ r->armour, CHILD_ARMOUR } };
	const struct spawn s = {
		.argv = r->argv, .env = environment, .fds = fds, .n = ARRAY_SIZE(fds)
	};
	pid_t pid;
	int started = spawn_start(&s, &pid, e);

	if (started > 0 && !spawn_wait(pid, r->argv[0], wait_status, e))
		return -1;
	return started;
}

struct arguments {
	const char *v[ARGS_MAX + 1];
	size_t n;
};

/* There is room: add_keyrings() leaves some. */
static void verifier_add_argument(struct arguments *args, const char *text)
{
	args->v[args->n++] = text;
}

static bool add_keyrings(struct arguments *args, const struct strings *keyrings, struct error *e)
{
	size_t found = 0;

	for (size_t i = 0; i < keyrings->n && args->n + 8 < ARGS_MAX; i++) {
		if (access(keyrings->v[i], R_OK) != 0)
			continue;
		verifier_add_argument(args, "--keyring");
		verifier_add_argument(args, keyrings->v[i]);
		found++;
	}
	if (found)
		return true;
	return err_set(e, ERR_SYSTEM,
		       "no keyring to check signatures with (%s%s is not on this machine): install "
		       "debian-archive-keyring, or name another in \"keyrings\"",
		       keyrings->n ? keyrings->v[0] : "none",
		       keyrings->n > 1 ? ", or another that is named," : "");
}

static bool add_tool(struct arena *a, struct arguments *args, enum signature_tool tool,
		     const struct signature *s, struct error *e)
{
	if (tool == SIGNATURE_SQV) {
		verifier_add_argument(args, "sqv");
		if (s->not_before) {
			char *stamp = arena_alloc(a, DATE_STAMP);

			date_stamp(s->not_before, stamp);
			verifier_add_argument(args, "--not-before");
			verifier_add_argument(args, stamp);
		}
	} else {
		verifier_add_argument(args, "gpgv");
		verifier_add_argument(args, "--status-fd");
		verifier_add_argument(args, "1");
	}
	if (!add_keyrings(args, s->keyrings, e))
		return false;
	verifier_add_argument(args, "--");
	verifier_add_argument(args, "/proc/self/fd/11");
	verifier_add_argument(args, "/proc/self/fd/10");
	return true;
}

static void add_signer(struct arena *a, const struct signature *s, struct str fingerprint,
		       struct strings *signers)
{
	const char *text = str_dup(a, fingerprint);

	if (fingerprint.n == FINGERPRINT && strings_has(s->signers, text))
		*list_push(a, signers) = text;
}

/* sqv prints the primary fingerprint of each key that has made a good signature, one a line. */
static void read_sqv(struct arena *a, const struct signature *s, struct str output,
		     struct strings *signers)
{
	struct str line;

	while (str_next(&output, '\n', &line))
		add_signer(a, s, line, signers);
}

static bool is_sha2(struct str algorithm)
{
	return str_eq(algorithm, STR("8")) || str_eq(algorithm, STR("9")) ||
	       str_eq(algorithm, STR("10"));
}

/* "VALIDSIG <fpr> <date> <time> <expires> <version> <reserved> <key algorithm> <hash algorithm>
 * <class> <primary fpr>" (doc/DETAILS of GnuPG) */
static void read_validsig(struct arena *a, const struct signature *s, struct str line,
			  struct strings *signers)
{
	struct str words[10], word;
	uint64_t made = 0;
	size_t n = 0;

	while (n < 10 && str_next(&line, ' ', &word))
		words[n++] = word;
	if (n == 10 && is_sha2(words[7]) && str_u64(words[2], &made) && made <= INT64_MAX &&
	    (int64_t)made >= s->not_before)
		add_signer(a, s, words[9], signers);
}

/* gpgv's status lines. VALIDSIG comes for expired and revoked keys, too: it counts only within a
 * signature that is called GOODSIG. False if any signature is bad. */
static bool read_gpgv(struct arena *a, const struct signature *s, struct str output,
		      struct strings *signers)
{
	struct str line, keyword, rest;
	bool good = false;

	while (str_next(&output, '\n', &line)) {
		if (!str_starts(line, STR("[GNUPG:] ")))
			continue;
		str_cut(str_from(line, 9), ' ', &keyword, &rest);
		if (str_eq(keyword, STR("BADSIG")))
			return false;
		if (str_eq(keyword, STR("NEWSIG")) || str_eq(keyword, STR("ERRSIG")) ||
		    str_eq(keyword, STR("EXPSIG")) || str_eq(keyword, STR("EXPKEYSIG")) ||
		    str_eq(keyword, STR("REVKEYSIG")))
			good = false;
		else if (str_eq(keyword, STR("GOODSIG")))
			good = true;
		else if (str_eq(keyword, STR("VALIDSIG")) && good)
			read_validsig(a, s, rest, signers);
	}
	return true;
}

/* sqv ends with 0 if one signature is good; gpgv with 2 when one of several keys is unknown to
 * it. */
static bool ended_well(enum signature_tool tool, int wait_status)
{
	int code = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1;

	return code == 0 || (tool == SIGNATURE_GPGV && code == 2);
}

/* The last line that is not empty, for the message. */
static struct str verifier_last_line(struct str text)
{
	struct str line, last = { "", 0 };

	while (str_next(&text, '\n', &line)) {
		if (str_trim(line).n)
			last = str_trim(line);
	}
	return last;
}

static bool verifier_judge(struct arena *a, enum signature_tool tool, const struct signature *s,
			   const struct verifier_call *r, int wait_status, struct strings *signers,
			   struct error *e)
{
	struct str output, messages, last;
	bool good = true;

	if (!read_output(a, r->output, &output, e) || !read_output(a, r->messages, &messages, e))
		return false;
	*signers = (struct strings){ 0 };
	if (tool == SIGNATURE_SQV)
		read_sqv(a, s, output, signers);
	else
		good = read_gpgv(a, s, output, signers);
	strings_unique(signers);
	if (good && ended_well(tool, wait_status) && signers->n)
		return true;
	last = verifier_last_line(messages);
	if (last.n == 0)
		return err_set(e, ERR_VERIFY, "no good signature by a key that the recipe trusts");
	return err_set(e, ERR_VERIFY,
		       "no good signature by a key that the recipe trusts (%s says: "
		       "%.*s)",
		       r->argv[0], (int)MIN(last.n, 300), last.p);
}

int signature_check_by(struct arena *a, enum signature_tool tool, const struct signature *s,
		       struct strings *signers, struct error *e)
{
	AUTO_FD text = memory_file(s->text, "text", e);
	AUTO_FD armour = text < 0 ? -1 : memory_file(s->armour, "signature", e);
	AUTO_FD output = armour < 0 ? -1 : memory_file(STR(""), "output", e);
	AUTO_FD messages = output < 0 ? -1 : memory_file(STR(""), "messages", e);
	struct arguments args = { 0 };
	struct verifier_call r = { args.v, text, armour, output, messages };
	int wait_status, got;

	if (messages < 0 || !add_tool(a, &args, tool, s, e))
		return -1;
	got = verifier_run(&r, &wait_status, e);
	if (got > 0 && !verifier_judge(a, tool, s, &r, wait_status, signers, e))
		return -1;
	return got;
}

bool signature_check(struct arena *a, const struct signature *s, struct strings *signers,
		     struct error *e)
{
	int got = signature_check_by(a, SIGNATURE_SQV, s, signers, e);

	if (got == 0)
		got = signature_check_by(a, SIGNATURE_GPGV, s, signers, e);
	if (got == 0)
		return err_set(e, ERR_SYSTEM,
			       "signatures are checked by sqv or gpgv, and neither is "
			       "installed: apt install sqv");
	return got > 0;
}
