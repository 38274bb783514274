/* SPDX-License-Identifier: Apache-2.0 */
/* The files for CI services: those of docs/ci and those that `init --ci` writes. */

#include <criterion/criterion.h>

#include "base/str.h"
#include "explain/init/init.h"
#include "format/json/yaml.h"
#include "support/fixture_files.h"

static const char *const ci_documents[] = {
	"docs/ci/github/action.yml",
	"docs/ci/github/image.yml",
	"docs/ci/github/update.yml",
	"docs/ci/gitlab-ci.yml",
};

Test(ci_files, are_yaml_without_keys_that_are_there_twice)
{
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(ci_documents); i++) {
		AUTO_JSON doc = { 0 };

		cr_expect(yaml_load(&a, ci_documents[i], &doc, &e), "%s: %s%s", ci_documents[i],
			  e.context, e.cause);
	}
	for (int ci = INIT_CI_GITHUB; ci <= INIT_CI_GITLAB; ci++) {
		const char *text = init_ci_text(&a, (enum init_ci)ci, "web");
		AUTO_JSON doc = { 0 };

		cr_expect(yaml_parse(&a, "init", str_of(text), &doc, &e), "%s%s\n%s", e.context,
			  e.cause, text);
		cr_expect(strstr(text, " recipes/web.json --archive web.tar\n"), "%s", text);
	}
}

/* What both have to say in the same words. */
Test(ci_files, init_writes_what_the_documents_say)
{
	static const char *const github[] = {
		"apt-get update && apt-get install -y --no-install-recommends ",
		"imgbuild gc --cache-dir .imgbuild-store --for-ci --keep 1w --max-size 1G\n",
		"key: imgbuild-${{ hashFiles('**/*.lock.json') }}-${{ github.run_id }}\n",
		"imgbuild --locked --cache-dir .imgbuild-store ",
	};
	static const char *const gitlab[] = {
		"apt-get update && apt-get install -y --no-install-recommends ./ci/imgbuild.deb ",
		" --for-ci --keep 1w --max-size 1G\n",
		"imgbuild --locked ",
		"key: imgbuild\n",
	};
	AUTO_ARENA a = { 0 };
	const char *written = init_ci_text(&a, INIT_CI_GITHUB, "web");
	const char *document = files_get(&a, "docs/ci/github/action.yml");

	for (size_t i = 0; i < ARRAY_SIZE(github); i++)
		cr_expect(strstr(written, github[i]) && strstr(document, github[i]), "%s",
			  github[i]);
	written = init_ci_text(&a, INIT_CI_GITLAB, "web");
	document = files_get(&a, "docs/ci/gitlab-ci.yml");
	for (size_t i = 0; i < ARRAY_SIZE(gitlab); i++)
		cr_expect(strstr(written, gitlab[i]) && strstr(document, gitlab[i]), "%s",
			  gitlab[i]);
}
