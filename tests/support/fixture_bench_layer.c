/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_bench_layer.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/archive/tarw.h"
#include "inspect/image/scratch_file.h"
#include "inspect/layers/layer_parse.h"
#include "support/fixture_bench.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/gen_image.h"

#define MARK "bench-number-0000"

struct str bench_layer_program(struct arena *a, const char *dir)
{
	const char *source = arena_printf(a, "%s/own.c", dir), *to = arena_printf(a, "%s/own", dir);
	struct stat st;
	char *text;
	AUTO_FD fd = -1;
	struct error e = { 0 };

	files_put(source, "#include <math.h>\n#include <stdio.h>\n#include <stdlib.h>\n"
			  "const char mark[] = \"" MARK "\";\n"
			  "int main(int n, char **v)\n{\n"
			  "\tputs(mark);\n\treturn printf(\"%f\", pow(n, atof(v[0]))) < 0;\n}\n");
	ORACLE(a, "cc", "-O2", "-fPIE", "-pie", "-Wl,-z,relro,-z,now", "-o", to, source, "-lm");
	fd = open(to, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		bench_die(to);
	text = arena_alloc(a, (size_t)st.st_size);
	if (!fd_pread(fd, text, (size_t)st.st_size, 0, to, &e))
		bench_give_up(&e);
	return (struct str){ text, (size_t)st.st_size };
}

static void bench_layer_put(struct tarw *t, const char *path, unsigned mode, struct str content)
{
	const struct tarw_entry x = { .path = path,
				      .type = mode & 01000 ? TARW_DIR : TARW_FILE,
				      .mode = mode & 0777,
				      .mtime = 1700000000,
				      .size = content.n };
	struct error e = { 0 };

	if (!tarw_entry(t, &x, &e) || !tarw_data(t, content, &e))
		bench_give_up(&e);
}

static struct str bench_layer_numbered(struct arena *a, struct str program, size_t number)
{
	struct str copy = str_copy(a, program);
	char *at = memmem((void *)(uintptr_t)copy.p, copy.n, MARK, strlen(MARK));

	if (!at)
		bench_die(MARK);
	memcpy(at + strlen(MARK) - 4, arena_printf(a, "%04zu", number % 10000), 4);
	return copy;
}

void bench_layer_make(struct arena *a, struct str program, size_t number, struct bench_layer *out)
{
	struct buf tar = { .a = a };
	struct buf_sink sink;
	struct digest diff_id, digest;
	struct tarw t;
	struct error e = { 0 };

	buf_sink_init(&sink, &tar, "the layer");
	tarw_init(&t, &sink.base);
	bench_layer_put(&t, "opt", 01755, STR(""));
	bench_layer_put(&t, "opt/own", 01755, STR(""));
	bench_layer_put(&t, "opt/own/data.txt", 0644,
			str_of(arena_printf(a, "rows of %zu\n1\n2\n3\n", number)));
	bench_layer_put(&t, "opt/own/own", 0755, bench_layer_numbered(a, program, number));
	bench_layer_put(&t, "opt/own/own.conf", 0644,
			str_of(arena_printf(a, "number = %zu\n", number)));
	if (!tarw_finish(&t, &e))
		bench_give_up(&e);
	out->blob = imagegen_compress(a, buf_str(&tar), IMAGEGEN_GZIP);
	diff_id = digest_of(buf_str(&tar));
	digest = digest_of(out->blob);
	out->says =
		(struct image_layer){ .media_type = "application/vnd.oci.image.layer.v1.tar+gzip",
				      .has_digest = true,
				      .digest = content_digest_sha256(digest),
				      .size = out->blob.n,
				      .diff_id = content_digest_sha256(diff_id) };
}

/* What a child would say of it. */
static struct str bench_layer_said(struct arena *a, const struct bench_layer *l, const char *dir)
{
	const char *path = arena_printf(a, "%s/layer", dir);
	struct buf said = { .a = a };
	AUTO_FD fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	AUTO_FD scratch = -1;
	struct layer_job job = { .layer = &l->says, .size = l->blob.n };
	struct buf_sink to;
	struct error e = { 0 };

	buf_sink_init(&to, &said, "what is said of the layer");
	if (fd < 0)
		bench_die(path);
	if (!scratch_open(&scratch, &e) || !fd_write(fd, l->blob, path, &e))
		bench_give_up(&e);
	job.fd = fd;
	job.scratch = scratch;
	if (!layer_parse(&job, &to.base, &e))
		bench_give_up(&e);
	return buf_str(&said);
}

void bench_layer_facts(struct arena *a, const struct bench_layer *l, const char *dir,
		       struct str *text, struct str *predicate)
{
	AUTO_LAYER_MEMO memo = LAYER_MEMO_INIT;
	struct image_facts image = { .has_digest = true };
	struct layer_facts_texts texts;
	struct digest key;
	size_t missing;
	struct error e = { 0 };

	*list_push(a, &image.layers) = l->says;
	if (!layer_facts_key(&l->says, &memo, &key))
		bench_die("facts");
	layer_memo_note(&memo, &key, bench_layer_said(a, l, dir), false);
	if (!layer_facts_make(a, &image, &memo, NULL, predicate, &texts, &missing, &e))
		bench_give_up(&e);
	if (missing || texts.n != 1)
		bench_die("facts");
	*text = texts.v[0];
}
