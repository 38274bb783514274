/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild pull docker://REGISTRY/NAME[:TAG|@DIGEST] */

#include "transfer/registry/pull.h"

#include <unistd.h>

#include "base/path.h"
#include "base/size.h"
#include "cli/registry_options.h"
#include "format/json/jsonw.h"
#include "make/image/image.h"
#include "make/image/layout.h"

struct pulling {
	struct cli *c;
	const char *output, *archive, *platform;
	enum archive_form form;
	struct reference from;
	struct session_options options;
};

static bool to_stdout(const struct pulling *p)
{
	return p->archive && strcmp(p->archive, "-") == 0;
}

static void print_json(struct pulling *p, const struct pulled *r)
{
	struct buf text = { .a = p->c->a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_printf(&w, "name", "%s/%s", p->from.host, p->from.name);
	if (p->from.tag)
		jsonw_cstr(&w, "tag", p->from.tag);
	jsonw_cstr(&w, "digest", r->root.name);
	jsonw_cstr(&w, "media-type", r->root.media_type);
	jsonw_cstr(&w, "output", p->output);
	jsonw_u64(&w, "blobs", r->blobs);
	jsonw_u64(&w, "bytes", r->bytes);
	jsonw_u64(&w, "downloaded", r->fetched);
	jsonw_u64(&w, "downloaded-bytes", r->fetched_bytes);
	jsonw_object_end(&w);
	fprintf(p->c->out, "%s\n", buf_cstr(&text));
}

/* When standard output is the archive, the person reads the result among the messages. */
static void print(struct pulling *p, const struct pulled *r)
{
	if (to_stdout(p))
		progress_note(p->c->progress, "%s/%s@%s %s", p->from.host, p->from.name, r->root.name, p->output);
	else if (p->c->json)
		print_json(p, r);
	else
		fprintf(p->c->out, "%s/%s@%s %s\n", p->from.host, p->from.name, r->root.name, p->output);
}

static bool write_out(struct pulling *p, const struct store *s, struct pulled *r, struct error *e)
{
	r->files.form = p->form;
	if (!image_files_layout(s, &r->files, p->output, e))
		return false;
	if (to_stdout(p))
		return image_files_stream(s, &r->files, STDOUT_FILENO, e);
	return !p->archive || image_files_archive(s, &r->files, p->archive, e);
}

static bool pull(struct pulling *p, struct error *e)
{
	AUTO_STORE store = STORE_INIT;
	const struct pull_order order = { &store, &p->from, p->platform, &p->options };
	struct pulled r;

	if (!image_check_layout(p->output, e) ||
	    (p->archive && !to_stdout(p) && !image_check_archive(p->archive, e)))
		return false;
	store.progress = p->c->progress;
	if (!store_open(p->c->a, p->c->cache_dir, &store, e))
		return false;
	progress_begin(p->c->progress, "pull", "%s", p->from.text);
	if (!pull_image(p->c->a, &order, &r, e))
		return err_wrap(e, "pull %s", p->from.text);
	progress_end(p->c->progress, "pull", r.fetched == 0, "%zu blobs (%s), %zu of them were here already",
		     r.blobs, size_text(p->c->a, r.bytes), r.blobs - r.fetched);
	if (!write_out(p, &store, &r, e))
		return err_wrap(e, "pull %s", p->from.text);
	print(p, &r);
	return true;
}

bool cmd_pull(struct cli *c, struct error *e)
{
	struct pulling p = { .c = c };
	const char *tls = NULL, *form = NULL;
	const struct cli_known known[] = {
		{ "--authfile", &p.options.authfile, NULL }, { "--token-server", &p.options.token_server, NULL },
		{ "--tls-verify", &tls, NULL }, { "--platform", &p.platform, NULL },
		{ "--output", &p.output, NULL }, { "-o", &p.output, NULL }, { "--archive", &p.archive, NULL },
		{ "--archive-format", &form, NULL },
	};
	struct strings rest = { 0 };

	if (!cli_arguments(c, known, sizeof(known) / sizeof(known[0]), 1, &rest, e) ||
	    !registry_settings(c, tls, &p.options, e))
		return false;
	if (form && !archive_form_parse(form, &p.form, e))
		return false;
	if (form && !p.archive)
		return err_set(e, ERR_USAGE, "pull: --archive-format goes with --archive FILE");
	if (rest.n == 0)
		return err_set(e, ERR_USAGE, "pull: name an image: imgbuild pull docker://REGISTRY/NAME:TAG");
	if (to_stdout(&p) && isatty(STDOUT_FILENO))
		return err_set(e, ERR_USAGE, "pull: --archive -: standard output is a terminal; send it to a program");
	if (!reference_parse(c->a, rest.v[0], &p.from, e))
		return false;
	if (!p.output)
		p.output = arena_printf(c->a, "out/%s", path_base(p.from.name));
	return pull(&p, e);
}
