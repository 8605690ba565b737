/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/source.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void source_start(struct source *s, const struct capture_options *options, const atomic_bool *stop)
{
	struct stat st;

	s->fd = options->fd;
	s->read = options->read;
	s->read_ctx = options->read_ctx;
	s->stop = stop;
	s->hashing = options->hash && !options->read;
	if (!options->read && fstat(options->fd, &st) == 0 && S_ISREG(st.st_mode))
		s->total = (uint64_t)st.st_size;
	hash_sha256_start(&s->hash);
}

static enum ind_err descriptor_read(struct source *s, void *bytes, size_t count, size_t *got)
{
	ssize_t n;

	do {
		n = read(s->fd, bytes, count);
	} while (n < 0 && errno == EINTR && !atomic_load(s->stop));
	if (n < 0 && errno == EINTR)
		return IND_END;
	if (n < 0) {
		s->error_number = errno;
		return IND_IO;
	}
	if (s->hashing)
		hash_sha256_add(&s->hash, bytes, (size_t)n);
	*got = (size_t)n;
	return IND_OK;
}

/* Past the head. The end and errors are final: nothing is asked for again after them. IND_END says that capture_break cut in. */
static enum ind_err fresh_read(struct source *s, void *bytes, size_t count, size_t *got)
{
	if (s->err || s->at_end)
		return s->err;
	enum ind_err err = s->read ? s->read(s->read_ctx, bytes, count, got) : descriptor_read(s, bytes, count, got);
	if (err) {
		*got = 0;
		s->err = err == IND_END ? IND_OK : err;
		return err;
	}
	s->at_end = *got == 0;
	s->done += *got;
	return IND_OK;
}

enum ind_err source_peek(struct source *s)
{
	while (s->head_bytes < sizeof s->head) {
		size_t got = 0;
		enum ind_err err = fresh_read(s, s->head + s->head_bytes, sizeof s->head - s->head_bytes, &got);
		if (err)
			return err;
		if (got == 0)
			break;
		s->head_bytes += got;
	}
	return IND_OK;
}

enum ind_err source_read(struct source *s, void *bytes, size_t count, size_t *got)
{
	size_t held = s->head_bytes - s->head_given;

	*got = 0;
	if (held == 0)
		return fresh_read(s, bytes, count, got);
	*got = held < count ? held : count;
	memcpy(bytes, s->head + s->head_given, *got);
	s->head_given += *got;
	return IND_OK;
}
