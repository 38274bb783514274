/* SPDX-License-Identifier: Apache-2.0 */
/* Opens image references and finds their parts. Knows folders and archives, and hands on what was
 * pulled to pulled_parts.c; what the parts mean is for manifest.c and docker.c. */

#include "inspect/image/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/near_file.h"
#include "format/text/image_name.h"
#include "inspect/image/beneath.h"
#include "inspect/image/pulled_parts.h"
#include "inspect/image/unwrap.h"

#define BLOBS "blobs/sha256/"
#define BLOBS_SHA512 "blobs/sha512/"

static bool size_of(int fd, const char *name, uint64_t *size, struct error *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, "stat %s", name);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_INPUT, "%s is not a regular file", name);
	*size = (uint64_t)st.st_size;
	return true;
}

/* Whether it has this part. What cannot be looked at is an error, and says nothing about the image.
 */
static bool bundle_find(const struct bundle *b, const char *name, bool *there, struct error *e)
{
	*there = bundle_has(b, name);
	return *there || b->archive || errno == ENOENT || errno == ENOTDIR || errno == ELOOP ||
	       err_sys(e, "look into %s", b->name);
}

static bool bundle_open_folder(const char *path, struct bundle *b, struct error *e)
{
	b->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (b->fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(e, ERR_INPUT, "%s is not there or no folder", path);
	if (b->fd < 0)
		return err_sys(e, "open %s", path);
	return true;
}

/* An archive that is compressed as a whole is replaced by what it holds. */
static bool bundle_unwrap(struct bundle *b, uint64_t *size, const char *path, struct error *e)
{
	uint64_t inner;
	bool ok;
	int fd;

	if (!unwrap_wanted(b->fd, *size))
		return true;
	ok = unwrap_archive(b->fd, *size, unwrap_budget(*size), path, &fd, &inner, e);
	fd_closep(&b->fd);
	b->fd = fd;
	*size = inner;
	return ok;
}

static bool open_archive(struct arena *a, const char *path, struct bundle *b, struct error *e)
{
	uint64_t size;

	b->archive = true;
	b->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (b->fd < 0 && errno == ENOENT)
		return err_set(e, ERR_INPUT, "%s is not there", path);
	if (b->fd < 0)
		return err_sys(e, "open %s", path);
	return size_of(b->fd, path, &size, e) && bundle_unwrap(b, &size, path, e) &&
	       members_index(a, b->fd, size, path, &b->members, e);
}

/* A folder that no tool made as an image, but that has what every root file system has. */
static bool is_rootfs(const struct bundle *b)
{
	struct stat st;

	return (fstatat(b->fd, "usr", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode)) ||
	       (fstatat(b->fd, "etc", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode));
}

/* It is not in the form that was asked for, but perhaps in another one. */
static bool bundle_fail_form(const struct bundle *b, bool forced, bool oci, bool docker,
			     struct error *e)
{
	if (!forced)
		return err_set(
			e, ERR_INPUT, "%s holds no image: %s", b->name,
			b->archive ? "neither index.json nor manifest.json is in it"
				   : "neither oci-layout with index.json nor manifest.json is in "
				     "it, and for a root file system usr or etc (rootfs:DIR reads "
				     "any folder)");
	if (b->form == BUNDLE_OCI)
		return err_set(e, ERR_INPUT,
			       "%s holds no image: oci-layout and index.json are not in it%s%s",
			       b->name, docker ? "; what is in it is read as " : "",
			       docker ? (b->archive ? "docker-archive:FILE" : "dir:DIR") : "");
	return err_set(e, ERR_INPUT, "%s holds no image: manifest.json is not in it%s%s", b->name,
		       oci ? "; what is in it is read as " : "",
		       oci ? (b->archive ? "oci-archive:FILE" : "oci:DIR") : "");
}

static bool check_form(struct bundle *b, enum bundle_form wanted, bool forced, struct error *e)
{
	bool index, layout, manifest, old, oci, docker;

	if (!bundle_find(b, "index.json", &index, e) || !bundle_find(b, "oci-layout", &layout, e) ||
	    !bundle_find(b, "manifest.json", &manifest, e) ||
	    !bundle_find(b, "repositories", &old, e))
		return false;
	oci = index && layout;
	if (!forced && !b->archive && !oci && !manifest && is_rootfs(b)) {
		b->form = BUNDLE_ROOTFS;
		return true;
	}
	docker = b->archive && (manifest || old);
	b->form = forced ? wanted : oci ? BUNDLE_OCI : b->archive ? BUNDLE_DOCKER : BUNDLE_DIR;
	if (b->form == BUNDLE_OCI ? oci : b->form == BUNDLE_DOCKER ? docker : manifest)
		return true;
	return bundle_fail_form(b, forced, oci, manifest || old, e);
}

/* DIR ends at the first ':' (containers-transports(5)). */
static void split_tag(struct arena *a, struct str rest, const char **path, const char **tag)
{
	struct str head, tail;

	*tag = str_cut(rest, ':', &head, &tail) && tail.n ? str_dup(a, tail) : NULL;
	*path = str_dup(a, head);
}

static bool cannot_read(const char *reference, struct error *e)
{
	static const char *const other[] = { "containers-storage:", "docker-daemon:", "ostree:",
					     "registry://",	    "http://",	      "https://" };

	if (str_starts(str_of(reference), STR("docker://")))
		return err_set(
			e, ERR_USAGE,
			"an image of a registry is fetched first: imgbuild pull %s -o DIR; then name DIR",
			reference);
	for (size_t i = 0; i < ARRAY_SIZE(other); i++)
		if (str_starts(str_of(reference), str_of(other[i])))
			return err_set(
				e, ERR_USAGE,
				"%s: only layout folders (DIR, oci:DIR[:TAG]), archives (FILE, oci-archive:FILE, "
				"docker-archive:FILE), root file systems (rootfs:DIR) and images of "
				"registries (docker://REGISTRY/NAME[:TAG]) can be read",
				reference);
	return true;
}

/* Builds leave images in out/, and say so; a name alone is often one of those. */
static const char *bundle_near(struct arena *a, const char *path)
{
	const char *built = arena_printf(a, "out/%s", path);

	return !strchr(path, '/') && access(built, F_OK) == 0 ? built : near_file(a, path, NULL);
}

/* "redis:7", "registry.example/team/app": as other tools name images. */
static bool bundle_is_image_name(const char *path)
{
	struct error ignored = { 0 };

	return image_name_check(path, &ignored) &&
	       (strchr(path, ':') || (strchr(path, '/') && image_name_has_host(str_of(path))));
}

static bool bundle_fail_missing(struct arena *a, const char *path, struct error *e)
{
	const char *near = bundle_near(a, path);

	return err_set(e, ERR_INPUT,
		       "no image at %s: there is neither a folder nor a file of that name%s", path,
		       near			    ? near_question(a, near)
		       : bundle_is_image_name(path) ? "; an image of a registry is named with its "
						      "host, docker://REGISTRY/NAME[:TAG]"
						    : "; imgbuild RECIPE.json makes one");
}

static bool open_plain(struct arena *a, const char *path, struct bundle *b, struct error *e)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno == ENOENT ? bundle_fail_missing(a, path, e)
				       : err_sys(e, "stat %s", path);
	if (S_ISDIR(st.st_mode))
		return bundle_open_folder(path, b, e) && check_form(b, BUNDLE_OCI, false, e);
	return open_archive(a, path, b, e) && check_form(b, BUNDLE_OCI, false, e);
}

bool bundle_open(struct arena *a, const char *reference, struct bundle *b, struct error *e)
{
	static const struct str oci = STR("oci:"), oci_archive = STR("oci-archive:"),
				docker_archive = STR("docker-archive:"), dir = STR("dir:"),
				rootfs = STR("rootfs:");
	struct str ref = str_of(reference);
	const char *path;

	*b = (struct bundle)BUNDLE_INIT;
	b->name = reference;
	if (!cannot_read(reference, e))
		return false;
	if (str_starts(ref, oci)) {
		split_tag(a, str_from(ref, oci.n), &path, &b->tag);
		return bundle_open_folder(path, b, e) && check_form(b, BUNDLE_OCI, true, e);
	}
	if (str_starts(ref, oci_archive)) {
		split_tag(a, str_from(ref, oci_archive.n), &path, &b->tag);
		return open_archive(a, path, b, e) && check_form(b, BUNDLE_OCI, true, e);
	}
	if (str_starts(ref, docker_archive)) {
		split_tag(a, str_from(ref, docker_archive.n), &path, &b->tag);
		return open_archive(a, path, b, e) && check_form(b, BUNDLE_DOCKER, true, e);
	}
	if (str_starts(ref, dir))
		return bundle_open_folder(reference + dir.n, b, e) &&
		       check_form(b, BUNDLE_DIR, true, e);
	if (str_starts(ref, rootfs)) {
		b->form = BUNDLE_ROOTFS;
		return bundle_open_folder(reference + rootfs.n, b, e);
	}
	return open_plain(a, reference, b, e);
}

void bundle_of_pulled(const char *reference, const struct store *store,
		      const struct image_files *files, struct bundle *b)
{
	*b = (struct bundle)BUNDLE_INIT;
	b->name = reference;
	b->store = store;
	b->pulled = files;
}

bool bundle_share(const struct bundle *of, struct bundle *out, struct error *e)
{
	*out = *of;
	if (of->pulled)
		return true;
	out->fd = fcntl(of->fd, F_DUPFD_CLOEXEC, 0);
	return out->fd >= 0 || err_sys(e, "open %s", of->name);
}

void bundle_close(struct bundle *b)
{
	fd_closep(&b->fd);
	b->pulled = NULL;
}

bool bundle_is_open(const struct bundle *b)
{
	return b->fd >= 0 || b->pulled;
}

bool bundle_has(const struct bundle *b, const char *name)
{
	AUTO_FD fd = -1;

	errno = ENOENT;
	if (b->pulled)
		return pulled_parts_have(b->pulled, name);
	if (b->archive)
		return members_find(&b->members, name) != NULL;
	fd = beneath_open(b->fd, name, 0);
	return fd >= 0;
}

static bool open_pulled(const struct bundle *b, const char *name, struct part *out, struct error *e)
{
	bool ok = pulled_parts_open(b->store, b->pulled, name, &out->own, &out->size, e);

	out->fd = out->own;
	return ok;
}

bool bundle_part(const struct bundle *b, const char *name, struct part *out, struct error *e)
{
	const struct member *m;

	*out = (struct part)PART_INIT;
	if (b->pulled)
		return open_pulled(b, name, out, e);
	if (b->archive) {
		m = members_find(&b->members, name);
		if (!m)
			return err_set(e, ERR_INPUT, "%s is not in the archive", name);
		out->fd = b->fd;
		out->offset = m->offset;
		out->size = m->size;
		return true;
	}
	if (b->form == BUNDLE_ROOTFS)
		return err_set(e, ERR_INPUT, "a root file system in a folder has no %s", name);
	if (b->form == BUNDLE_DIR &&
	    (str_starts(str_of(name), STR(BLOBS)) || str_starts(str_of(name), STR(BLOBS_SHA512))))
		name += strlen(BLOBS);
	out->own = out->fd = beneath_open(b->fd, name, 0);
	if (out->fd >= 0)
		return size_of(out->fd, name, &out->size, e);
	if (errno == ENOENT)
		return err_set(e, ERR_INPUT, "%s is not there", name);
	if (errno == ELOOP || errno == ENOTDIR || errno == ENXIO)
		return err_set(e, ERR_INPUT, "%s is not a regular file", name);
	return err_sys(e, "open %s", name);
}

void part_drop(struct part *p)
{
	fd_closep(&p->own);
}

bool bundle_text(struct arena *a, const struct bundle *b, const char *name, size_t max,
		 struct str *out, struct error *e)
{
	AUTO_PART part = PART_INIT;
	char *p;

	if (!bundle_part(b, name, &part, e))
		return false;
	if (part.size > max)
		return err_set(e, ERR_INPUT, "%s has %llu bytes; at most %zu are read", name,
			       (unsigned long long)part.size, max);
	p = arena_text(a, (size_t)part.size);
	*out = (struct str){ p, (size_t)part.size };
	return fd_pread(part.fd, p, (size_t)part.size, part.offset, name, e);
}
