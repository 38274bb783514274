/* SPDX-License-Identifier: Apache-2.0 */
/* The verb: its options and failures, where documents go, forms of images; and what others say of
 * its documents. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_sbom_check.h"
#include "support/fixture_verb.h"
#include "support/gen_image.h"

static void make_good_image(struct imagegen *g, struct arena *a)
{
	imagegen_begin(g, a);
	imagegen_good(g);
	imagegen_write(g);
}

static void sbom_expect_error(struct verb_run r, enum err_kind kind, const char *message)
{
	cr_expect(!r.ok && r.e.kind == kind && strstr(r.message, message),
		  "\"%s\" is not in \"%s\" (%d)", message, r.message, (int)r.e.kind);
	cr_expect_str_eq(r.out, "");
}

Test(evidence, sbom_verb_says_what_is_wrong)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	const char *here;

	make_good_image(&g, &a);
	here = arena_printf(&a, "%s/nothing", g.dir);
	sbom_expect_error(VERB(&a, cmd_sbom, "sbom"), ERR_USAGE, "sbom: name an image");
	sbom_expect_error(VERB(&a, cmd_sbom, "sbom", g.path, "--format", "spdx"), ERR_USAGE,
			  "--format is spdx-json or cyclonedx-json, not \"spdx\"; did you mean "
			  "\"spdx-json\"?");
	sbom_expect_error(VERB(&a, cmd_sbom, "sbom", g.path, "--format=cyclonedx-jsom"), ERR_USAGE,
			  "not \"cyclonedx-jsom\"; did you mean \"cyclonedx-json\"?");
	sbom_expect_error(VERB(&a, cmd_sbom, "sbom", g.path, "--format", "xml"), ERR_USAGE,
			  "not \"xml\"");
	sbom_expect_error(VERB(&a, cmd_sbom, "sbom", g.path, "--formats", "x"), ERR_USAGE,
			  "--format");
	sbom_expect_error(VERB(&a, cmd_sbom, "sbom", g.path, "-o"), ERR_USAGE, "-o");
	sbom_expect_error(VERB(&a, cmd_sbom, "sbom", g.path, g.path), ERR_USAGE, g.path);
	sbom_expect_error(VERB(&a, cmd_sbom, "sbom", g.path, "--platform", "linux/s390x"),
			  ERR_USAGE, "no image for linux/s390x");
	sbom_expect_error(VERB(&a, cmd_sbom, "sbom", "docker://registry/x"), ERR_USAGE,
			  "docker://registry/x");
	sbom_expect_error(VERB(&a, cmd_sbom, "sbom", here), ERR_INPUT, here);
	sbom_expect_error(VERB(&a, cmd_sbom, "sbom", g.path, "--recipe", "recipes/hello.json"),
			  ERR_VERIFY, "it does not record the recipe it was made from");
	setenv("SOURCE_DATE_EPOCH", "yesterday", 1);
	sbom_expect_error(VERB(&a, cmd_sbom, "sbom", g.path), ERR_USAGE,
			  "$SOURCE_DATE_EPOCH is \"yesterday\"");
}

Test(evidence, sbom_of_a_damaged_image_is_none)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	const char *out;

	make_good_image(&g, &a);
	out = arena_printf(&a, "%s/out.json", g.dir);
	imagegen_put(&g,
		     arena_printf(&a, "image/blobs/sha256/%s",
				  digest_hex_dup(&a, &g.layers.v[0].digest)),
		     STR("not what it was"));
	sbom_expect_error(VERB(&a, cmd_sbom, "sbom", g.path, "-o", out), ERR_INPUT, "layer 1");
	cr_expect_eq(access(out, F_OK), -1, "nothing half-written");
}

Test(evidence, sbom_goes_where_it_is_told_or_nowhere)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	const char *out, *folder;
	struct verb_run r, json;
	struct stat st;

	make_good_image(&g, &a);
	out = arena_printf(&a, "%s/out.json", g.dir);
	folder = arena_printf(&a, "%s/a folder", g.dir);
	r = VERB(&a, cmd_sbom, "sbom", g.path);
	json = VERB(&a, cmd_sbom, "sbom", g.path, "--json");
	cr_expect_str_eq(r.out, json.out, "it is JSON anyway");
	cr_expect_str_eq(VERB(&a, cmd_sbom, "sbom", g.path, "-o", "-").out, r.out);
	files_put(out, "older");
	cr_expect_str_eq(VERB(&a, cmd_sbom, "sbom", g.path, "--output", out).out, "");
	cr_expect_str_eq(files_get(&a, out), r.out);
	cr_expect(stat(out, &st) == 0 && (st.st_mode & 07777) == 0644);
	sbom_expect_error(VERB(&a, cmd_sbom, "sbom", g.path, "-o",
			       arena_printf(&a, "%s/no/out.json", g.dir)),
			  ERR_SYSTEM, "/no; make it");
	cr_assert_eq(mkdir(folder, 0755), 0);
	sbom_expect_error(VERB(&a, cmd_sbom, "sbom", g.path, "-o", folder), ERR_SYSTEM, "a folder");
	sbom_expect_error(VERB(&a, cmd_sbom, "sbom", g.path, "-o", "/dev/full"), ERR_SYSTEM,
			  "No space left on device");
	cr_expect_eq(files_below(&a, g.dir, ".json").n, 2,
		     "index.json and out.json: no temporary file is left");
}

/* A time that the image does not tell, or tells in another way. */
Test(evidence, sbom_has_the_time_of_the_image)
{
	static const struct {
		const char *created, *epoch, *is;
	} cases[] = {
		{ "\"created\":\"2026-01-01T00:00:00Z\"", "86400", "2026-01-01T00:00:00Z" },
		{ "\"created\":\"2026-01-01T01:00:00.123456789+02:00\"", NULL,
		  "2025-12-31T23:00:00Z" },
		{ "\"created\":\"some day\"", NULL, "1970-01-01T00:00:00Z" },
		{ "\"created\":\"some day\"", "86400", "1970-01-02T00:00:00Z" },
		{ "\"author\":\"x\"", "253402300799", "9999-12-31T23:59:59Z" },
		{ "\"created\":\"9999-12-31T23:59:59-01:00\"", NULL, "1970-01-01T00:00:00Z" },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_IMAGEGEN g;
		const char *expected = arena_printf(&a, "\"created\": \"%s\"", cases[i].is);
		struct verb_run r;

		imagegen_begin(&g, &a);
		imagegen_good(&g);
		g.edit_config = (struct imagegen_edit){ "\"created\":\"2026-01-01T00:00:00Z\"",
							cases[i].created };
		imagegen_write(&g);
		if (cases[i].epoch)
			setenv("SOURCE_DATE_EPOCH", cases[i].epoch, 1);
		else
			unsetenv("SOURCE_DATE_EPOCH");
		r = VERB(&a, cmd_sbom, "sbom", g.path);
		cr_expect(r.ok && strstr(r.out, expected), "%s %.600s", expected,
			  r.ok ? r.out : r.message);
	}
}

Test(evidence, sbom_names_the_image_as_it_is_named)
{
	static const struct {
		const char *name, *document, *purl;
	} cases[] = {
		{ "latest", "\"name\": \"image\"", "pkg:oci/image@sha256%3A" },
		{ "demo", "\"name\": \"demo\"", "pkg:oci/demo@sha256%3A" },
		{ "demo:1", "\"name\": \"demo:1\"", "pkg:oci/demo@sha256%3A" },
		{ "reg.example:5000/Team/demo:1.0", "\"name\": \"reg.example:5000/Team/demo:1.0\"",
		  "?arch=amd64&repository_url=reg.example:5000/Team/demo\"" },
		{ "reg.example:5000/a/demo", "\"name\": \"reg.example:5000/a/demo\"",
		  "&repository_url=reg.example:5000/a/demo\"" },
	};
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_IMAGEGEN g;
		struct verb_run r;

		imagegen_begin(&g, &a);
		imagegen_good(&g);
		g.edit_index = (struct imagegen_edit){ "ref.name\":\"latest\"",
						       arena_printf(&a, "ref.name\":\"%s\"",
								    cases[i].name) };
		imagegen_write(&g);
		r = VERB(&a, cmd_sbom, "sbom", g.path);
		cr_expect(r.ok && strstr(r.out, cases[i].document) && strstr(r.out, cases[i].purl),
			  "%s: %.900s", cases[i].name, r.ok ? r.out : r.message);
	}
}

Test(evidence, sbom_of_a_docker_archive_names_no_manifest)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct verb_run r;

	make_good_image(&g, &a);
	r = VERB(&a, cmd_sbom, "sbom",
		 arena_printf(&a, "docker-archive:%s", imagegen_archive(&g, true)));
	cr_assert(r.ok, "%s", r.message);
	cr_expect(strstr(r.out, "\"pkg:oci/demo?arch=amd64\"") &&
			  strstr(r.out, "\"name\": \"demo:latest\""),
		  "%s", r.out);
	cr_expect(strstr(r.out, arena_printf(&a, "configuration sha256:%s",
					     digest_hex_dup(&a, &g.config_digest))));
	cr_expect(!strstr(r.out, digest_hex_dup(&a, &g.manifest_digest)));
}

/* The schemas of the standard come in a package of the JavaScript registry; they are not copied
 * into this tree. */
#define CYCLONEDX_PACKAGE "@cyclonedx/cyclonedx-library@10.3.0"

/* Names that licence.c knows, so that each id is looked up in SPDX's list, which the schema has. */
static const char *all_licences(struct arena *a)
{
	struct str text = str_of(files_get(a, "builder/inspect/sbom/licence_expression.c")), line,
		   name, rest;
	struct buf out = { .a = a };

	buf_puts(&out, "Format: x\nLicense: odd\n Text.\n");
	for (const char *const *f =
		     (const char *const[]){ "GPL-1+", "GPL-2", "LGPL-2", "LGPL-2.1+", "LGPL-3",
					    "AGPL-1", "AGPL-3+", "GFDL-1.1", "GFDL-1.2+",
					    "GFDL-1.3", "GFDL-NIV-1.1+", "GFDL-NIV-1.2",
					    "GFDL-NIV-1.3+", NULL };
	     *f; f++)
		buf_printf(&out, "License: %s\n", *f);
	while (str_next(&text, '\n', &line)) {
		if (str_starts(line, STR("static const struct family")))
			break;
		for (rest = line; str_cut(rest, '{', &name, &rest) &&
				  str_cut(rest, '"', &name, &rest) &&
				  str_cut(rest, '"', &name, &rest);)
			buf_printf(&out, "License: " STR_FMT "\n", STR_ARG(name));
	}
	return buf_cstr(&out);
}

Test(evidence, cyclonedx_keeps_to_the_schema_of_its_standard, .timeout = 120)
{
	static const char script[] =
		"import json, sys, jsonschema\n"
		"load = lambda n: json.load(open(sys.argv[1] + '/res/schema/' + n + '.SNAPSHOT.schema.json'))\n"
		"schema = load('bom-1.6')\n"
		"def join(n):\n" /* the one other schema that is needed becomes a part of it */
		"    if isinstance(n, list): return [join(x) for x in n]\n"
		"    if not isinstance(n, dict): return n\n"
		"    ref = str(n.get('$ref', '#'))\n"
		"    if ref[0] != '#': return {'$ref': '#/definitions/spdx'} if ref.startswith('spdx') else {}\n"
		"    return {k: join(v) for k, v in n.items() if k != '$id'}\n"
		"schema['definitions']['spdx'] = load('spdx'); schema = join(schema)\n"
		"check = jsonschema.Draft7Validator(schema)\n"
		"bom = json.load(open(sys.argv[2], encoding='utf-8'))\n"
		"check.validate(bom)\n"
		"licences = [l for c in bom['components'] for l in c.get('licenses', [])]\n"
		"assert sum('id' in l.get('license', {}) for l in licences) > 50, len(licences)\n"
		"licences[0]['license'] = {'id': 'no such licence'}\n"
		"assert not check.is_valid(bom)\n";
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	const char *package;

	oracle_need("python3");
	if (oracle_run(&a, (const char *const[]){ "python3", "-c", "import jsonschema", NULL })
		    .status)
		cr_skip_test("python3-jsonschema is not installed");
	imagegen_begin(&g, &a);
	imagegen_good(&g);
	imagegen_file(&g, "var/lib/dpkg/status.d/one", 0644,
		      STR("Package: one\nVersion: 1\nArchitecture: all\n"));
	imagegen_file(&g, "usr/share/doc/one/copyright", 0644, str_of(all_licences(&a)));
	imagegen_file(&g, "opt/\xff", 0644, STR("x"));
	imagegen_write(&g);
	sbom_check(&a, g.dir, g.path);
	package = sbom_npm(&a, g.dir, CYCLONEDX_PACKAGE);
	if (!package)
		cr_skip_test("npm cannot fetch %s", CYCLONEDX_PACKAGE);
	ORACLE(&a, "python3", "-c", script, package, arena_printf(&a, "%s/x.cdx.json", g.dir));
}
