/* SPDX-License-Identifier: Apache-2.0 */
/* Every rule: an image with a planted fault has the finding at the right place; the same image
 * without it, or with something that only looks like it, has not. */

#include <criterion/criterion.h>
#include <elf.h>
#include <unistd.h>

#include "inspect/audit/audit.h"
#include "inspect/audit/rules.h"
#include "support/fixture_audited.h"
#include "support/gen_elf.h"
#include "support/gen_image.h"

#define NOW 1790000000 /* 2026-09-21 */

struct plant {
	const char *rule;
	const char *path; /* of the finding; NULL: the image */
	struct imagegen_entry entry, second, third;
	const struct elfgen *elf; /* content of `entry` */
	const char *config;
	struct imagegen_edit edit_config;
	bool other_layer; /* the entries stand in a layer of their own */
};

#define FILE_AT(p, m, text) { .path = (p), .mode = (m), .content = { (text), sizeof(text) - 1 } }
#define LINK_AT(p, to) { .path = (p), .type = '2', .mode = 0777, .link = (to) }
#define GOOD .relro = true, .bind_now = true
#define CONFIG(text) \
	"{\"User\":\"65532\",\"Healthcheck\":{\"Test\":[\"CMD\",\"/usr/bin/hello\"]}," text "}"

static const struct elfgen no_relro = { .soname = "x" };
static const struct elfgen lazy = { .soname = "x", .relro = true };
static const struct elfgen stack = { .soname = "x", GOOD, .exec_stack = true };
static const struct elfgen no_stack = { .soname = "x", GOOD, .no_stack = true };
static const struct elfgen fixed = { .program = true, .fixed = true, GOOD };
static const struct elfgen textrel = { .soname = "x", GOOD, .textrel = true };
static const struct elfgen wx = { .soname = "x", GOOD, .write_exec = true };
static const struct elfgen arm = { .soname = "x", GOOD, .machine = EM_AARCH64 };
static const struct elfgen no_library = { .soname = "x", GOOD, .needed = { "libnone.so.7" } };
static const struct elfgen no_loader = {
	.program = true, GOOD, .df_1 = DF_1_PIE, .interp = "/lib/ld-none.so.1"
};
static const struct elfgen no_version = { .soname = "x",
					  GOOD,
					  .needed = { "libdemo.so.1" },
					  .needs = { { .library = "libdemo.so.1",
						       .versions = { "DEMO_9" } } } };
static const struct elfgen no_symbol = { .program = true,
					 GOOD,
					 .df_1 = DF_1_PIE,
					 .needed = { "libdemo.so.1" },
					 .symbols = { { .name = "nowhere_defined" } } };
static const struct elfgen rpath_empty = { .soname = "x", GOOD, .runpath = "/usr/lib:" };
static const struct elfgen rpath_relative = { .soname = "x", GOOD, .rpath = "lib" };
static const struct elfgen rpath_gone = { .soname = "x", GOOD, .runpath = "/build/lib" };
static const struct elfgen rpath_tmp = { .soname = "x", GOOD, .runpath = "$ORIGIN/../../tmp" };
static const struct elfgen dlopens = {
	.soname = "x",
	GOOD,
	.note_owner = "FDO",
	.note_type = 0x407c0c0a,
	.note_desc = "[{\"soname\":[\"libwish.so.1\"],\"priority\":\"recommended\"}]"
};
static const struct elfgen suggests = {
	.soname = "x",
	GOOD,
	.note_owner = "FDO",
	.note_type = 0x407c0c0a,
	.note_desc = "[{\"soname\":[\"libwish.so.1\"],\"priority\":\"suggested\"}]"
};
static const struct elfgen wants = {
	.soname = "x",
	GOOD,
	.note_owner = "FDO",
	.note_type = 0x407c0c0a,
	.note_desc =
		"[{\"soname\":[\"libwish.so.1\"],\"feature\":\"wishes\",\"priority\":\"required\"}]"
};
static const struct elfgen odd_note = { .soname = "x",
					GOOD,
					.note_owner = "FDO",
					.note_type = 0x407c0c0a,
					.note_desc = "[{\"soname\":\"libwish.so.1\"}]" };
static const struct elfgen go_fixed = { .program = true,
					.fixed = true,
					.bind_now = true,
					.note_owner = "Go",
					.note_type = 4,
					.note_desc = "an/id" };
static const struct elfgen rpath_beside = { .soname = "x",
					    GOOD,
					    .runpath = "$ORIGIN/../lib64x/private" };
static const struct elfgen rpath_run = { .soname = "x", GOOD, .runpath = "$ORIGIN/../../run/x" };
static const struct elfgen built_at_home = { .soname = "x",
					     GOOD,
					     .note_owner = "FDO",
					     .note_type = 1,
					     .note_desc = "from /home/ann/app/src/main.c:12" };
static const struct elfgen calls = {
	.soname = "x", GOOD, .needed = { "libdemo.so.1" }, .symbols = { { .name = "memcpy" } }
};

static const struct plant plants[] = {
	{ "config.healthcheck-missing", NULL, .config = "{\"User\":\"1\"}" },
	{ "config.healthcheck-missing", NULL,
	  .config = "{\"User\":\"1\",\"Healthcheck\":{\"Test\":[\"NONE\"]}}" },
	{ "config.port-privileged", NULL, .config = CONFIG("\"ExposedPorts\":{\"80/tcp\":{}}") },
	{ "config.program-missing", NULL, .config = CONFIG("\"Entrypoint\":[\"/usr/bin/none\"]") },
	{ "config.program-missing", NULL, .config = CONFIG("\"Cmd\":[\"none\"]") },
	{ "config.program-missing", "etc/debian_version",
	  .config = CONFIG("\"Entrypoint\":[\"/etc/debian_version\"]") },
	{ "config.script-missing", NULL, .entry = FILE_AT("usr/bin/node", 0755, ""),
	  .config = CONFIG("\"Entrypoint\":[\"/usr/bin/node\"],\"Cmd\":[\"/app/main.js\"]") },
	{ "config.shell-form", NULL, .config = CONFIG("\"Cmd\":[\"/bin/sh\",\"-c\",\"x\"]") },
	{ "config.shell-form", NULL,
	  .config = "{\"User\":\"1\",\"Healthcheck\":{\"Test\":[\"CMD-SHELL\",\"x\"]}}" },
	{ "config.user-root", NULL, .config = "{}" },
	{ "config.user-root", NULL, .config = "{\"User\":\"0:0\"}" },
	{ "config.user-root", NULL, .config = "{\"User\":\"root\"}" },
	{ "config.user-root", NULL, .config = "{\"User\":\"00\"}" },
	{ "config.user-root", NULL, .config = "{\"User\":\"toor:7\"}",
	  .entry = FILE_AT("etc/passwd", 0644, "root:x:0:0::/:\ntoor:x:0:7::/:\n") },
	{ "config.user-unknown", NULL, .config = "{\"User\":\"app\"}",
	  .entry = FILE_AT("etc/passwd", 0644, "root:x:0:0::/:\napplication:x:7:7::/:\n") },
	{ "config.user-unknown", NULL, .config = "{\"User\":\"app\"}" },
	{ "elf.dlopen-missing", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &dlopens },
	{ "elf.dlopen-suggested", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &suggests },
	{ "elf.dlopen-unreadable", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &odd_note },
	{ "elf.library-missing", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &wants },
	{ "elf.go-defaults", "usr/bin/x", .entry = FILE_AT("usr/bin/x", 0755, ""),
	  .elf = &go_fixed },
	{ "elf.exec-stack", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &stack },
	{ "elf.exec-stack", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &no_stack },
	{ "elf.interpreter-missing", "usr/bin/x", .entry = FILE_AT("usr/bin/x", 0755, ""),
	  .elf = &no_loader },
	{ "elf.library-missing", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &no_library },
	{ "elf.no-bind-now", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &lazy },
	{ "elf.no-fortify", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &calls },
	{ "elf.no-pie", "usr/bin/x", .entry = FILE_AT("usr/bin/x", 0755, ""), .elf = &fixed },
	{ "elf.no-relro", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &no_relro },
	{ "elf.no-stack-protector", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &calls },
	{ "elf.rpath", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &rpath_empty },
	{ "elf.rpath", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &rpath_relative },
	{ "elf.rpath", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &rpath_gone },
	{ "elf.rpath", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &rpath_tmp },
	{ "elf.rpath", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &rpath_tmp, .second = { .path = "tmp/", .mode = 0755, .uid = 65532 } },
	{ "elf.rpath", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &rpath_run },
	{ "elf.rpath", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &rpath_beside, .second = { .path = "usr/lib64x/", .mode = 0757 } },
	{ "elf.rpath", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &(const struct elfgen){ .soname = "x", GOOD, .runpath = "/srv/a/lib" },
	  .second = { .path = "srv/a/lib/", .mode = 0755 },
	  .third = { .path = "srv/a/", .mode = 0755, .uid = 7 } },
	{ "elf.rpath-absent", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &rpath_beside },
	{ "elf.symbol-missing", "usr/bin/x", .entry = FILE_AT("usr/bin/x", 0755, ""),
	  .elf = &no_symbol },
	{ "elf.text-relocations", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &textrel },
	{ "elf.library-missing", "usr/bin/x", .entry = FILE_AT("usr/bin/x", 0755, ""),
	  .elf = &(const struct elfgen){ .program = true, GOOD, .needed = { "libbroken.so" } },
	  .second = FILE_AT("usr/lib/libbroken.so", 0644,
			    "\x7f"
			    "ELF broken") },
	{ "elf.unreadable", "usr/lib/libbroken.so",
	  .entry = FILE_AT("usr/lib/libbroken.so", 0644,
			   "\x7f"
			   "ELF broken") },
	{ "elf.unreadable", "usr/lib/x.so",
	  .entry = FILE_AT("usr/lib/x.so", 0644,
			   "\x7f"
			   "ELF broken") },
	{ "elf.version-missing", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &no_version },
	{ "elf.write-exec", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &wx },
	{ "elf.wrong-machine", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &arm },
	{ "file.build-path", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &built_at_home },
	{ "file.capabilities", "usr/bin/x",
	  .entry = { .path = "usr/bin/x",
		     .mode = 0755,
		     .content = { "x", 1 },
		     .pax = "42 SCHILY.xattr.security.capability=12345\n" } },
	{ "file.device", "dev/null", .entry = { .path = "dev/null", .type = '3' } },
	{ "file.device", "dev/sda", .entry = { .path = "dev/sda", .type = '4' } },
	{ "file.fifo", "run/pipe", .entry = { .path = "run/pipe", .type = '6' } },
	{ "file.leftover", "var/lib/apt/lists/x",
	  .entry = FILE_AT("var/lib/apt/lists/x", 0644, "x") },
	{ "file.leftover", "var/log/dpkg.log", .entry = FILE_AT("var/log/dpkg.log", 0644, "x") },
	{ "file.leftover", "srv/.git", .entry = { .path = "srv/.git/" } },
	{ "file.leftover", "root/.bash_history",
	  .entry = FILE_AT("root/.bash_history", 0600, "ls") },
	{ "file.modified", "etc/debian_version",
	  .entry = FILE_AT("etc/debian_version", 0644, "13.8\n"), .other_layer = true },
	{ "file.setgid", "usr/bin/x", .entry = FILE_AT("usr/bin/x", 02755, "x") },
	{ "file.setuid", "usr/bin/x", .entry = FILE_AT("usr/bin/x", 04755, "x") },
	{ "file.unowned", "etc/extra", .entry = FILE_AT("etc/extra", 0644, "x") },
	{ "file.unowned-program", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &no_relro },
	{ "file.unowned-program", "usr/bin/x",
	  .entry = FILE_AT("usr/bin/x", 0755, "#!/usr/bin/hello\n") },
	{ "file.world-writable", "etc/open", .entry = FILE_AT("etc/open", 0666, "x") },
	{ "file.world-writable", "srv", .entry = { .path = "srv/", .mode = 0777 } },
	{ "image.inconsistent", NULL,
	  .edit_config = { "{\"created_by\":\"layer 0\"}",
			   "{\"created_by\":\"layer 0\"},{\"created_by\":\"more\"}" } },
	{ "layer.duplicate-entry", "etc/twice", .entry = FILE_AT("etc/twice", 0644, "1"),
	  .second = FILE_AT("./etc/twice", 0644, "2") },
	{ "layer.odd-entry", "etc/h", .entry = FILE_AT("etc/f", 0644, "1"),
	  .second = { .path = "etc/h", .type = '1', .link = "etc/f", .mode = 0755 } },
	{ "layer.through-link", "bin/x", .entry = FILE_AT("bin/x", 0644, "1") },
	{ "layer.untidy-entry", "etc/slash", .entry = FILE_AT("/etc/slash", 0644, "1") },
	{ "layout.merged-usr", "sbin", .entry = { .path = "sbin/" } },
	{ "link.dangling", "etc/gone", .entry = LINK_AT("etc/gone", "nothing") },
	{ "link.dangling", "etc/a", .entry = LINK_AT("etc/a", "b"),
	  .second = LINK_AT("etc/b", "a") },
	{ "link.escapes", "etc/out", .entry = LINK_AT("etc/out", "../../etc") },
	{ "link.escapes", "etc/out", .entry = LINK_AT("etc/out", "x/../../../etc") },
	{ "link.escapes", "etc/out", .entry = LINK_AT("etc/out", "/../etc") },
	{ "link.hard-dangling", "etc/h",
	  .entry = { .path = "etc/h", .type = '1', .link = "etc/none" } },
	{ "os.unknown", NULL, .entry = FILE_AT("etc/.wh.debian_version", 0644, ""),
	  .other_layer = true },
	{ "os.unknown", NULL, .entry = FILE_AT("usr/lib/os-release", 0644, "NAME=x\n"),
	  .other_layer = true },
	{ "account.no-password", "etc/passwd",
	  .entry = FILE_AT("etc/passwd", 0644, "root:x:0:0::/:/x\nme::1000:0::/:\n") },
	{ "account.no-password", "etc/shadow",
	  .entry = FILE_AT("etc/shadow", 0600, "root:*:1::::::\nme::1::::::\n") },
	{ "account.second-root", "etc/passwd",
	  .entry = FILE_AT("etc/passwd", 0644, "root:x:0:0::/:\ntoor:*:00:0::/:\n") },
	{ "certificate.bundle-empty", "etc/ssl/certs/ca-certificates.crt",
	  .entry = FILE_AT("etc/ssl/certs/ca-certificates.crt", 0644,
			   "-----BEGIN CERTIFICATE-----\nnone\n") },
	{ "certificate.bundle-empty", "etc/ssl/cert.pem",
	  .entry = LINK_AT("etc/ssl/cert.pem", "x.pem"),
	  .second = FILE_AT("etc/ssl/x.pem", 0644, "") },
	{ "elf.preload", "etc/ld.so.preload",
	  .entry = FILE_AT("etc/ld.so.preload", 0644, "# none\n/usr/lib/x.so # y\n") },
	{ "package.bad-record", "var/lib/dpkg/status.d/other",
	  .entry = FILE_AT("var/lib/dpkg/status.d/other", 0644, "Package: hello\nVersion: 1\n") },
	{ "package.bad-record", "var/lib/dpkg/status.d/bad",
	  .entry = FILE_AT("var/lib/dpkg/status.d/bad", 0644, "Package: bad\nPackage: worse\n") },
	{ "package.bad-record", "var/lib/dpkg/status.d/hello.md5sums",
	  .entry = FILE_AT("var/lib/dpkg/status.d/hello.md5sums", 0644,
			   "d41d8cd98f00b204e9800998ecf8427e x\n"),
	  .other_layer = true },
	{ "package.copyright-missing", "var/lib/dpkg/status.d/hello",
	  .entry = FILE_AT("usr/share/doc/hello/.wh.copyright", 0644, ""), .other_layer = true },
	{ "package.depends-missing", "var/lib/dpkg/status.d/xx",
	  .entry = FILE_AT("var/lib/dpkg/status.d/xx", 0644,
			   "Package: xx\nVersion: 1\nDepends: hello (>= 99) | nothing\n") },
	{ "package.none", NULL, .entry = FILE_AT("var/lib/.wh.dpkg", 0644, ""),
	  .other_layer = true },
	{ "package.other-manager", "usr/lib/apk/db/installed",
	  .entry = FILE_AT("usr/lib/apk/db/installed", 0644, "P:musl\nV:1.2.5-r0\n\n") },
	{ "package.sums-missing", "var/lib/dpkg/status.d/new",
	  .entry = FILE_AT("var/lib/dpkg/status.d/new", 0644, "Package: new\nVersion: 1\n") },
	{ "program.compiler", "usr/bin/x86_64-linux-gnu-gcc-14",
	  .entry = FILE_AT("usr/bin/x86_64-linux-gnu-gcc-14", 0755, "x") },
	{ "program.download", "usr/bin/curl", .entry = FILE_AT("usr/bin/curl", 0755, "x") },
	{ "program.interpreter", "usr/bin/python3.13",
	  .entry = FILE_AT("usr/bin/python3.13", 0755, "x") },
	{ "program.package-manager", "usr/bin/apt-get",
	  .entry = FILE_AT("usr/bin/apt-get", 0755, "x") },
	{ "script.interpreter-missing", "usr/bin/x",
	  .entry = FILE_AT("usr/bin/x", 0755, "#!/usr/bin/env perl\n") },
	{ "script.shell", "usr/bin/x", .entry = FILE_AT("usr/bin/x", 0755, "#! /bin/sh -e\n") },
	{ "script.shell", "usr/bin/x",
	  .entry = FILE_AT("usr/bin/x", 0755, "#!/usr/bin/env -S bash\n") },
	{ "secret.config", NULL, .config = CONFIG("\"Env\":[\"DB_PASSWORD=hunter2\"]") },
	{ "secret.config", NULL,
	  .config = CONFIG("\"Env\":[\"X=ghp_0123456789abcdefghijABCDEFGHIJ012345\"]") },
	{ "secret.config", NULL, .edit_config = { "\"layer 0\"", "\"ARG API_TOKEN=abc\"" } },
	{ "secret.config", NULL,
	  .edit_config = { "\"layer 0\"", "\"|1 DB_PASSWORD=abc /bin/sh -c make\"" } },
	{ "secret.content", "srv/key",
	  .entry = FILE_AT(
		  "srv/key", 0600,
		  "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIODEwODEwODEwODEwODEwODEwODEwODEwODEw\n") },
	{ "secret.content", "srv/conf",
	  .entry = FILE_AT("srv/conf", 0644, "token = glpat-ABCDEFGHIJ0123456789\n") },
	{ "secret.content", "srv/aws",
	  .entry = FILE_AT("srv/aws", 0644, "id = AKIAIOSFODNN7ABCDEFG\n") },
	{ "secret.file-name", "root/.netrc", .entry = FILE_AT("root/.netrc", 0600, "machine x\n") },
	{ "shell.program", "usr/bin/dash", .entry = FILE_AT("usr/bin/dash", 0755, "x") },
	{ "shell.program", "usr/bin/sh", .entry = LINK_AT("usr/bin/sh", "hello") },
};

static void plant_fault(struct imagegen *g, const struct plant *p)
{
	struct imagegen_entry x = p->entry;

	imagegen_good(g);
	if (p->other_layer)
		imagegen_layer(g);
	if (p->elf)
		x.content = elfgen_make(g->a, p->elf);
	if (x.path)
		imagegen_add(g, &x);
	if (p->second.path)
		imagegen_add(g, &p->second);
	if (p->third.path)
		imagegen_add(g, &p->third);
	g->config = p->config;
	g->edit_config = p->edit_config;
	imagegen_write(g);
}

Test(audit, each_rule_finds_its_planted_fault)
{
	for (size_t i = 0; i < ARRAY_SIZE(plants); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct audit_result r;

		imagegen_begin(&g, &a);
		plant_fault(&g, &plants[i]);
		r = audited(&a, &(struct audit_request){ .image = g.path, .now = NOW });
		cr_expect(audited_has(&r, plants[i].rule, plants[i].path), "%s at %s; found: %s",
			  plants[i].rule, plants[i].path ? plants[i].path : "the image",
			  audited_text(&a, &r));
	}
}

static const struct elfgen harmless = { .soname = "x",
					GOOD,
					.needed = { "libdemo.so.1" },
					.symbols = { { .name = "getpid" },
						     { .name = "my_memcpy_chk" } } };
static const struct elfgen fortified = { .soname = "x",
					 GOOD,
					 .needed = { "libdemo.so.1" },
					 .symbols = { { .name = "memcpy" },
						      { .name = "__snprintf_chk" } } };
static const struct elfgen go_calls = { .program = true,
					.fixed = true,
					.needed = { "libdemo.so.1" },
					.note_owner = "Go",
					.note_type = 4,
					.note_desc = "id",
					.symbols = { { .name = "memcpy" } } };
static const struct elfgen any_of_two = {
	.soname = "x",
	GOOD,
	.note_owner = "FDO",
	.note_type = 0x407c0c0a,
	.note_desc =
		"[{\"soname\":[\"libwish.so.1\",\"libdemo.so.1\"],\"priority\":\"recommended\"}]"
};

/* What looks like a fault and is none. */
static const struct plant innocents[] = {
	{ "config.shell-form", NULL, .config = CONFIG("\"Cmd\":[\"hello\"]") },
	{ "config.port-privileged", NULL, .config = CONFIG("\"ExposedPorts\":{\"3128/tcp\":{}}") },
	{ "secret.config", NULL,
	  .config = CONFIG("\"Env\":[\"DB_PASSWORD_FILE=/run/x\",\"TOKEN=\"]") },
	{ "secret.config", NULL,
	  .edit_config = { "\"layer 0\"", "\"ARG API_TOKEN=$TOKEN DB_PASSWORD_FILE=/x\"" } },
	{ "config.user-unknown", NULL, .config = "{\"User\":\"app\"}",
	  .entry = FILE_AT("etc/passwd", 0644, "app:x:7:7::/:\n") },
	{ "config.user-root", NULL, .config = "{\"User\":\"1000:0\"}" },
	{ "file.build-path", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf =
		  &(const struct elfgen){
			  .soname = "x",
			  GOOD,
			  .note_owner = "FDO",
			  .note_type = 1,
			  .note_desc =
				  "src/main.c /home/ann/notes.txt ./build/x/y.c $/tmp/%s.c?" } },
	{ "secret.content", "srv/doc",
	  .entry = FILE_AT("srv/doc", 0644,
			   "use -----BEGIN PRIVATE KEY----- as the first line\n and ghp_short\n"
			   "or AKIAIOSFODNN7EXAMPLE\n") },
	{ "shell.program", "usr/share/sh", .entry = FILE_AT("usr/share/sh", 0644, "x") },
	{ "shell.program", "usr/bin/sh", .entry = FILE_AT("usr/bin/sh", 0644, "x") },
	{ "script.shell", "usr/share/x.sh",
	  .entry = FILE_AT("usr/share/x.sh", 0644, "#!/bin/sh\n") },
	{ "script.interpreter-missing", "usr/bin/x",
	  .entry = FILE_AT("usr/bin/x", 0755, "#!/usr/bin/env hello\n") },
	{ "file.setgid", "srv", .entry = { .path = "srv/", .mode = 02755 } },
	{ "file.world-writable", "var/tmp", .entry = { .path = "var/tmp/", .mode = 01777 } },
	{ "file.world-writable", "etc/l", .entry = LINK_AT("etc/l", "debian_version") },
	{ "link.dangling", "etc/mtab", .entry = LINK_AT("etc/mtab", "/proc/mounts") },
	{ "link.dangling", "etc/root", .entry = LINK_AT("etc/root", "..") },
	{ "link.escapes", "etc/out", .entry = LINK_AT("etc/out", "../usr") },
	{ "link.escapes", "etc/out", .entry = LINK_AT("etc/out", "x/../../usr/./lib/..") },
	{ "file.modified", "usr/lib/os-release",
	  .entry = FILE_AT("usr/lib/os-release", 0644, "ID=debian\nVERSION_ID=13\n"),
	  .other_layer = true },
	{ "file.leftover", "tmp", .entry = { .path = "tmp/", .mode = 01777 } },
	{ "file.leftover", "srv/core", .entry = FILE_AT("srv/core", 0644, "no dump of memory") },
	{ "elf.rpath", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &(const struct elfgen){ .soname = "x", GOOD, .runpath = "$ORIGIN:/usr/lib" } },
	{ "file.unowned-program", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &(const struct elfgen){ .soname = "x",
					 GOOD,
					 .note_owner = "FDO",
					 .note_type = 0xcafe1a7e,
					 .note_desc = "{\"type\":\"generic\"}" } },
	{ "elf.no-pie", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""), .elf = &lazy },
	{ "elf.no-pie", "usr/bin/x", .entry = FILE_AT("usr/bin/x", 0755, ""), .elf = &go_fixed },
	{ "elf.no-relro", "usr/bin/x", .entry = FILE_AT("usr/bin/x", 0755, ""), .elf = &go_fixed },
	{ "elf.rpath", "usr/bin/x", .entry = FILE_AT("usr/bin/x", 0755, ""),
	  .elf = &(const struct elfgen){ .program = true, GOOD, .runpath = "$ORIGIN/../lib" } },
	{ "elf.rpath", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &rpath_beside },
	{ "elf.no-fortify", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &harmless },
	{ "elf.no-stack-protector", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &harmless },
	{ "elf.no-fortify", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &fortified },
	{ "elf.no-fortify", "usr/bin/x", .entry = FILE_AT("usr/bin/x", 0755, ""),
	  .elf = &go_calls },
	{ "elf.no-stack-protector", "usr/bin/x", .entry = FILE_AT("usr/bin/x", 0755, ""),
	  .elf = &go_calls },
	{ "elf.dlopen-missing", "usr/lib/x.so", .entry = FILE_AT("usr/lib/x.so", 0644, ""),
	  .elf = &any_of_two },
	{ "elf.symbol-missing", "usr/bin/x", .entry = FILE_AT("usr/bin/x", 0755, ""),
	  .elf =
		  &(const struct elfgen){
			  .program = true, GOOD, .df_1 = DF_1_PIE, .needed = { "libdemo.so.1" } } },
};

Test(audit, what_only_looks_like_a_fault_is_none)
{
	for (size_t i = 0; i < ARRAY_SIZE(innocents); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct audit_result r;

		imagegen_begin(&g, &a);
		plant_fault(&g, &innocents[i]);
		r = audited(&a, &(struct audit_request){ .image = g.path, .now = NOW });
		cr_expect(!audited_has(&r, innocents[i].rule, innocents[i].path), "%s at %s: %s",
			  innocents[i].rule, innocents[i].path ? innocents[i].path : "the image",
			  audited_text(&a, &r));
	}
}

Test(audit, rules_are_sorted_and_say_what_to_do)
{
	for (size_t i = 0; i < rules_count; i++) {
		bool planted = strcmp(rules[i].id, "layer.wasted-bytes") == 0 ||
			       strcmp(rules[i].id, "image.remote-layer") == 0 ||
			       strcmp(rules[i].id, "certificate.expired") == 0 ||
			       strcmp(rules[i].id, "source.outdated") == 0 ||
			       strncmp(rules[i].id, "rootfs.", 7) == 0 ||
			       strncmp(rules[i].id, "budget.", 7) == 0 ||
			       strncmp(rules[i].id, "cve.", 4) == 0; /* these have own tests */

		if (i)
			cr_expect(strcmp(rules[i - 1].id, rules[i].id) < 0, "%s", rules[i].id);
		cr_expect(rule_find(rules[i].id) == &rules[i]);
		cr_expect(strlen(rules[i].explanation) > 60, "%s", rules[i].id);
		for (size_t p = 0; p < ARRAY_SIZE(plants); p++)
			planted |= strcmp(plants[p].rule, rules[i].id) == 0;
		cr_expect(planted, "no test plants %s", rules[i].id);
	}
}

Test(audit, removed_bytes_are_counted_as_waste)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;

	imagegen_begin(&g, &a);
	imagegen_good(&g);
	imagegen_file(&g, "srv/big", 0644, (struct str){ arena_alloc(&a, 100000), 100000 });
	imagegen_layer(&g);
	imagegen_file(&g, "srv/.wh.big", 0644, STR(""));
	imagegen_write(&g);
	r = audited(&a, &(struct audit_request){ .image = g.path, .now = NOW });
	cr_expect(audited_has(&r, "layer.wasted-bytes", NULL), "%s", audited_text(&a, &r));
	cr_expect(strstr(audited_text(&a, &r), "the most of them /srv/big") != NULL, "%s",
		  audited_text(&a, &r));
}

Test(audit, a_layer_with_urls_is_reported)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;

	imagegen_begin(&g, &a);
	imagegen_good(&g);
	g.edit_manifest = (struct imagegen_edit){ "\"layers\":[{",
						  "\"layers\":[{\"urls\":[\"http://x/\"]," };
	imagegen_write(&g);
	r = audited(&a, &(struct audit_request){ .image = g.path, .now = NOW });
	cr_expect(audited_has(&r, "image.remote-layer", NULL), "%s", audited_text(&a, &r));
}

/* An image with the bytes of this file at /usr/libexec/helper. */
static struct audit_result audited_helper(struct arena *a, struct imagegen *g, const char *path)
{
	struct error e = { 0 };
	struct str bytes;

	cr_assert(io_read_file(a, -100, path, 16u << 20, &bytes, &e), "%s", path);
	imagegen_begin(g, a);
	imagegen_good(g);
	imagegen_file(g, "usr/libexec/helper", 0755, bytes);
	imagegen_write(g);
	return audited(a, &(struct audit_request){ .image = g->path, .now = NOW });
}

Test(audit, shells_are_known_by_content_under_any_name)
{
	/* busybox is the static one where busybox-static is installed */
	static const char *const shells[] = { "/bin/dash",	 "/bin/bash", "/bin/busybox",
					      "/usr/bin/toybox", "/bin/zsh",  "/bin/tcsh" };

	for (size_t i = 0; i < ARRAY_SIZE(shells); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct audit_result r;

		if (access(shells[i], R_OK) != 0)
			continue; /* not on this machine */
		r = audited_helper(&a, &g, shells[i]);
		cr_expect(audited_has(&r, "shell.program", "usr/libexec/helper"), "%s", shells[i]);
	}
}

/* make knows the commands of sh, qemu the names of system calls, libaudit too, and imgbuild looks
 * for shells. */
Test(audit, programs_that_speak_of_shells_are_none)
{
	static const char *const others[] = { "imgbuild", "/usr/bin/make", "/usr/bin/git",
					      "/lib/x86_64-linux-gnu/libaudit.so.1",
					      "/usr/bin/qemu-aarch64-static" };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct audit_result r;

		if (access(others[i], R_OK) != 0)
			continue; /* not on this machine */
		r = audited_helper(&a, &g, others[i]);
		cr_expect(!audited_has(&r, "shell.program", NULL), "%s: %s", others[i],
			  audited_text(&a, &r));
	}
}
