/* SPDX-License-Identifier: Apache-2.0 */
/* Remembers finished builds in the store's action table. */

#include "line/unchanged.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "line/attest_folder.h"
#include "line/overlay_listing.h"
#include "line/step_inputs.h"
#include "make/compile/incremental.h"
#include "make/compile/local_files.h"
#include "make/compile/source_folder.h"
#include "format/json/json.h"
#include "format/json/jsonw.h"
#include "make/image/image_blobs.h"
#include "make/layer/compressor.h"
#include "input/lock/tools_lock.h"
#include "trust/attestation/kept_inputs.h"

#define LOCK_MAX (16u << 20)

static bool add_bytes(struct arena *a, struct history_inputs *in, const struct recipe *r,
		      const char *path, struct error *e)
{
	struct str text;
	struct digest d;
	struct stat st;

	if (!io_read_file(a, AT_FDCWD, path, LOCK_MAX, &text, e))
		return false;
	d = digest_of(text);
	/* whether it may be executed is part of the image */
	history_add(a, in, recipe_shown_path(a, r, path),
		    arena_printf(a, "%s%s", digest_hex_dup(a, &d),
				 stat(path, &st) == 0 && (st.st_mode & S_IXUSR) ? " x" : ""));
	return true;
}

static bool unchanged_add_folder(struct arena *a, struct history_inputs *in, const struct recipe *r,
				 const char *path, struct error *e)
{
	struct local_files files = { 0 };

	if (!local_list(a, path, &files, e))
		return false;
	for (size_t i = 0; i < files.n; i++) {
		const struct local_file *f = &files.v[i];

		if (!f->target && !add_bytes(a, in, r, f->path, e))
			return false;
		if (f->target)
			history_add(a, in, recipe_shown_path(a, r, f->path),
				    arena_printf(a, "link %s", f->target));
	}
	return true;
}

static bool unchanged_add_source_folder(struct arena *a, struct history_inputs *in,
					const struct recipe *r, const struct source_recipe *s,
					struct file_digests *known, struct error *e)
{
	struct source_files files = { 0 };

	if (!source_folder_list(a, s, &files, e))
		return false;
	for (size_t i = 0; i < files.n; i++) {
		const char *value;

		if (!source_file_value(a, &files.v[i], known, &value, e))
			return false;
		history_add(a, in, recipe_shown_path(a, r, files.v[i].path), value);
	}
	return true;
}

/* One entry of "files": how much of it changed, its layer says. */
static bool add_overlay(struct arena *a, struct history_inputs *in, const struct recipe *r,
			const struct file_spec *f, struct error *e)
{
	struct buf text = { .a = a };
	struct digest d;

	if (!inputs_add(a, &text, f->from, e))
		return false;
	d = digest_of(buf_str(&text));
	history_add(a, in, recipe_shown_path(a, r, f->from), digest_hex_dup(a, &d));
	return true;
}

static bool add_locks(struct arena *a, struct history_inputs *in, const struct platform *p,
		      const struct recipe *r, struct error *e)
{
	return add_bytes(a, in, r, recipe_lock_path(a, r, p), e) &&
	       (!r->base || add_locks(a, in, p, r->base, e));
}

/* What writes the layers: what is pinned, or the host's where nothing is. */
static bool add_compressors(struct arena *a, struct history_inputs *in, const struct recipe *r,
			    struct error *e)
{
	const struct compressor host = compressor_host(r->compression);
	const char *path = tools_path(a, r->repository);
	struct stat st;

	if (stat(path, &st) == 0)
		return add_bytes(a, in, r, path, e);
	history_add(a, in, "this machine's compressors",
		    arena_printf(a, "%s, %s", gzip_compressor(a, &host.gzip),
				 zstd_compressor(a, &host.zstd)));
	return true;
}

/* An exception that has expired since makes another verdict of the same image. */
static void add_expired(struct arena *a, struct history_inputs *in, const struct recipe *r)
{
	time_t now = time(NULL);
	struct tm tm;
	char today[32] = "";

	if (gmtime_r(&now, &tm))
		strftime(today, sizeof(today), "%Y-%m-%d", &tm);
	for (size_t i = 0; i < r->accept.n; i++) {
		const struct accepted_finding *x = &r->accept.v[i];

		if (x->until && strcmp(x->until, today) < 0)
			history_add(a, in,
				    arena_printf(a, "expired exception %s",
						 place_format(a, &x->at)),
				    x->until);
	}
}

static bool unchanged_add_files(struct arena *a, struct history_inputs *in, const struct recipe *r,
				const struct strings *paths, struct error *e)
{
	for (size_t i = 0; i < paths->n; i++) {
		if (!add_bytes(a, in, r, paths->v[i], e))
			return false;
	}
	return true;
}

static bool unchanged_add_sources(struct arena *a, struct history_inputs *in,
				  const struct recipe *r, struct file_digests *known,
				  struct error *e)
{
	struct source_list sources = { 0 };

	recipe_sources(a, r, &sources);
	for (size_t i = 0; i < sources.n; i++) {
		if (!unchanged_add_source_folder(a, in, r, sources.v[i], known, e))
			return false;
		for (size_t k = 0; k < sources.v[i]->trees.n; k++) {
			if (!unchanged_add_folder(a, in, r, sources.v[i]->trees.v[k], e))
				return false;
		}
		if (sources.v[i]->signature.file &&
		    (!add_bytes(a, in, r, sources.v[i]->signature.file, e) ||
		     !unchanged_add_files(a, in, r, &sources.v[i]->signature.keyrings, e)))
			return false;
		if (sources.v[i]->local && !add_bytes(a, in, r, sources.v[i]->local, e))
			return false;
		for (size_t k = 0; k < sources.v[i]->patches.n; k++) {
			if (!add_bytes(a, in, r, sources.v[i]->patches.v[k], e))
				return false;
		}
	}
	return true;
}

static const char *unchanged_state(struct arena *a, const struct stat *st)
{
	return arena_printf(a, "%lld %lld.%09ld", (long long)st->st_size,
			    (long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
}

/* The manifest of a layout says what is in it. Of an archive, which may be large, its time does. */
static bool unchanged_add_base(struct arena *a, struct history_inputs *in, const struct recipe *r,
			       struct error *e)
{
	const char *path = r->base_image ? r->base_image->local : NULL;
	struct stat st;

	if (!path || stat(path, &st) < 0)
		return true; /* who opens it says that it is gone */
	if (S_ISDIR(st.st_mode))
		return add_bytes(a, in, r, arena_printf(a, "%s/index.json", path), e);
	history_add(a, in, recipe_shown_path(a, r, path), unchanged_state(a, &st));
	return true;
}

static bool add_recipe(struct arena *a, struct history_inputs *in, const struct recipe *r,
		       struct file_digests *known, struct error *e)
{
	add_expired(a, in, r);
	for (size_t i = 0; i < r->files.n; i++) {
		if (!add_overlay(a, in, r, &r->files.v[i], e))
			return false;
	}
	if (!unchanged_add_base(a, in, r, e) ||
	    !unchanged_add_files(a, in, r, &r->effects.ca_bundle.files, e) ||
	    !unchanged_add_files(a, in, r, &r->tests, e))
		return false;
	return unchanged_add_sources(a, in, r, known, e) &&
	       (!r->base || add_recipe(a, in, r->base, known, e));
}

const char *unchanged_program(struct arena *a)
{
	struct stat st;

	return stat("/proc/self/exe", &st) < 0 ? NULL : unchanged_state(a, &st);
}

/* Of those from the `from`th on. A name may be there twice: two recipes of a chain may have one
 * folder among their "files". */
static struct digest digest_inputs(struct arena *a, const char *head,
				   const struct history_inputs *in, size_t from)
{
	struct buf text = { .a = a };

	buf_puts(&text, head);
	for (size_t i = from; i < in->n; i++)
		buf_printf(&text, "%zu %s %s\n", strlen(in->v[i].name), in->v[i].name,
			   in->v[i].value);
	return digest_of(buf_str(&text));
}

bool unchanged_inputs(struct arena *a, const struct build_order *o, const struct recipe *r,
		      struct history_inputs *in, struct digest *inputs, struct error *e)
{
	const char *head = arena_printf(a, "imgbuild build 3\nrecipe %s\noutput %s\n",
					digest_hex_dup(a, &r->digest), o->output ? o->output : "");
	const char *program, *since = NULL;

	config_inputs(a, r, in);
	if (r->variant)
		history_add(a, in, "--variant", r->variant);
	history_add(a, in, "--tag", o->tag ? o->tag : "");
	history_add(a, in, "--no-audit", o->no_audit ? "1" : "");
	if (o->compile.incremental && !incremental_since(a, o->store, &since, e))
		return false;
	if (o->compile.incremental)
		history_add(a, in, "--incremental", since);
	history_add(a, in, "--platform", platforms_format(a, &o->platforms));
	for (size_t i = 0; i < r->tags.n; i++)
		history_add(a, in, arena_printf(a, "tag %s", r->tags.v[i]), "");
	if (!add_recipe(a, in, r, o->compile.digests, e))
		return false;
	for (size_t i = 0; i < r->inputs.n; i++) {
		if (!add_bytes(a, in, r, r->inputs.v[i], e))
			return false;
	}
	program = unchanged_program(a);
	if (program)
		history_add(a, in, "this imgbuild", program);
	*inputs = digest_inputs(a, head, in, 0);
	return true;
}

bool unchanged_key(struct arena *a, const struct build_order *o, const struct recipe *r,
		   const struct digest *inputs, struct history_inputs *in, struct digest *key,
		   struct error *e)
{
	size_t before = in->n;

	for (size_t i = 0; i < o->platforms.n; i++) {
		if (!add_locks(a, in, o->platforms.v[i], r, e))
			return false;
	}
	if (!add_compressors(a, in, r, e))
		return false;
	*key = digest_inputs(a, arena_printf(a, "inputs %s\n", digest_hex_dup(a, inputs)), in,
			     before);
	return true;
}

static const char *unchanged_provenance(struct arena *a, const char *name)
{
	AUTO_FD fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct error ignored = { 0 };
	struct digest d;

	return fd >= 0 && digest_fd(fd, name, &d, NULL, &ignored) ? digest_hex_dup(a, &d) : "none";
}

/* What a build told of its image: the provenance, for another build of the same bytes, with
 * --incremental say, leaves another; and, like blobs by its size, the archive that it names. */
static const char *unchanged_told(struct arena *a, const char *output)
{
	const char *folder = attest_folder_path(a, output);
	struct stat st = { 0 };

	stat(arena_printf(a, "%s/" KEPT_ARCHIVE_FILE, folder), &st);
	return arena_printf(a, "%s %lld",
			    unchanged_provenance(a, arena_printf(a, "%s/" PROVENANCE_FILE, folder)),
			    (long long)st.st_size);
}

static bool read_result(struct arena *a, const struct json_doc *doc, struct build_result *out,
			const char **told, struct strings *blobs, struct error *e)
{
	struct json_node root = json_root(doc), list;
	const char *hex = "";

	return json_want_object(&root, e) && json_opt_string(a, &root, "manifest", &hex, e) &&
	       digest_parse(str_of(hex), &out->manifest) &&
	       json_opt_u64(&root, "layers", &out->layers, e) &&
	       json_opt_u64(&root, "files", &out->files, e) &&
	       json_opt_u64(&root, "packages", &out->packages, e) &&
	       json_opt_u64(&root, "size", &out->size, e) &&
	       json_opt_strings(a, &root, "compressors", &out->compressors, e) &&
	       json_opt_string(a, &root, "told", told, e) && json_need(&root, "blobs", &list, e) &&
	       json_as_strings(a, &list, blobs, e);
}

static bool output_read_part(struct arena *a, const char *output, const char *name,
			     struct str *text)
{
	struct error ignored = { 0 };

	return io_read_file(a, AT_FDCWD, arena_printf(a, "%s/%s", output, name), 1u << 20, text,
			    &ignored);
}

/* Every blob of the image is there with its size, and index.json names its manifest. */
static bool output_is_whole(struct arena *a, const char *output, const struct build_result *r,
			    const struct strings *blobs)
{
	struct str index, form;
	struct stat st;

	for (size_t i = 0; i < blobs->n; i++) {
		struct str name, size;
		uint64_t n;

		if (!str_cut(str_of(blobs->v[i]), ' ', &name, &size) || !str_u64(size, &n) ||
		    stat(arena_printf(a, "%s/blobs/sha256/" STR_FMT, output, STR_ARG(name)), &st) <
			    0 ||
		    (uint64_t)st.st_size != n)
			return false;
	}
	return output_read_part(a, output, "oci-layout", &form) &&
	       output_read_part(a, output, "index.json", &index) &&
	       strstr(index.p, digest_hex_dup(a, &r->manifest)) != NULL;
}

int unchanged_find(struct arena *a, const struct build_order *o, const struct digest *key,
		   struct build_result *out, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct strings blobs = { 0 };
	struct build_result noted = *out;
	struct error damaged = { 0 };
	const char *told = "";
	struct str text;
	int got = store_get_action(a, o->store, key, &text, e);

	if (got <= 0)
		return got;
	if (!json_parse("a note in the store", text, &doc, &damaged) ||
	    !read_result(a, &doc, &noted, &told, &blobs, &damaged) ||
	    !output_is_whole(a, out->output, &noted, &blobs) ||
	    strcmp(told, unchanged_told(a, out->output)) != 0)
		return 0;
	*out = noted;
	out->unchanged = true;
	return 1;
}

bool unchanged_note(struct arena *a, const struct build_order *o, const struct digest *key,
		    const struct image *img, const struct build_result *r, struct error *e)
{
	struct image_blobs blobs = { 0 };
	struct buf text = { .a = a };
	struct jsonw w;

	image_blobs_list(a, img, &blobs);
	jsonw_init(&w, &text, true);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "manifest", digest_hex_dup(a, &r->manifest));
	jsonw_u64(&w, "layers", r->layers);
	jsonw_u64(&w, "files", r->files);
	jsonw_u64(&w, "packages", r->packages);
	jsonw_u64(&w, "size", r->size);
	jsonw_strings(&w, "compressors", &r->compressors);
	jsonw_cstr(&w, "told", unchanged_told(a, r->output));
	jsonw_array(&w, "blobs");
	for (size_t i = 0; i < blobs.v.n; i++)
		jsonw_printf(&w, NULL, "%s %llu", image_blob_file(&blobs.v.v[i]),
			     (unsigned long long)blobs.v.v[i].size);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	return store_note_action(o->store, key, buf_str(&text), e);
}
