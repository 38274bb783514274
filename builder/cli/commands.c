/* SPDX-License-Identifier: Apache-2.0 */
/* The table of verbs. */

#include "cli/commands.h"

#include "cli/audit.h"
#include "cli/store.h"

const struct command commands[] = {
	{ "build", "RECIPE.json...", "build images (the verb may be left out)",
	  "  imgbuild recipes/hello.json\n"
	  "  imgbuild recipes/cephalo.json --archive cephalo.tar\n\n"
	  "  -o DIR          where the OCI layout goes (default out/NAME)\n"
	  "  --archive FILE  also write a tar for docker load, podman load and skopeo\n"
	  "  --tag NAME      the image's name and tag (default NAME:latest)\n"
	  "  --platform P    linux/amd64 (the default)\n"
	  "  --no-audit      skip the audit at the end\n",
	  cmd_build },
	{ "lock", "RECIPE.json...", "pin every package and source a recipe stands on",
	  "  imgbuild lock recipes/hello.json\n\n"
	  "  --check         change nothing; exit 1 if the lock would change\n",
	  cmd_lock },
	{ "update", "RECIPE.json [PACKAGE...]", "move a lock forward and show what changed", "",
	  cmd_update },
	{ "fetch", "RECIPE.json...", "download what a lock names, and nothing else", "", cmd_fetch },
	{ "audit", "IMAGE", "judge what is in an image", "", cmd_audit },
	{ "explain", "RULE", "what a finding means and what to do about it", "", cmd_explain },
	{ "elf", "PATH...", "the library tree of programs, or of a root folder",
	  "  imgbuild elf /usr/bin/curl\n"
	  "  imgbuild elf --root rootfs /usr/sbin/squid\n\n"
	  "  --root DIR      look in this folder as a process chrooted into it would\n"
	  "  A folder as PATH means every ELF file below it. Exits 1 when a library is missing.\n",
	  cmd_elf },
	{ "gc", "", "remove what no recent build used from the store", "", cmd_gc },
	{ "store", "verify", "hash everything in the store again", "", cmd_store },
	{ "schema", "", "print the JSON schema of recipes", "", cmd_schema },
	{ "version", "", "print the version", "", cmd_version },
	{ NULL, NULL, NULL, NULL, NULL },
};
