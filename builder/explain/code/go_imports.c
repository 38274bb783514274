/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/code/go_imports.h"

#include <ctype.h>
#include <string.h>

/* With a stub that compiles without C, as go-sqlite3 has it, only the program that runs says what
 * is missing. */
static const struct go_c_package go_c_packages[] = {
	{ "github.com/DataDog/zstd", NULL, NULL, false },
	{ "github.com/confluentinc/confluent-kafka-go", NULL, NULL, false },
	{ "github.com/davidbyttow/govips", "vips", NULL, false },
	{ "github.com/duckdb/duckdb-go", NULL, NULL, true },
	{ "github.com/godror/godror", NULL, NULL, false },
	{ "github.com/google/gopacket/pcap", NULL, "pcap", false },
	{ "github.com/gopacket/gopacket/pcap", NULL, "pcap", false },
	{ "github.com/h2non/bimg", "vips", NULL, false },
	{ "github.com/libgit2/git2go", "libgit2", NULL, false },
	{ "github.com/linxGnu/grocksdb", NULL, "rocksdb", true },
	{ "github.com/marcboeker/go-duckdb", NULL, NULL, true },
	{ "github.com/mattn/go-sqlite3", NULL, NULL, false },
	{ "github.com/miekg/pkcs11", NULL, NULL, false },
	{ "github.com/msteinert/pam", NULL, "pam", false },
	{ "github.com/pebbe/zmq4", "libzmq", NULL, false },
	{ "github.com/seccomp/libseccomp-golang", "libseccomp", NULL, false },
	{ "github.com/valyala/gozstd", NULL, NULL, false },
	{ "gopkg.in/gographics/imagick.v3", "MagickWand", NULL, false },
	{ "gorm.io/driver/sqlite", NULL, NULL, false }, /* needs go-sqlite3 */
};

const struct go_c_package *go_c_package_find(struct str path)
{
	for (size_t i = 0; i < ARRAY_SIZE(go_c_packages); i++) {
		struct str known = str_of(go_c_packages[i].path);

		if (str_starts(path, known) && (path.n == known.n || path.p[known.n] == '/'))
			return &go_c_packages[i];
	}
	return NULL;
}

/* Blanks, the ends of statements, and comments. */
static void go_imports_pass(struct str *rest)
{
	for (;;) {
		const char *end;

		while (rest->n && strchr(" \t\r\n;", rest->p[0]))
			*rest = str_from(*rest, 1);
		if (str_starts(*rest, STR("//")))
			end = memchr(rest->p, '\n', rest->n);
		else if (str_starts(*rest, STR("/*")))
			end = memmem(rest->p + 2, rest->n - 2, "*/", 2);
		else
			return;
		*rest = end ? str_from(*rest, (size_t)(end - rest->p) + (*end == '*' ? 2 : 1))
			    : (struct str){ "", 0 };
	}
}

/* A word of Go; also "." before a path. */
static size_t go_word_length(struct str text)
{
	size_t n = 0;

	while (n < text.n && (isalnum((unsigned char)text.p[n]) || text.p[n] == '_' ||
			      (unsigned char)text.p[n] >= 0x80))
		n++;
	return n == 0 && text.n && text.p[0] == '.' ? 1 : n;
}

/* "fmt", also behind a name of its own. */
static bool go_import_spec(struct str *rest, struct str *path)
{
	const char *end;

	*rest = str_from(*rest, go_word_length(*rest));
	go_imports_pass(rest);
	if (!rest->n || !strchr("\"`", rest->p[0]))
		return false;
	end = memchr(rest->p + 1, rest->p[0], rest->n - 1);
	if (!end)
		return false;
	*path = (struct str){ rest->p + 1, (size_t)(end - rest->p) - 1 };
	*rest = str_from(*rest, path->n + 2);
	return true;
}

/* Whether an import begins; "(" opens a block of them. */
static bool go_imports_begin(struct go_imports *i)
{
	static const struct str word = STR("import");

	if (!str_starts(i->rest, word) || go_word_length(i->rest) != word.n)
		return false;
	i->rest = str_from(i->rest, word.n);
	go_imports_pass(&i->rest);
	i->in_block = str_starts(i->rest, STR("("));
	if (i->in_block)
		i->rest = str_from(i->rest, 1);
	return true;
}

bool go_imports_next(struct go_imports *i, struct str *path)
{
	if (!i->after_package) {
		i->rest = str_from(i->rest, go_word_length(i->rest));
		go_imports_pass(&i->rest);
		i->rest = str_from(i->rest, go_word_length(i->rest));
		i->after_package = true;
	}
	for (;;) {
		go_imports_pass(&i->rest);
		if (i->in_block && str_starts(i->rest, STR(")"))) {
			i->rest = str_from(i->rest, 1);
			i->in_block = false;
			continue;
		}
		if (i->in_block)
			return go_import_spec(&i->rest, path);
		if (!go_imports_begin(i))
			return false;
		if (!i->in_block)
			return go_import_spec(&i->rest, path);
	}
}
