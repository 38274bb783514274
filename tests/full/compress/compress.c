/* SPDX-License-Identifier: Apache-2.0 */
/* Compresses a file to standard output with the library named, as layers are: compress gzip|zstd
 * LIBRARY FILE. It shares nothing with the builder, and is compiled for another machine too. */

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE (4u << 20)

/* zstd.h, whose numbers are part of its interface */
struct in {
	const void *p;
	size_t size, at;
};
struct compress_output {
	void *p;
	size_t size, at;
};
enum {
	LEVEL = 100,
	CONTENT_SIZE = 200,
	CHECKSUM = 201,
	WORKERS = 400,
	JOB_SIZE = 401,
	GO_ON = 0,
	END = 2
};

static char in[PIECE];

static void find_symbol(void *library, const char *name, void *function)
{
	void *address = dlsym(library, name);

	if (!address) {
		fprintf(stderr, "no %s\n", name);
		exit(1);
	}
	memcpy(function, &address, sizeof(address));
}

static int run_gzip(void *library, FILE *file)
{
	void *(*make)(int), *c;
	size_t (*compress)(void *, const void *, size_t, void *, size_t), (*bound)(void *, size_t),
		n;
	char *out;
	int ok;

	find_symbol(library, "libdeflate_alloc_compressor", &make);
	find_symbol(library, "libdeflate_gzip_compress", &compress);
	find_symbol(library, "libdeflate_gzip_compress_bound", &bound);
	c = make(6);
	out = malloc(bound(NULL, PIECE));
	while (c && out && (n = fread(in, 1, PIECE, file)) > 0)
		fwrite(out, 1, compress(c, in, n, out, bound(NULL, PIECE)), stdout);
	ok = c && out && fflush(stdout) == 0;
	free(out);
	return !ok;
}

static int run_zstd(void *library, FILE *file)
{
	static const int parameters[][2] = { { LEVEL, 9 },
					     { CHECKSUM, 1 },
					     { CONTENT_SIZE, 0 },
					     { WORKERS, 2 },
					     { JOB_SIZE, PIECE } };
	static char out[1 << 20];
	void *(*make)(void), *c;
	size_t (*set)(void *, int, int),
		(*compress)(void *, struct compress_output *, struct in *, int), rest, n;

	find_symbol(library, "ZSTD_createCCtx", &make);
	find_symbol(library, "ZSTD_CCtx_setParameter", &set);
	find_symbol(library, "ZSTD_compressStream2", &compress);
	c = make();
	for (size_t i = 0; i < 5; i++)
		set(c, parameters[i][0], parameters[i][1]);
	do {
		struct in piece = { in, n = fread(in, 1, PIECE, file), 0 };

		do {
			struct compress_output to = { out, sizeof(out), 0 };

			rest = compress(c, &to, &piece, n ? GO_ON : END);
			fwrite(out, 1, to.at, stdout);
		} while (n ? piece.at < piece.size : rest > 0);
	} while (n);
	return fflush(stdout) != 0;
}

int main(int argc, char **argv)
{
	void *library = argc == 4 ? dlopen(argv[2], RTLD_NOW) : NULL;
	FILE *file = argc == 4 ? fopen(argv[3], "rb") : NULL;

	if (!library || !file) {
		fprintf(stderr, "compress gzip|zstd LIBRARY FILE\n");
		return 1;
	}
	return strcmp(argv[1], "gzip") == 0 ? run_gzip(library, file) : run_zstd(library, file);
}
