/* SPDX-License-Identifier: Apache-2.0 */
/* Files that appear whole, directories that can be written, the database's index, tar, JSON. */

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "entrypoint/cache.h"
#include "entrypoint/dirs.h"
#include "entrypoint/json_out.h"
#include "entrypoint/remove.h"
#include "entrypoint/ssl_db_check.h"
#include "entrypoint/tar_header.h"
#include "entrypoint/whole_file.h"

static char root[64], path[512];

static void files_test_make(void)
{
	strcpy(root, "/tmp/files.XXXXXX");
	cr_assert_not_null(mkdtemp(root));
}

static void files_test_remove(void)
{
	remove_tree(root);
}

static const char *files_test_path(const char *name)
{
	snprintf(path, sizeof path, "%s/%s", root, name);
	return path;
}

TestSuite(file, .init = files_test_make, .fini = files_test_remove);

Test(file, has_its_mode_and_replaces_what_cannot_be_written)
{
	struct stat st;
	char buf[16];

	umask(0);
	cr_assert(file_write(files_test_path("a"), "one", 3, 0400));
	cr_assert(file_write(files_test_path("a"), "two!", 4, 0600));
	cr_assert(stat(files_test_path("a"), &st) == 0);
	cr_expect_eq(st.st_mode & 07777, 0600);
	cr_expect_eq(file_read(files_test_path("a"), buf, sizeof buf), 4);
	cr_expect(memcmp(buf, "two!", 4) == 0);
	cr_expect_eq(file_read(files_test_path("a"), buf, 4), -1);
	cr_expect_eq(errno, EFBIG);
	cr_expect(access(files_test_path("a.new"), F_OK) != 0);
}

Test(file, a_link_in_its_place_is_replaced_not_followed)
{
	struct stat st;
	char target[512];

	snprintf(target, sizeof target, "%s/target", root);
	cr_assert(symlink(target, files_test_path("link")) == 0);
	cr_assert(symlink(target, files_test_path("link.new")) == 0);
	cr_assert(file_write(files_test_path("link"), "x", 1, 0644));
	cr_expect(lstat(files_test_path("link"), &st) == 0 && S_ISREG(st.st_mode));
	cr_expect(access(target, F_OK) != 0);
}

Test(file, copies_and_reports_what_is_missing)
{
	char buf[16];

	cr_expect(!file_copy(files_test_path("none"), "/nonexistent/x", 0644));
	cr_expect_eq(errno, ENOENT);
	cr_assert(file_write(files_test_path("from"), "abc", 3, 0600));
	char to[512];
	snprintf(to, sizeof to, "%s/to", root);
	cr_expect(file_copy(files_test_path("from"), to, 0644));
	cr_expect_eq(file_read(to, buf, sizeof buf), 3);
	cr_expect(!file_write("/nonexistent/x", "", 0, 0644));
}

Test(file, a_directory_is_tried_without_a_trace)
{
	cr_expect_eq(dirs_write_error(root), 0);
	cr_expect_eq(dirs_write_error(files_test_path("none")), ENOENT);
	cr_assert(file_write(files_test_path("plain"), "", 0, 0600));
	cr_expect_eq(dirs_write_error(files_test_path("plain")), ENOTDIR);
}

Test(file, a_cache_is_complete_with_its_last_directory)
{
	struct conf_cache c = { .type = "ufs", .l1 = 2, .l2 = 2 };
	struct conf_cache rock = { .type = "rock" };

	snprintf(c.path, sizeof c.path, "%s", root);
	snprintf(rock.path, sizeof rock.path, "%s", root);
	mkdir(files_test_path("00"), 0700);
	cr_expect(!cache_is_complete(&c));
	mkdir(files_test_path("01"), 0700);
	mkdir(files_test_path("01/01"), 0700);
	cr_expect(cache_is_complete(&c));
	cr_expect(!cache_is_complete(&rock));
	cr_assert(file_write(files_test_path("rock"), "", 0, 0600));
	cr_expect(cache_is_complete(&rock));
}

Test(ssl_db, index_lines)
{
	static const struct {
		const char *s;
		bool ok;
	} cases[] = {
		{ "/CN=a+Sign=signTrusted\t261222035215Z\t\t5E77A8\t/CN=a", true },
		{ "/CN=a\t20501222035215Z\t\t5E\t/CN=a", true },
		{ "/CN=a\\\tb\t261222035215Z\t\t5E\t/CN=a", true },
		{ "V\t261222035215Z\t\t5E\tunknown\t/CN=a", true },
		{ "", false },
		{ "garbage", false },
		{ "a\tb\tc\td\te", false },
		{ "/CN=a\t261222035215\t\t5E\t/CN=a", false },
		{ "/CN=a\t261222035215Z\t\t\t/CN=a", false },
		{ "/CN=a\t261222035215Z\t\tXY\t/CN=a", false },
		{ "/CN=a\t261222035215Z\t\t5E", false },
		{ "\t261222035215Z\t\t5E\t/CN=a", false },
		{ "a\t261222035215Z\t\t5E\tb\tc\td", false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		cr_expect_eq(ssl_db_index_line(cases[i].s, strlen(cases[i].s)), cases[i].ok, "%s",
			     cases[i].s);
}

Test(ssl_db, sizes_with_units)
{
	static const struct {
		const char *s;
		unsigned long long bytes;
	} cases[] = {
		{ "4MB", 4 << 20 }, { "16 MB", 16 << 20 },
		{ "4096", 4096 },   { "8kb", 8192 },
		{ "1GB", 1 << 30 }, { "", 0 },
		{ "MB", 0 },	    { "4XB", 0 },
		{ "-4MB", 0 },	    { "99999999999999999999MB", 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		cr_expect_eq(ssl_db_bytes(cases[i].s), cases[i].bytes, "%s", cases[i].s);
}

static void put_database_files(const char *size, const char *index, size_t certificate)
{
	static char zeros[10000];

	mkdir(files_test_path("db"), 0700);
	mkdir(files_test_path("db/certs"), 0700);
	cr_assert(file_write(files_test_path("db/size"), size, strlen(size), 0600));
	cr_assert(file_write(files_test_path("db/index.txt"), index, strlen(index), 0600));
	if (certificate > 0)
		cr_assert(file_write(files_test_path("db/certs/5E.pem"), zeros, certificate, 0600));
}

TestSuite(ssl_db_check, .init = files_test_make, .fini = files_test_remove);

Test(ssl_db_check, sees_each_fault)
{
	static const char row[] = "/CN=a\t261222035215Z\t\t5E\t/CN=a\n";

	cr_expect_eq(ssl_db_check(files_test_path("db"), 0), SSL_DB_ABSENT);
	put_database_files("0", "", 0);
	cr_expect_eq(ssl_db_check(files_test_path("db"), 4 << 20), SSL_DB_GOOD);
	put_database_files("4096", row, 2725);
	cr_expect_eq(ssl_db_check(files_test_path("db"), 4 << 20), SSL_DB_GOOD);
	put_database_files("0\n", row, 2725);
	cr_expect_eq(ssl_db_check(files_test_path("db"), 4 << 20), SSL_DB_BAD_SIZE,
		     "smaller than its certificates");
	put_database_files("99999999", row, 2725);
	cr_expect_eq(ssl_db_check(files_test_path("db"), 4 << 20), SSL_DB_BAD_SIZE);
	cr_expect_eq(ssl_db_check(files_test_path("db"), 0), SSL_DB_GOOD);
	put_database_files("", row, 0);
	cr_expect_eq(ssl_db_check(files_test_path("db"), 0), SSL_DB_BAD_SIZE);
	put_database_files("4096", "cut off", 0);
	cr_expect_eq(ssl_db_check(files_test_path("db"), 0), SSL_DB_BAD_INDEX);
	unlink(files_test_path("db/index.txt"));
	cr_expect_eq(ssl_db_check(files_test_path("db"), 0), SSL_DB_INCOMPLETE);
	mkdir(files_test_path("db/index.txt"), 0700);
	cr_expect_eq(ssl_db_check(files_test_path("db"), 0), SSL_DB_INCOMPLETE);
	cr_assert(file_write(files_test_path("nodir"), "", 0, 0600));
	cr_expect_eq(ssl_db_check(files_test_path("nodir"), 0), SSL_DB_INCOMPLETE);
}

Test(tar, a_header_has_a_sum_that_is_right)
{
	unsigned char block[TAR_BLOCK];
	struct stat st = { .st_mode = 0100644, .st_uid = 1000, .st_mtime = 1700000000 };
	unsigned sum = 0, told;

	tar_header(block, "etc/squid/squid.conf", '0', &st, 1234, NULL);
	cr_expect_eq(sscanf((char *)block + 148, "%o", &told), 1);
	memset(block + 148, ' ', 8);
	for (size_t i = 0; i < sizeof block; i++)
		sum += block[i];
	cr_expect_eq(sum, told);
	cr_expect(memcmp(block + 257, "ustar\00000", 8) == 0);
	cr_expect_str_eq((char *)block + 100, "0000644");
	cr_expect_str_eq((char *)block + 124, "00000002322");
}

Test(tar, extended_records_count_their_own_length)
{
	char out[600], value[600];
	struct stat small = { .st_uid = 2097151 }, large = { .st_uid = 1000650000 };

	cr_expect_eq(tar_pax_record(out, sizeof out, "path", "a"), 9);
	cr_expect_str_eq(out, "9 path=a\n");
	for (size_t n = 1; n < 500; n++) {
		unsigned told;
		size_t len;

		memset(value, 'v', n);
		value[n] = '\0';
		len = tar_pax_record(out, sizeof out, "path", value);
		cr_expect_eq(len, strlen(out));
		cr_expect(sscanf(out, "%u", &told) == 1 && told == len, "%zu", n);
	}
	cr_expect_eq(tar_pax_record(out, 5, "path", "abc"), 0);
	memset(value, 'v', 101);
	value[101] = '\0';
	cr_expect(tar_needs_pax(value, &small, 0, NULL) && tar_needs_pax("a", &small, 0, value));
	cr_expect(tar_needs_pax("a", &small, 1ULL << 40, NULL));
	cr_expect(!tar_needs_pax("a", &small, 5, "b"));
	cr_expect(tar_needs_pax("a", &large, 5, "b"));
}

Test(json, documents_are_valid_whatever_is_in_them)
{
	char out[512];
	struct json_out j = { .to = fmemopen(out, sizeof out, "w") };

	jout_object(&j, NULL);
	jout_string(&j, "a", "q\"b\\\n\x01");
	jout_bytes(&j, "b", "\xff\xc3\xbc", 3);
	jout_array(&j, "c");
	jout_number(&j, NULL, -5);
	jout_bool(&j, NULL, true);
	jout_string(&j, NULL, NULL);
	jout_end_array(&j);
	jout_array(&j, "d");
	jout_end_array(&j);
	jout_end_object(&j);
	fclose(j.to);
	cr_expect_str_eq(
		out, "{\n  \"a\": \"q\\\"b\\\\\\u000a\\u0001\",\n  \"b\": \"\\\\xff\xc3\xbc\",\n"
		     "  \"c\": [\n    -5,\n    true,\n    null\n  ],\n  \"d\": []\n}");
}
