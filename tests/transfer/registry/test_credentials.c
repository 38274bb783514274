/* SPDX-License-Identifier: Apache-2.0 */
/* Where credentials are found: files in their order, keys by length, helper programs. */

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "transfer/registry/credentials.h"
#include "support/fixture_files.h"

static const struct reference ref = { .host = "r.example:5000", .name = "team/app" };

/* "a:1" to "f:6" */
#define A "YTox"
#define B "Yjoy"
#define C "Yzoz"

static const char *found_login(struct arena *a, const char *json)
{
	struct credentials c = { 0 };
	struct error e = { 0 };

	if (!credentials_read(a, "auth.json", str_of(json), &ref, &c, &e))
		return arena_strdup(a, e.cause);
	return arena_printf(a, "%s:%s %s %s", c.user ? c.user : "-", c.password ? c.password : "-",
			    c.identity ? c.identity : "-", c.bearer ? c.bearer : "-");
}

Test(credentials, the_most_specific_key_wins)
{
	static const char *const cases[][2] = {
		{ "{\"auths\":{\"r.example:5000\":{\"auth\":\"" A "\"}}}", "a:1 - -" },
		{ "{\"auths\":{\"r.example:5000\":{\"auth\":\"" A
		  "\"},\"r.example:5000/team\":{\"auth\":\"" B "\"}}}",
		  "b:2 - -" },
		{ "{\"auths\":{\"r.example:5000/team/app\":{\"auth\":\"" C
		  "\"},\"r.example:5000/team\":{\"auth\":\"" B "\"}}}",
		  "c:3 - -" },
		{ "{\"auths\":{\"r.example:5000/te\":{\"auth\":\"" A "\"}}}", "-:- - -" },
		{ "{\"auths\":{\"r.example\":{\"auth\":\"" A "\"}}}", "-:- - -" },
		{ "{\"auths\":{\"r.example:50001\":{\"auth\":\"" A "\"}}}", "-:- - -" },
		{ "{\"auths\":{\"https://r.example:5000/v1/\":{\"auth\":\"" A "\"}}}", "a:1 - -" },
		{ "{\"auths\":{\"r.example:5000\":{}}}", "-:- - -" },
		{ "{\"auths\":{\"r.example:5000\":{\"auth\":\"\",\"identitytoken\":\"i\"}}}",
		  "-:- i -" },
		{ "{\"auths\":{\"r.example:5000\":{\"registrytoken\":\"r\"}}}", "-:- - r" },
		{ "{\"auths\":{\"r.example:5000\":{\"auth\":\"" A
		  "\",\"identitytoken\":\"\",\"registrytoken\":\"\"}}}",
		  "a:1 - -" },
		{ "{\"auths\":{\"r.example:5000\":{\"auth\":\"YTpiOmM=\"}}}", "a:b:c - -" },
		{ "{\"auths\":{\"r.example:5000\":{\"auth\":\"YW5uYTp3cm9uZw==\"}}}",
		  "anna:wrong - -" },
		{ "{\"auths\":{\"r.example:5000\":{\"auth\":\"YW5uYTp3cm9uZw\"}}}",
		  "anna:wrong - -" },
		{ "{\"auths\":{\"r.example:5000\":{\"auth\":\"YTo=\"}}}", "a: - -" },
		{ "{\"auths\":{\"r.example:5000\":{\"auth\":\"fn5+Og==\"}}}", "~~~: - -" },
		{ "{\"auths\":{\"r.example:5000\":{\"username\":\"a\",\"password\":\"1:2\"}}}",
		  "a:1:2 - -" },
		{ "{\"auths\":{\"r.example:5000\":{\"username\":\"x\",\"password\":\"y\",\"auth\":\"" A
		  "\"}}}",
		  "a:1 - -" },
		{ "{\"auths\":{\"r.example:5000\":{\"username\":\"x\",\"identitytoken\":\"i\"}}}",
		  "-:- i -" },
		{ "{\"auths\":{\"r.example:5000\":{\"username\":\"\",\"password\":\"\"}}}",
		  "-:- - -" },
		{ "{\"auths\":null}", "-:- - -" },
		{ "{}", "-:- - -" },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_str_eq(found_login(&a, cases[i][0]), cases[i][1], "%s", cases[i][0]);
}

Test(credentials, malformed_files_are_errors_that_show_nothing)
{
	static const char *const cases[] = {
		"{\"auths\":{\"r.example:5000\":{\"auth\":\"geheim!\"}}}",
		"{\"auths\":{\"r.example:5000\":{\"auth\":\"Z2VoZWlt\"}}}", /* no colon in it */
		"{\"auths\":{\"r.example:5000\":{\"auth\":\"YToA\"}}}",	    /* a NUL */
		"{\"auths\":{\"r.example:5000\":{\"auth\":\"YTox=\"}}}",
		"{\"auths\":{\"r.example:5000\":{\"auth\":\"YTo===\"}}}",
		"{\"auths\":{\"r.example:5000\":{\"auth\":\"====\"}}}",
		"{\"auths\":{\"r.example:5000\":{\"auth\":\"YT ox\"}}}",
		"{\"auths\":{\"r.example:5000\":{\"registrytoken\":\"geheim\\r\\nX: y\"}}}",
		"{\"auths\":{\"r.example:5000\":{\"auth\":\"geheim\"",
		"{\"auths\":{\"r.example:5000\":{\"username\":\"geheim\"}}}",
		"geheim",
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct credentials c = { 0 };
		struct error e = { 0 };
		char text[2048];

		cr_expect(!credentials_read(&a, "auth.json", str_of(cases[i]), &ref, &c, &e), "%s",
			  cases[i]);
		err_format(&e, text, sizeof(text));
		cr_expect_eq(e.kind, ERR_INPUT);
		cr_expect(strstr(text, "auth.json:1:") && !strstr(text, "geheim") &&
				  !strstr(text, "YTo"),
			  "%s", text);
	}
}

struct home {
	struct arena *a;
	const char *dir;
};

static void home_begin(struct home *h, struct arena *a)
{
	static const char *const names[] = { "REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR",
					     "XDG_CONFIG_HOME", "DOCKER_CONFIG" };

	*h = (struct home){ a, files_temporary(a) };
	for (size_t i = 0; i < 4; i++)
		unsetenv(names[i]);
	setenv("HOME", h->dir, 1);
}

static const char *put_auth_file(struct home *h, const char *path, const char *auth)
{
	const char *file = arena_printf(h->a, "%s/%s", h->dir, path);

	files_put(file,
		  arena_printf(h->a, "{\"auths\":{\"r.example:5000\":{\"auth\":\"%s\"}}}", auth));
	return file;
}

static const char *user_found(struct home *h, const char *authfile)
{
	struct credentials c;
	struct error e = { 0 };

	if (!credentials_find(h->a, authfile, &ref, &c, &e))
		return arena_strdup(h->a, e.cause);
	return c.user ? c.user : "-";
}

Test(credentials, files_are_read_in_their_order)
{
	AUTO_ARENA a = { 0 };
	struct home h;

	home_begin(&h, &a);
	cr_expect_str_eq(user_found(&h, NULL), "-");
	put_auth_file(&h, ".docker/config.json", A);
	cr_expect_str_eq(user_found(&h, NULL), "a");
	put_auth_file(&h, "docker/config.json", B);
	setenv("DOCKER_CONFIG", arena_printf(&a, "%s/docker", h.dir), 1);
	cr_expect_str_eq(user_found(&h, NULL), "b");
	put_auth_file(&h, ".config/containers/auth.json", C);
	cr_expect_str_eq(user_found(&h, NULL), "c");
	put_auth_file(&h, "xdg/containers/auth.json", A);
	setenv("XDG_CONFIG_HOME", arena_printf(&a, "%s/xdg", h.dir), 1);
	cr_expect_str_eq(user_found(&h, NULL), "a");
	put_auth_file(&h, "run/containers/auth.json", B);
	setenv("XDG_RUNTIME_DIR", arena_printf(&a, "%s/run", h.dir), 1);
	cr_expect_str_eq(user_found(&h, NULL), "b");
	setenv("REGISTRY_AUTH_FILE", put_auth_file(&h, "named.json", C), 1);
	cr_expect_str_eq(user_found(&h, NULL), "c");
	cr_expect_str_eq(user_found(&h, put_auth_file(&h, "given.json", A)), "a");
	/* a file that was named must be there, and no other is read for it */
	cr_expect(strstr(user_found(&h, arena_printf(&a, "%s/none.json", h.dir)),
			 "there is no file ") != NULL);
	files_put(arena_printf(&a, "%s/marked.json", h.dir), "\xef\xbb\xbf{}");
	cr_expect(strstr(user_found(&h, arena_printf(&a, "%s/marked.json", h.dir)),
			 "it begins with a byte order mark, which JSON does not have") != NULL);
	files_remove(h.dir);
}

/* A helper: what it prints, and its exit status. It notes its arguments and its input. */
static void make_helper(struct home *h, const char *name, const char *prints, int status)
{
	const char *path = arena_printf(h->a, "%s/docker-credential-%s", h->dir, name);

	files_put(
		path,
		arena_printf(h->a,
			     "#!/usr/bin/python3\nimport sys\n"
			     "open('%s/asked', 'w').write(repr(sys.argv[1:]) + sys.stdin.read())\n"
			     "print('''%s''')\nsys.exit(%d)\n",
			     h->dir, prints, status));
	chmod(path, 0755);
	setenv("PATH", arena_printf(h->a, "%s:/usr/bin:/bin", h->dir), 1);
}

Test(credentials, helpers_are_asked_without_a_shell)
{
	AUTO_ARENA a = { 0 };
	struct home h;

	home_begin(&h, &a);
	make_helper(&h, "one", "{\"ServerURL\":\"x\",\"Username\":\"u\",\"Secret\":\"s\"}", 0);
	cr_expect_str_eq(found_login(&a, "{\"credHelpers\":{\"r.example:5000\":\"one\"}}"),
			 "u:s - -");
	cr_expect_str_eq(files_get(&a, arena_printf(&a, "%s/asked", h.dir)),
			 "['get']r.example:5000");
	cr_expect_str_eq(found_login(&a,
				     "{\"credsStore\":\"one\",\"auths\":{\"r.example:5000\":{}}}"),
			 "u:s - -");
	cr_expect_str_eq(
		found_login(&a,
			    "{\"credsStore\":\"one\",\"auths\":{\"r.example:5000\":{\"auth\":\"" A
			    "\"}}}"),
		"a:1 - -");
	make_helper(&h, "id", "{\"Username\":\"<token>\",\"Secret\":\"s\"}", 0);
	cr_expect_str_eq(found_login(&a, "{\"credHelpers\":{\"r.example:5000\":\"id\"}}"),
			 "-:- s -");
	make_helper(&h, "none", "credentials not found in native keychain", 1);
	cr_expect_str_eq(
		found_login(
			&a,
			"{\"credHelpers\":{\"r.example:5000\":\"none\"},\"auths\":{\"r.example:5000\":"
			"{\"auth\":\"" A "\"}}}"),
		"a:1 - -");
	make_helper(&h, "bad", "geheim", 1);
	cr_expect(strstr(found_login(&a, "{\"credsStore\":\"bad\"}"),
			 "docker-credential-bad fails; run it by hand") != NULL);
	cr_expect(!strstr(found_login(&a, "{\"credsStore\":\"bad\"}"), "geheim"));
	make_helper(&h, "odd", "geheim", 0);
	cr_expect_str_eq(found_login(&a, "{\"credsStore\":\"odd\"}"),
			 "docker-credential-odd does not answer in JSON");
	make_helper(&h, "less", "{\"Username\":\"u\"}", 0);
	cr_expect_str_eq(found_login(&a, "{\"credsStore\":\"less\"}"),
			 "docker-credential-less answers without Username and Secret");
	cr_expect_str_eq(found_login(&a, "{\"credsStore\":\"missing\"}"),
			 "docker-credential-missing is not installed");
	cr_expect_str_eq(found_login(&a, "{\"credsStore\":\"../x\"}"),
			 "\"../x\" is not the name of a credential helper");
	cr_expect_str_eq(found_login(&a, "{\"credsStore\":\"x;y\"}"),
			 "\"x;y\" is not the name of a credential helper");
	files_remove(h.dir);
}

Test(credentials, a_helpers_own_words_are_passed_on)
{
	AUTO_ARENA a = { 0 };
	struct credentials c = { 0 };
	struct error e = { 0 };
	struct home h;
	const char *path;

	home_begin(&h, &a);
	path = arena_printf(&a, "%s/docker-credential-talks", h.dir);
	files_put(
		path,
		"#!/usr/bin/python3\nimport sys\nsys.stderr.write('x' * 5000 + '\\nthe vault is locked\\n')\n"
		"print('geheim')\nsys.exit(1)\n");
	chmod(path, 0755);
	setenv("PATH", arena_printf(&a, "%s:/usr/bin:/bin", h.dir), 1);
	cr_expect_not(
		credentials_read(&a, "auth.json", STR("{\"credsStore\":\"talks\"}"), &ref, &c, &e));
	cr_expect_eq(e.kind, ERR_SYSTEM);
	cr_expect(str_starts(str_of(e.cause), STR("docker-credential-talks fails and says: x")) &&
			  str_ends(str_of(e.cause), STR("x the vault is locked")) &&
			  !strstr(e.cause, "geheim"),
		  "%s", e.cause);
	err_clear(&e);
	path = arena_printf(&a, "%s/docker-credential-warns", h.dir);
	files_put(path, "#!/usr/bin/python3\nimport sys\nsys.stderr.write('renew me\\n')\n"
			"print('{\"Username\":\"u\",\"Secret\":\"s\"}')\n");
	chmod(path, 0755);
	cr_expect(credentials_read(&a, "auth.json", STR("{\"credsStore\":\"warns\"}"), &ref, &c,
				   &e),
		  "%s", e.cause);
	cr_expect_str_eq(c.said, "docker-credential-warns says: renew me");
	files_remove(h.dir);
}

static void credentials_tick(int sig)
{
	(void)sig;
}

/* A signal that does not end the program does not end the answer either. */
Test(credentials, a_helper_is_read_through_interruptions)
{
	const struct itimerval often = { { 0, 5000 }, { 0, 5000 } }, never = { 0 };
	const struct sigaction tick = { .sa_handler = credentials_tick }; /* without SA_RESTART */
	AUTO_ARENA a = { 0 };
	struct home h;
	const char *path;

	home_begin(&h, &a);
	path = arena_printf(&a, "%s/docker-credential-slow", h.dir);
	files_put(path, "#!/usr/bin/python3\nimport time\nprint('{\"Username\":', flush=True)\n"
			"time.sleep(0.2)\nprint('\"u\",\"Secret\":\"s\"}')\n");
	chmod(path, 0755);
	setenv("PATH", arena_printf(&a, "%s:/usr/bin:/bin", h.dir), 1);
	cr_assert(sigaction(SIGALRM, &tick, NULL) == 0 &&
		  setitimer(ITIMER_REAL, &often, NULL) == 0);
	cr_expect_str_eq(found_login(&a, "{\"credsStore\":\"slow\"}"), "u:s - -");
	cr_assert_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
	files_remove(h.dir);
}

Test(credentials, a_helper_has_so_much_to_say)
{
	AUTO_ARENA a = { 0 };
	struct home h;
	const char *path;

	home_begin(&h, &a);
	path = arena_printf(&a, "%s/docker-credential-long", h.dir);
	files_put(path,
		  "#!/usr/bin/python3\nprint('{\"Username\":\"u\",\"Secret\":\"' + 's' * (2 << 20)"
		  " + '\"}')\n");
	chmod(path, 0755);
	setenv("PATH", arena_printf(&a, "%s:/usr/bin:/bin", h.dir), 1);
	cr_expect(strstr(found_login(&a, "{\"credsStore\":\"long\"}"),
			 "docker-credential-long answers more than "));
	files_remove(h.dir);
}

Test(credentials, entries_that_say_half_are_malformed_or_nothing)
{
	static const char *const cases[][2] = {
		{ "{\"username\":\"a\"}", "malformed" },
		{ "{\"username\":\"a\",\"identitytoken\":\"i\"}", "-:- i -" },
		{ "{\"username\":\"a\",\"registrytoken\":\"r\"}", "-:- - r" },
		{ "{\"password\":\"1\"}", "-:- - -" },
		{ "{\"registrytoken\":\"a b\"}", "malformed" },
		{ "{\"registrytoken\":\"a\\u007f\"}", "malformed" },
		{ "{\"registrytoken\":\"a~\"}", "-:- - a~" },
		{ "{\"registrytoken\":\"a!\"}", "-:- - a!" },
		{ "{\"auth\":\"YQ==\"}", "malformed" },
		{ "{\"auth\":\"YToAMQ==\"}", "malformed" },
		{ "{\"auth\":\"!\"}", "malformed" },
		{ "7", "-:- - -" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *got =
			found_login(&a, arena_printf(&a, "{\"auths\":{\"r.example:5000\":%s}}",
						     cases[i][0]));

		cr_expect(strcmp(got, cases[i][1]) == 0 || strstr(got, cases[i][1]), "%s: %s",
			  cases[i][0], got);
	}
}

Test(credentials, a_scheme_before_a_key_is_passed_over)
{
	static const char *const keys[] = { "http://r.example:5000", "https://r.example:5000/v2/",
					    "http://r.example:5000/v1/x" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		AUTO_ARENA a = { 0 };

		cr_expect_str_eq(found_login(&a, arena_printf(&a,
							      "{\"auths\":{\"%s\":{\"auth\":\"" A
							      "\"}}}",
							      keys[i])),
				 "a:1 - -");
	}
	for (size_t i = 0; i < 2; i++) {
		AUTO_ARENA a = { 0 };

		cr_expect_str_eq(found_login(&a, i ? "{\"auths\":[]}" : "{\"auths\":1}"),
				 "-:- - -");
	}
}

/* A name becomes a part of a program's name: nothing in it leads elsewhere. */
Test(credentials, names_of_helpers_are_words)
{
	static const struct {
		const char *name;
		bool ok;
	} cases[] = {
		{ "azAZ09._-", true }, { "", false },	{ "a/b", false }, { "a b", false },
		{ "a@", false },       { "a[", false }, { "a`", false },  { "a{", false },
		{ "a:", false },       { "a,", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *got = found_login(&a, arena_printf(&a, "{\"credsStore\":\"%s\"}",
							       cases[i].name));

		cr_expect_eq(strstr(got, "is not the name of a credential helper") == NULL,
			     cases[i].ok, "%s: %s", cases[i].name, got);
	}
}

/* XDG: what is not absolute is not used. */
Test(credentials, relative_folders_are_passed_over)
{
	static const struct {
		const char *runtime, *config, *home;
		bool found;
	} cases[] = {
		{ "x", "x", "x", false },  { "", "", "", false },   { NULL, NULL, NULL, false },
		{ NULL, NULL, "", false }, { "x", "x", "/", true }, { "x", "/", "x", true },
	};
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	files_put(arena_printf(&a, "%s/containers/auth.json", dir),
		  "{\"auths\":{\"r.example:5000\":{\"auth\":\"" A "\"}}}");
	files_put(arena_printf(&a, "%s/.config/containers/auth.json", dir),
		  "{\"auths\":{\"r.example:5000\":{\"auth\":\"" A "\"}}}");
	unsetenv("REGISTRY_AUTH_FILE");
	unsetenv("DOCKER_CONFIG");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *const names[] = { "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "HOME" };
		const char *const values[] = { cases[i].runtime, cases[i].config, cases[i].home };
		struct credentials c;
		struct error e = { 0 };

		for (size_t k = 0; k < 3; k++) {
			if (!values[k])
				unsetenv(names[k]);
			else
				setenv(names[k], strcmp(values[k], "/") == 0 ? dir : values[k], 1);
		}
		cr_assert(credentials_find(&a, NULL, &ref, &c, &e), "%s", e.cause);
		cr_expect_eq(c.user != NULL, cases[i].found, "%zu", i);
	}
	/* an empty name is none; one that is not there is told */
	setenv("REGISTRY_AUTH_FILE", "", 1);
	for (size_t i = 0; i < 2; i++) {
		struct credentials c;
		struct error e = { 0 };

		cr_expect_eq(credentials_find(&a, NULL, &ref, &c, &e), i == 0, "%s", e.cause);
		setenv("REGISTRY_AUTH_FILE", "/nonexistent/auth.json", 1);
	}
	files_remove(dir);
}
