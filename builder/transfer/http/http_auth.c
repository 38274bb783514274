/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the file of credentials and answers which of them a host may see. Its messages name lines
 * and never quote them. */

#include "transfer/http/http_auth.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

#define AUTH_MAX (1u << 20)

static bool auth_next_word(struct str *rest, struct str *word)
{
	*rest = str_trim(*rest);
	for (word->p = rest->p, word->n = 0; word->n < rest->n; word->n++) {
		if (rest->p[word->n] == ' ' || rest->p[word->n] == '\t')
			break;
	}
	*rest = str_from(*rest, word->n);
	return word->n != 0;
}

static bool auth_machine(struct arena *a, struct str word, struct http_url *out)
{
	struct str name = str_copy(a, word);

	if (!memmem(word.p, word.n, "://", 3))
		name = str_of(arena_printf(a, "https://" STR_FMT, STR_ARG(word)));
	return http_url_split(name, out) && out->userinfo.n == 0;
}

/* One line, all of it: the machine and pairs of a key and its value. NULL or what is wrong. */
static const char *parse_line(struct arena *a, struct str line, struct http_auth *auth)
{
	struct http_login *l;
	struct str key, value;

	if (!auth_next_word(&line, &key) || key.p[0] == '#')
		return NULL;
	if (!str_eq(key, STR("machine")) || !auth_next_word(&line, &value))
		return "a line must begin with \"machine HOST\"";
	l = list_push(a, &auth->logins);
	if (!auth_machine(a, value, &l->machine))
		return "the machine must be HOST, HOST:PORT or http://HOST";
	while (auth_next_word(&line, &key)) {
		if (!auth_next_word(&line, &value))
			return "the last key has no value";
		if (str_eq(key, STR("login")))
			l->login = str_dup(a, value);
		else if (str_eq(key, STR("password")))
			l->password = str_dup(a, value);
		else if (str_eq(key, STR("token")))
			l->token = str_dup(a, value);
		else
			return "the keys are login, password and token";
	}
	if (l->token ? l->login || l->password : !l->login || !l->password)
		return "either login and password, or token, must be given";
	return NULL;
}

bool http_auth_parse(struct arena *a, const char *file, struct str text, struct http_auth *auth,
		     struct error *e)
{
	unsigned number = 0;
	struct str line;

	*auth = (struct http_auth){ 0 };
	while (str_next(&text, '\n', &line)) {
		const char *wrong = "it holds a NUL byte";

		number++;
		if (!memchr(line.p, '\0', line.n))
			wrong = parse_line(a, line, auth);
		if (wrong) {
			err_set(e, ERR_INPUT, "%s", wrong);
			return err_at(e, file, number, 1);
		}
	}
	return true;
}

static bool check_private(int fd, const char *path, struct error *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, "stat %s", path);
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077))
		return err_set(
			e, ERR_SYSTEM,
			"%s holds credentials: it must be a regular file of yours that nobody "
			"else may read (chmod 600)",
			path);
	return true;
}

bool http_auth_load(struct arena *a, const char *path, bool named, struct http_auth *auth,
		    struct error *e)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct buf text = { .a = a, .max = AUTH_MAX };
	struct fd_source from;
	struct buf_sink to;

	*auth = (struct http_auth){ 0 };
	if (fd < 0 && errno != ENOENT && errno != ENOTDIR)
		return err_sys(e, "open %s", path);
	if (fd < 0)
		return !named || err_set(e, ERR_INPUT, "IMGBUILD_NETRC: %s is not there", path);
	if (!check_private(fd, path, e))
		return false;
	fd_source_init(&from, fd, 0, FD_SOURCE_ALL, path);
	buf_sink_init(&to, &text, path);
	return io_copy(&from.base, &to.base, e) &&
	       http_auth_parse(a, path, buf_str(&text), auth, e);
}

const char *http_auth_hint(int status)
{
	return status == 401 ? "; credentials for it belong in the file of IMGBUILD_NETRC or "
			       "~/.config/imgbuild/auth"
			     : "";
}

const struct http_login *http_auth_find(const struct http_auth *auth, const struct http_url *url)
{
	for (size_t i = 0; i < auth->logins.n; i++) {
		if (http_url_same_origin(&auth->logins.v[i].machine, url))
			return &auth->logins.v[i];
	}
	return NULL;
}
