/* SPDX-License-Identifier: Apache-2.0 */
/* Exit statuses, variables of the environment, files. */

#include "cli/conventions.h"

const struct convention exit_statuses[] = {
	{ "0", "success" },
	{ "1", "findings, failed tests, or a comparison that differs" },
	{ "2", "the command line is wrong" },
	{ "3", "bad input: a recipe, lock, package or image" },
	{ "4", "network or registry" },
	{ "5", "verification failed: a signature, a digest, or an archive that is too old" },
	{ "6", "this machine: disk full, no permission, no sandbox" },
	{ "130, 143", "ended by SIGINT, by SIGTERM" },
	{ 0 },
};

const struct convention environment_variables[] = {
	{ "IMGBUILD_CACHE_DIR", "the store, when there is no --cache-dir" },
	{ "IMGBUILD_CACHE_FROM, IMGBUILD_CACHE_TO, IMGBUILD_CACHE_KEY",
	  "as --cache-from, --cache-to and --cache-key; several with blanks or lines between" },
	{ "IMGBUILD_DATA", "the folder of what comes with imgbuild: bases, archives, toolchains" },
	{ "IMGBUILD_MIRROR", "Debian mirrors, as --mirror" },
	{ "IMGBUILD_CVE",
	  "addresses of vulnerability data with blanks or lines between, for --cve debian" },
	{ "IMGBUILD_PROGRESS", "as --progress" },
	{ "IMGBUILD_NETRC", "a file with logins for mirrors, instead of ~/.config/imgbuild/auth" },
	{ "IMGBUILD_PASSPHRASE",
	  "of encrypted keys that sign, when there is no --passphrase-file" },
	{ "IMGBUILD_SHARDS", "how many parts there are, for --shard auto in Kubernetes" },
	{ "IMGBUILD_LAUNCHER", "ccache or distcc, for what is compiled" },
	{ "CI", "set by services that build: --incremental reads no caches there" },
	{ "IMGBUILD_NO_JAIL",
	  "parse untrusted files without protection, for debuggers and valgrind; warns" },
	{ "GOPROXY, CARGO_HOME",
	  "where modules of Go come from; the folder of cargo's config.toml" },
	{ "GOENV, GOPRIVATE, GONOPROXY",
	  "the file that go env -w writes; modules that no proxy of GOPROXY is asked for" },
	{ "npm_config_registry, NPM_CONFIG_USERCONFIG",
	  "where packages of npm come from; the user's .npmrc" },
	{ "PIP_INDEX_URL, PIP_EXTRA_INDEX_URL, PIP_CONFIG_FILE",
	  "where wheels come from; the user's pip.conf" },
	{ "CCACHE_REMOTE_STORAGE", "of ccache" },
	{ "DISTCC_HOSTS", "of distcc" },
	{ "MAKEFLAGS", "a jobserver of make, whose processors are shared" },
	{ "SOURCE_DATE_EPOCH", "with sbom: the time of an image that records none" },
	{ "REGISTRY_AUTH_FILE", "credentials for registries, when there is no --authfile" },
	{ "DOCKER_CONFIG", "the folder of docker's own config.json" },
	{ "http_proxy, HTTPS_PROXY, ALL_PROXY, NO_PROXY", "proxies, as curl has them" },
	{ "CURL_CA_BUNDLE, SSL_CERT_FILE, SSL_CERT_DIR",
	  "certificates of authorities, instead of the system's" },
	{ "GITHUB_STEP_SUMMARY", "with audit --format github: where the summary goes" },
	{ "NO_COLOR, FORCE_COLOR, TERM",
	  "no colour; colour also where there is no terminal; dumb: no colour" },
	{ "HOME, XDG_CACHE_HOME, XDG_CONFIG_HOME", "where ~/.cache and ~/.config are" },
	{ "TMPDIR", "the folder for temporary files, instead of /tmp" },
	{ 0 },
};

const struct convention standard_files[] = {
	{ "images.json",
	  "archives, bases, toolchains and images of a repository, whose root is its folder; those that it "
	  "lacks are taken from share/imgbuild" },
	{ "RECIPE.lock.json",
	  "the lock, beside each recipe; RECIPE.arm64.lock.json for linux/arm64" },
	{ "locks/BASE.lock.json", "the lock of a base that comes with imgbuild" },
	{ "locks/tools.lock.json", "pins what compresses layers and reads packages" },
	{ "~/.cache/imgbuild", "the store: downloads and what was made of them" },
	{ 0 },
};
