/* SPDX-License-Identifier: Apache-2.0 */
#include "refdata/listfile.h"

#include "base/gunzip.h"
#include "base/hash.h"
#include "refdata/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, META_MAX_BYTES = 1 << 16 };

struct bytes { char *at; size_t count; };

bool listfile_name(const char *name)
{
	static const char *const others[] = { ".*", "*.mmdb", "*.meta", "*.md", "*README*", "*LICEN[CS]E*", "*COPYING*", "*.part", "*~" };
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (fnmatch(others[i], name, 0) == 0)
			return false;
	return true;
}

static enum ind_err fail(enum ind_err err, const char *name, const char *why, char error[static LIST_NOTE_BYTES])
{
	snprintf(error, LIST_NOTE_BYTES, "list %.100s: %.140s", name, why);
	return err;
}

static enum ind_err descriptor_read(int fd, struct bytes *b, size_t size)
{
	b->at = malloc(size ? size : 1);
	if (!b->at)
		return IND_NOMEM;
	while (b->count < size) {
		ssize_t got = read(fd, b->at + b->count, size - b->count);
		if (got < 0 && errno != EINTR)
			return IND_IO;
		if (got == 0)
			break;
		b->count += got > 0 ? (size_t)got : 0;
	}
	return IND_OK;
}

/* IND_MISSING if there is no such file. What grows while it is read is taken as long as it was. O_NONBLOCK: a FIFO must not make us wait. */
static enum ind_err file_read(const char *folder, const char *name, size_t max, struct bytes *b, char error[static LIST_NOTE_BYTES])
{
	char path[PATH_BYTES];
	struct stat st;
	*b = (struct bytes){ 0 };
	if (snprintf(path, sizeof path, "%s/%s", folder, name) >= PATH_BYTES)
		return fail(IND_IO, name, "the path is too long", error);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return fail(errno == ENOENT ? IND_MISSING : IND_IO, name, strerror(errno), error);
	enum ind_err err = IND_OK;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		err = fail(IND_IO, name, "it is no file that can be read", error);
	else if ((uint64_t)st.st_size > max)
		err = fail(IND_LIMIT, name, "it is too large", error);
	else if ((err = descriptor_read(fd, b, (size_t)st.st_size)) != IND_OK)
		(void)fail(err, name, ind_strerror(err), error);
	close(fd);
	return err;
}

/* The registries' files bear a name that no other list does. */
static bool is_registry(const char *name) { return fnmatch("delegated-*-extended-*", name, 0) == 0; }

/* What the .meta says, or what the name says without doubt. */
static enum ind_err meta_of(const char *folder, const char *name, struct bytes *text, struct meta *meta, char error[static LIST_NOTE_BYTES])
{
	char meta_name[PATH_BYTES];
	struct complaint complaint;
	snprintf(meta_name, sizeof meta_name, "%s.meta", name);
	*meta = (struct meta){ 0 };
	enum ind_err err = file_read(folder, meta_name, META_MAX_BYTES, text, error);
	if (err && err != IND_MISSING)
		return err;
	if (!err && meta_read(text->at, text->count, meta, &complaint)) {
		snprintf(error, LIST_NOTE_BYTES, "list %.80s: %.80s:%llu: %s", name, meta_name, (unsigned long long)complaint.line, complaint.why);
		return IND_MALFORMED;
	}
	if (meta->kind == IND_CLAIM_DATABASE && is_registry(name))
		meta->kind = IND_CLAIM_RIR;
	if (meta->kind != IND_CLAIM_DATABASE)
		return IND_OK;
	snprintf(error, LIST_NOTE_BYTES, "%.80s is not used: nothing says what it is; write 'kind = tor' (or rir, pfx2as, rpki, vpn, hosting, scanner, ioc) and "
		"'date = 2026-11-20' into %.80s.meta", name, name);
	return IND_MISSING;
}

/* A list is known by the digest of the file that the operator has. */
static enum ind_err packed_list_read(struct list *l, const char *name, const struct meta *meta, const struct bytes *packed, char error[static LIST_NOTE_BYTES])
{
	struct bytes text = { 0 };
	enum ind_err err = unpack(packed->at, packed->count, LIST_MAX_BYTES, &text.at, &text.count);
	if (err == IND_MALFORMED)
		return fail(err, name, "its gzip data are damaged, or it is cut", error);
	if (err == IND_LIMIT)
		return fail(err, name, "it is too large when unpacked", error);
	if (err)
		return fail(err, name, ind_strerror(err), error);
	if (text.count == 0)
		err = fail(IND_MALFORMED, name, "it is empty", error);
	if (!err)
		err = list_read(l, name, meta, text.at, text.count, error);
	if (!err)
		hash_sha256(packed->at, packed->count, l->about.sha256);
	free(text.at);
	return err;
}

enum ind_err listfile_open(struct list *l, const char *folder, const char *name, char error[static LIST_NOTE_BYTES])
{
	struct bytes meta_text, text = { 0 };
	struct meta meta;
	enum ind_err err = meta_of(folder, name, &meta_text, &meta, error);
	if (!err)
		err = file_read(folder, name, LIST_MAX_BYTES, &text, error);
	if (!err && text.count == 0)
		err = fail(IND_MALFORMED, name, "it is empty", error);
	if (!err && gunzip_begins(text.at, text.count))
		err = packed_list_read(l, name, &meta, &text, error);
	else if (!err)
		err = list_read(l, name, &meta, text.at, text.count, error);
	free(text.at);
	free(meta_text.at);
	return err;
}
