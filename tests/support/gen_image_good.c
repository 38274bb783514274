/* SPDX-License-Identifier: Apache-2.0 */
/* A small image that nobody can complain about. */

#include "support/gen_image.h"

#include <elf.h>

#include "support/gen_elf.h"

struct md5_list {
	struct imagegen *g;
	struct buf text;
};

/* A file of the package "hello". */
static void imagegen_owned_file(struct md5_list *s, const char *path, unsigned mode,
				struct str content)
{
	char md5[33];

	md5_hex(content, md5);
	buf_printf(&s->text, "%s  %s\n", md5, path);
	imagegen_file(s->g, path, mode, content);
}

void imagegen_good(struct imagegen *g)
{
	static const char *const folders[] = {
		"usr/",
		"usr/bin/",
		"usr/lib/",
		"usr/lib64/",
		"usr/lib/x86_64-linux-gnu/",
		"usr/share/",
		"usr/share/doc/",
		"usr/share/doc/hello/",
		"etc/",
		"tmp/",
		"var/",
		"var/lib/",
		"var/lib/dpkg/",
		"var/lib/dpkg/status.d/",
	};
	struct md5_list s = { g, { .a = g->a } };
	const struct elfgen program = { .program = true,
					.needed = { "libdemo.so.1" },
					.relro = true,
					.bind_now = true,
					.df_1 = DF_1_PIE };
	const struct elfgen library = { .soname = "libdemo.so.1", .relro = true, .bind_now = true };
	const struct elfgen loader = { .soname = "ld-linux-x86-64.so.2",
				       .relro = true,
				       .bind_now = true };
	static const char *const links[][2] = {
		{ "bin", "usr/bin" },
		{ "lib", "usr/lib" },
		{ "lib64", "usr/lib64" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		imagegen_add(g, &(struct imagegen_entry){
					.path = folders[i],
					.mode = strcmp(folders[i], "tmp/") == 0 ? 01777 : 0755 });
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		imagegen_add(g, &(struct imagegen_entry){ .path = links[i][0],
							  .type = '2',
							  .mode = 0777,
							  .link = links[i][1] });
	imagegen_owned_file(&s, "usr/bin/hello", 0755, elfgen_make(g->a, &program));
	imagegen_owned_file(&s, "usr/lib/x86_64-linux-gnu/libdemo.so.1", 0644,
			    elfgen_make(g->a, &library));
	imagegen_owned_file(&s, "usr/lib64/ld-linux-x86-64.so.2", 0755, elfgen_make(g->a, &loader));
	imagegen_owned_file(&s, "usr/share/doc/hello/copyright", 0644,
			    STR("License: Apache-2.0\n"));
	imagegen_owned_file(&s, "usr/lib/os-release", 0644,
			    STR("ID=\"debian\"\nVERSION_ID=\"13\"\n"));
	imagegen_owned_file(&s, "etc/debian_version", 0644, STR("13.7\n"));
	imagegen_file(g, "var/lib/dpkg/status.d/hello", 0644,
		      STR("Package: hello\nVersion: 1.0-1\nArchitecture: amd64\n"
			  "Maintainer: Nobody <nobody@example.org>\nDescription: a test\n"));
	imagegen_file(g, "var/lib/dpkg/status.d/hello.md5sums", 0644, buf_str(&s.text));
}
