/* SPDX-License-Identifier: Apache-2.0 */
/* States of archives, locks, logins. */

#include "growth/growth.h"

#include <sys/mman.h>
#include <unistd.h>

#include "input/lock/tools_lock.h"
#include "input/release/clearsign.h"
#include "input/release/release.h"
#include "input/resolve/contents_index.h"
#include "input/resolve/package_index.h"
#include "transfer/http/http_auth.h"
#include "transfer/http/http_headers.h"
#include "support/gen_index.h"
#include "transfer/http/http_reply.h"

#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct suite input_suite = { .entry = "debian13",
					  .archive = "debian",
					  .codename = "trixie" };

static bool input_clearsign(struct arena *a, struct str input, struct error *e)
{
	struct clearsign out;

	(void)a;
	return clearsign_split(input, "InRelease", &out, e);
}

static bool input_release(struct arena *a, struct str input, struct error *e)
{
	struct release r = { .suite = &input_suite };

	if (!release_parse(a, input, "Release", &r, e))
		return false;
	for (size_t i = 0; i < r.entries.n; i++)
		release_find(&r, r.entries.v[i].path);
	return true;
}

static bool input_packages(struct arena *a, struct str input, struct error *e)
{
	struct index x = { .a = a, .arch = "amd64" };
	struct kept_index kept;
	struct strings names = { 0 };
	size_t n;
	bool ok;

	if (!indexgen_keep(a, x.arch, input, "Packages", &kept, e))
		return false;
	index_add_packages(&x, &input_suite, &kept);
	ok = index_finish(&x, e);
	index_providers(&x, STR("vv"), &n);
	index_names(a, &x, STR(""), &names);
	list_each(name, &names) {
		index_candidate(&x, str_of(*name));
		index_versions(&x, str_of(*name), &n);
		index_offers(&x, str_of(*name), &n);
	}
	ok &= index_sound(&x, e);
	kept_close(&kept);
	return ok;
}

/* All sources are asked for by name. */
static bool input_sources(struct arena *a, struct str input, struct error *e)
{
	struct index x = { .a = a, .arch = "amd64" };
	struct strings names = { NULL, 0, 0 };
	struct str rest = input, line, key, value;
	struct kept_index kept;
	size_t n;
	bool ok;

	while (str_next(&rest, '\n', &line)) {
		if (str_cut(line, ':', &key, &value) && str_eq(key, STR("Package")))
			*list_push(a, &names) = str_dup(a, str_trim(value));
	}
	if (!indexgen_keep(a, NULL, input, "Sources", &kept, e))
		return false;
	ok = index_add_sources(&x, &input_suite, &names, &kept, "Sources", e);
	kept_close(&kept);
	index_finish_sources(&x);
	return ok && names.n && index_source_versions(&x, names.v[0], &n) && n == 1;
}

static const char *input_file(struct arena *a, int fd)
{
	return arena_printf(a, "/proc/self/fd/%d", fd);
}

static bool input_lock(struct arena *a, struct str input, struct error *e)
{
	AUTO_FD fd = memfd_create("growth", MFD_CLOEXEC);
	struct lock lock = { .file = NULL };
	struct buf out = { .a = a };

	if (fd < 0 || !fd_write(fd, input, "memfd", e) ||
	    !lock_load(a, input_file(a, fd), &lock, e))
		return false;
	for (size_t i = 0; i < lock.packages.n; i++)
		(void)lock_package(&lock, lock.packages.v[i].name);
	lock_format(&lock, &out);
	return true;
}

static bool input_tools(struct arena *a, struct str input, struct error *e)
{
	AUTO_FD fd = memfd_create("growth", MFD_CLOEXEC);
	struct lock lock = { .file = NULL };

	return fd >= 0 && fd_write(fd, input, "memfd", e) &&
	       tools_load(a, input_file(a, fd), &lock, e) == 1;
}

static bool input_auth(struct arena *a, struct str input, struct error *e)
{
	struct http_auth auth = { { NULL, 0, 0 } };

	return http_auth_parse(a, "auth", input, &auth, e);
}

static bool input_headers(struct arena *a, struct str input, struct error *e)
{
	struct http_headers h = { .a = a };
	struct http_reply r;
	struct str line;

	(void)e;
	http_reply_init(&r);
	while (str_next(&input, '\n', &line)) {
		http_headers_line(&h, line);
		http_reply_line(&r, line, 0);
	}
	return http_headers_get(&h, "None", 0) == NULL;
}

#define LOCK_HEAD                                                  \
	"{\"lock\":2,\"imgbuild\":\">= 0.2.0\",\"answers\":\"" SHA \
	"\",\"architecture\":\"amd64\"," STATES
#define STATES                                                                                                    \
	"\"states\":[{\"archive\":\"debian\",\"codename\":\"trixie\",\"date\":\"Sat, 21 Nov 2026 09:15:44 UTC\"," \
	"\"inrelease\":\"" SHA "\",\"signers\":[]}],"

#define FROM "\"from\":\"debian/trixie/20261121T091544Z\""
#define PACKAGE                                                                             \
	"{\"name\":\"p#\",\"version\":\"1\",\"architecture\":\"amd64\"," FROM ",\"file\":{" \
	"\"path\":\"pool/main/p/p#.deb\",\"size\":1,\"sha256\":\"" SHA                      \
	"\"},\"roles\":[\"image\"],\"why\":\"x\""                                           \
	"},"
#define STANZA                                                                                              \
	"Package: p#\nVersion: 1\nArchitecture: amd64\nFilename: pool/main/p/p#.deb\nSize: 1\nSHA256: " SHA \
	"\n"
#define SOURCE                                                                                   \
	"Package: p#\nVersion: 1\nFormat: 1.0\nDirectory: pool/main/p\nChecksums-Sha256:\n " SHA \
	" 1 p#.dsc\n\n"
#define SIGNED "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
#define SIGNATURE "-----BEGIN PGP SIGNATURE-----\n\n"
#define RELEASE                                                                                  \
	"Origin: Debian\nSuite: stable\nCodename: trixie\nDate: Sat, 21 Nov 2026 09:15:44 UTC\n" \
	"Components: main\nArchitectures: amd64\nSHA256:\n"

#define LOCK_STATE                                                              \
	"{\"archive\":\"debian\",\"codename\":\"c%zu\",\"date\":\"Sat, 21 Nov " \
	"2026 09:15:44 UTC\",\"inrelease\":\"" SHA "\",\"signers\":[]}%s"
#define LOCK_OF_STATE                                                                 \
	"{\"name\":\"p%06zu\",\"version\":\"1\",\"architecture\":\"amd64\",\"from\":" \
	"\"debian/c%zu/20261121T091544Z\",\"file\":{\"path\":\"pool/main/p/p.deb\","  \
	"\"size\":1,\"sha256\":\"" SHA "\"},\"roles\":[\"image\"],\"why\":\"x\"}%s"

/* Each package was verified against a state of its own. */
static void input_make_states(struct buf *out, size_t n)
{
	buf_puts(out,
		 "{\"lock\":2,\"imgbuild\":\">= 0.2.0\",\"answers\":\"" SHA
		 "\",\"architecture\":\"amd64\",\"components\":[],\"sources\":[],\"states\":[");
	for (size_t i = 0; i < n; i++)
		buf_printf(out, LOCK_STATE, i, i + 1 < n ? "," : "],\"packages\":[");
	for (size_t i = 0; i < n; i++)
		buf_printf(out, LOCK_OF_STATE, i, i, i + 1 < n ? "," : "]}");
}

#define LOCK_OF_SUITE                                                                      \
	"{\"name\":\"s%06zu\",\"package\":\"ss\",\"version\":\"1\",\"from\":{\"archive\":" \
	"\"debian\",\"suite\":\"c%zu\"},\"as-of\":\"Fri, 20 Nov 2026 09:15:44 UTC\","      \
	"\"format\":\"1.0\",\"files\":[{\"path\":\"pool/main/s/s.dsc\",\"size\":1,"        \
	"\"sha256\":\"" SHA "\"}]}%s"

/* Format 1: each source says of which day its state was. */
static void input_make_suites(struct buf *out, size_t n)
{
	buf_puts(out,
		 "{\"lock\":1,\"answers\":\"" SHA
		 "\",\"architecture\":\"amd64\",\"components\":[],\"packages\":[],\"suites\":[");
	for (size_t i = 0; i < n; i++)
		buf_printf(out, LOCK_STATE, i, i + 1 < n ? "," : "],\"sources\":[");
	for (size_t i = 0; i < n; i++)
		buf_printf(out, LOCK_OF_SUITE, i, i, i + 1 < n ? "," : "]}");
}

/* Of an index of Contents, lines that somebody wants and lines that nobody does. */
static bool input_contents(struct arena *a, struct str input, struct error *e)
{
	struct contents_folder folder = { .path = "usr/lib" };
	struct contents_file file = { .name = "f.pc", .folders = { &folder, 1, 1 } };
	struct contents_want want = { .files = { &file, 1, 1 } };
	struct contents_wants wants = { &want, 1, 1 };
	struct contents_maker m = { .wants = &wants };
	const struct index_making making = contents_making(&m);
	struct buf made = { .a = a };
	struct buf_sink to;

	buf_sink_init(&to, &made, "contents");
	making.begin(making.ctx, a, &to.base);
	for (size_t n; input.n; input = str_from(input, n)) {
		n = input.n < 4096 ? input.n : 4096;
		if (!making.bytes(making.ctx, (struct str){ input.p, n }, e))
			return false;
	}
	return making.end(making.ctx, e) && contents_take(a, buf_str(&made), &wants, e);
}

static const struct growth_case input_table[] = {
	{ "contents_take", "files that nobody wants", 1500, "",
	  "usr/lib/x/f#.pc                    libdevel/p#-dev\n", "", .run = input_contents },
	{ "contents_take", "one file of many packages", 1500, "usr/lib/f.pc ", "x/p#-dev,",
	  "x/q-dev\n", .run = input_contents },
	{ "contents_take", "the same line again and again", 750, "", "usr/lib/f.pc x/p#-dev\n", "",
	  .run = input_contents },
	{ "clearsign_split", "many lines", 5000, SIGNED, "line #\n",
	  SIGNATURE "abcd\n-----END PGP SIGNATURE-----\n", .run = input_clearsign },
	{ "clearsign_split", "a long signature", 5000, SIGNED "a\n" SIGNATURE, "abcdefgh\n",
	  "-----END PGP SIGNATURE-----\n", .run = input_clearsign },
	{ "release_parse", "many indexes", 500, RELEASE, " " SHA " 1 main/f~\n", "",
	  .run = input_release },
	{ "release_parse", "a long other section", 1250, "MD5Sum:\n", " 0123 1 main/f#\n",
	  RELEASE " " SHA " 1 main/f\n", .run = input_release },
	{ "index_add_packages", "many packages", 500, "", STANZA "\n", "", .run = input_packages },
	{ "index_add_packages", "many packages that provide one name", 250, "",
	  STANZA "Provides: vv\n\n", "", .run = input_packages },
	{ "index_add_packages", "many versions of one package", 250, "",
	  "Package: pp\nVersion: 1.~\nArchitecture: amd64\nFilename: pool/main/p/p#.deb\nSize: 1\nSHA256: " SHA
	  "\n\n",
	  "", .run = input_packages },
	{ "index_add_packages", "a package that provides many names", 500,
	  "Package: pp\nVersion: 1\nArchitecture: amd64\n"
	  "Filename: pool/main/p/p.deb\nSize: 1\nSHA256: " SHA "\nProvides: a1",
	  ", v# (= 1)", "\n", .run = input_packages },
	{ "index_add_sources", "many sources that are asked for", 375, "", SOURCE, "",
	  .run = input_sources },
	{ "index_add_sources", "a source of many files", 750,
	  "Package: pp\nVersion: 1\nFormat: 1.0\nDirectory: pool/main/p\n"
	  "Checksums-Sha256:\n",
	  " " SHA " 1 f#.dsc\n", "", .run = input_sources },
	{ "lock_load", "many packages", 120,
	  LOCK_HEAD "\"components\":[],\"sources\":[],\"packages\":[", PACKAGE, "]}",
	  .run = input_lock },
	{ "lock_load", "many states", 100, .make = input_make_states, .run = input_lock },
	{ "lock_load", "many states of format 1", 100, .make = input_make_suites,
	  .run = input_lock },
	{ "lock_load lock_builtin_read", "many files that come with imgbuild", 600,
	  LOCK_HEAD "\"components\":[],\"packages\":[],"
		    "\"sources\":[],\"built-in\":[",
	  "{\"name\":\"f~\",\"sha256\":\"" SHA "\"},", "]}", .run = input_lock },
	{ "lock_load locked_base_read", "a base image of many packages", 375,
	  LOCK_HEAD "\"components\":[],\"packages\":[],\"sources\":[],"
		    "\"base\":{\"reference\":\"oci:x\",\"digest\":\"" SHA "\",\"packages\":[",
	  "{\"name\":\"p#\",\"version\":\"1\",\"architecture\":\"all\"},", "]}}",
	  .run = input_lock },
	{ "lock_load lock_variants_read", "many variants", 375,
	  "{\"lock\":2,\"answers\":\"" SHA "\",\"architecture\":\"amd64\",\"variants\":{",
	  "\"v#\":\"" SHA "\",",
	  "},\"states\":[],\"components\":[],\"packages\":[],\"sources\":[]}", .run = input_lock },
	{ "lock_load", "a package of many roles", 375,
	  LOCK_HEAD "\"components\":[],\"sources\":[],\"packages\":[{\"name\":\"pp\","
		    "\"version\":\"1\",\"architecture\":\"amd64\"," FROM
		    ",\"file\":{\"path\":\"pool/main/p/p.deb\",\"size\":1,"
		    "\"sha256\":\"" SHA "\"},\"why\":\"x\",\"roles\":[",
	  "\"source:s#\",", "]}]}", .run = input_lock },
	{ "lock_load variant_roles_read", "a package of many variants", 375,
	  LOCK_HEAD "\"components\":[],\"sources\":[],\"packages\":[{\"name\":\"pp\","
		    "\"version\":\"1\",\"architecture\":\"amd64\"," FROM
		    ",\"file\":{\"path\":\"pool/main/p/p.deb\",\"size\":1,"
		    "\"sha256\":\"" SHA "\"},\"why\":\"x\",\"roles\":[],\"roles-of\":{",
	  "\"v#\":[\"image\"],", "}}]}", .run = input_lock },
	{ "lock_load", "many components", 120, LOCK_HEAD "\"components\":[",
	  "{\"name\":\"c#\",\"provider\":0,"
	  "\"question\":\"" SHA "\",\"version\":\"1\",\"reason\":\"x\"},",
	  "],\"packages\":[],\"sources\":[]}", .run = input_lock },
	{ "lock_load", "many sources", 120,
	  LOCK_HEAD "\"components\":[],\"packages\":[],\"sources\":[",
	  "{\"name\":\"s#\",\"package\":\"ss\",\"version\":\"1\"," FROM
	  ",\"format\":\"1.0\",\"files\":[{\"path\":"
	  "\"pool/main/s/s.dsc\",\"size\":1,\"sha256\":\"" SHA "\"}]},",
	  "]}", .run = input_lock },
	{ "lock_load lock_file_read", "many dependencies", 200,
	  LOCK_HEAD
	  "\"components\":[],\"packages\":[],\"sources\":["
	  "{\"name\":\"s\",\"package\":\"s\",\"version\":\"\",\"format\":\"go\",\"files\":[",
	  "{\"path\":\"x/@v/v#.zip\",\"size\":1,\"sha256\":\"" SHA
	  "\",\"url\":\"http://a.test/v#.zip\"},",
	  "]}]}", .run = input_lock },
	{ "lock_load_tools tools_load", "many tools", 120,
	  "{\"lock\":2,\"imgbuild\":\">= 0.2.0\"," STATES "\"tools\":[", PACKAGE, "]}",
	  .run = input_tools },
	{ "http_auth_parse", "many machines", 500, "", "machine m#.example login a password b\n",
	  "", .run = input_auth },
	{ "http_auth_parse", "many comments", 5000, "", "\1 c\n", "", .run = input_auth },
	{ "http_headers_line http_reply_line", "many headers", 2500, "HTTP/1.1 200 OK\n",
	  "X-#: a\n", "", .run = input_headers },
	{ "http_headers_line http_reply_line", "many replies", 2500, "",
	  "HTTP/1.1 100 Continue\nX: a\n", "", .run = input_headers },
	{ "http_headers_line http_reply_line", "one long header", 25000, "ETag: \"", "a", "\"\n",
	  .run = input_headers },
};
const struct growth_cases growth_input_cases = { input_table, ARRAY_SIZE(input_table) };
