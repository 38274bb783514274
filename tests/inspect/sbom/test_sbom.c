/* SPDX-License-Identifier: Apache-2.0 */
/* Bills of materials of small images: what is said of them, and that it is so. */

#include <criterion/criterion.h>
#include <elf.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/commands.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_sbom_check.h"
#include "support/fixture_verb.h"
#include "support/gen_elf.h"
#include "support/gen_image.h"

#define OS_RELEASE "usr/lib/os-release"
#define STATUS "var/lib/dpkg/status"
#define STATUS_D "var/lib/dpkg/status.d/"
#define SBOM "var/lib/db/sbom/x.spdx.json"

static void sbom_image_begin(struct imagegen *g, struct arena *a)
{
	imagegen_begin(g, a);
}

static void sbom_put_file(struct imagegen *g, const char *path, const char *text)
{
	imagegen_file(g, path, 0644, str_of(text));
}

static const char *sbom_of_image(struct imagegen *g, const char *image, const char *form)
{
	struct verb_run r = VERB(g->a, cmd_sbom, "sbom", image, "--format", form);

	cr_assert(r.ok, "%s", r.message);
	return r.out;
}

static void expect_in(const char *text, const char *const *parts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cr_expect(strstr(text, parts[i]), "%s is not in %s", parts[i], text);
}
#define EXPECT_IN(text, ...)                                    \
	expect_in((text), (const char *const[]){ __VA_ARGS__ }, \
		  sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

Test(evidence, sbom_of_a_small_image_says_what_is_in_it)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	const char *text;

	sbom_image_begin(&g, &a);
	imagegen_good(&g);
	imagegen_write(&g);
	cr_expect_str_eq(sbom_check(&a, g.dir, g.path),
			 "packages=1 sources=1 files=8 notes=0 licences=0 links=0");
	text = files_get(&a, arena_printf(&a, "%s/x.spdx.json", g.dir));
	EXPECT_IN(
		text, "\"pkg:deb/debian/hello@1.0-1?arch=amd64&distro=debian-13\"",
		"\"created\": \"2026-01-01T00:00:00Z\"",
		"\"supplier\": \"Person: Nobody (nobody@example.org)\"",
		"\"sourceInfo\": \"built package from: hello 1.0-1\"",
		"\"comment\": \"recorded in /var/lib/dpkg/status.d/hello\"",
		"\"fileName\": \"./usr/bin/hello\"",
		"\"comment\": \"the source package pkg:deb/debian/hello@1.0-1?arch=source&distro=debian-13\"",
		"\"name\": \"image\"", "\"fileTypes\": [\"BINARY\"]", "\"OPERATING_SYSTEM\"");
	text = files_get(&a, arena_printf(&a, "%s/x.cdx.json", g.dir));
	EXPECT_IN(text, "\"type\": \"operating-system\"",
		  "\"location\": \"/var/lib/dpkg/status.d/hello\"",
		  "\"publisher\": \"Nobody <nobody@example.org>\"",
		  "{ \"name\": \"aquasecurity:trivy:SrcName\", \"value\": \"hello\" }",
		  "\"purl\": \"pkg:deb/debian/hello@1.0-1?arch=source&distro=debian-13\"");
}

Test(evidence, sbom_is_the_same_bytes_wherever_it_is_made)
{
	static const char *const forms[] = { "spdx-json", "cyclonedx-json" };
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	const char *archive;

	sbom_image_begin(&g, &a);
	imagegen_good(&g);
	imagegen_write(&g);
	archive = imagegen_archive(&g, false);
	for (size_t i = 0; i < 2; i++) {
		const char *first = sbom_of_image(&g, g.path, forms[i]);

		setenv("TZ", "Asia/Kolkata", 1);
		setenv("LC_ALL", "tr_TR.UTF-8", 1);
		setenv("SOURCE_DATE_EPOCH", "86400", 1);
		cr_assert_eq(chdir("/"), 0);
		cr_expect_str_eq(sbom_of_image(&g, g.path, forms[i]), first);
		cr_expect_str_eq(sbom_of_image(&g, archive, forms[i]), first,
				 "an archive has the same content");
		cr_expect(!strstr(first, g.dir), "no path of this machine");
	}
}

Test(evidence, sbom_ids_change_when_the_image_does)
{
	static const char script[] =
		"import json, sys\n"
		"a, b = (json.load(open(f)) for f in sys.argv[1:3])\n"
		"assert a['documentNamespace'] != b['documentNamespace']\n"
		"ids = lambda d: {p['name']: p['SPDXID'] for p in d['packages'][1:] + [dict(f, name=f['fileName']) for f in d['files']]}\n"
		"assert ids(a).items() <= ids(b).items(), 'what is the same keeps its id'\n";
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g, h;

	oracle_need("python3");
	sbom_image_begin(&g, &a);
	imagegen_good(&g);
	imagegen_write(&g);
	sbom_image_begin(&h, &a);
	imagegen_good(&h);
	sbom_put_file(&h, "srv/more", "x");
	imagegen_write(&h);
	sbom_check(&a, g.dir, g.path);
	sbom_check(&a, h.dir, h.path);
	ORACLE(&a, "python3", "-c", script, arena_printf(&a, "%s/x.spdx.json", g.dir),
	       arena_printf(&a, "%s/x.spdx.json", h.dir));
}

Test(evidence, sbom_of_an_image_without_packages_has_its_files)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	const char *text;

	sbom_image_begin(&g, &a);
	imagegen_file(&g, "hello", 0755, elfgen_make(&a, &(struct elfgen){ .program = true }));
	imagegen_write(&g);
	cr_expect_str_eq(sbom_check(&a, g.dir, g.path),
			 "packages=0 sources=0 files=1 notes=0 licences=0 links=0");
	text = files_get(&a, arena_printf(&a, "%s/x.cdx.json", g.dir));
	EXPECT_IN(text, "\"aggregate\": \"incomplete\"", "\"name\": \"/hello\"");
	cr_expect(!strstr(text, "operating-system"));
}

Test(evidence, sbom_of_an_image_without_any_file)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;

	sbom_image_begin(&g, &a);
	imagegen_add(&g, &(struct imagegen_entry){ .path = "tmp/" });
	imagegen_write(&g);
	cr_expect_str_eq(sbom_check(&a, g.dir, g.path),
			 "packages=0 sources=0 files=0 notes=0 licences=0 links=0");
	EXPECT_IN(files_get(&a, arena_printf(&a, "%s/x.cdx.json", g.dir)),
		  "\"aggregate\": \"complete\"");
}

Test(evidence, sbom_tells_versions_sources_and_architectures_apart)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	const char *text;

	sbom_image_begin(&g, &a);
	sbom_put_file(&g, OS_RELEASE, "ID=debian\nVERSION_ID=\"13\"\n");
	sbom_put_file(
		&g, STATUS,
		"Package: libx\nStatus: install ok installed\nVersion: "
		"1:2.0-1+b2\nArchitecture: amd64\nSource: x (1:2.0-1)\n"
		"Maintainer: Debian X Team <pkg-x@alioth-lists.debian.net>\n\n"
		"Package: libx\nStatus: install ok installed\nVersion: 1:2.0-1\nArchitecture: i386\nSource: x\n\n"
		"Package: libx\nStatus: install ok installed\nVersion: 1.9~rc1-1\nArchitecture: i386\nSource: x\n\n"
		"Package: gone\nStatus: deinstall ok config-files\nVersion: 1\nArchitecture: all\n");
	sbom_put_file(&g, STATUS_D "libx",
		      "Package: libx\nVersion: 1:2.0-1\nArchitecture: i386\nSource: x\n");
	imagegen_write(&g);
	cr_expect_str_eq(sbom_check(&a, g.dir, g.path),
			 "packages=3 sources=2 files=3 notes=0 licences=0 links=0");
	text = files_get(&a, arena_printf(&a, "%s/x.spdx.json", g.dir));
	EXPECT_IN(
		text,
		"\"pkg:deb/debian/libx@1:2.0-1%2Bb2?arch=amd64&distro=debian-13&upstream=x%401:2.0-1\"",
		"\"pkg:deb/debian/libx@1:2.0-1?arch=i386&distro=debian-13&upstream=x\"",
		"\"pkg:deb/debian/libx@1.9~rc1-1?arch=i386&distro=debian-13&upstream=x\"",
		"\"supplier\": \"Organization: Debian\"",
		"\"originator\": \"Organization: Debian X Team (pkg-x@alioth-lists.debian.net)\"",
		"\"built package from: x 1:2.0-1\"");
	EXPECT_IN(files_get(&a, arena_printf(&a, "%s/x.cdx.json", g.dir)),
		  "{ \"name\": \"aquasecurity:trivy:SrcEpoch\", \"value\": \"1\" }",
		  "{ \"name\": \"aquasecurity:trivy:SrcRelease\", \"value\": \"1\" }",
		  "{ \"name\": \"aquasecurity:trivy:SrcVersion\", \"value\": \"2.0\" }");
}

Test(evidence, sbom_of_an_image_that_others_made)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;

	sbom_image_begin(&g, &a);
	sbom_put_file(&g, "etc/os-release", "NAME=\"Ubuntu\"\nID=ubuntu\nVERSION_ID='24.04'\n");
	sbom_put_file(&g, STATUS,
		      "Package: tool\nStatus: install ok installed\nVersion: "
		      "3\nArchitecture: amd64\n"
		      "Maintainer: Ubuntu Developers <ubuntu-devel@lists.ubuntu.com>\n");
	sbom_put_file(&g, "var/lib/dpkg/info/tool.list", "/.\n/usr\n/usr/bin\n/usr/bin/tool\n");
	sbom_put_file(&g, "var/lib/dpkg/info/tool.md5sums",
		      "900150983cd24fb0d6963f7d28e17f72  usr/bin/tool\n");
	sbom_put_file(&g, "usr/bin/tool", "abc");
	imagegen_write(&g);
	cr_expect_str_eq(sbom_check(&a, g.dir, g.path),
			 "packages=1 sources=1 files=5 notes=0 licences=0 links=0");
	EXPECT_IN(
		files_get(&a, arena_printf(&a, "%s/x.spdx.json", g.dir)),
		"\"pkg:deb/ubuntu/tool@3?arch=amd64&distro=ubuntu-24.04\"",
		"\"supplier\": \"Organization: Ubuntu Developers (ubuntu-devel@lists.ubuntu.com)\"");
}

/* An ELF file that says what it is of. */
static struct str noted_elf(struct arena *a, const char *note)
{
	return elfgen_make(a, &(struct elfgen){ .soname = "x",
						.note_owner = "FDO",
						.note_type = 0xcafe1a7e,
						.note_desc = note });
}

Test(evidence, files_that_no_package_has_may_say_what_they_are_of)
{
	static const char *const notes[] = {
		"{\"type\":\"rpm\",\"os\":\"fedora\",\"osVersion\":\"40\",\"name\":\"coreutils\",\"version\":\"9.4-7.fc40\",\"architecture\":\"x86_64\"}",
		"{\"type\":\"rpm\",\"os\":\"fedora\",\"osVersion\":\"40\",\"name\":\"coreutils\",\"version\":\"9.4-7.fc40\",\"architecture\":\"x86_64\"}",
		"{\"type\":\"generic\",\"name\":\"squid\",\"version\":\"7.6\",\"appCpe\":\"cpe:2.3:a:squid-cache:squid:7.6:*:*:*:*:*:*:*\"}",
		"{\"name\":\"hello\",\"version\":\"1.0-1\",\"type\":\"deb\",\"os\":\"debian\"}",
		"{\"name\":\"a b/c@d?e\"}",
		"no JSON",
		"{\"type\":\"deb\"}",
		"[1]",
		"{\"name\":7}",
	};
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct verb_run r;

	sbom_image_begin(&g, &a);
	imagegen_good(&g);
	for (size_t i = 0; i < ARRAY_SIZE(notes); i++)
		imagegen_file(&g, arena_printf(&a, "opt/%zu", i), 0755, noted_elf(&a, notes[i]));
	imagegen_write(&g);
	cr_expect_str_eq(sbom_check(&a, g.dir, g.path),
			 "packages=1 sources=1 files=17 notes=3 licences=0 links=0");
	r = VERB(&a, cmd_sbom, "sbom", g.path);
	EXPECT_IN(r.out, "\"pkg:rpm/fedora/coreutils@9.4-7.fc40?arch=x86_64&distro=fedora-40\"",
		  "\"pkg:generic/squid@7.6\"", "\"cpe:2.3:a:squid-cache:squid:7.6:*:*:*:*:*:*:*\"",
		  "\"pkg:generic/a%20b%2Fc%40d%3Fe\"", "\"comment\": \"recorded in /opt/0\"");
	EXPECT_IN(
		r.said,
		"/opt/5 could not be read in full for the bill of materials: its package note names no package",
		"/opt/6 ", "/opt/7 ", "/opt/8 ");
	cr_expect(!strstr(r.said, "/opt/4 "), "%s", r.said);
}

Test(evidence, embedded_documents_tell_of_what_has_no_record)
{
	static const char document[] =
		"{\"spdxVersion\":\"SPDX-2.3\",\"packages\":["
		"{\"name\":\"python\",\"versionInfo\":\"3.12.9\",\"downloadLocation\":\"https://example.org/p.tar.xz\","
		"\"externalRefs\":[{\"referenceType\":\"purl\",\"referenceLocator\":\"pkg:generic/python@3.12.9?checksum=sha256:ab\"}]},"
		"{\"name\":\"hello\",\"versionInfo\":\"1.0-1\",\"externalRefs\":[{\"referenceType\":\"purl\",\"referenceLocator\":\"pkg:deb/debian/hello@1.0-1\"}]},"
		"{\"name\":\"one\",\"externalRefs\":[{\"referenceType\":\"purl\",\"referenceLocator\":\"pkg:generic/other@1\"}]},"
		"{\"name\":\"two\",\"externalRefs\":[{\"referenceType\":\"purl\",\"referenceLocator\":\"pkg:generic/other@1\"}]},"
		"{\"name\":\"old\",\"versionInfo\":\"1\",\"externalRefs\":[{\"referenceType\":\"cpe23Type\",\"referenceLocator\":\"cpe:2.3:a:v:old:1:*:*:*:*:*:*:*\"}]}]}";
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct verb_run r;

	sbom_image_begin(&g, &a);
	imagegen_good(&g);
	sbom_put_file(&g, SBOM, document);
	sbom_put_file(&g, "var/lib/db/sbom/bad.spdx.json", "{\"packages\":\n 7}");
	imagegen_file(
		&g, "opt/python", 0755,
		noted_elf(&a, "{\"type\":\"generic\",\"name\":\"python\",\"version\":\"3.12.9\"}"));
	imagegen_write(&g);
	cr_expect_str_eq(sbom_check(&a, g.dir, g.path),
			 "packages=1 sources=1 files=11 notes=0 licences=0 links=0");
	r = VERB(&a, cmd_sbom, "sbom", g.path);
	EXPECT_IN(r.out, "\"referenceLocator\": \"pkg:generic/python@3.12.9?checksum=sha256:ab\"",
		  "\"name\": \"one\"", "\"name\": \"two\"",
		  "\"downloadLocation\": \"https://example.org/p.tar.xz\"",
		  "\"cpe:2.3:a:v:old:1:*:*:*:*:*:*:*\"");
	EXPECT_IN(
		r.said,
		"/var/lib/db/sbom/bad.spdx.json could not be read in full for the bill of materials: line 2: ");
}

Test(evidence, sbom_loses_no_name_however_odd)
{
	static const char *const names[] = { "opt/\xff",
					     "opt/\xfe",
					     "opt/\"\\",
					     "opt/new\nline",
					     "opt/\xc3\xa4",
					     "opt/\x1b[31m",
					     "opt/ ",
					     "opt/SPDXRef-DOCUMENT",
					     "opt/\xe2\x80\xae"
					     "gnp.exe" };
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;

	sbom_image_begin(&g, &a);
	sbom_put_file(&g, OS_RELEASE, "ID=\"deb\xff ian/?\"\nVERSION_ID=\"1 3\"\n");
	sbom_put_file(&g, STATUS_D "p",
		      "Package: p+-.\nVersion: 1 &?#/%\xff\nArchitecture: a "
		      "b\nMaintainer: <x@y>\nSource: s s (2 2)\n");
	sbom_put_file(&g, STATUS_D "q", "Package: q1\nVersion: no number:1-1\n");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		sbom_put_file(&g, names[i], "x");
	imagegen_write(&g);
	sbom_of_image(&g, g.path, "spdx-json");
	cr_expect(!strstr(sbom_of_image(&g, g.path, "cyclonedx-json"), "SrcEpoch"),
		  "Trivy refuses what is not a number");
	EXPECT_IN(
		sbom_of_image(&g, g.path, "cyclonedx-json"), "\"value\": \"6f70742fff\"",
		"\"value\": \"6f70742ffe\"",
		"pkg:deb/deb%FF%20ian/%3F/p%2B-.@1%20%26%3F%23%2F%25%FF?arch=a%20b&distro=deb%FF%20ian/%3F-1%203");
}

Test(evidence, sbom_of_files_in_several_layers_is_of_those_that_are_left)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;

	sbom_image_begin(&g, &a);
	sbom_put_file(&g, "srv/kept", "1");
	sbom_put_file(&g, "srv/replaced", "2");
	sbom_put_file(&g, "srv/removed", "3");
	imagegen_layer(&g);
	sbom_put_file(&g, "srv/.wh.removed", "");
	sbom_put_file(&g, "srv/replaced", "4");
	imagegen_add(&g, &(struct imagegen_entry){
				 .path = "srv/again", .type = '1', .link = "srv/replaced" });
	imagegen_add(&g,
		     &(struct imagegen_entry){ .path = "srv/link", .type = '2', .link = "kept" });
	imagegen_write(&g);
	cr_expect_str_eq(sbom_check(&a, g.dir, g.path),
			 "packages=0 sources=0 files=3 notes=0 licences=0 links=0");
}

Test(evidence, sbom_names_licences_and_quotes_what_is_not_listed)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;

	sbom_image_begin(&g, &a);
	sbom_put_file(&g, STATUS_D "one", "Package: one\nVersion: 1\nArchitecture: all\n");
	sbom_put_file(&g, STATUS_D "two", "Package: two\nVersion: 1\nArchitecture: all\n");
	sbom_put_file(&g, "usr/share/doc/one/copyright",
		      "Format: x\nLicense: MIT or GPL-2+\n\nLicense: odd\n Do as you like.\n");
	sbom_put_file(&g, "usr/share/doc/two/copyright",
		      "Format: x\nLicense: MIT\n\nLicense: odd\n Do as you like.\n");
	imagegen_write(&g);
	cr_expect_str_eq(sbom_check(&a, g.dir, g.path),
			 "packages=2 sources=2 files=4 notes=0 licences=1 links=0");
	EXPECT_IN(files_get(&a, arena_printf(&a, "%s/x.spdx.json", g.dir)),
		  "\"licenseDeclared\": \"(MIT OR GPL-2.0-or-later) AND LicenseRef-odd-",
		  "\"extractedText\": \"Do as you like.\"",
		  "\"licenseDeclared\": \"MIT AND LicenseRef-odd-",
		  "\"licenseConcluded\": \"NOASSERTION\"");
	EXPECT_IN(files_get(&a, arena_printf(&a, "%s/x.cdx.json", g.dir)),
		  "\"expression\": \"(MIT OR GPL-2.0-or-later) AND LicenseRef-odd-",
		  "\"id\": \"MIT\"", "\"name\": \"odd\"");
}

Test(evidence, sbom_tells_which_package_needs_which)
{
	static const char *const names[] = { "app", "lib" };
	static const char *const paths[] = { "usr/bin/app", "usr/lib/libx.so.1" };
	const struct elfgen made[] = { { .program = true, .needed = { "libx.so.1" } },
				       { .soname = "libx.so.1" } };
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;

	sbom_image_begin(&g, &a);
	for (size_t i = 0; i < 2; i++) {
		struct str bytes = elfgen_make(&a, &made[i]);
		char md5[33];

		md5_hex(bytes, md5);
		sbom_put_file(&g, arena_printf(&a, STATUS_D "%s", names[i]),
			      arena_printf(&a, "Package: %s\nVersion: 1\nArchitecture: amd64\n",
					   names[i]));
		sbom_put_file(&g, arena_printf(&a, STATUS_D "%s.md5sums", names[i]),
			      arena_printf(&a, "%s  %s\n", md5, paths[i]));
		imagegen_file(&g, paths[i], 0755, bytes);
	}
	imagegen_write(&g);
	cr_expect_str_eq(sbom_check(&a, g.dir, g.path),
			 "packages=2 sources=2 files=6 notes=0 licences=0 links=1");
	EXPECT_IN(files_get(&a, arena_printf(&a, "%s/x.cdx.json", g.dir)),
		  "\"ref\": \"pkg:deb/debian/app@1?arch=amd64\",\n      \"dependsOn\": [\n"
		  "        \"pkg:deb/debian/lib@1?arch=amd64\"\n      ]");
}
