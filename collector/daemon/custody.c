/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "daemon/custodyfile.h"
#include "daemon/inside.h"

#include "base/hash.h"
#include "indicia/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME_BYTES = OUTFILE_NAME_MAX + 9 };

/* What stands on the disk, not what was in memory, is what the events name. */
static enum ind_err read_back(const struct keep *k, struct ind_verify_result *result)
{
	struct ind_key_public identity;
	ind_key_public(k->identity, &identity);
	struct ind_verify_options trust = { .trusted = &identity, .trusted_count = 1 };
	struct outfile f = { .disk = k->disk, .fd = k->disk->open(k->disk->ctx, k->place->folder_fd, k->file.name, O_RDONLY, 0) };
	struct ind_source source;
	if (f.fd < 0)
		return IND_IO;
	outfile_source(&f, &source);
	enum ind_err err = ind_verify(&source, &trust, result);
	outfile_abandon(&f);
	if (err || result->verdict == IND_VERDICT_VALID)
		return err;
	say_error(k->say, "%s: what was read back is %s (%s); no custody log was begun", k->file.name, ind_verdict_name(result->verdict),
		result->reason);
	errno = EIO;
	return IND_IO;
}

/* At most what an event holds. */
static struct ind_text text_of(const char *s)
{
	size_t bytes = s ? strlen(s) : 0;
	return (struct ind_text){ s, (uint16_t)(bytes < IND_CUSTODY_TEXT_MAX ? bytes : IND_CUSTODY_TEXT_MAX) };
}

void keep_event(const struct keep *k, enum ind_custody_type type, const struct ind_bundle_head *head, struct keep_event_texts *texts,
	struct ind_custody_event *e)
{
	const char *actor = getenv("INDICIA_ACTOR");
	snprintf(texts->actor, sizeof texts->actor, "sensor %s", k->sensor);
	snprintf(texts->purpose, sizeof texts->purpose, k->options->case_id ? "case %s" : "recording", k->options->case_id);
	custodyfile_event(type, e);
	e->actor = text_of(actor && *actor ? actor : texts->actor);
	e->place = text_of(getenv("INDICIA_PLACE"));
	e->purpose = text_of(texts->purpose);
	e->legal_basis = text_of(k->options->authority);
	e->bundle = *head;
}

/* Both at once: a log that begins has both. */
static enum ind_err events_write(
	const struct keep *k, const struct ind_bundle_head *head, const struct ind_verify_result *result, struct ind_custody_event *e)
{
	char name[NAME_BYTES];
	struct keep_event_texts texts;
	uint8_t *created = NULL, *sealed = NULL, *both = NULL;
	size_t created_bytes, sealed_bytes;
	keep_event(k, IND_CUSTODY_CREATED, head, &texts, e);
	e->claimed_ns = result->not_before_ns;
	enum ind_err err = ind_custody_pack(e, k->identity, &created, &created_bytes);
	if (!err) {
		keep_event(k, IND_CUSTODY_SEALED, head, &texts, e);
		e->claimed_ns = result->not_after_ns;
		e->parent_count = 1;
		hash_sha256(created, created_bytes, e->parents[0].bytes);
		err = ind_custody_pack(e, k->identity, &sealed, &sealed_bytes);
	}
	if (!err) {
		both = realloc(created, created_bytes + sealed_bytes);
		created = both ? NULL : created;
		err = both ? IND_OK : IND_NOMEM;
	}
	if (!err) {
		memcpy(both + created_bytes, sealed, sealed_bytes);
		snprintf(name, sizeof name, "%s.iec", k->file.name);
		err = custodyfile_append(k->place->folder_fd, name, 0, both, created_bytes + sealed_bytes);
	}
	free(created);
	free(sealed);
	free(both);
	return err;
}

enum ind_err keep_custody(const struct keep *k, const uint8_t sha256[static IND_SHA256_BYTES])
{
	struct ind_verify_result result;
	struct ind_bundle_head head;
	enum ind_err err = read_back(k, &result);
	if (err)
		return err;
	memcpy(head.stream_id, result.stream_id, sizeof head.stream_id);
	memcpy(head.root, result.root, sizeof head.root);
	memcpy(head.sha256, sha256, sizeof head.sha256);
	head.tree_size = result.tree_size;
	struct ind_custody_event *e = malloc(sizeof *e);
	err = e ? events_write(k, &head, &result, e) : IND_NOMEM;
	free(e);
	return err;
}
