/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that sign. */

#include "support/fixture_signer.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "support/fixture_files.h"

static const char signer_text[] =
	"import base64, json, subprocess, sys, tempfile\n"
	"q = json.load(sys.stdin)\n"
	"pem = q['key'].split(':', 1)[1]\n"
	"def openssl(*words, data=None):\n"
	"    return subprocess.run(['openssl', *words], input=data, stdout=subprocess.PIPE, check=True).stdout\n"
	"assert q['protocol'] == 1\n"
	"if sys.argv[1] == 'public-key':\n"
	"    print(json.dumps({'public-key': openssl('pkey', '-in', pem, '-pubout').decode()}))\n"
	"elif q['algorithm'] == 'ed25519':\n"
	"    with tempfile.NamedTemporaryFile() as f:\n"
	"        f.write(base64.b64decode(q['message']))\n"
	"        f.flush()\n"
	"        s = openssl('pkeyutl', '-sign', '-rawin', '-inkey', pem, '-in', f.name)\n"
	"    print(json.dumps({'signature': base64.b64encode(s).decode()}))\n"
	"else:\n"
	"    s = openssl('pkeyutl', '-sign', '-inkey', pem, data=base64.b64decode(q['sha256']))\n"
	"    print(json.dumps({'signature': base64.b64encode(s).decode()}))\n";

void signer_install_text(struct arena *a, const char *dir, const char *name, const char *text)
{
	const char *path = arena_printf(a, "%s/imgbuild-signer-%s", dir, name);

	files_put(path, arena_printf(a, "#!/usr/bin/python3\n%s", text));
	cr_assert_eq(chmod(path, 0755), 0);
}

void signer_install(struct arena *a, const char *dir)
{
	signer_install_text(a, dir, "fake", signer_text);
	setenv("PATH", arena_printf(a, "%s:%s", dir, getenv("PATH")), 1);
}
