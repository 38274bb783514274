/* SPDX-License-Identifier: Apache-2.0 */
#include "input/recipe/key_homes.h"

#define OF_PROVIDER "in an entry of a component's \"providers\""
#define OF_COMPONENT "in an entry of \"components\""
#define OF_CONFIG "in \"config\""
#define OF_HEALTH "in \"healthcheck\" of \"config\""
#define OF_SOURCE "in a source recipe, a file of its own that a provider names as its \"source\""

/* A key that has several places has none here. */
const struct json_home key_homes[] = {
	{ "packages", OF_PROVIDER },
	{ "source", OF_PROVIDER " or of \"programs\"" },
	{ "download", OF_PROVIDER },
	{ "alternatives", OF_PROVIDER },
	{ "providers", OF_COMPONENT },
	{ "keep", OF_COMPONENT },
	{ "drop", OF_COMPONENT },
	{ "depends", OF_COMPONENT },
	{ "needs", OF_COMPONENT },
	{ "entrypoint", OF_CONFIG },
	{ "cmd", OF_CONFIG },
	{ "user", OF_CONFIG },
	{ "workdir", OF_CONFIG },
	{ "env", OF_CONFIG },
	{ "expose", OF_CONFIG },
	{ "volumes", OF_CONFIG },
	{ "labels", OF_CONFIG },
	{ "annotations", OF_CONFIG },
	{ "stop-signal", OF_CONFIG },
	{ "healthcheck", OF_CONFIG },
	{ "probe", OF_HEALTH },
	{ "interval", OF_HEALTH },
	{ "timeout", OF_HEALTH },
	{ "retries", OF_HEALTH },
	{ "policy", "in \"audit\"" },
	{ "compression", "in \"layers\"" },
	{ "folder", OF_SOURCE },
	{ "debian-source", OF_SOURCE },
	{ "steps", OF_SOURCE },
	{ "ignore", OF_SOURCE },
	{ "dependencies", OF_SOURCE },
	{ "patches", OF_SOURCE },
	{ "base", "at the top of an image's recipe" },
	{ "components", "at the top of an image's recipe" },
	{ "programs", "at the top of an image's recipe" },
	{ "files", "at the top of an image's recipe" },
	{ "users", "at the top of an image's recipe" },
	{ "groups", "at the top of an image's recipe" },
	{ "effects", "at the top of an image's recipe" },
	{ "tests", "at the top of an image's recipe" },
	{ "epoch", "at the top of an image's recipe" },
	/* names that other tools have */
	{ "image", "at the top of an image's recipe, where it is called \"base\"" },
	{ "ports", OF_CONFIG ", where it is called \"expose\"" },
	{ "environment", OF_CONFIG ", where it is called \"env\"" },
	{ "command", OF_CONFIG ", where it is called \"entrypoint\" or \"cmd\"" },
	{ NULL, NULL },
};
