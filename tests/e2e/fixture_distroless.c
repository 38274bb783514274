/* SPDX-License-Identifier: Apache-2.0 */
/* Takes an image apart by its package records. */

#include "e2e/fixture_distroless.h"

static const char relayer[] =
	"import sys, os, io, json, gzip, hashlib, subprocess, tarfile\n"
	"src, out = sys.argv[1:3]\n"
	"blob = lambda d: open(src + '/blobs/' + d.replace(':', '/'), 'rb').read()\n"
	"os.makedirs(out + '/blobs/sha256')\n"
	"def put(data):\n"
	"    h = hashlib.sha256(data).hexdigest()\n"
	"    open(out + '/blobs/sha256/' + h, 'wb').write(data)\n"
	"    return {'digest': 'sha256:' + h, 'size': len(data)}\n"
	"index = json.load(open(src + '/index.json'))\n"
	"manifest = json.loads(blob(index['manifests'][0]['digest']))\n"
	"config = json.loads(blob(manifest['config']['digest']))\n"
	"files = {}\n"
	"for l in manifest['layers']:\n"
	"    t = tarfile.open(fileobj=io.BytesIO(gzip.decompress(blob(l['digest']))))\n"
	"    for m in t:\n"
	"        files[m.name.rstrip('/')] = (m, t.extractfile(m).read() if m.isreg() else b'')\n"
	"of, names = {}, []\n"
	"status = 'var/lib/dpkg/status.d/'\n"
	"for p in sorted(files):\n"
	"    if p.startswith(status) and p.endswith('.md5sums'):\n"
	"        n = p[len(status):-8]\n"
	"        names.append(n)\n"
	"        for line in files[p][1].decode().splitlines():\n"
	"            of.setdefault(line.split('  ', 1)[1], n)\n"
	"        of[p] = of[status + n] = n\n"
	"parts = {n: {} for n in names + ['']}\n"
	"for p in sorted(files):\n"
	"    part = parts[of.get(p, '')]\n"
	"    up = p\n"
	"    while '/' in up:\n"
	"        up = up.rpartition('/')[0]\n"
	"        if up in files and files[up][0].isdir(): part[up] = files[up]\n"
	"    part[p] = files[p]\n"
	"def info(name, data=b''):\n"
	"    m = tarfile.TarInfo(name); m.size = len(data); return m, data\n"
	"stale = 'etc/ssl/certs'\n"
	"parts[names[0]].setdefault('etc', files['etc']); parts[names[0]].setdefault('etc/ssl', files['etc/ssl'])\n"
	"parts[names[0]][stale] = files[stale]\n"
	"parts[names[0]][stale + '/stale'] = info(stale + '/stale', b'old')\n"
	"parts[''][stale + '/.wh..wh..opq'] = info(stale + '/.wh..wh..opq')\n"
	"if sys.argv[3] == '0555': parts[''][stale + '/ca-certificates.crt'][0].mode = 0o555\n"
	"layers, diffs = [], []\n"
	"for i, n in enumerate(names + ['']):\n"
	"    raw = io.BytesIO()\n"
	"    t = tarfile.open(fileobj=raw, mode='w', format=tarfile.GNU_FORMAT)\n"
	"    for p in sorted(parts[n]):\n"
	"        m, data = parts[n][p]\n"
	"        t.addfile(m, io.BytesIO(data))\n"
	"    t.close()\n"
	"    raw = raw.getvalue()\n"
	"    diffs.append('sha256:' + hashlib.sha256(raw).hexdigest())\n"
	"    if i % 3 == 0: kind, packed = '', raw\n"
	"    elif i % 3 == 1: kind, packed = '+gzip', gzip.compress(raw, mtime=946684800)\n"
	"    else: kind, packed = '+zstd', subprocess.run(['zstd', '-q'], input=raw, stdout=-1, check=True).stdout\n"
	"    layers.append({'mediaType': 'application/vnd.oci.image.layer.v1.tar' + kind, **put(packed)})\n"
	"config['rootfs']['diff_ids'] = diffs\n"
	"config['history'] = [{'created': '1970-01-01T00:00:00Z', 'created_by': 'bazel build ...'} for d in diffs]\n"
	"M = 'application/vnd.oci.image.'\n"
	"m = {'schemaVersion': 2, 'mediaType': M + 'manifest.v1+json',\n"
	"     'config': {'mediaType': M + 'config.v1+json', **put(json.dumps(config).encode())}, 'layers': layers}\n"
	"d = {'mediaType': M + 'manifest.v1+json', **put(json.dumps(m).encode())}\n"
	"json.dump({'schemaVersion': 2, 'mediaType': M + 'index.v1+json', 'manifests': [d]}, open(out + '/index.json', 'w'))\n"
	"open(out + '/oci-layout', 'w').write('{\"imageLayoutVersion\":\"1.0.0\"}')\n";

static void relayer_run(struct arena *a, const char *from, const char *out, const char *mode)
{
	oracle_need("python3");
	oracle_need("zstd");
	ORACLE(a, "python3", "-c", relayer, from, out, mode);
}

void distroless_make(struct arena *a, const char *from, const char *out)
{
	relayer_run(a, from, out, "0555");
}

void distroless_make_alike(struct arena *a, const char *from, const char *out)
{
	relayer_run(a, from, out, "as it was");
}
