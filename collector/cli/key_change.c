/* SPDX-License-Identifier: Apache-2.0 */
/* keys rotate, keys revoke: both make a statement for those who trust the key (docs/bundle-format.md section 6.2). */
#include "cli/cli.h"
#include "cli/keys.h"
#include "cli/target.h"
#include "cli/tell.h"
#include "cli/trust.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int time_of(const struct keys *k, uint64_t *time_s)
{
	*time_s = (uint64_t)time(NULL);
	if (!k->at || ind_statement_time(k->at, strlen(k->at), time_s) == IND_OK)
		return CLI_DONE;
	tell_error("--at %s: a time is wanted, as in 2026-11-28T22:00:00Z", k->at);
	return CLI_USAGE;
}

int keys_rotate(const struct keys *k)
{
	char path[KEYS_PATH_MAX], text[IND_STATEMENT_MAX_BYTES], error[KEYFILE_ERROR_BYTES], old[9], new[9];
	struct ind_statement s;
	if (k->operand || k->at || k->reason)
		return tell_error("keys rotate: takes no key, reason or time: the key in use is succeeded by a new one, now"), CLI_USAGE;
	int status = keys_path(k, path);
	if (status != CLI_DONE)
		return status;
	enum ind_err err = keynote_rotate(path, k->in_tpm, (uint64_t)time(NULL), &s, text, error);
	if (err != IND_OK)
		return tell_error("%s", error), keys_status(err);
	fputs(text, stdout);
	keys_id(&s.key, old);
	keys_id(&s.successor, new);
	tell_note("%s is key %s now, and the private half of key %s is overwritten; give the lines above, as a file, to those who trust %s. A sensor "
		"that runs takes the new key when it is started again", path, new, old, old);
	return CLI_DONE;
}

/* Would those who trust the key heed this statement? They know the statements that this user has. */
static bool is_heeded(const struct ind_statement *s)
{
	struct trust *t = calloc(1, sizeof *t);
	uint64_t revoked_ns[1];
	struct ind_key_public key[1] = { s->key };
	bool heeded = false;
	if (t && trust_load(t) == CLI_DONE && t->statement_count < TRUST_STATEMENTS_MAX) {
		t->statements[t->statement_count++] = *s;
		(void)ind_trust_resolve(key, revoked_ns, 1, 1, t->statements, t->statement_count);
		heeded = revoked_ns[0] != UINT64_MAX;
	}
	free(t);
	return heeded;
}

static int reason_of(const struct keys *k, enum ind_revocation *reason)
{
	*reason = IND_REVOCATION_UNSPECIFIED;
	for (unsigned i = 0; k->reason && i < IND_REVOCATION_COUNT; i++)
		if (strcmp(k->reason, ind_revocation_name((enum ind_revocation)i)) == 0)
			*reason = (enum ind_revocation)i;
	return CLI_DONE;
}

static int revocation_save(const struct ind_statement *s, const char *text)
{
	char folder[KEYFILE_PATH_MAX], path[KEYFILE_PATH_MAX], error[KEYFILE_ERROR_BYTES], id[9], time[IND_STATEMENT_TIME_BYTES];
	enum ind_err err = keyfile_state_dir(folder, error);
	if (err == IND_OK)
		err = keynote_save(folder, s, text, path, error);
	if (err != IND_OK && err != IND_EXISTS)
		return tell_error("%s", error), keys_status(err);
	fputs(text, stdout);
	keys_id(&s->key, id);
	ind_statement_time_text(s->time_s, time);
	tell_note("key %s is revoked as of %s (%s): bundles of it that begin later are UNTRUSTED here; give the lines above, as a file, to those "
		"who trust it", id, time, path);
	return CLI_DONE;
}

static int signed_revocation(const struct keys *k, const struct ind_key *by, struct ind_statement *s)
{
	char text[IND_STATEMENT_MAX_BYTES], id[9];
	ind_key_public(by, &s->key);
	int status = k->operand ? trust_key_of("keys revoke", k->operand, &s->key) : CLI_DONE;
	if (status != CLI_DONE)
		return status;
	enum ind_err err = ind_statement_sign(s, by, text);
	if (err != IND_OK)
		return tell_error("keys revoke: %s", ind_strerror(err)), CLI_FAILED;
	if (is_heeded(s))
		return revocation_save(s, text);
	keys_id(&s->key, id);
	tell_error("keys revoke: key %s can be revoked by itself, or by a key that succeeds it ('indicia keys rotate'); this one does not", id);
	return CLI_USAGE;
}

int keys_revoke(const struct keys *k)
{
	char path[KEYS_PATH_MAX], used[KEYFILE_PATH_MAX], error[KEYFILE_ERROR_BYTES];
	struct ind_statement s = { .kind = IND_STATEMENT_REVOCATION };
	struct ind_key *by;
	bool made;
	int status = keys_path(k, path);
	if (status == CLI_DONE)
		status = time_of(k, &s.time_s);
	if (status == CLI_DONE)
		status = reason_of(k, &s.reason);
	if (status != CLI_DONE)
		return status;
	enum ind_err err = keyfile_load(path, &by, &made, used, error);
	if (err != IND_OK)
		return tell_error("%s", error), keys_status(err);
	status = signed_revocation(k, by, &s);
	ind_key_free(by);
	return status;
}

static int note_copy(const char *from, const char *to)
{
	char text[IND_STATEMENT_MAX_BYTES];
	struct target target;
	FILE *in = fopen(from, "rb");
	size_t bytes = in ? fread(text, 1, sizeof text, in) : 0;
	if (in)
		fclose(in);
	int status = target_open(&target, to, true);
	if (status != CLI_DONE)
		return status;
	out_bytes(&target.out, text, bytes);
	return target_close(&target, true);
}

int keys_trust_note(const struct keys *k)
{
	struct ind_statement s;
	char path[KEYFILE_PATH_MAX], error[KEYFILE_ERROR_BYTES], id[9];
	enum ind_err err = keynote_load(k->operand, &s, error);
	if (err != IND_OK)
		return tell_error("%s", error), keys_status(err);
	keys_id(&s.key, id);
	if (s.kind == IND_STATEMENT_SUCCESSOR && ind_statement_check(&s, &s.key) != IND_OK)
		return tell_error("%s: key %s did not sign this", k->operand, id), CLI_MISSING;
	int status = keys_trust_folder();
	if (status == CLI_DONE && keynote_path(trust_folder(), &s, path, error) != IND_OK) {
		tell_error("%s", error);
		status = CLI_FAILED;
	}
	if (status == CLI_DONE)
		status = note_copy(k->operand, path);
	if (status == CLI_DONE)
		tell_note(s.kind == IND_STATEMENT_SUCCESSOR ? "the successor of key %s is trusted as that is from now on (%s)"
							     : "the revocation of key %s is heeded from now on (%s)", id, path);
	return status;
}
