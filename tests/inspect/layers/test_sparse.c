/* SPDX-License-Identifier: Apache-2.0 */
/* Files with holes: written by GNU tar, or wrong by hand; umoci, which reads with Go's archive/tar,
 * says what they are. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inspect/audit/audit.h"
#include "inspect/model/model.h"
#include "support/fixture_files.h"
#include "support/fixture_layerdiff.h"
#include "support/fixture_oracle.h"
#include "support/gen_image.h"

static void compare_sparse(struct arena *a, const char *dir, struct str tar, const char *name,
			   enum layerdiff want)
{
	struct error e = { 0 };
	enum layerdiff got;
	const char *why;

	cr_assert(layerdiff_run(a, dir, layerdiff_lower(a), tar, &got, &why, &e), "%s: %s%s", name,
		  e.context, e.cause);
	cr_expect(got == want || (want == LAYERDIFF_BOTH_REFUSE && got == LAYERDIFF_REFUSED),
		  "%s: %d, %s", name, got, why ? why : "");
}

static struct str whole_file(struct arena *a, const char *path)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	struct error e = { 0 };
	struct stat st;
	char *p;

	cr_assert(fd >= 0 && fstat(fd, &st) == 0);
	cr_assert_lt(st.st_size, 8000000, "the file system keeps no holes");
	p = arena_alloc(a, (size_t)st.st_size + 1);
	cr_assert(fd_pread(fd, p, (size_t)st.st_size, 0, path, &e), "%s", e.cause);
	return (struct str){ p, (size_t)st.st_size };
}

/* A file of `size` bytes with a few bytes at each of the places. */
static void sparse_file(const char *path, off_t size, const off_t *places, size_t n)
{
	AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	cr_assert(fd >= 0 && ftruncate(fd, size) == 0);
	for (size_t i = 0; i < n; i++)
		cr_assert(pwrite(fd, "some bytes", 10, places[i]) == 10);
}

Test(differential, sparse_files_of_gnu_tar_are_read_as_umoci_unpacks_them)
{
	static const char *const versions[] = { "0.0", "0.1", "1.0" };
	off_t places[300];
	AUTO_ARENA a = { 0 };
	const char *in = files_temporary(&a), *work = files_temporary(&a),
		   *tar = arena_printf(&a, "%s.tar", in);

	oracle_need("umoci");
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		places[i] = (off_t)(i * 40000 + 9000);
	sparse_file(arena_printf(&a, "%s/few", in), 3000000, places, 3);
	sparse_file(arena_printf(&a, "%s/many", in), 12000000, places, ARRAY_SIZE(places));
	sparse_file(arena_printf(&a, "%s/none", in), 1000000, NULL, 0);
	sparse_file(arena_printf(&a, "%s/begin", in), 500000, (const off_t[]){ 0 }, 1);
	sparse_file(arena_printf(&a, "%s/end", in), 500000, (const off_t[]){ 499990 }, 1);
	files_put(arena_printf(&a, "%s/plain", in), "no hole\n");
	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		ORACLE(&a, "tar", "-C", in, "--sparse", "--format=posix",
		       arena_printf(&a, "--sparse-version=%s", versions[i]), "-cf", tar, "few",
		       "many", "none", "begin", "end", "plain");
		compare_sparse(&a, work, whole_file(&a, tar), versions[i], LAYERDIFF_EQUAL);
	}
	unlink(tar);
	files_remove(in);
	files_remove(work);
}

static void sparse_add_record(struct buf *out, const char *key, const char *value)
{
	size_t n = strlen(key) + strlen(value) + 3, digits = n > 97 ? 3 : n > 8 ? 2 : 1;

	buf_printf(out, "%zu %s=%s\n", n + digits, key, value);
}

/* "key=value key=value ..." below GNU.sparse. */
static const char *sparse_records(struct arena *a, const char *said)
{
	struct buf out = { .a = a };
	struct str rest = str_of(said), one, key, value;

	while (str_next(&rest, ' ', &one)) {
		str_cut(one, '=', &key, &value);
		sparse_add_record(&out,
				  key.p[0] == '.'
					  ? str_dup(a, str_from(key, 1))
					  : arena_printf(a, "GNU.sparse.%s", str_dup(a, key)),
				  str_dup(a, value));
	}
	return buf_cstr(&out);
}

static const struct {
	const char *name, *said, *content;
	char type;
	enum layerdiff want;
} made[] = {
	{ "0.1", "major=0 minor=1 name=k realsize=9 numblocks=2 map=1,2,5,1", "abc", 0,
	  LAYERDIFF_EQUAL },
	{ "no version", "size=9 numblocks=1 map=4,3", "abc", 0, LAYERDIFF_EQUAL },
	{ "0.0", "size=9 numblocks=2 offset=0 numbytes=1 offset=3 numbytes=2", "abc", 0,
	  LAYERDIFF_EQUAL },
	{ "0.0 before a map", "size=9 numblocks=1 offset=0 numbytes=3 map=3,3", "abc", 0,
	  LAYERDIFF_EQUAL },
	{ "both sizes", "size=9 realsize=10 numblocks=1 map=3,3", "abc", 0, LAYERDIFF_EQUAL },
	{ "no size", "numblocks=1 map=0,3", "abc", 0, LAYERDIFF_EQUAL },
	{ "an empty file", "size=0 major=0 minor=1 numblocks=0", "", 0, LAYERDIFF_EQUAL },
	{ "a hole alone", "size=70000 major=0 minor=0 numblocks=0", "", 0, LAYERDIFF_EQUAL },
	{ "an empty piece", "size=9 numblocks=3 map=2,0,2,3,9,0", "abc", 0, LAYERDIFF_EQUAL },
	{ "an unknown version", "major=2 minor=0 name=n size=9 numblocks=1 map=3,3", "abc", 0,
	  LAYERDIFF_EQUAL },
	{ "half a version", "major=1 name=n size=9 numblocks=1 map=3,3", "abc", 0,
	  LAYERDIFF_EQUAL },
	{ "a name alone", "name=n", "abc", 0, LAYERDIFF_EQUAL },
	{ "another size of the content", ".size=3 size=9 numblocks=1 map=3,3", "abc", 0,
	  LAYERDIFF_EQUAL },
	{ "a path, too", "name=n size=9 numblocks=1 map=3,3 .path=o", "abc", 0, LAYERDIFF_EQUAL },
	{ "more data than the map", "size=9 numblocks=1 map=3,2", "abc", 0, LAYERDIFF_BOTH_REFUSE },
	{ "less data than the map", "size=9 numblocks=1 map=3,4", "abc", 0, LAYERDIFF_BOTH_REFUSE },
	{ "a piece behind the end", "size=5 numblocks=1 map=3,3", "abc", 0, LAYERDIFF_BOTH_REFUSE },
	{ "pieces out of order", "size=9 numblocks=2 map=4,1,3,2", "abc", 0,
	  LAYERDIFF_BOTH_REFUSE },
	{ "pieces that overlap", "size=9 numblocks=2 map=1,2,2,1", "abc", 0,
	  LAYERDIFF_BOTH_REFUSE },
	{ "a piece without end", "size=9 numblocks=1 map=9223372036854775807,3", "abc", 0,
	  LAYERDIFF_BOTH_REFUSE },
	{ "another count", "size=9 numblocks=2 map=3,3", "abc", 0, LAYERDIFF_BOTH_REFUSE },
	{ "no count", "size=9 map=3,3", "abc", 0, LAYERDIFF_BOTH_REFUSE },
	{ "half a piece", "size=9 numblocks=1 map=3,3,4", "abc", 0, LAYERDIFF_BOTH_REFUSE },
	{ "a comma at the end", "size=9 numblocks=1 map=3,3,", "abc", 0, LAYERDIFF_BOTH_REFUSE },
	{ "no number", "size=9 numblocks=1 map=3,x", "abc", 0, LAYERDIFF_BOTH_REFUSE },
	{ "a size that is none", "size=-9 numblocks=1 map=0,3", "abc", 0, LAYERDIFF_BOTH_REFUSE },
	{ "lengths first", "size=9 numblocks=1 numbytes=3 offset=0", "abc", 0,
	  LAYERDIFF_BOTH_REFUSE },
	{ "an offset too many", "size=9 numblocks=1 offset=0 numbytes=3 offset=4", "abc", 0,
	  LAYERDIFF_BOTH_REFUSE },
	{ "a folder", "size=9 numblocks=0 major=0 minor=1", "", '5', LAYERDIFF_BOTH_REFUSE },
	{ "1.0 without a map", "major=1 minor=0 size=9", "abc", 0, LAYERDIFF_BOTH_REFUSE },
};

Test(differential, maps_of_sparse_files_are_read_or_refused_as_umoci_does)
{
	AUTO_ARENA a = { 0 };
	const char *work = files_temporary(&a);

	oracle_need("umoci");
	for (size_t i = 0; i < ARRAY_SIZE(made); i++) {
		AUTO_IMAGEGEN g;

		imagegen_begin(&g, &a);
		imagegen_add(&g,
			     &(struct imagegen_entry){ .path = made[i].type ? "file/" : "file",
						       .type = made[i].type,
						       .content = str_of(made[i].content),
						       .pax = sparse_records(&a, made[i].said) });
		imagegen_raw(&g, (struct str){ (const char[1024]){ 0 }, 1024 });
		compare_sparse(&a, work, buf_str(&g.tar), made[i].name, made[i].want);
	}
	files_remove(work);
}

/* Version 1.0: the map is text before the data, filled up to whole blocks. */
Test(differential, maps_before_the_data_are_read_or_refused_as_umoci_does)
{
	static const struct {
		const char *map, *data;
		enum layerdiff want;
	} cases[] = {
		{ "1\n4\n3\n", "abc", LAYERDIFF_EQUAL },
		{ "2\n0\n1\n7\n2\n", "abc", LAYERDIFF_EQUAL },
		{ "0\n", "", LAYERDIFF_EQUAL },
		{ "1\n4\n3\nother text", "abc", LAYERDIFF_EQUAL },
		{ "1\n4\n", "abc", LAYERDIFF_BOTH_REFUSE },
		{ "1\n4\n3", "abc", LAYERDIFF_BOTH_REFUSE },
		{ "x\n4\n3\n", "abc", LAYERDIFF_BOTH_REFUSE },
		{ "-1\n", "abc", LAYERDIFF_BOTH_REFUSE },
		{ "1\n4\nx\n", "abc", LAYERDIFF_BOTH_REFUSE },
		{ "1\n4\n2\n", "abc", LAYERDIFF_BOTH_REFUSE },
		{ "9999999999999999999\n", "abc", LAYERDIFF_BOTH_REFUSE },
		{ "4611686018427387904\n", "abc", LAYERDIFF_BOTH_REFUSE },
		{ "1\n8\n3\n", "abc", LAYERDIFF_BOTH_REFUSE },
		{ "", "abc", LAYERDIFF_BOTH_REFUSE },
	};
	AUTO_ARENA a = { 0 };
	const char *work = files_temporary(&a);

	oracle_need("umoci");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_IMAGEGEN g;
		char block[512] = { 0 };
		struct buf content = { .a = &a };

		memcpy(block, cases[i].map, strlen(cases[i].map));
		buf_add(&content, (struct str){ block, sizeof(block) });
		buf_puts(&content, cases[i].data);
		imagegen_begin(&g, &a);
		imagegen_add(&g, &(struct imagegen_entry){
					 .path = "GNUSparseFile.1/file",
					 .content = buf_str(&content),
					 .pax = sparse_records(
						 &a, "major=1 minor=0 name=file realsize=9") });
		imagegen_raw(&g, (struct str){ (const char[1024]){ 0 }, 1024 });
		compare_sparse(&a, work, buf_str(&g.tar), cases[i].map, cases[i].want);
	}
	files_remove(work);
}

/* More than a GiB in 2 KiB of tar: refused, unless it is allowed. */
Test(audit, holes_count_as_what_a_layer_expands_to)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_request req = { .now = 1790000000 };
	struct audit_result r;
	struct error e = { 0 };
	const struct item *i;

	imagegen_begin(&g, &a);
	imagegen_add(&g, &(struct imagegen_entry){
				 .path = "a",
				 .pax = sparse_records(
					 &a, "major=0 minor=1 realsize=1200000000 numblocks=0") });
	imagegen_add(&g,
		     &(struct imagegen_entry){
			     .path = "b",
			     .pax = sparse_records(&a,
						   "major=0 minor=1 realsize=4096 numblocks=0") });
	imagegen_write(&g);
	req.image = g.path;
	cr_assert_not(audit_image(&a, &req, &r, &e));
	cr_expect(
		e.kind == ERR_INPUT &&
			strstr(e.cause,
			       "with the holes of its sparse files the layer expands to more than"),
		"%s", e.cause);
	cr_expect(strstr(e.context, "tar entry at offset 1024"), "%s", e.context);
	e = (struct error){ 0 };
	req.expand_max = 1200000000;
	cr_expect_not(audit_image(&a, &req, &r, &e), "the holes of all files count");
	e = (struct error){ 0 };
	req.expand_max = 1200004096;
	cr_assert(audit_image(&a, &req, &r, &e), "%s: %s", e.context, e.cause);
	i = model_at(r.model, "b");
	/* head -c 4096 /dev/zero | sha256sum */
	cr_assert(i && i->size == 4096);
	cr_expect_str_eq(digest_hex_dup(&a, &i->sha256),
			 "ad7facb2586fc6e966c004d7d1d16b024f5805ff7cb47c7a85dabd8b48892ca7");
}
