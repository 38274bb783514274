/* SPDX-License-Identifier: Apache-2.0 */
/* The table of verbs. */

#include "cli/commands.h"

#include "cli/cmd_audit.h"
#include "cli/registry_options.h"
#include "cli/cmd_store.h"

const struct command commands[] = {
	{ "build", "RECIPE.json...", "build images (the verb may be left out)",
	  "  imgbuild recipes/hello.json\n"
	  "  imgbuild recipes/cephalo.json --archive cephalo.tar\n\n"
	  "  -o DIR          where the OCI layout goes (default out/NAME)\n"
	  "  --archive FILE  also write a tar for docker load, podman load and skopeo;\n"
	  "                  - is standard output: imgbuild RECIPE.json --archive - | podman load\n"
	  "  --archive-format F  oci, docker or hybrid (both). podman keeps a health check with docker alone,\n"
	  "                  which is the default where there is one; hybrid is the default elsewhere\n"
	  "  --tag NAME      the image's name and tag (default NAME:latest)\n"
	  "  --platform P    linux/amd64 (the default), linux/arm64, or both: P,P makes one image of two\n"
	  "  --no-audit      skip the audit and the recipe's tests at the end\n"
	  "  --shell-on-failure  a shell in the sandbox of a compile step that failed\n",
	  cmd_build, true },
	{ "lock", "RECIPE.json...", "pin every package and source a recipe stands on",
	  "  imgbuild lock recipes/hello.json\n\n"
	  "  Keeps every pin that still satisfies the recipe; the bases' locks come along.\n\n"
	  "  --check         change nothing; exit 1 if a lock is out of date or update would move something\n"
	  "  --suggest       print the lines that the recipe lacks: libraries, links, packages, accepted scripts\n"
	  "  --write         with --suggest: add them to the recipe, then lock it\n"
	  "  --verify        change nothing; check that the signed files it names say what it says\n"
	  "  --platform P    whose lock: linux/amd64, linux/arm64, or P,P (default: the usual one, and those\n"
	  "                  that are there)\n"
	  "  --allow-older   take an archive state older than one seen before\n",
	  cmd_lock, true },
	{ "update", "RECIPE.json [PACKAGE...]", "move the locks of a recipe and its bases forward",
	  "  imgbuild update recipes/cephalo.json\n"
	  "  imgbuild update recipes/cephalo.json libssl3t64\n\n"
	  "  Packages of one source move together. Shows what changed, and which other recipes stand on a base\n"
	  "  that moved.\n\n"
	  "  --platform P    whose locks: linux/amd64, linux/arm64, or P,P (default: all that images.json lists)\n"
	  "  --allow-older   take an archive state older than one seen before\n",
	  cmd_update, true },
	{ "fetch", "RECIPE.json...", "download what a lock names, and nothing else",
	  "  imgbuild fetch recipes/cephalo.json\n\n"
	  "  --platform P    for linux/amd64 (the default), linux/arm64, or P,P\n", cmd_fetch, false },
	{ "audit", "IMAGE", "judge what is in an image",
	  "  imgbuild audit out/hello\n"
	  "  imgbuild audit oci-archive:hello.tar --format html -o report.html\n"
	  "  imgbuild audit docker-archive:image.tar --policy report-only --cve tracker.json\n"
	  "  imgbuild audit out/cephalo --recipe recipes/cephalo.json\n\n"
	  "  --policy P      strict (the default), base, report-only, or a policy file\n"
	  "  --format F      text, json, sarif, junit, github, markdown or html\n"
	  "  --fail-on L     exit 1 from this severity on: info, low, medium, high, critical, never\n"
	  "  --cve FILE      vulnerability data: security tracker, OSV or OpenVEX; may be repeated\n"
	  "  --expand-max S  how much one layer may expand to, instead of what its size allows\n"
	  "  --recipe FILE   the policy and the exceptions of this recipe\n"
	  "  --platform P    which image of a multi-platform index\n"
	  "  -o FILE         write the report there\n",
	  cmd_audit, true },
	{ "diff", "A B", "what changed between two images",
	  "  imgbuild diff oci-archive:old.tar out/cephalo --format markdown\n\n"
	  "  --format F      text, json or markdown; exits 1 when something differs\n",
	  cmd_diff, true },
	{ "verify", "IMAGE", "build an image again and compare",
	  "  imgbuild verify out/cephalo\n"
	  "  imgbuild verify oci-archive:cephalo.tar --recipe recipes/cephalo.json --cache-dir /tmp/empty\n\n"
	  "  Run it in the repository the image was made from. What the store holds is reused: an empty\n"
	  "  --cache-dir makes everything anew. Exits 1 at the first difference, and 5 when recipe or lock\n"
	  "  are not those the image records.\n\n"
	  "  --recipe FILE   the recipe, when the image records none or is another's\n"
	  "  --anyway        compare even if recipe or lock have changed\n"
	  "  --format F      text or json\n"
	  "  --platform P    which image of a multi-platform index\n",
	  cmd_verify, true },
	{ "test", "IMAGE TESTS...", "structure tests of an image (container-structure-test's schema 2)",
	  "  imgbuild test out/cephalo recipes/cephalo.tests.json\n"
	  "  imgbuild test docker-archive:app.tar tests.yaml more.yaml --format junit -o tests.xml\n\n"
	  "  Files, settings and licences need no container; commands are run by podman, and are skipped where\n"
	  "  it is missing. Exits 1 when a test failed.\n\n"
	  "  --format F      text, json, junit or tap\n"
	  "  --no-commands   do not run commands: skip them\n"
	  "  --no-skips      exit 1 when something was skipped, too\n"
	  "  --platform P    which image of a multi-platform index\n"
	  "  -o FILE         write the report there\n",
	  cmd_test, true },
	{ "push", "IMAGE docker://REGISTRY/NAME[:TAG]...", "send an image to a registry",
	  "  imgbuild push out/hello docker://registry.example/team/hello:1.0\n"
	  "  imgbuild push oci-archive:hello.tar docker://127.0.0.1:5000/hello\n\n"
	  "  IMAGE is a layout folder (DIR, oci:DIR[:TAG]) or oci-archive:FILE; an image of several platforms\n"
	  "  goes as a whole. What the registry has is not sent again. Prints NAME@DIGEST.\n\n"
	  "  --authfile FILE     credentials, as podman login and docker login write them; without it\n"
	  "                      $REGISTRY_AUTH_FILE, else podman's and docker's own files\n"
	  "  --mount-from NAME   another repository of the registry that may have layers already\n"
	  "  --token-server HOST the registry's token server, when it is another host than the registry\n"
	  "  --tls-verify=false  clear-text http, without credentials; http is what a registry on this\n"
	  "                      machine (localhost, 127.0.0.1, [::1]) is spoken to, unless it is =true\n",
	  cmd_push, true },
	{ "pull", "docker://REGISTRY/NAME[:TAG|@DIGEST]", "get an image from a registry, verified",
	  "  imgbuild pull docker://registry.example/team/hello:1.0 -o out/hello\n"
	  "  imgbuild pull docker://127.0.0.1:5000/hello@sha256:... --archive hello.tar\n\n"
	  "  -o DIR              where the OCI layout goes (default out/NAME)\n"
	  "  --archive FILE      also write a tar for docker load, podman load and skopeo; - is standard output\n"
	  "  --archive-format F  oci, docker or hybrid (the default); docker, for podman to keep a health check\n"
	  "  --platform P        one image of a multi-platform index; without it all of the index. An image\n"
	  "                      that is for another platform alone is refused\n"
	  "  --authfile, --token-server, --tls-verify  as for push\n",
	  cmd_pull, false },
	{ "explain", "[RULE]", "what a finding means and what to do about it",
	  "  imgbuild explain elf.no-pie\n"
	  "  Without a rule: lists all of them.\n", cmd_explain, false },
	{ "why", "IMAGE WHAT", "why a file, library or package is in an image",
	  "  imgbuild why out/cephalo libcap.so.2\n"
	  "  imgbuild why out/cephalo /usr/bin/python3\n"
	  "  imgbuild why docker-archive:app.tar libssl3t64 --format json\n\n"
	  "  --format F      text or json\n"
	  "  --recipe FILE   the recipe it was made from, when it records none or is another's\n"
	  "  --platform P    which image of a multi-platform index\n",
	  cmd_why, true },
	{ "graph", "IMAGE", "who needs what in an image, for graphviz or mermaid",
	  "  imgbuild graph out/cephalo | dot -Tsvg -o cephalo.svg\n"
	  "  imgbuild graph out/cephalo --by package --format mermaid\n\n"
	  "  --format F      dot, mermaid or json\n"
	  "  --by WHAT       file or package\n"
	  "  --all           every module by itself, not those of a folder as one\n"
	  "  --platform P    which image of a multi-platform index\n",
	  cmd_graph, true },
	{ "sbom", "IMAGE", "what an image is made of, as SPDX or CycloneDX",
	  "  imgbuild sbom out/cephalo -o cephalo.spdx.json\n"
	  "  imgbuild sbom out/cephalo --format cyclonedx-json -o cephalo.cdx.json\n"
	  "  imgbuild sbom docker-archive:app.tar | jq '.packages[].name'\n\n"
	  "  The image is read, whoever made it: packages, their licences and sources, what was compiled, every\n"
	  "  file with its digest. The same image gives the same bytes.\n\n"
	  "  --format F      spdx-json (2.3, the default) or cyclonedx-json (1.6)\n"
	  "  --recipe FILE   the recipe it was made from: its locks add the digests of the Debian packages\n"
	  "  --platform P    which image of a multi-platform index\n"
	  "  -o FILE         write the document there, not to standard output\n",
	  cmd_sbom, true },
	{ "elf", "PATH...", "the library tree of programs, or of a root folder",
	  "  imgbuild elf /usr/bin/curl\n"
	  "  imgbuild elf --root rootfs /usr/sbin/squid\n\n"
	  "  --root DIR      look in this folder as a process chrooted into it would\n"
	  "  A folder as PATH means every ELF file below it. Exits 1 when a library is missing.\n",
	  cmd_elf, true },
	{ "gc", "", "remove what no recent build used from the store",
	  "  imgbuild gc --keep 30d --max-size 5G\n\n"
	  "  --keep AGE      what was used since then stays: a number and s, m, h, d or w (default 30d)\n"
	  "  --max-size N    the oldest go until the store is no larger: a number and K, M, G or T (default 5G)\n"
	  "  --dry-run       only say what would go\n", cmd_gc, false },
	{ "store", "verify", "hash everything in the store again", "", cmd_store, false },
	{ "schema", "", "print the JSON schema of recipes", "", cmd_schema, false },
	{ "completion", "bash|zsh|fish", "print what a shell needs to complete the command line",
	  "  eval \"$(imgbuild completion bash)\"\n"
	  "  source <(imgbuild completion zsh)\n"
	  "  imgbuild completion fish | source\n", cmd_completion, false },
	{ "version", "", "print the version", "", cmd_version, false },
	{ NULL, NULL, NULL, NULL, NULL, false },
};
