/* SPDX-License-Identifier: Apache-2.0 */
/* What languages leave in their results: modules of Go, crates of Rust, artifacts in jars; and
 * their lock files. */

#include "growth/growth.h"

#include <sys/mman.h>

#include <zlib.h>

#include "format/elf/elf.h"
#include "format/elf/elf_go.h"
#include "format/text/cargo_lock.h"
#include "format/text/go_sum.h"
#include "format/text/maven_lock.h"
#include "format/text/maven_settings.h"
#include "format/text/npm_isolated.h"
#include "format/text/npm_lock.h"
#include "format/text/npmrc.h"
#include "format/text/pip_settings.h"
#include "format/text/pnpm_lock.h"
#include "format/text/requirements.h"
#include "format/text/simple_index.h"
#include "format/text/toml.h"
#include "format/text/xml_values.h"
#include "format/text/yarn_lock.h"
#include "inspect/layers/embedded.h"

#define EMBEDDED_HEAD (sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr))

/* A program of one segment that may be written. */
static void embedded_make_elf(struct buf *out, struct str data)
{
	const Elf64_Ehdr h = { .e_ident = ELFMAG "\2\1\1",
			       .e_type = ET_EXEC,
			       .e_machine = EM_X86_64,
			       .e_version = 1,
			       .e_phoff = sizeof(h),
			       .e_ehsize = sizeof(h),
			       .e_phentsize = sizeof(Elf64_Phdr),
			       .e_phnum = 1 };
	const Elf64_Phdr p = { .p_type = PT_LOAD,
			       .p_flags = PF_R | PF_W,
			       .p_offset = EMBEDDED_HEAD,
			       .p_filesz = data.n,
			       .p_memsz = data.n };

	buf_add(out, (struct str){ (const char *)&h, sizeof(h) });
	buf_add(out, (struct str){ (const char *)&p, sizeof(p) });
	buf_add(out, data);
}

/* Marks at places where none may stand, before the right one. */
static void embedded_make_marks(struct buf *out, size_t n)
{
	struct buf data = { .a = out->a };

	for (size_t i = 0; i < n; i++)
		buf_puts(&data, ".\xff Go buildinf:.");
	embedded_make_elf(out, buf_str(&data));
}

static bool embedded_run_marks(struct arena *a, struct str input, struct error *e)
{
	struct elf_go go;

	(void)a;
	(void)e;
	return !elf_go_info(input, &go);
}

static void embedded_put_length(struct buf *out, size_t n)
{
	for (; n >= 128; n /= 128)
		buf_putc(out, (char)(n % 128 + 128));
	buf_putc(out, (char)n);
}

static void embedded_make_modules(struct buf *out, size_t n)
{
	struct buf data = { .a = out->a }, text = { .a = out->a };

	buf_puts(&text, "0123456789abcdef");
	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "dep\tx.test/%zu/a\tv1.0.0\th1:x\n", i);
	buf_puts(&text, "0123456789abcdef");
	buf_add(&data, STR("\xff Go buildinf:\x08\x02"));
	for (size_t i = 0; i < 16; i++)
		buf_putc(&data, '\0');
	buf_puts(&data, "\x08go1.24.4");
	embedded_put_length(&data, text.n);
	buf_add(&data, buf_str(&text));
	embedded_make_elf(out, buf_str(&data));
}

static bool embedded_run_modules(struct arena *a, struct str input, struct error *e)
{
	struct strings found = { NULL, 0, 0 };
	struct elf_go go;

	(void)e;
	if (!elf_go_info(input, &go))
		return false;
	go_modules_take(a, &go, &found);
	return found.n > 1;
}

static bool embedded_run_crates(struct arena *a, struct str input, struct error *e)
{
	uLongf n = compressBound(input.n);
	char *packed = arena_alloc(a, n + 1);
	struct strings found = { NULL, 0, 0 };

	return compress((Bytef *)packed, &n, (const Bytef *)input.p, input.n) == Z_OK &&
	       rust_crates_read(a, (struct str){ packed, n }, &found, e) && found.n > 1;
}

static void embedded_put(struct buf *b, size_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_putc(b, i < sizeof(v) ? (char)(v >> (8 * i)) : '\0');
}

/* Members that are stored, all with the bytes of the first one. */
static void embedded_make_zip(struct buf *out, const char *before, const char *after, size_t n,
			      struct str content)
{
	size_t directory, name = strlen(before) + 6 + strlen(after);
	uint32_t crc = (uint32_t)crc32(0, (const Bytef *)content.p, (uInt)content.n);

	buf_puts(out, "PK\3\4");
	embedded_put(out, 0, 22);
	embedded_put(out, name, 4);
	buf_printf(out, "%s%06d%s", before, 0, after);
	buf_add(out, content);
	directory = out->n;
	for (size_t i = 0; i < n; i++) {
		buf_puts(out, "PK\1\2");
		embedded_put(out, 0, 12);
		embedded_put(out, crc, 4);
		embedded_put(out, content.n, 4);
		embedded_put(out, content.n, 4);
		embedded_put(out, name, 2);
		embedded_put(out, 0, 16);
		buf_printf(out, "%s%06zu%s", before, i, after);
	}
	buf_puts(out, "PK\5\6");
	embedded_put(out, 0, 4);
	embedded_put(out, n, 2);
	embedded_put(out, n, 2);
	embedded_put(out, out->n - 12 - directory, 4);
	embedded_put(out, directory, 4);
	embedded_put(out, 0, 2);
}

static void embedded_make_poms(struct buf *out, size_t n)
{
	embedded_make_zip(out, "META-INF/maven/", "/pom.properties", n,
			  STR("groupId=a\nartifactId=b\nversion=1\n"));
}

/* The same jar in a jar, under many names. */
static void embedded_make_jars(struct buf *out, size_t n)
{
	struct buf inner = { .a = out->a };

	embedded_make_poms(&inner, 1);
	embedded_make_zip(out, "WEB-INF/lib/", ".jar", n, buf_str(&inner));
}

static bool embedded_run_jar(struct arena *a, struct str input, struct error *e)
{
	AUTO_FD fd = memfd_create("growth", MFD_CLOEXEC);
	struct strings found = { NULL, 0, 0 };

	return fd >= 0 && fd_write(fd, input, "growth", e) &&
	       jar_artifacts_read(a, fd, input.n, "a.jar", &found, e) && found.n > 1;
}

static bool embedded_run_sum(struct arena *a, struct str input, struct error *e)
{
	struct go_sums found = { NULL, 0, 0 };

	return go_sum_read(a, input, "go.sum", &found, e);
}

static bool embedded_run_toml(struct arena *a, struct str input, struct error *e)
{
	struct toml t = { .v = { NULL, 0, 0 } };

	if (!toml_read(a, input, "x.toml", &t, e))
		return false;
	(void)TOML_STRING_AT(&t, "no", "such", "key");
	return true;
}

static bool embedded_run_cargo(struct arena *a, struct str input, struct error *e)
{
	struct cargo_crates found = { NULL, 0, 0 };

	return cargo_lock_read(a, input, "Cargo.lock", &found, e);
}

static bool embedded_run_npm(struct arena *a, struct str input, struct error *e)
{
	struct npm_entries found = { NULL, 0, 0 }, others = { NULL, 0, 0 };

	return npm_lock_read(a, input, "package-lock.json", &found, &others, e) && found.n > 1;
}

static bool embedded_run_pnpm(struct arena *a, struct str input, struct error *e)
{
	struct npm_graph g = { .packages.n = 0 };
	struct pnpm_asking asking = { .hooks = false };
	struct npm_entries found = { NULL, 0, 0 }, others = { NULL, 0, 0 };

	if (!pnpm_lock_read(a, input, "pnpm-lock.yaml", &g, &asking, e))
		return false;
	npm_isolated_place(a, &g, false, &found, &others);
	return others.n > 0;
}

static bool embedded_run_yarn(struct arena *a, struct str input, struct error *e)
{
	struct yarn_entries found = { NULL, 0, 0 };

	return yarn_lock_read(a, input, "yarn.lock", &found, e);
}

static bool embedded_run_npmrc(struct arena *a, struct str input, struct error *e)
{
	struct npmrc found = { NULL, 0, 0 };

	return npmrc_read(a, input, ".npmrc", &found, e);
}

static bool embedded_run_requirements(struct arena *a, struct str input, struct error *e)
{
	struct requirements found = { .v = { NULL, 0, 0 } };

	return requirements_read(a, input, "requirements.txt", false, &found, e);
}

static bool embedded_run_constraints(struct arena *a, struct str input, struct error *e)
{
	struct requirements found = { .v = { NULL, 0, 0 } };

	if (!requirements_read(a, input, "c.txt", true, &found, e))
		return false;
	list_each(r, &found.constraints) {
		struct requirement is;

		if (!requirement_constrain(&found, r, "x86_64", &is, e))
			return false;
	}
	return true;
}

static bool embedded_run_pip(struct arena *a, struct str input, struct error *e)
{
	struct pip_settings found = { .global = { .index = { .key = NULL } } };
	struct strings indexes = { NULL, 0, 0 };

	return pip_settings_read(a, input, "pip.conf", &found, e) &&
	       pip_settings_indexes(a, &found, &indexes, e);
}

static bool embedded_run_simple(struct arena *a, struct str input, struct error *e)
{
	struct simple_files found = { NULL, 0, 0 };

	return simple_index_read(a, input, "https://a.test/x/", &found, e);
}

static bool embedded_run_xml(struct arena *a, struct str input, struct error *e)
{
	struct xml_values found = { NULL, 0, 0 };

	return xml_values_read(a, input, "pom.xml", &found, e);
}

static bool embedded_run_settings(struct arena *a, struct str input, struct error *e)
{
	struct maven_mirrors found = { NULL, 0, 0 };

	return maven_settings_read(a, input, "settings.xml", &found, e);
}

static bool embedded_run_maven(struct arena *a, struct str input, struct error *e)
{
	struct maven_jars found = { NULL, 0, 0 };

	return maven_lock_read(a, input, "lockfile.json", &found, e);
}

static bool embedded_run_sums(struct arena *a, struct str input, struct error *e)
{
	struct maven_jars found = { NULL, 0, 0 };

	return jar_sums_read(a, input, "jars.sha256", &found, e);
}

#define PYTHON_SUM "512761e0bb2578dd7380c6baaa0f4ce03e84f95e960231d1dec8bf4d7d6cbea4"
#define NPM_SUM \
	"9PsG8Bc3iWJtKHeR7xMfLHEbbVuZaWFr7oRbdWHTYXKdNVQLuxVdPbtVh3XVJq4Nvl0w0MOyx4cTHbPVh3yV1w=="
#define H1 "h1:bwawxfHBFNV+L2hUp1rHADufV3IMtnDRdf1r5NINEl0="

static const struct growth_case embedded_table[] = {
	{ "elf_go_info", "many marks that are none", 1500, .make = embedded_make_marks,
	  .run = embedded_run_marks },
	{ "elf_go_info go_modules_take", "many modules", 300, .make = embedded_make_modules,
	  .run = embedded_run_modules },
	{ "rust_crates_read", "many crates", 250, "{\"packages\":[",
	  "{\"name\":\"c#\",\"version\":\"1.0.0\",\"source\":\"crates.io\"},", "]}",
	  .run = embedded_run_crates },
	{ "jar_artifacts_read", "many artifacts", 60, .make = embedded_make_poms,
	  .run = embedded_run_jar },
	{ "jar_artifacts_read", "many jars in a jar", 30, .make = embedded_make_jars,
	  .run = embedded_run_jar },
	{ "toml_read", "many tables", 500, "", "[source.x#]\nregistry = \"a\"\n", "",
	  .run = embedded_run_toml },
	{ "toml_read", "one long array", 1500, "a = [\n", " \"x#\",\n", "]\n",
	  .run = embedded_run_toml },
	{ "toml_read", "one long table", 800, "a = {\n", " x# = 'y',\n", "}\n",
	  .run = embedded_run_toml },
	{ "toml_read", "one long string", 12000, "a = \"", "\\n\\u0041", "\"\n",
	  .run = embedded_run_toml },
	{ "toml_read", "many comments", 5000, "", "\1 c\n", "", .run = embedded_run_toml },
	{ "cargo_lock_read", "many crates", 250, "version = 4\n",
	  "[[package]]\nname = \"c#\"\nversion = \"1.0.0\"\n"
	  "source = \"registry+https://a.test/x\"\nchecksum = "
	  "\"c30bb24b7f1e9a19b11b55a546434f74e739bb4c271a3e3a80ff4380d49f7adb\"\n"
	  "dependencies = [\n \"b\",\n]\n",
	  "", .run = embedded_run_cargo },
	{ "npm_lock_read", "many packages", 150, "{\"lockfileVersion\": 3, \"packages\": {\n",
	  "\"node_modules/c#\": {\"version\": \"1.0.0\", \"integrity\": \"sha512-" NPM_SUM
	  "\", \"bin\": {\"c#\": \"c.js\"}},",
	  "}}", .run = embedded_run_npm },
	{ "npm_lock_read", "one package with many commands", 300,
	  "{\"lockfileVersion\": 3, \"packages\": {\n\"node_modules/b\": {\"link\": true, "
	  "\"resolved\": \"b\"}, \"node_modules/a\": {\"version\": \"1\", \"integrity\": "
	  "\"sha512-" NPM_SUM "\", \"bin\": {",
	  "\"c#\": \"c.js\",", "}}}}", .run = embedded_run_npm },
	{ "npm_lock_read", "one package that needs many", 300,
	  "{\"lockfileVersion\": 3, \"packages\": {\n\"node_modules/b\": {\"link\": true, "
	  "\"resolved\": \"b\"}, \"node_modules/a\": {\"version\": \"1\", \"integrity\": "
	  "\"sha512-" NPM_SUM "\", \"dependencies\": {",
	  "\"c#\": \"1\",", "}}}}", .run = embedded_run_npm },
	{ "pnpm_lock_read", "many packages", 100, "lockfileVersion: '6.0'\npackages:\n",
	  "  /c#@1.0.0:\n    resolution: {integrity: sha512-" NPM_SUM "}\n", "",
	  .run = embedded_run_pnpm },
	{ "pnpm_lock_read", "a project that needs many names", 100,
	  "lockfileVersion: '6.0'\npackages:\n  /a@1.0.0: {resolution: {integrity: sha512-" NPM_SUM
	  "}}\ndependencies:\n",
	  "  c#: {specifier: '1', version: /a@1.0.0}\n", "", .run = embedded_run_pnpm },
	{ "yarn_lock_read", "many packages", 500, "",
	  "a@^#.0.0:\n  version \"#.0.0\"\n  integrity sha512-" NPM_SUM
	  "\n  dependencies:\n    b \"^1.0.0\"\n",
	  "", .run = embedded_run_yarn },
	{ "yarn_lock_read", "one with many patterns", 2000, "", "a@#, ", "a@1:\n",
	  .run = embedded_run_yarn },
	{ "npmrc_read", "many settings", 3000, "", "x#=y\n", "", .run = embedded_run_npmrc },
	{ "requirements_read", "many requirements", 300, "",
	  "a#==1.0 ; python_version >= '3.8' --hash=sha256:" PYTHON_SUM "\n", "",
	  .run = embedded_run_requirements },
	{ "requirements_read requirement_constrain", "many constraints", 300, "",
	  "a#==1.0 --hash=sha256:" PYTHON_SUM "\n", "", .run = embedded_run_constraints },
	{ "requirements_read", "one with many hashes", 300, "a==1.0",
	  " \\\n  --hash=sha256:" PYTHON_SUM, "\n", .run = embedded_run_requirements },
	{ "xml_values_read", "many elements", 1500, "<a>", "<b>x#</b>", "</a>",
	  .run = embedded_run_xml },
	{ "xml_values_read", "one long text", 12000, "<a>", "x&amp;", "</a>",
	  .run = embedded_run_xml },
	{ "maven_settings_read", "many mirrors", 400, "<settings><mirrors>",
	  "<mirror><mirrorOf>*</mirrorOf><url>http://a.test/#</url></mirror>",
	  "</mirrors></settings>", .run = embedded_run_settings },
	{ "maven_lock_read", "many jars", 150, "{\"lockFileVersion\": 1, \"dependencies\": [\n",
	  "{\"groupId\": \"a.b\", \"artifactId\": \"c#\", \"version\": \"1\", \"checksum\": "
	  "\"" PYTHON_SUM "\", \"children\": []},",
	  "]}", .run = embedded_run_maven },
	{ "jar_sums_read", "many jars", 300, "", PYTHON_SUM "  a/b/1#/b-1#.jar\n", "",
	  .run = embedded_run_sums },
	{ "jar_sums_read", "the same jar again and again", 300, "", PYTHON_SUM "  a/b/1/b-1.jar\n",
	  "", .run = embedded_run_sums },
	{ "pip_settings_read", "many indexes", 1500, "[global]\nextra-index-url =\n",
	  "  https://a.test/x#\n", "", .run = embedded_run_pip },
	{ "simple_index_read", "many links", 800, "<html>\n",
	  "<a href=\"x-\1.whl\1sha256=" PYTHON_SUM "\">x</a>\n", "", .run = embedded_run_simple },
	{ "simple_index_read", "many files", 200, "{\"files\":[",
	  "{\"filename\":\"x#\",\"url\":\"x\",\"hashes\":{\"sha256\":\"" PYTHON_SUM "\"}},", "]}",
	  .run = embedded_run_simple },
	{ "simple_index_read", "tags that do not end", 6000, "", "<a href=", "",
	  .run = embedded_run_simple },
	{ "go_sum_read", "many modules", 400, "", "x.test/# v1.0.0/go.mod " H1 "\n", "",
	  .run = embedded_run_sum },
	{ "go_sum_read", "the same module again and again", 600, "",
	  "x.test/a v1.0.0/go.mod " H1 "\n", "", .run = embedded_run_sum },
	{ "go_sum_read", "one long line", 25000, "", "a", "", .run = embedded_run_sum,
	  .refused = true },
};
const struct growth_cases growth_embedded_cases = { embedded_table, ARRAY_SIZE(embedded_table) };
