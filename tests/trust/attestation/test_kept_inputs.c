/* SPDX-License-Identifier: Apache-2.0 */
/* The list of the files that a build read: whoever wrote it, and whatever archive comes with it. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "trust/attestation/kept_inputs.h"
#include "trust/attestation/provenance.h"

#define SUM "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" /* of no bytes */
#define HEAD "{\"format\":1,\"archive\":{\"sha256\":\"" SUM "\",\"size\":100},\"files\":["
#define BYTES ",\"sha256\":\"" SUM "\",\"offset\":0,\"size\":0}"

static const char *kept_refused(struct arena *a, const char *text, enum err_kind kind)
{
	struct kept_inputs l;
	struct error e = { 0 };
	char message[1600];

	cr_expect_not(kept_inputs_read(a, str_of(text), &l, &e), "%s", text);
	cr_expect_eq(e.kind, kind);
	err_format(&e, message, sizeof(message));
	return arena_strdup(a, message);
}

Test(kept_inputs, what_is_written_is_read)
{
	AUTO_ARENA a = { 0 };
	struct kept_inputs l = { .size = 4096 }, read;
	struct error e = { 0 };

	l.archive = digest_of(STR("archive"));
	*list_push(&a, &l.v) = (struct kept_input){ .path = "built-in/images.json",
						    .offset = 512,
						    .size = 7,
						    .sha256 = digest_of(STR("content")) };
	*list_push(&a, &l.v) = (struct kept_input){ .path = "repository/a b\"\\\303\237",
						    .type = KEPT_LINK,
						    .target = "../x" };
	*list_push(&a, &l.v) = (struct kept_input){ .path = "repository/empty",
						    .type = KEPT_FOLDER };
	*list_push(&a, &l.v) = (struct kept_input){ .path = "repository/run",
						    .executable = true,
						    .sha256 = digest_of(STR("")) };
	cr_assert(kept_inputs_read(&a, kept_inputs_text(&a, &l), &read, &e), "%s", e.cause);
	cr_assert_eq(read.v.n, l.v.n);
	cr_expect(read.size == l.size && digest_eq(&read.archive, &l.archive));
	for (size_t i = 0; i < l.v.n; i++) {
		const struct kept_input *x = &l.v.v[i], *y = &read.v.v[i];

		cr_expect_str_eq(y->path, x->path);
		cr_expect(y->type == x->type && y->offset == x->offset && y->size == x->size &&
			  y->executable == x->executable && digest_eq(&y->sha256, &x->sha256));
		cr_expect_str_eq(y->target ? y->target : "", x->target ? x->target : "");
	}
}

Test(kept_inputs, a_list_that_lies_is_refused_at_its_place)
{
	AUTO_ARENA a = { 0 };
	static const char *const lies[][2] = {
		{ "", "" },
		{ "{}", "format" },
		{ "{\"format\":2,\"files\":[]}", "a newer one wrote this" },
		{ "{\"format\":1,\"archive\":{\"sha256\":\"" SUM "\",\"size\":67108864}}",
		  "the key \"files\" is missing" },
		{ "{\"format\":1,\"archive\":{\"sha256\":\"" SUM "\",\"size\":67108865}}",
		  "is more than 67108864" },
		{ HEAD "{\"path\":\"etc/passwd\"" BYTES "]}", "is not a path below repository/" },
		{ HEAD "{\"path\":\"repository\"" BYTES "]}", "is not a path below repository/" },
		{ HEAD "{\"path\":\"repository/../x\"" BYTES "]}", "\"..\"" },
		{ HEAD "{\"path\":\"/repository/x\"" BYTES "]}",
		  "is not a path below repository/" },
		{ HEAD "{\"path\":\"repository//x\"" BYTES "]}",
		  "is not a path below repository/" },
		{ HEAD "{\"path\":\"repository/b\"" BYTES ",{\"path\":\"repository/a\"" BYTES "]}",
		  "is there twice, or not in order" },
		{ HEAD "{\"path\":\"repository/a\"" BYTES ",{\"path\":\"repository/a\"" BYTES "]}",
		  "is there twice, or not in order" },
		{ HEAD "{\"path\":\"repository/a\",\"sha256\":\"" SUM
		       "\",\"offset\":99,\"size\":2}]}",
		  "the archive does not have these bytes: it has 100" },
		{ HEAD "{\"path\":\"repository/a\",\"sha256\":\"" SUM
		       "\",\"offset\":9223372036854775807,\"size\":2}]}",
		  "the archive does not have these bytes" },
		{ HEAD "{\"path\":\"repository/a\",\"sha256\":\"E3\",\"offset\":0,\"size\":0}]}",
		  "must be 64 hexadecimal digits" },
		{ HEAD "{\"path\":\"repository/a\",\"link\":\"\"}]}", "must not be empty" },
		{ HEAD "{\"path\":\"repository/a\",\"mode\":1}]}", "mode" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		const char *says = kept_refused(&a, lies[i][0], ERR_INPUT);

		cr_expect(strstr(says, lies[i][1]), "%s: %s", lies[i][0], says);
	}
}

/* One file of three bytes, and what it is said to be. */
static struct kept_inputs kept_of(struct arena *a, struct str archive, const char *bytes)
{
	struct kept_inputs l = { .archive = digest_of(archive), .size = archive.n };

	*list_push(a, &l.v) = (struct kept_input){ .path = "repository/a/b",
						   .size = archive.n,
						   .executable = true,
						   .sha256 = digest_of(str_of(bytes)) };
	return l;
}

static bool kept_restore(const struct kept_inputs *l, struct str archive, const char *dir,
			 struct error *e)
{
	AUTO_FD fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return kept_inputs_restore(l, archive, fd, e);
}

Test(kept_inputs, files_come_back_as_they_were)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct kept_inputs l = kept_of(&a, STR("abc"), "abc");
	struct error e = { 0 };
	struct stat st;
	char target[8] = "";

	*list_push(&a, &l.v) =
		(struct kept_input){ .path = "repository/c", .type = KEPT_LINK, .target = "a/b" };
	*list_push(&a, &l.v) = (struct kept_input){ .path = "repository/d/e", .type = KEPT_FOLDER };
	cr_assert(kept_restore(&l, STR("abc"), dir, &e), "%s", e.cause);
	cr_expect_str_eq(files_get(&a, arena_printf(&a, "%s/repository/a/b", dir)), "abc");
	cr_assert_eq(stat(arena_printf(&a, "%s/repository/a/b", dir), &st), 0);
	cr_expect(st.st_mode & S_IXUSR);
	cr_expect_eq(readlink(arena_printf(&a, "%s/repository/c", dir), target, 8), 3);
	cr_expect(stat(arena_printf(&a, "%s/repository/d/e", dir), &st) == 0 &&
		  S_ISDIR(st.st_mode));
	files_remove(dir);
}

Test(kept_inputs, other_bytes_are_refused_naming_the_file)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct kept_inputs l = kept_of(&a, STR("abc"), "abd");
	struct error e = { 0 };

	cr_expect_not(kept_restore(&l, STR("abc"), dir, &e));
	cr_expect(e.kind == ERR_VERIFY && strstr(e.cause, "repository/a/b: inputs.tar has other"),
		  "%s", e.cause);
	err_clear(&e);
	cr_expect_not(kept_restore(&l, STR("abx"), dir, &e));
	cr_expect(e.kind == ERR_VERIFY && strstr(e.cause, "is not the archive that"), "%s",
		  e.cause);
	files_remove(dir);
}

/* "repository/l" leads out, and "repository/l/x" would be written through it. */
Test(kept_inputs, nothing_is_written_through_a_link)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *out = files_temporary(&a);
	struct kept_inputs l = { .archive = digest_of(STR("abc")), .size = 3 };
	struct error e = { 0 };

	*list_push(&a, &l.v) =
		(struct kept_input){ .path = "repository/l", .type = KEPT_LINK, .target = out };
	*list_push(&a, &l.v) = (struct kept_input){ .path = "repository/l/x",
						    .size = 3,
						    .sha256 = digest_of(STR("abc")) };
	cr_expect_not(kept_restore(&l, STR("abc"), dir, &e));
	cr_expect(strstr(e.cause, "make the symlink repository/l"), "%s", e.cause);
	cr_expect_neq(access(arena_printf(&a, "%s/x", out), F_OK), 0);
	files_remove(dir);
	files_remove(out);
}

Test(kept_inputs, a_provenance_names_them_or_not)
{
	AUTO_ARENA a = { 0 };
	struct digest list = digest_of(STR("list")), found;
	struct provenance p = { .recipe = "recipes/x.json", .inputs = &list };
	static const char *const bad[] = {
		"", "{\"runDetails\":{\"byproducts\":{}}}",
		"{\"runDetails\":{\"byproducts\":[{\"mediaType\":\"" KEPT_LIST_TYPE "\"}]}}",
		"{\"runDetails\":{\"byproducts\":[{\"mediaType\":\"" KEPT_LIST_TYPE
		"\",\"digest\":{\"sha512\":\"00\"}}]}}"
	};
	struct error e = { 0 };

	cr_assert_eq(provenance_inputs(&a, provenance_text(&a, &p), &found, &e), 1, "%s", e.cause);
	cr_expect(digest_eq(&found, &list));
	p.inputs = NULL;
	cr_expect_eq(provenance_inputs(&a, provenance_text(&a, &p), &found, &e), 0);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		cr_expect_eq(provenance_inputs(&a, str_of(bad[i]), &found, &e), -1, "%s", bad[i]);
		cr_expect_eq(e.kind, ERR_INPUT);
		err_clear(&e);
	}
}
