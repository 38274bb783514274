/* SPDX-License-Identifier: Apache-2.0 */
/* From recipe, locks and files to a statement. */

#include "line/provenance_record.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file_state.h"
#include "format/debian/purl.h"
#include "input/lock/tools_lock.h"
#include "line/input_archive.h"
#include "line/made_from_labels.h"
#include "line/run_memo.h"
#include "trust/attestation/predicate_types.h"
#include "trust/attestation/provenance.h"
#include "trust/signature/statement.h"

/* Where a file of an archive may be had by everybody; NULL: not known. The mirrors of this machine
 * are nobody else's business. */
static const char *record_location(struct arena *a, const struct locked_state *s, const char *path)
{
	const struct mirrors none = { .lacking = NULL };
	struct strings urls = { 0 };

	mirrors_urls(a, &none, s->archive, path, s->date, &urls);
	return urls.n ? urls.v[0] : NULL;
}

static const char *record_purl(struct arena *a, const struct locked_package *p)
{
	bool debian = str_starts(str_of(p->state->archive), STR("debian"));
	struct purl out = { .type = "deb",
			    .space = debian ? "debian" : p->state->archive,
			    .name = p->name,
			    .version = p->version };

	*list_push(a, &out.qualifiers) = (struct purl_qualifier){ "arch", p->architecture };
	return purl_text(a, &out);
}

static void record_add_package(struct arena *a, const char *kind, const struct locked_package *p,
			       struct materials *out)
{
	*list_push(a, out) = (struct material){
		.kind = kind,
		.name = p->file.name,
		.uri = record_purl(a, p),
		.location = record_location(a, p->state, p->file.path),
		.detail = p->roles.n ? strings_join(a, &p->roles, ", ") : NULL,
		.sha256 = p->file.sha256,
	};
}

static void record_add_source(struct arena *a, const struct locked_source *s, struct materials *out)
{
	for (size_t i = 0; i < s->files.n; i++) {
		const struct locked_file *f = &s->files.v[i];

		*list_push(a, out) = (struct material){
			.kind = s->state ? "source" : "download",
			.name = f->name,
			.location = f->url	? f->url
				    : s->state	? record_location(a, s->state, f->path)
				    : s->urls.n ? s->urls.v[0]
						: NULL,
			.detail = arena_printf(a, "%s %s", s->package, s->version),
			.sha256 = f->sha256,
		};
	}
}

static void record_add_state(struct arena *a, const struct locked_state *s, struct materials *out)
{
	if (s->unproven)
		return;
	*list_push(a, out) = (struct material){
		.kind = "suite",
		.name = arena_printf(a, "%s %s InRelease, %s", s->archive, s->codename, s->date),
		.location = record_location(a, s,
					    arena_printf(a, "dists/%s/InRelease", s->codename)),
		.detail = arena_printf(a, "signed by %s", strings_join(a, &s->signers, ", ")),
		.sha256 = s->inrelease,
	};
}

static void record_add_lock(struct arena *a, const struct lock *lock, struct materials *out)
{
	for (size_t i = 0; i < lock->packages.n; i++)
		record_add_package(a, "package", &lock->packages.v[i], out);
	for (size_t i = 0; i < lock->sources.n; i++)
		record_add_source(a, &lock->sources.v[i], out);
	for (size_t i = 0; i < lock->states.n; i++)
		record_add_state(a, lock->states.v[i], out);
	for (size_t i = 0; i < lock->downloads.n; i++) {
		const struct locked_download *d = &lock->downloads.v[i];

		*list_push(a, out) = (struct material){
			.kind = "download",
			.name = d->name,
			.location = d->urls.n ? d->urls.v[0] : NULL,
			.sha256 = d->file.sha256,
		};
	}
}

/* The packages whose libraries wrote the layers and read the packages here. */
static bool record_add_tools(struct arena *a, const struct recipe *r, struct materials *out,
			     struct error *e)
{
	const struct platform *host = platform_of_host();
	struct lock lock = { 0 }, mine = { 0 };
	int got = tools_load(a, tools_path(a, r->repository), &lock, e);

	if (got <= 0 || !host)
		return got >= 0;
	tools_for(a, &lock, NULL, host, &mine);
	for (size_t i = 0; i < mine.packages.n; i++)
		record_add_package(a, "tool", &mine.packages.v[i], out);
	return true;
}

/* An empty folder has no digest; the list of what was kept has it. */
static void record_add_files(struct arena *a, const struct input_files *files,
			     struct materials *out)
{
	for (size_t i = 0; i < files->n; i++) {
		const struct input_file *f = &files->v[i];

		if (f->folder)
			continue;
		*list_push(a, out) = (struct material){
			.kind = f->builtin ? "built-in" : "file",
			.name = f->name,
			.detail = f->target	  ? arena_printf(a, "symlink to %s", f->target)
				  : f->executable ? "executable"
						  : NULL,
			.sha256 = f->sha256,
		};
	}
}

/* Keeps the files beside the image, for others who build it again. */
static bool record_keep_files(struct arena *a, const struct build_order *o,
			      const struct input_files *files, struct attest_folder *to,
			      struct kept_archive *out, struct error *e)
{
	if (!input_archive_write(a, files, to, out, e))
		return false;
	if (out->obstacle)
		progress_warn(
			o->progress,
			"the files that %s was built from are not kept in %s: %s; others need "
			"a checkout to build it again",
			o->recipe, to->path, out->obstacle);
	return true;
}

/* Who builds again and again has hashed the program before: while its file has the state that the
 * key says, its digest is the one that is kept. */
static struct digest record_program_key(struct arena *a, const struct stat *st)
{
	return digest_of(
		str_of(arena_printf(a, "imgbuild program %llu %llu %lld %lld.%09ld %lld.%09ld",
				    (unsigned long long)st->st_dev, (unsigned long long)st->st_ino,
				    (long long)st->st_size, (long long)st->st_mtim.tv_sec,
				    st->st_mtim.tv_nsec, (long long)st->st_ctim.tv_sec,
				    st->st_ctim.tv_nsec)));
}

static bool record_read_program(const struct build_order *o, struct digest *out, struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_FD fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct digest key;
	struct stat st;
	struct str hex;
	bool keeps;
	int got = 0;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "open /proc/self/exe");
	keeps = o->compile.incremental && !file_state_young(&st);
	key = record_program_key(&a, &st);
	if (keeps)
		got = store_get_action(&a, o->store, &key, &hex, e);
	if (got > 0 && digest_parse(hex, out))
		return true;
	return got >= 0 && digest_fd(fd, "/proc/self/exe", out, NULL, e) &&
	       (!keeps || store_note_action(o->store, &key, str_of(digest_hex_dup(&a, out)), e));
}

/* Nothing can change it while it runs. */
static bool record_hash_program(const struct build_order *o, struct digest *out, struct error *e)
{
	if (o->memo && o->memo->knows_program) {
		*out = o->memo->program;
		return true;
	}
	if (!record_read_program(o, out, e))
		return false;
	if (o->memo) {
		o->memo->program = *out;
		o->memo->knows_program = true;
	}
	return true;
}

/* The image, and what an index names of it. */
static void record_subjects(struct arena *a, const struct image *img, struct strings *out)
{
	*list_push(a, out) = arena_printf(a, "sha256:%s", digest_hex_dup(a, &img->manifest_digest));
	for (size_t i = 0; i < img->parts.n; i++)
		*list_push(a, out) =
			arena_printf(a, "sha256:%s",
				     digest_hex_dup(a, &img->parts.v[i]->manifest_digest));
}

static bool record_make(struct arena *a, const struct build_order *o, const struct chains *all,
			const struct input_files *files, struct provenance *p, struct error *e)
{
	const struct recipe *r = chain_top(&all->v[0])->recipe;
	struct made_from from;

	if (!made_from_now(a, r, o->platforms.v[0], all->v[0].sums, &from, e) ||
	    !record_hash_program(o, &p->program, e))
		return false;
	record_add_files(a, files, &p->materials);
	if (!record_add_tools(a, r, &p->materials, e))
		return false;
	p->recipe = from.recipe;
	p->variant = r->variant;
	for (size_t i = 0; i < o->platforms.n; i++)
		*list_push(a, &p->platforms) = o->platforms.v[i]->name;
	for (size_t i = 0; i < all->n; i++) {
		for (size_t k = 0; k < all->v[i].n; k++)
			record_add_lock(a, &all->v[i].v[k].lock, &p->materials);
	}
	materials_sort(&p->materials);
	return true;
}

bool provenance_write(struct arena *a, const struct build_order *o, const struct provenance_of *of,
		      struct error *e)
{
	AUTO_ATTEST_FOLDER to = ATTEST_FOLDER_INIT;
	struct provenance p = { .tag = o->tag,
				.locked = o->locked,
				.offline = o->offline,
				.audited = !o->no_audit,
				.incremental = o->compile.incremental,
				.compressors = of->result->compressors,
				.substituted = of->result->substituted,
				.started = of->started,
				.finished = (int64_t)time(NULL) };
	const struct recipe *r = chain_top(&of->all->v[0])->recipe;
	struct input_files files = { 0 };
	struct strings subjects = { 0 };
	struct kept_archive kept;

	if (!input_files_list(a, o, r, NULL, &files, e) ||
	    !attest_folder_open(a, attest_folder_path(a, of->result->output), &to, e) ||
	    !record_keep_files(a, o, &files, &to, &kept, e))
		return false;
	p.inputs = kept.obstacle ? NULL : &kept.list;
	if (!record_make(a, o, of->all, &files, &p, e))
		return false;
	record_subjects(a, of->image, &subjects);
	return file_batch_write(&to.files, to.fd, arena_printf(a, "%s/" PROVENANCE_FILE, to.path),
				0644,
				statement_text(a, &subjects, PREDICATE_PROVENANCE,
					       provenance_text(a, &p)),
				e) &&
	       file_batch_commit(&to.files, e);
}
