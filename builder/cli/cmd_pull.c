/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild pull docker://REGISTRY/NAME[:TAG|@DIGEST] */

#include "transfer/registry/pull.h"

#include <unistd.h>

#include "base/path.h"
#include "base/size.h"
#include "cli/archive_option.h"
#include "cli/commands.h"
#include "cli/registry_options.h"
#include "format/json/jsonw.h"
#include "make/image/image.h"
#include "make/image/layout.h"

struct pull_options {
	struct registry_options registry;
	struct archive_options archive;
	const char *output, *platform;
};

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

static void pull_print_json(struct pulling *p, const struct pulled *r)
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
static void pull_print_result(struct pulling *p, const struct pulled *r)
{
	if (to_stdout(p))
		progress_note(p->c->progress, "%s/%s@%s %s", p->from.host, p->from.name,
			      r->root.name, p->output);
	else if (p->c->json)
		pull_print_json(p, r);
	else
		fprintf(p->c->out, "%s/%s@%s %s\n", p->from.host, p->from.name, r->root.name,
			p->output);
}

/* docker load takes the first image, and nobody would miss the others. */
static bool pull_check_form(const struct pulling *p, const struct pulled *r, struct error *e)
{
	if (!p->archive || p->form != ARCHIVE_DOCKER || r->images == 1)
		return true;
	return err_set(e, ERR_USAGE,
		       "--archive-format docker holds one image, not %zu; %stake oci or hybrid",
		       r->images, r->images ? "name one with --platform, or " : "");
}

static bool write_out(struct pulling *p, const struct store *s, struct pulled *r, struct error *e)
{
	r->files.form = p->form;
	if (!pull_check_form(p, r, e) || !image_files_layout(s, &r->files, p->output, e))
		return false;
	if (to_stdout(p))
		return image_files_stream(s, &r->files, STDOUT_FILENO, e);
	return !p->archive || image_files_archive(s, &r->files, p->archive, e);
}

static bool pull_to_output(struct pulling *p, struct error *e)
{
	AUTO_STORE store = STORE_INIT;
	const struct pull_order order = { .store = &store,
					  .from = &p->from,
					  .platform = p->platform,
					  .hold = true,
					  .options = &p->options };
	struct pulled r;
	bool ok;

	if (!image_check_layout(p->output, e) ||
	    (p->archive && !to_stdout(p) && !image_check_archive(p->archive, e)))
		return false;
	store.progress = p->c->progress;
	if (!store_open(p->c->a, p->c->cache_dir, &store, e))
		return false;
	progress_begin(p->c->progress, "pull", "%s", p->from.text);
	if (!pull_image(p->c->a, &order, &r, e))
		return err_wrap(e, "pull %s", p->from.text);
	progress_end(p->c->progress, "pull", r.fetched == 0,
		     "%zu blobs (%s), %zu of them were here already", r.blobs,
		     size_text(p->c->a, r.bytes), r.blobs - r.fetched);
	ok = write_out(p, &store, &r, e);
	pulled_close(&r);
	if (!ok)
		return err_wrap(e, "pull %s", p->from.text);
	pull_print_result(p, &r);
	return true;
}

static bool pull_run(struct cli *c, struct error *e)
{
	const struct pull_options *o = c->options;
	struct pulling p = { .c = c,
			     .output = o->output,
			     .archive = o->archive.file,
			     .platform = o->platform,
			     .form = o->archive.form };

	if (!registry_settings(c, &o->registry, &p.options, e))
		return false;
	if (to_stdout(&p) && isatty(STDOUT_FILENO))
		return err_set(
			e, ERR_USAGE,
			"pull: --archive -: standard output is a terminal; send it to a program");
	if (!reference_parse(c->a, c->operands.v[0], &p.from, e))
		return false;
	if (!p.output)
		p.output = arena_printf(c->a, "out/%s", path_base(p.from.name));
	return pull_to_output(&p, e);
}

static const struct option_row pull_options[] = {
	{ "--output", 'o', "DIR", "where the OCI layout goes", .otherwise = "out/NAME",
	  OPTION_IS_TEXT(struct pull_options, output), .word = WORD_FOLDER },
	ARCHIVE_ROWS(struct pull_options, archive,
		     "hybrid; podman keeps a health check with docker alone"),
	{ "--platform", 0, "OS/ARCH",
	  "one image of a multi-platform index; one for another platform alone is refused",
	  OPTION_IS_TEXT(struct pull_options, platform), .word = WORD_PLATFORM,
	  .otherwise = "all of the index" },
	REGISTRY_ROWS(struct pull_options, registry),
	{ NULL },
};

const struct command cmd_pull = {
	.name = "pull",
	.summary = "get an image from a registry, verified",
	.operands = { { "docker://REGISTRY/NAME[:TAG|@DIGEST]" } },
	.wanted = "name an image: imgbuild pull docker://REGISTRY/NAME:TAG",
	.examples = "pull docker://registry.example/team/hello:1.0 -o out/hello\n"
		    "pull docker://127.0.0.1:5000/hello@sha256:... --archive hello.tar",
	.options = pull_options,
	.options_size = sizeof(struct pull_options),
	.run = pull_run,
};
