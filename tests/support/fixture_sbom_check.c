/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_sbom_check.h"

#include <criterion/criterion.h>

#include "cli/commands.h"
#include "support/fixture_oracle.h"
#include "support/fixture_verb.h"

/* The image as a dictionary of its files, by applying its layers. */
static const char read_image[] =
	"import sys, json, hashlib, tarfile, gzip, io, re, collections\n"
	"layout, spdx, cdx = sys.argv[1:4]\n"
	"blob = lambda d: open(layout + '/blobs/sha256/' + d.split(':')[1], 'rb').read()\n"
	"index = json.load(open(layout + '/index.json'))\n"
	"digest = index['manifests'][0]['digest']; manifest = json.loads(blob(digest))\n"
	"files = {}; text = {}\n"
	"key = lambda n: n.encode('utf-8', 'surrogateescape').removeprefix(b'./').rstrip(b'/')\n"
	"def below(p): return [f for f in files if f == p or f.startswith(p + b'/')]\n"
	"for layer in manifest['layers']:\n"
	"    tar = tarfile.open(fileobj=io.BytesIO(gzip.decompress(blob(layer['digest']))))\n"
	"    for m in tar:\n"
	"        p = key(m.name); folder, _, base = p.rpartition(b'/')\n"
	"        if base.startswith(b'.wh.'):\n"
	"            for f in below(folder + b'/' + base[4:]): del files[f]\n"
	"            continue\n"
	"        if not m.isdir():\n"
	"            for f in below(p): del files[f]\n"
	"        if m.islnk() and key(m.linkname) in files: files[p] = files[key(m.linkname)]\n"
	"        if m.isreg():\n"
	"            b = tar.extractfile(m).read()\n"
	"            files[p] = (hashlib.sha1(b).hexdigest(), hashlib.sha256(b).hexdigest()); text[p] = b\n"
	"records = set(); made_from = set()\n"
	"for p in files:\n"
	"    if p == b'var/lib/dpkg/status' or (p.startswith(b'var/lib/dpkg/status.d/') and not p.endswith(b'.md5sums')):\n"
	"        for s in text[p].decode('latin-1').split('\\n\\n'):\n"
	"            f = dict(re.findall(r'^([A-Za-z-]+): *(.*)$', s, re.M))\n"
	"            if 'Package' in f and 'Version' in f and f.get('Status', ' installed').endswith(' installed'):\n"
	"                records.add((f['Package'], f['Version'], f.get('Architecture')))\n"
	"                m = re.fullmatch(r'(\\S+)(?: \\((.*)\\))?', f.get('Source', f['Package']))\n"
	"                made_from.add((f['Package'], f['Version'], m.group(1), m.group(2) or f['Version']))\n";

/* SPDX 2.3: clauses 6 to 11, and the members that its JSON form has. */
static const char check_spdx[] =
	"doc = json.load(open(spdx, encoding='utf-8')); root = 'SPDXRef-DOCUMENT'\n"
	"keys = lambda o, must, may='': (set(must.split()) <= set(o) <= set((must + ' ' + may).split())) or sys.exit(str(o))\n"
	"keys(doc, 'SPDXID spdxVersion dataLicense name documentNamespace creationInfo packages files relationships',\n"
	"     'hasExtractedLicensingInfos')\n"
	"assert doc['SPDXID'] == root and doc['spdxVersion'] == 'SPDX-2.3' and doc['dataLicense'] == 'CC0-1.0'\n"
	"assert re.fullmatch(r'\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ', doc['creationInfo']['created'])\n"
	"assert re.fullmatch(r'https://[A-Za-z0-9./-]+', doc['documentNamespace'])\n"
	"ids = [x['SPDXID'] for x in doc['packages'] + doc['files']]\n"
	"assert len(ids) == len(set(ids)) and all(re.fullmatch(r'SPDXRef-[A-Za-z0-9.-]+', i) for i in ids)\n"
	"known = set(ids) | {root}; licences = set(); holds = collections.defaultdict(list)\n"
	"for f in doc['files']:\n"
	"    keys(f, 'SPDXID fileName checksums fileTypes', 'comment'); assert f['fileName'].startswith('./')\n"
	"seen = {}\n"
	"for f in doc['files']:\n"
	"    c = {x['algorithm']: x['checksumValue'] for x in f['checksums']}\n"
	"    lost = f.get('comment', '').rpartition(': ')[2]\n"
	"    seen[bytes.fromhex(lost) if lost else f['fileName'][2:].encode()] = (c['SHA1'], c['SHA256'])\n"
	"assert seen == files, (set(seen) ^ set(files))\n"
	"byid = {f['SPDXID']: f for f in doc['files']}\n"
	"for r in doc['relationships']:\n"
	"    keys(r, 'spdxElementId relationshipType relatedSpdxElement')\n"
	"    assert r['spdxElementId'] in known and r['relatedSpdxElement'] in known\n"
	"    if r['relationshipType'] == 'CONTAINS': holds[r['spdxElementId']].append(r['relatedSpdxElement'])\n"
	"count = collections.Counter(i for v in holds.values() for i in v if i in byid)\n"
	"assert set(count) == set(byid) and set(count.values()) <= {1}\n"
	"for p in doc['packages']:\n"
	"    keys(p, 'SPDXID name downloadLocation filesAnalyzed licenseConcluded licenseDeclared copyrightText',\n"
	"         'versionInfo supplier originator packageVerificationCode checksums comment primaryPackagePurpose '\n"
	"         'sourceInfo externalRefs')\n"
	"    mine = [byid[i] for i in holds[p['SPDXID']] if i in byid]\n"
	"    assert p['filesAnalyzed'] == bool(mine) == ('packageVerificationCode' in p)\n"
	"    if mine:\n"
	"        sums = sorted(f['checksums'][0]['checksumValue'] for f in mine)\n"
	"        code = hashlib.sha1(''.join(sums).encode()).hexdigest()\n"
	"        assert code == p['packageVerificationCode']['packageVerificationCodeValue'], p['name']\n"
	"    for who in (p.get('supplier'), p.get('originator')):\n"
	"        assert who in (None, 'NOASSERTION') or re.match(r'(Person|Organization): .', who), who\n"
	"    for x in p.get('externalRefs', []):\n"
	"        keys(x, 'referenceCategory referenceType referenceLocator'); assert ' ' not in x['referenceLocator']\n"
	"    words = re.findall(r'[A-Za-z0-9.+-]+', p['licenseDeclared'])\n"
	"    licences |= {w for w in words if w.startswith('LicenseRef-')}\n"
	"told = {x['licenseId'] for x in doc.get('hasExtractedLicensingInfos', [])}\n"
	"assert told == licences, told ^ licences\n"
	"assert all(x['extractedText'] for x in doc.get('hasExtractedLicensingInfos', []))\n"
	"image = doc['packages'][0]; assert image['primaryPackagePurpose'] == 'CONTAINER'\n"
	"assert [r['relatedSpdxElement'] for r in doc['relationships'] if r['relationshipType'] == 'DESCRIBES'] == [image['SPDXID']]\n"
	"assert image['checksums'][0]['checksumValue'] == digest.split(':')[1]\n"
	"debs = [p for p in doc['packages'] if 'sourceInfo' in p]\n"
	"purl = lambda p: p['externalRefs'][0]['referenceLocator']\n"
	"arch = lambda p: re.search(r'arch=([^&]*)', purl(p))\n"
	"assert {(p['name'], p['versionInfo'], arch(p).group(1) if arch(p) else None) for p in debs} == records, records\n"
	"assert len(debs) == len(records)\n"
	"name = {p['SPDXID']: (p['name'], p['versionInfo']) for p in doc['packages'] if 'versionInfo' in p}\n"
	"of = {name[r['spdxElementId']] + name[r['relatedSpdxElement']] for r in doc['relationships']\n"
	"      if r['relationshipType'] == 'GENERATED_FROM'}\n"
	"assert of == made_from, of ^ made_from\n";

/* CycloneDX 1.6, and that it tells the same. */
static const char check_cdx[] =
	"bom = json.load(open(cdx, encoding='utf-8'))\n"
	"assert bom['bomFormat'] == 'CycloneDX' and bom['specVersion'] == '1.6' and bom['version'] == 1\n"
	"assert re.fullmatch(r'urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}', bom['serialNumber'])\n"
	"assert bom['serialNumber'][9:] not in doc['documentNamespace'] and bom['metadata']['timestamp'] == doc['creationInfo']['created']\n"
	"refs = []; found = {}\n"
	"def walk(c):\n"
	"    refs.append(c['bom-ref'])\n"
	"    if c['type'] == 'file':\n"
	"        lost = c['properties'][0]['value'] if 'properties' in c else ''\n"
	"        found[bytes.fromhex(lost) if lost else c['name'][1:].encode()] = c['hashes'][0]['content']\n"
	"    for x in c.get('components', []): walk(x)\n"
	"for c in [bom['metadata']['component']] + bom['components']: walk(c)\n"
	"assert len(refs) == len(set(refs)) and found == {p: s[1] for p, s in files.items()}\n"
	"outer = [c for c in bom['components'] if c['type'] != 'file']\n"
	"sources = [p for p in doc['packages'] if p.get('primaryPackagePurpose') == 'SOURCE']\n"
	"assert len(outer) == len(doc['packages']) - 1 - len(sources)\n"
	"assert sorted(c['purl'] for c in outer if 'pedigree' in c) == sorted(purl(p) for p in debs)\n"
	"deps = bom['dependencies']; packages = {c['bom-ref'] for c in outer} | {bom['metadata']['component']['bom-ref']}\n"
	"assert {d['ref'] for d in deps} == packages and len(deps) == len(packages)\n"
	"assert all(x in packages and x != d['ref'] for d in deps for x in d['dependsOn'])\n"
	"assert all(len(set(d['dependsOn'])) == len(d['dependsOn']) for d in deps)\n"
	"kinds = collections.Counter(r['relationshipType'] for r in doc['relationships'])\n"
	"print('packages=%d sources=%d files=%d notes=%d licences=%d links=%d' % (len(debs), len(sources), len(files),\n"
	"      len([c for c in outer if c['type'] == 'application']), len(told), kinds['DEPENDS_ON']))\n";

static const char *sbom_document(struct arena *a, const char *layout, const char *form,
				 const char *path)
{
	struct verb_run r = VERB(a, cmd_sbom, "sbom", layout, "--format", form, "-o", path);

	cr_assert(r.ok, "%s", r.message);
	return path;
}

const char *sbom_check(struct arena *a, const char *dir, const char *layout)
{
	const char *spdx = sbom_document(a, layout, "spdx-json",
					 arena_printf(a, "%s/x.spdx.json", dir));
	const char *cdx = sbom_document(a, layout, "cyclonedx-json",
					arena_printf(a, "%s/x.cdx.json", dir));
	struct str said;

	oracle_need("python3");
	said = ORACLE(a, "python3", "-c",
		      arena_printf(a, "%s%s%s", read_image, check_spdx, check_cdx), layout, spdx,
		      cdx);
	return str_dup(a, str_trim(said));
}

const char *sbom_npm(struct arena *a, const char *dir, const char *package)
{
	struct oracle_run packed;

	oracle_need("npm");
	packed = oracle_run(a, (const char *const[]){
				       "npm", "pack", "--silent", "--pack-destination", dir,
				       "--cache", arena_printf(a, "%s/npm", dir), package, NULL });
	if (packed.status)
		return NULL;
	ORACLE(a, "tar", "-xzf", arena_printf(a, "%s/" STR_FMT, dir, STR_ARG(str_trim(packed.out))),
	       "-C", dir);
	return arena_printf(a, "%s/package", dir);
}
