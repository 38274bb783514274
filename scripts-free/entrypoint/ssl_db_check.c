/* SPDX-License-Identifier: Apache-2.0 */
/* security_file_certgen's files: size (bytes used, rounded up to blocks), index.txt (key, expiry,
 * revocation, serial, name; tab-separated), certs/SERIAL.pem. */

#include "entrypoint/ssl_db_check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/dir_list.h"
#include "common/text.h"

#define SLACK (1ULL << 20) /* the helper may go a little beyond its maximum */

unsigned long long ssl_db_bytes(const char *s)
{
	static const struct size_unit {
		const char *name;
		unsigned shift;
	} units[] = {
		{ "", 0 }, { "B", 0 }, { "bytes", 0 }, { "KB", 10 }, { "MB", 20 }, { "GB", 30 },
	};
	char digits[16];
	size_t n = strspn(s, "0123456789");
	unsigned long long v;

	if (!text_copy(digits, sizeof digits, s, n) || !text_number(digits, 1, 1ULL << 33, &v))
		return 0;
	for (s += n; *s == ' '; s++)
		;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (strcasecmp(s, units[i].name) == 0)
			return v << units[i].shift;
	return 0;
}

static bool all_bytes_of(const char *s, size_t n, const char *set)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] == '\0' || strchr(set, s[i]) == NULL)
			return false;
	return true;
}

bool ssl_db_index_line(const char *s, size_t n)
{
	const char *field[7];
	size_t len[7], fields = 0, start = 0;

	for (size_t i = 0; i <= n; i++) {
		if (i < n && s[i] == '\0')
			return false;
		if (i < n && (s[i] != '\t' || (i > 0 && s[i - 1] == '\\')))
			continue;
		if (fields == 6)
			return false;
		field[fields] = s + start;
		len[fields++] = i - start;
		start = i + 1;
	}
	/* five since Squid 3.5; an earlier form had a file name as well */
	return fields >= 5 && len[0] > 0 && len[1] >= 13 && len[1] <= 15 &&
	       all_bytes_of(field[1], len[1] - 1, "0123456789") && field[1][len[1] - 1] == 'Z' &&
	       len[3] > 0 && all_bytes_of(field[3], len[3], "0123456789ABCDEFabcdef");
}

static bool index_is_good(int fd)
{
	char buf[16384];
	size_t have = 0;
	ssize_t n;

	while ((n = read(fd, buf + have, sizeof buf - have)) > 0) {
		char *start = buf, *end = buf + have + n, *lf;

		while ((lf = memchr(start, '\n', (size_t)(end - start))) != NULL) {
			if (start[0] != '#' && !ssl_db_index_line(start, (size_t)(lf - start)))
				return false;
			start = lf + 1;
		}
		have = (size_t)(end - start);
		if (have == sizeof buf)
			return false;
		memmove(buf, start, have);
	}
	return n == 0 && have == 0; /* a last line without its end was cut off */
}

struct sum {
	int fd;
	unsigned long long block, bytes;
};

static bool add_size(const char *name, void *arg)
{
	struct sum *s = arg;
	struct stat st;

	if (fstatat(s->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
		s->bytes += ((unsigned long long)st.st_size + s->block - 1) / s->block * s->block;
	return true;
}

/* A size smaller than the certificates (another block size, an unclean end) would fall below zero
 * when the first of them is removed; one beyond the maximum could never be worked off. */
static bool size_is_good(int db, int certs, unsigned long long max)
{
	struct sum sum = { .fd = certs };
	struct statvfs fs;
	char text[32];
	unsigned long long size;
	ssize_t n;
	int fd = openat(db, "size", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	n = read(fd, text, sizeof text - 1);
	close(fd);
	if (n <= 0 || fstatvfs(certs, &fs) != 0)
		return false;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (!text_number(text, 0, ~0ULL, &size) || (max > 0 && size > max + SLACK))
		return false;
	sum.block = fs.f_frsize >= 512 ? fs.f_frsize : 2048;
	return dir_each(certs, add_size, &sum) && size >= sum.bytes;
}

static enum ssl_db_fault check_parts(int db)
{
	static const char *const parts[] = { "certs", "size", "index.txt" };

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		struct stat st;

		if (fstatat(db, parts[i], &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    S_ISDIR(st.st_mode) != (i == 0) || (i > 0 && !S_ISREG(st.st_mode)))
			return SSL_DB_INCOMPLETE;
		if (faccessat(db, parts[i], i == 0 ? R_OK | W_OK | X_OK : R_OK | W_OK,
			      AT_EACCESS) != 0)
			return SSL_DB_NOT_OURS;
	}
	return SSL_DB_GOOD;
}

enum ssl_db_fault ssl_db_check(const char *dir, unsigned long long max)
{
	enum ssl_db_fault f;
	int index, certs, db = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (db < 0)
		return errno == ENOENT	  ? SSL_DB_ABSENT
		       : errno == ENOTDIR ? SSL_DB_INCOMPLETE
					  : SSL_DB_NOT_OURS;
	f = check_parts(db);
	if (f == SSL_DB_GOOD && faccessat(db, ".", W_OK | X_OK, AT_EACCESS) != 0)
		f = SSL_DB_NOT_OURS;
	index = f == SSL_DB_GOOD ? openat(db, "index.txt", O_RDONLY | O_CLOEXEC) : -1;
	certs = f == SSL_DB_GOOD ? openat(db, "certs", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (f == SSL_DB_GOOD && (index < 0 || certs < 0))
		f = SSL_DB_NOT_OURS;
	if (f == SSL_DB_GOOD && !index_is_good(index))
		f = SSL_DB_BAD_INDEX;
	if (f == SSL_DB_GOOD && !size_is_good(db, certs, max))
		f = SSL_DB_BAD_SIZE;
	if (index >= 0)
		close(index);
	if (certs >= 0)
		close(certs);
	close(db);
	return f;
}

const char *ssl_db_fault_name(enum ssl_db_fault f)
{
	static const char *const names[] = {
		[SSL_DB_GOOD] = "good",
		[SSL_DB_ABSENT] = "not there",
		[SSL_DB_INCOMPLETE] = "incomplete",
		[SSL_DB_NOT_OURS] = "not readable and writable for us",
		[SSL_DB_BAD_INDEX] = "its index is damaged",
		[SSL_DB_BAD_SIZE] = "its size is wrong",
	};

	return names[f];
}
