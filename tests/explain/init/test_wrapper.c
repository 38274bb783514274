/* SPDX-License-Identifier: Apache-2.0 */
/* Scripts that only start another program, against what dash starts. */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "explain/init/wrapper.h"
#include "support/fixture_oracle.h"

/* Their program is /usr/bin/printf, which tells its words. */
static const char *const wrappers[] = {
	"exec /usr/bin/printf '<%s>' one 'a b' \"$@\"\n",
	"#!/bin/sh\n# a comment\n/usr/bin/printf '<%s>' \"$@\"\n",
	"A=/usr/share/java/a.jar:/b.jar\nexec /usr/bin/printf '<%s>' -cp $A:/c.jar \"$@\"\n",
	"A='x y'\nB=\"z\"\nexec /usr/bin/printf '<%s>' $A ${B}w \"$@\"\n",
};

Test(wrapper, the_program_gets_the_words_that_a_shell_gives_it)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrappers); i++) {
		AUTO_ARENA a = { 0 };
		struct strings words = { 0 };
		struct buf got = { .a = &a };
		struct str told = ORACLE(&a, "dash", "-c", wrappers[i], "x", "last");

		cr_assert(wrapper_read(&a, str_of(wrappers[i]), &words), "%s", wrappers[i]);
		cr_expect_str_eq(words.v[0], "/usr/bin/printf");
		*list_push(&a, &words) = "last";
		for (size_t k = 2; k < words.n; k++)
			buf_printf(&got, "<%s>", words.v[k]);
		cr_expect_str_eq(buf_cstr(&got), told.p, "%s", wrappers[i]);
	}
}

/* What only a run knows. */
Test(wrapper, others_are_not_read)
{
	static const char *const others[] = {
		"if [ -x /usr/bin/java ]; then A=1; fi\nexec java -jar x.jar \"$@\"\n",
		"cd /usr/share/x\nexec java -jar x.jar \"$@\"\n",
		"A=1\nA=2\nexec x $A \"$@\"\n",
		"exec x `date` \"$@\"\n",
		"exec x $UNSET \"$@\"\n",
		"exec x\n",
		"exec \"$@\"\n",
		"exec x \"$1\"\n",
		"exec x '\n",
		"",
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		AUTO_ARENA a = { 0 };
		struct strings words = { 0 };

		cr_expect_not(wrapper_read(&a, str_of(others[i]), &words), "%s", others[i]);
	}
}

/* java-wrappers(7) */
Test(wrapper, scripts_of_java_wrappers_name_jars_and_a_class)
{
	AUTO_ARENA a = { 0 };
	struct strings words = { 0 };

	cr_assert(wrapper_read(&a,
			       STR("#!/bin/sh\n. /usr/lib/java-wrappers/java-wrappers.sh\n"
				   "MAIN=org.x.Main\nJARS=\"one two.jar\"\nfind_java_runtime\n"
				   "find_jars ${JARS}\nfind_jars /opt/three\n"
				   "run_java ${MAIN} -q \"$@\"\n"),
			       &words));
	cr_expect_str_eq(strings_join(&a, &words, " "),
			 "java -cp /usr/share/java/one.jar:/usr/share/java/two.jar:/opt/three.jar "
			 "org.x.Main -q");
}

/* In the image: a Java runtime has java where no PATH leads. */
Test(wrapper, the_runtime_of_the_image_is_named)
{
	static const struct owner owner = { .kind = OWNER_PACKAGE, .name = "x" };
	const char *java = "usr/lib/jvm/java-21-openjdk-amd64/bin/java";
	const struct node node = { .path = java, .type = NODE_FILE, .mode = 0755, .owner = &owner };
	AUTO_ARENA a = { 0 };
	struct chain chain = { 0 };
	struct collecting c = { .a = &a, .chain = &chain };
	struct strings words = { 0 };
	struct error e = { 0 };
	bool found;

	tree_init(&chain.tree, &a);
	cr_assert(tree_add(&chain.tree, &node, &e));
	cr_assert(wrapper_find(&c, "/usr/bin/none", &words, &found, &e) && !found);
	cr_expect_str_eq(wrapper_program(&c, "java"), arena_printf(&a, "/%s", java));
	cr_expect_null(wrapper_program(&c, "javac"));
	cr_expect_null(wrapper_program(&c, "/usr/bin/java"));
}
