/* SPDX-License-Identifier: Apache-2.0 */
/* What programs of Go and Rust and archives of Java say they were built from, in images of anybody:
 * named, and met by vulnerability data. Sections are put into programs by objcopy, archives are
 * made by Python. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>

#include "inspect/audit/audit.h"
#include "inspect/audit/rules.h"
#include "inspect/model/components.h"
#include "inspect/model/inspect.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/gen_image.h"

static const char modules[] = "path\tx.test/app/cmd\n"
			      "mod\tx.test/app\t(devel)\t\n"
			      "dep\tgithub.com/BurntSushi/toml\tv1.4.0\th1:x=\n"
			      "dep\tgolang.org/x/net\tv0.1.0\th1:x=\n"
			      "=>\tgolang.org/x/net\tv0.2.0-rc.1\th1:y=\n"
			      "dep\tx.test/local\tv1.0.0\n"
			      "=>\t../local\t(devel)\t\n" /* as Go 1.24 writes it */
			      "dep\tx.test/old\tv2.0.0+incompatible\th1:x=\n"
			      "build\t-trimpath=true\n";

static const char crates[] =
	"{\"packages\":[{\"name\":\"app\",\"version\":\"0.1.0\",\"source\":\"local\",\"root\":true},"
	"{\"name\":\"serde\",\"version\":\"1.0.219\",\"source\":\"crates.io\",\"kind\":\"runtime\"},"
	"{\"name\":\"cc\",\"version\":\"1.2.0\",\"source\":\"crates.io\",\"kind\":\"build\"}],"
	"\"format\":1}";

/* Files of the folder: crates.z; app.war, which holds a jar that holds a jar; broken.jar. */
static const char python[] =
	"import io, sys, zipfile, zlib\n"
	"d = sys.argv[1] + '/'\n"
	"open(d + 'crates.z', 'wb').write(zlib.compress(sys.argv[2].encode()))\n"
	"def jar(name, pom, inner=None, method=zipfile.ZIP_DEFLATED):\n"
	"    f = io.BytesIO()\n"
	"    with zipfile.ZipFile(f, 'w', method) as z:\n"
	"        g, a, v = pom.split(':')\n"
	"        z.writestr('META-INF/maven/%s/%s/pom.properties' % (g, a),\n"
	"            '#Created by Maven\\r\\nversion = %s\\r\\ngroupId=%s\\r\\nartifactId=%s\\r\\n' % (v, g, a))\n"
	"        z.writestr('META-INF/maven/x/y/pom.properties', 'version=1\\n')\n"
	"        z.writestr('big.bin', bytes(range(256)) * 4000, zipfile.ZIP_STORED)\n"
	"        if inner: z.writestr(*inner)\n"
	"    return name, f.getvalue()\n"
	"inner = jar('BOOT-INF/lib/core.jar', 'org.example:core:2.17.1', None, zipfile.ZIP_STORED)\n"
	"lib = jar('WEB-INF/lib/lib.jar', 'org.example:lib:1.0-rc1', inner)\n"
	"open(d + 'app.war', 'wb').write(jar('', 'org.example.app:app:3.0', lib)[1])\n"
	"open(d + 'broken.jar', 'wb').write(b'PK\\3\\4' + bytes(3000))\n";

static struct str embedded_bytes(struct arena *a, const char *dir, const char *name)
{
	struct error e = { 0 };
	struct str bytes;

	cr_assert(io_read_file(a, AT_FDCWD, arena_printf(a, "%s/%s", dir, name), 64u << 20, &bytes,
			       &e),
		  "%s", e.cause);
	return bytes;
}

static void embedded_put_bytes(struct arena *a, const char *dir, const char *name, struct str bytes)
{
	FILE *f = fopen(arena_printf(a, "%s/%s", dir, name), "w");

	cr_assert(f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n && fclose(f) == 0);
}

/* The header of 32 bytes, then both texts, each after its length. */
static void put_go_section(struct arena *a, const char *dir)
{
	struct buf out = { .a = a };
	size_t n = sizeof(modules) - 1 + 32;

	buf_add(&out, STR("\xff Go buildinf:\x08\x02"));
	for (int i = 0; i < 16; i++)
		buf_putc(&out, '\0');
	buf_puts(&out, "\x08go1.24.4");
	buf_putc(&out, (char)(n % 128 + 128));
	buf_putc(&out, (char)(n / 128));
	buf_printf(&out, "0123456789abcdef%s0123456789abcdef", modules);
	embedded_put_bytes(a, dir, "go.bin", buf_str(&out));
}

static void embedded_add_program(struct imagegen *g, const char *dir, const char *path,
				 const char *section)
{
	const char *out = arena_printf(g->a, "%s/program", dir);

	ORACLE(g->a, "objcopy", "--add-section", section, "/bin/true", out);
	imagegen_file(g, path, 0755, embedded_bytes(g->a, dir, "program"));
}

static void embedded_image(struct imagegen *g, struct arena *a)
{
	const char *dir = files_temporary(a);

	oracle_need("objcopy");
	oracle_need("python3");
	ORACLE(a, "python3", "-c", python, dir, crates);
	put_go_section(a, dir);
	embedded_put_bytes(a, dir, "bad.z", STR("\x78\x9cno zlib"));
	imagegen_begin(g, a);
	imagegen_good(g);
	embedded_add_program(g, dir, "opt/go", arena_printf(a, ".go.buildinfo=%s/go.bin", dir));
	embedded_add_program(g, dir, "opt/rust", arena_printf(a, ".dep-v0=%s/crates.z", dir));
	embedded_add_program(g, dir, "opt/rust-again", arena_printf(a, ".dep-v0=%s/crates.z", dir));
	embedded_add_program(g, dir, "opt/rust-bad", arena_printf(a, ".dep-v0=%s/bad.z", dir));
	imagegen_file(g, "opt/app.war", 0644, embedded_bytes(a, dir, "app.war"));
	imagegen_file(g, "opt/broken.jar", 0644, embedded_bytes(a, dir, "broken.jar"));
	imagegen_file(g, "opt/app.zip", 0644, embedded_bytes(a, dir, "app.war"));
	imagegen_write(g);
	files_remove(dir);
}

Test(embedded, each_part_has_the_package_url_of_its_ecosystem)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	AUTO_INSPECTION in = INSPECTION_INIT;
	struct inspect_request req = { 0 };
	struct components found = { NULL, 0, 0 };
	struct remarks problems = { 0 };
	struct buf text = { .a = &a };
	struct error e = { 0 };

	embedded_image(&g, &a);
	req.image = g.path;
	cr_assert(inspect_image(&a, &req, &in, &e), "%s%s", e.context, e.cause);
	cr_assert(image_components(&a, &in.model, &found, &problems, &e));
	for (size_t i = 0; i < found.n; i++) {
		if (!found.v[i].source)
			buf_printf(&text, "%s: %s, %s\n", found.v[i].record, found.v[i].name,
				   found.v[i].locator);
	}
	cr_expect_str_eq(
		buf_cstr(&text),
		"opt/app.war: org.example.app:app, pkg:maven/org.example.app/app@3.0\n"
		"opt/app.war: org.example:lib, pkg:maven/org.example/lib@1.0-rc1\n"
		"opt/app.war: org.example:core, pkg:maven/org.example/core@2.17.1\n"
		"opt/go: stdlib, pkg:golang/stdlib@1.24.4\n"
		"opt/go: x.test/app, pkg:golang/x.test/app\n"
		"opt/go: github.com/burntsushi/toml, pkg:golang/github.com/burntsushi/toml@v1.4.0\n"
		"opt/go: golang.org/x/net, pkg:golang/golang.org/x/net@v0.2.0-rc.1\n"
		"opt/go: x.test/local, pkg:golang/x.test/local\n"
		"opt/go: x.test/old, pkg:golang/x.test/old@v2.0.0%2Bincompatible\n"
		"opt/rust: app, pkg:cargo/app@0.1.0\n"
		"opt/rust: serde, pkg:cargo/serde@1.0.219\n");
	cr_assert_eq(problems.n, 2u);
	cr_expect_str_eq(problems.v[0].path, "opt/broken.jar");
	cr_expect_str_eq(problems.v[0].text, "opt/broken.jar: the archive has no end record: it is "
					     "cut short, or no zip");
	cr_expect_str_eq(problems.v[1].path, "opt/rust-bad");
	cr_expect_str_eq(problems.v[1].text, "section .dep-v0: the compressed text is damaged");
}

/* What says what it was built from is known to scanners, as a package is. */
Test(embedded, what_says_its_parts_is_owned)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_request req = { .now = 1790000000 };
	struct strings found = { NULL, 0, 0 };
	struct audit_result r;
	struct error e = { 0 };

	embedded_image(&g, &a);
	req.image = g.path;
	cr_assert(audit_image(&a, &req, &r, &e), "%s%s", e.context, e.cause);
	list_each(x, &r.findings) {
		if (str_starts(str_of(x->rule->id), STR("file.unowned")))
			*list_push(&a, &found) = x->path;
	}
	strings_sort(&found);
	cr_expect_str_eq(strings_join(&a, &found, " "), "opt/app.zip opt/broken.jar opt/rust-bad");
}

/* As vuln.go.dev, rustsec.org and osv.dev publish them: the first two name no package URL. The
 * range ends before, at or after what is there. */
Test(embedded, vulnerability_data_meet_them)
{
	static const struct {
		const char *ecosystem, *name, *events, *says;
	} cases[] = {
		{ "Go", "stdlib", "{\"introduced\":\"1.24.0-0\"},{\"fixed\":\"1.24.5\"}",
		  "stdlib 1.24.4" },
		{ "Go", "stdlib", "{\"introduced\":\"0\"},{\"fixed\":\"1.24.4\"}", NULL },
		{ "Go", "golang.org/x/net", "{\"introduced\":\"0\"},{\"fixed\":\"0.2.0\"}",
		  "golang.org/x/net v0.2.0-rc.1" },
		{ "Go", "golang.org/x/net", "{\"introduced\":\"0\"},{\"fixed\":\"0.2.0-rc.1\"}",
		  NULL },
		{ "Go", "github.com/BurntSushi/toml", "{\"introduced\":\"1.3.0\"}",
		  "github.com/burntsushi/toml v1.4.0" },
		{ "Go", "x.test/old", "{\"introduced\":\"0\"},{\"fixed\":\"2.0.0+incompatible\"}",
		  NULL },
		{ "crates.io", "serde", "{\"introduced\":\"0.0.0-0\"},{\"fixed\":\"1.0.220\"}",
		  "serde 1.0.219" },
		{ "crates.io", "cc", "{\"introduced\":\"0\"}", NULL },
		{ "Maven", "org.example:core", "{\"introduced\":\"2.13.0\"},{\"fixed\":\"2.17.2\"}",
		  "org.example:core 2.17.1" },
		{ "npm", "serde", "{\"introduced\":\"0\"}", NULL },
	};
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;

	embedded_image(&g, &a);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *type = strcmp(cases[i].ecosystem, "Maven") == 0 ? "ECOSYSTEM"
									    : "SEMVER";
		struct audit_request req = { .now = 1790000000, .image = g.path };
		struct error e = { 0 };
		struct audit_result r;
		const char *said = NULL;

		imagegen_put(
			&g, "record.json",
			str_of(arena_printf(
				&a,
				"{\"id\":\"X-1\",\"affected\":[{\"package\":{\"ecosystem\":\"%s\","
				"\"name\":\"%s\"},\"ranges\":[{\"type\":\"%s\",\"events\":[%s]}]}]}",
				cases[i].ecosystem, cases[i].name, type, cases[i].events)));
		vuln_input_add(&a, &req.cve, arena_printf(&a, "%s/record.json", g.dir));
		cr_assert(audit_image(&a, &req, &r, &e), "%s%s", e.context, e.cause);
		for (size_t k = 0; k < r.findings.n; k++) {
			if (str_starts(str_of(r.findings.v[k].rule->id), STR("cve.")))
				said = r.findings.v[k].message;
		}
		cr_expect((said != NULL) == (cases[i].says != NULL) &&
				  (!said || strstr(said, cases[i].says)),
			  "%s %s: %s", cases[i].name, cases[i].events, said);
	}
}
