/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/deposit.h"
#include "fleet/inside.h"
#include <stdio.h>
#include <string.h>

struct deposit_part *deposit_add(struct deposit *d, int fd, uint64_t bytes, const uint8_t *sha256)
{
	if (d->count == DEPOSIT_MAX)
		return NULL;
	struct deposit_part *p = &d->part[d->count++];
	*p = (struct deposit_part){ .body = { fd, bytes, sha256 } };
	return p;
}

struct look { struct deposit *deposit; bool confirming; char wrong[768]; };

static struct deposit_part *find(struct deposit *d, const char *key)
{
	for (size_t i = 0; i < d->count; i++)
		if (strcmp(d->part[i].key, key) == 0)
			return &d->part[i];
	return NULL;
}

/* Before: is it there? The ETag is only made of what has the right size. After: is it there as it was sent? */
static enum ind_err see(void *ctx, const struct archive_entry *entry)
{
	struct look *look = ctx;
	struct deposit_part *p = find(look->deposit, entry->key);
	if (!p || p->there)
		return IND_OK;
	enum ind_err err = IND_OK;
	if (entry->bytes == p->body.bytes && !p->sent)
		err = archive_expects(&p->body, entry->etag, p->etag);
	p->there = err == IND_OK && entry->bytes == p->body.bytes && etag_same(entry->etag, p->etag);
	if (look->confirming && !p->there)
		snprintf(look->wrong, sizeof(look->wrong), "%s: the store took it, and lists it with %llu bytes and the ETag %.64s in the place of %llu and %s: it is not confirmed%s", p->key,
			(unsigned long long)entry->bytes, entry->etag, (unsigned long long)p->body.bytes, p->etag,
			entry->bytes == p->body.bytes ? "; if the bucket encrypts with keys of a key service, let it do so with the store's own keys" : "");
	return err;
}

static enum ind_err send_missing(struct deposit *d, struct archive *a)
{
	for (size_t i = 0; i < d->count; i++) {
		struct deposit_part *p = &d->part[i];
		if (p->there)
			continue;
		enum ind_err err = archive_put(a, p->key, &p->body, p->etag);
		if (err != IND_OK)
			return err;
		p->sent = true;
		d->sent++;
		d->sent_bytes += p->body.bytes;
	}
	return IND_OK;
}

static enum ind_err confirm(struct deposit *d, struct archive *a)
{
	struct look look = { d, true, "" };
	enum ind_err err = archive_list(a, d->part[0].key, true, see, &look);
	d->unconfirmed = err == IND_OK && *look.wrong;
	for (size_t i = 0; i < d->count && err == IND_OK; i++)
		if (!d->part[i].there)
			return archive_fails(a, IND_MALFORMED, true, "%s%s", *look.wrong ? look.wrong : d->part[i].key,
				*look.wrong ? "" : ": the store took it, and does not list it: it is not confirmed");
	return err;
}

enum ind_err deposit_run(struct deposit *d, struct archive *a)
{
	struct look look = { d, false, "" };
	d->unconfirmed = false;
	enum ind_err err = archive_list(a, d->part[0].key, true, see, &look);
	if (err == IND_EXISTS)
		return archive_fails(a, err, false, "%s: the file has changed while it was read", d->part[0].key);
	if (err == IND_OK)
		err = send_missing(d, a);
	return err == IND_OK && d->sent ? confirm(d, a) : err;
}
