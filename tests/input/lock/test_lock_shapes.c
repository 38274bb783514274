/* SPDX-License-Identifier: Apache-2.0 */
/* Locks with one thing wrong: every value, every member. */

#include <criterion/criterion.h>

#include "input/lock/lock.h"
#include "support/fixture_files.h"
#include "support/fixture_json_sweep.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define STATE                                                                                   \
	"{\"archive\":\"debian\",\"codename\":\"trixie\",\"date\":\"Sat, 12 Sep 2026 07:55:41 " \
	"UTC\",\"valid-until\":\"Sat, 19 Sep 2026 07:55:41 UTC\",\"inrelease\":\"" HEX          \
	"\",\"signers\":[\"0123456789ABCDEF0123456789ABCDEF01234567\"]}"
#define FILE_OF(path) "{\"path\":\"" path "\",\"size\":1000,\"sha256\":\"" HEX "\"}"
#define DEB_FILE FILE_OF("pool/main/aa_1.deb")
#define DSC_FILE FILE_OF("pool/main/s.dsc")
#define TAR_FILE FILE_OF("d.tar")
#define PACKAGE                                                                                   \
	"{\"name\":\"aa\",\"version\":\"1:2-3\",\"architecture\":\"amd64\","                      \
	"\"source\":{\"name\":\"a-src\",\"version\":\"2\"},\"from\":\"debian/trixie/"             \
	"20260912T075541Z\",\"file\":" DEB_FILE ",\"installed-size\":7,"                          \
	"\"depends\":\"bb\",\"provides\":\"x\",\"conflicts\":\"y\",\"breaks\":\"z\","             \
	"\"multi-arch\":\"allowed\",\"relations\":\"depends\",\"libraries\":[\"/usr/lib/x.so\"]," \
	"\"opened-by\":[\"debug\"],"                                                              \
	"\"variants\":[\"debug\"],\"roles\":[\"image\"],\"roles-of\":{\"debug\":[\"image\"]},"    \
	"\"why\":\"asked for\"}"
#define LOCK                                                                                      \
	"{\"lock\":2,\"imgbuild\":\">= 0.2.0\",\"answers\":\"" HEX "\",\"architecture\":"         \
	"\"amd64\",\"compilers\":\"arm64\",\"built-in\":[{\"name\":\"recipes/x.json\","           \
	"\"sha256\":\"" HEX "\"}],\"variants\":{\"debug\":\"" HEX "\"},\"states\":[" STATE        \
	"],\"components\":[{\"name\":\"c\",\"provider\":1,\"version\":\"2\",\"suite\":"           \
	"\"trixie\",\"question\":\"" HEX "\",\"reason\":\"r\",\"lost\":[\"l\"],\"variants\":"     \
	"[\"debug\"]}],\"packages\":[" PACKAGE "],\"sources\":[{\"name\":\"s\",\"package\":"      \
	"\"s\",\"version\":\"1\",\"from\":\"debian/trixie/20260912T075541Z\",\"format\":\"1.0\"," \
	"\"warning\":\"w\",\"files\":[" DSC_FILE "],\"urls\":[\"https://"                         \
	"127.0.0.1/\"],\"variants\":[\"debug\"]}],\"downloads\":[{"                               \
	"\"name\":\"d\",\"file\":" TAR_FILE ",\"urls\":[\"https://127.0.0.1/d.tar\"]}]}"

struct shape_reader {
	const char *path;
	bool (*load)(struct arena *a, const char *path, struct lock *lock, struct error *e);
};

static bool shape_read(void *of, struct str text, struct error *e)
{
	const struct shape_reader *r = of;
	AUTO_ARENA a = { 0 };
	struct lock l;

	files_put(r->path, str_dup(&a, text));
	return r->load(&a, r->path, &l, e);
}

static void shape_sweep(const char *text, const char *const *optional,
			bool (*load)(struct arena *a, const char *path, struct lock *lock,
				     struct error *e))
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct shape_reader reader = { arena_printf(&a, "%s/x.lock.json", dir), load };

	json_sweep(&(struct json_sweep){
		.text = text, .read = shape_read, .of = &reader, .optional = optional });
	files_remove(dir);
}

Test(lock, every_value_and_every_member_is_checked)
{
	static const char *const optional[] = {
		"imgbuild",
		"compilers",
		"built-in",
		"variants",
		"downloads",
		"states[].valid-until",
		"states[].inrelease",
		"components[].suite",
		"components[].question",
		"components[].lost",
		"components[].variants",
		"packages[].source",
		"packages[].installed-size",
		"packages[].depends",
		"packages[].provides",
		"packages[].conflicts",
		"packages[].breaks",
		"packages[].multi-arch",
		"packages[].relations",
		"packages[].libraries",
		"packages[].opened-by",
		"packages[].variants",
		"packages[].roles-of",
		"packages[].roles-of.debug",
		"sources[].warning",
		"sources[].urls",
		"sources[].variants",
		"downloads[].file.size",
		NULL,
	};

	shape_sweep(LOCK, optional, lock_load);
}

#define OLD_LOCK                                                                                   \
	"{\"lock\":1,\"answers\":\"" HEX "\",\"architecture\":\"amd64\",\"compilers\":\"arm64\","  \
	"\"suites\":[" STATE "],\"components\":[],\"packages\":[{\"name\":\"aa\",\"version\":"     \
	"\"1\",\"architecture\":\"all\",\"from\":{\"archive\":\"debian\",\"suite\":\"trixie\"},"   \
	"\"file\":" DEB_FILE ",\"roles\":[\"image\"],\"why\":\"asked for\"}]"                      \
	",\"sources\":[{\"name\":\"s\",\"package\":\"s\",\"version\":\"1\",\"from\":{\"archive\":" \
	"\"debian\",\"suite\":\"trixie\"},\"as-of\":\"Sat, 05 Sep 2026 07:55:41 UTC\",\"format\":" \
	"\"1.0\",\"files\":[" DSC_FILE "]}]}"

/* Without a suite, a source is one of upstream, whose files have no path and no older state. */
Test(lock, every_value_and_every_member_of_format_1_is_checked)
{
	static const char *const optional[] = { "compilers", "suites[].valid-until",
						"sources[].as-of", NULL };

	shape_sweep(OLD_LOCK, optional, lock_load);
}

Test(lock, every_value_and_every_member_of_a_lock_of_tools_is_checked)
{
	static const char *const optional[] = { "imgbuild",
						"states[].valid-until",
						"states[].inrelease",
						"tools[].source",
						"tools[].installed-size",
						"tools[].depends",
						"tools[].provides",
						"tools[].conflicts",
						"tools[].breaks",
						"tools[].multi-arch",
						"tools[].relations",
						"tools[].libraries",
						"tools[].opened-by",
						"tools[].variants",
						"tools[].roles-of",
						"tools[].roles-of.debug",
						NULL };

	shape_sweep("{\"lock\":2,\"imgbuild\":\">= 0.2.0\",\"states\":[" STATE
		    "],\"tools\":[" PACKAGE "]}",
		    optional, lock_load_tools);
}

/* The first `from` of the good lock becomes `to`; the message has `says`. */
struct lock_flaw {
	const char *from, *to, *says;
};

static void shape_expect(const char *lock, const struct lock_flaw *c, size_t n)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/x.lock.json", dir);

	for (size_t i = 0; i < n; i++) {
		const char *at = strstr(lock, c[i].from);
		struct error e = { 0 };
		struct lock l;

		cr_assert(at, "%s", c[i].from);
		files_put(path, arena_printf(&a, "%.*s%s%s", (int)(at - lock), lock, c[i].to,
					     at + strlen(c[i].from)));
		cr_expect_not(lock_load(&a, path, &l, &e), "%s", c[i].to);
		cr_expect_eq(e.kind, ERR_INPUT);
		cr_expect(strstr(e.cause, c[i].says), "%s: %s", c[i].to, e.cause);
	}
	files_remove(dir);
}

#define SIGNER "0123456789ABCDEF0123456789ABCDEF01234567"
#define OTHER_SOURCE(name)                                                                   \
	"{\"name\":\"" name "\",\"package\":\"s\",\"version\":\"1\",\"format\":\"tarball\"," \
	"\"files\":[],\"urls\":[]},"

Test(lock, wrong_values_are_refused_with_the_reason)
{
	static const struct lock_flaw changes[] = {
		{ "\"lock\":2", "\"lock\":99999999999",
		  "lock format 99999999999 is not known to this imgbuild" },
		{ "\"lock\":2", "\"lock\":0", "it needs imgbuild >= 0.2.0" },
		{ "\"lock\":2,\"imgbuild\":\">= 0.2.0\"", "\"lock\":3",
		  "install a newer imgbuild" },
		{ "\"multi-arch\":\"allowed\"", "\"multi-arch\":\"foreign\"",
		  "expected \"allowed\"" },
		{ "\"relations\":\"depends\"", "\"relations\":\"all\"", "expected \"depends\"" },
		{ SIGNER, SIGNER "8", "8\" is no" },
		{ SIGNER, "0123456789ABCDEF0123456789ABCDEF0123456", "3456\" is no" },
		{ SIGNER, "0123456789ABCDEF0123456789ABCDEF0123456G", "456G\" is no" },
		{ "\"Sat, 12 Sep 2026 07:55:41 UTC\",\"valid", "\"yesterday\",\"valid",
		  "expected a date like" },
		{ "\"states\":[", "\"states\":[" STATE ",", "is there twice" },
		{ "\"from\":\"debian/trixie/20260912T075541Z\"",
		  "\"from\":\"debian/sid/20260912T075541Z\"",
		  "\"debian/sid/20260912T075541Z\" is not among the lock's states: "
		  "debian/trixie/20260912T075541Z" },
		{ "\"states\":[" STATE "]", "\"states\":[]", "it has none" },
		{ "\"compilers\":\"arm64\"", "\"compilers\":\"amd64\"",
		  "is the lock's own architecture: leave it out" },
		{ "\"architecture\":\"amd64\",\"source\"",
		  "\"architecture\":\"riscv64\",\"source\"",
		  "package aa is for riscv64, the lock for amd64" },
		{ "\"variants\":{\"debug\":\"" HEX "\"}", "\"variants\":{}",
		  "names no variant: leave it out" },
		{ "\"variants\":{\"debug\":\"" HEX "\"}",
		  "\"variants\":{\"debug\":\"" HEX "\",\"app\":\"" HEX "\"}",
		  "variant app is not in order" },
		{ "\"sources\":[", "\"sources\":[" OTHER_SOURCE("s"),
		  "source s is not in order, or there twice" },
		{ "\"sources\":[", "\"sources\":[" OTHER_SOURCE("t"),
		  "source s is not in order, or there twice" },
		{ "\"packages\":[", "\"packages\":[" PACKAGE ",",
		  "package aa is not in order, or there twice" },
		{ "\"size\":1000,", "", "the size is missing" },
	};

	shape_expect(LOCK, changes, ARRAY_SIZE(changes));
}

Test(lock, wrong_values_of_format_1_are_refused_with_the_reason)
{
	static const struct lock_flaw changes[] = {
		{ "\"suite\":\"trixie\"}", "\"suite\":\"sid\"}",
		  "\"debian/sid\" is not among the lock's states: debian/trixie/" },
		{ "\"archive\":\"debian\",\"suite\"", "\"archive\":\"other\",\"suite\"",
		  "\"other/trixie\" is not among" },
		{ "Sat, 05 Sep 2026 07:55:41 UTC", "never", "expected a date like" },
	};

	shape_expect(OLD_LOCK, changes, ARRAY_SIZE(changes));
}
