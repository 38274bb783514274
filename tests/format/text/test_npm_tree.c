/* SPDX-License-Identifier: Apache-2.0 */
/* What npm leaves out with an optional package. Each case was made with npm 9: npm install
 * --package-lock-only and npm ci of packages of these needs from a local registry; what `npm ci`
 * installed is what has to stay. */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/text/npm_tree.h"

#define SUM                                                                                           \
	"sha512-9PsG8Bc3iWJtKHeR7xMfLHEbbVuZaWFr7oRbdWHTYXKdNVQLuxVdPbtVh3XVJq4Nvl0w0MOyx4cTHbPVh3yV" \
	"1w=="
#define LOCK(root, packages) \
	"{ \"lockfileVersion\": 3, \"packages\": { \"\": { " root " }, " packages " } }"
#define PACKAGE(place, more) \
	"\"node_modules/" place "\": { \"version\": \"1.0.0\", \"integrity\": \"" SUM "\"" more " }"
#define OPTIONAL ", \"optional\": true"
#define MAC OPTIONAL ", \"os\": [\"darwin\"]"
#define NEEDS(list) ", \"dependencies\": { " list " }"

static const struct {
	const char *name, *text, *left_out;
} tree_cases[] = {
	{ "what only it needs goes, too",
	  LOCK("\"optionalDependencies\": { \"mac\": \"*\" }",
	       PACKAGE("mac", MAC NEEDS("\"a\": \"*\"")) "," PACKAGE(
		       "a", OPTIONAL NEEDS("\"b\": \"*\"")) "," PACKAGE("b", OPTIONAL)),
	  "mac a b" },
	{ "what others need stays, and what that needs",
	  LOCK("\"optionalDependencies\": { \"mac\": \"*\" }, \"dependencies\": { \"a\": \"*\" }",
	       PACKAGE("mac", MAC NEEDS("\"a\": \"*\", \"c\": \"*\"")) "," PACKAGE(
		       "a", NEEDS("\"b\": \"*\"")) "," PACKAGE("b", "") "," PACKAGE("c", OPTIONAL)),
	  "mac c" },
	{ "what cannot do without it goes",
	  LOCK("\"optionalDependencies\": { \"top\": \"*\" }",
	       PACKAGE("top", OPTIONAL NEEDS("\"mac\": \"*\", \"a\": \"*\"")) "," PACKAGE(
		       "mac", MAC) "," PACKAGE("a", OPTIONAL)),
	  "top mac a" },
	{ "what can do without it stays",
	  LOCK("\"optionalDependencies\": { \"top\": \"*\" }",
	       PACKAGE("top", OPTIONAL
		       ", \"optionalDependencies\": { \"mac\": \"*\" }") "," PACKAGE("mac", MAC)),
	  "mac" },
	{ "the nearest package of a name is meant",
	  LOCK("\"optionalDependencies\": { \"mac\": \"*\" }, \"dependencies\": { \"a\": \"*\" }",
	       PACKAGE("mac", MAC NEEDS("\"a\": \"*\"")) "," PACKAGE("mac/node_modules/a",
								     OPTIONAL) "," PACKAGE("a",
											   "")),
	  "mac mac/node_modules/a" },
	{ "a project needs what it is developed with",
	  LOCK("\"optionalDependencies\": { \"mac\": \"*\" }, \"devDependencies\": { \"a\": \"*\" }",
	       PACKAGE("mac", MAC NEEDS("\"a\": \"*\"")) "," PACKAGE("a",
								     ", \"devOptional\": true")),
	  "mac" },
	{ "two may need what nobody else does",
	  LOCK("\"optionalDependencies\": { \"mac\": \"*\", \"mac2\": \"*\" }",
	       PACKAGE("mac", MAC NEEDS("\"a\": \"*\"")) "," PACKAGE(
		       "mac2", MAC NEEDS("\"a\": \"*\"")) "," PACKAGE("a", OPTIONAL)),
	  "mac mac2 a" },
	{ "an optional peer stays with who has it",
	  LOCK("\"optionalDependencies\": { \"mac\": \"*\" }, \"dependencies\": { \"p\": \"*\" }",
	       PACKAGE("mac", MAC NEEDS("\"a\": \"*\"")) "," PACKAGE("a", OPTIONAL) "," PACKAGE(
		       "p", ", \"peerDependencies\": { \"a\": \"*\" }, \"peerDependenciesMeta\": { "
			    "\"a\": { \"optional\": true } }")),
	  "mac" },
};

Test(npm_tree, what_goes_with_an_optional_package)
{
	for (size_t i = 0; i < ARRAY_SIZE(tree_cases); i++) {
		AUTO_ARENA a = { 0 };
		struct npm_entries l = { NULL, 0, 0 }, others = { NULL, 0, 0 };
		struct buf out = { .a = &a };
		struct error e = { 0 };

		cr_assert(npm_lock_read(&a, str_of(tree_cases[i].text), "package-lock.json", &l,
					&others, &e),
			  "%s: %s", tree_cases[i].name, e.cause);
		npm_tree_leave_out(&a, &l, &others, "x64", NULL);
		list_each(x, &l) {
			if (strings_has(&x->left_out, "x64"))
				buf_printf(&out, "%s%s", out.n ? " " : "",
					   x->place + strlen("node_modules/"));
		}
		cr_expect_str_eq(buf_cstr(&out), tree_cases[i].left_out, "%s: %s",
				 tree_cases[i].name, buf_cstr(&out));
	}
}
