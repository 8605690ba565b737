/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "cli/args.h"
#include "cli/keys.h"
#include "cli/target.h"
#include "cli/tell.h"
#include "cli/trust.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct cli_option options[] = {
	{ OPT_KEY, 0, "key", "FILE", NULL, "the private key's file, instead of the one in the state directory" },
	{ OPT_REASON, 0, "reason", "REASON", "unspecified compromised superseded retired", "why a key is revoked: unspecified, compromised, superseded, retired" },
	{ OPT_AT, 0, "at", "TIME", NULL, "since when a key is revoked, as in 2026-11-28T22:00:00Z; now if not given" },
	{ OPT_TPM, 0, "tpm", NULL, NULL, "new, rotate: the secret of the new key is made in this machine's TPM and never leaves it" },
	OPTIONS_OUTPUT,
	OPTION_QUIET,
	OPTION_HELP,
};

void keys_id(const struct ind_key_public *public, char text[static 9])
{
	uint8_t id[4];
	ind_key_id(public, "indicia", id);
	hash_hex(id, sizeof(id), text);
}

int keys_status(enum ind_err err)
{
	if (err == IND_EXISTS)
		return CLI_USAGE;
	return err == IND_MISSING || err == IND_KEY ? CLI_MISSING : CLI_FAILED;
}

int keys_path(const struct keys *k, char path[static KEYS_PATH_MAX])
{
	char folder[KEYFILE_PATH_MAX], error[KEYFILE_ERROR_BYTES];
	if (k->key_file) {
		snprintf(path, KEYFILE_PATH_MAX, "%s", k->key_file);
		return CLI_DONE;
	}
	if (keyfile_state_dir(folder, error) != IND_OK)
		return tell_error("%s", error), CLI_MISSING;
	snprintf(path, KEYS_PATH_MAX, "%s/identity.pem", folder);
	return CLI_DONE;
}

static int keys_new(const struct keys *k)
{
	char path[KEYS_PATH_MAX], error[KEYFILE_ERROR_BYTES], text[IND_KEY_TEXT_MAX];
	struct ind_key *key = NULL;
	struct ind_key_public public;
	int status = keys_path(k, path);
	if (status != CLI_DONE)
		return status;
	enum ind_err err = keyfile_new(path, k->in_tpm, &key, error);
	if (err == IND_EXISTS)
		tell_error("%s: exists already; a new key needs another name (--key)", path);
	else if (err != IND_OK)
		tell_error("%s", error);
	if (err != IND_OK)
		return keys_status(err);
	ind_key_public(key, &public);
	ind_key_free(key);
	ind_key_public_to_text(&public, text);
	puts(text);
	tell_note("made %s; the line above is its public half: give it to those who shall trust your bundles", path);
	return CLI_DONE;
}

/* The public half alone is enough; the private key is read only if there is no other way. */
static int keys_show(const struct keys *k)
{
	char path[KEYS_PATH_MAX], pub[KEYFILE_PATH_MAX], error[KEYFILE_ERROR_BYTES], used[KEYFILE_PATH_MAX], text[IND_KEY_TEXT_MAX];
	struct ind_key_public public;
	struct ind_key *key = NULL;
	size_t count;
	bool made;
	int status = keys_path(k, path);
	if (status != CLI_DONE)
		return status;
	if (access(path, F_OK) != 0) {
		tell_error("%s: %s; 'indicia keys new' makes a key", path, strerror(errno));
		return CLI_MISSING;
	}
	enum ind_err err = keyfile_public_path(path, pub, error);
	if (err == IND_OK && keyfile_public_load(pub, &public, 1, &count, error) != IND_OK) {
		err = keyfile_load(path, &key, &made, used, error);
		if (err == IND_OK)
			ind_key_public(key, &public);
		ind_key_free(key);
	}
	if (err != IND_OK)
		return tell_error("%s", error), keys_status(err);
	ind_key_public_to_text(&public, text);
	puts(text);
	return CLI_DONE;
}

struct list {
	struct writer writer;
	struct trust trust;          /* what statements make of the keys */
	struct ind_key_public seen[TRUST_KEYS_MAX];
	size_t seen_count;
};

static void list_one(void *ctx, const char *whose, const char *file, const struct ind_key_public *key)
{
	struct list *list = ctx;
	struct query_row row;
	char id[9], text[IND_KEY_TEXT_MAX];
	keys_id(key, id);
	ind_key_public_to_text(key, text);
	row_start(&row, QUERY_KIND_KEY);
	row_text(&row, QUERY_KEY_id, id);
	row_text(&row, QUERY_KEY_whose, whose);
	row_text(&row, QUERY_KEY_file, file);
	row_text(&row, QUERY_KEY_text, text);
	for (size_t i = 0; i < list->trust.count; i++)
		if (memcmp(&list->trust.keys[i], key, sizeof(*key)) == 0 && list->trust.revoked_ns[i] != UINT64_MAX) {
			row_time(&row, QUERY_KEY_revoked, list->trust.revoked_ns[i]);
			break;
		}
	writer_row(&list->writer, &row);
	if (list->seen_count < TRUST_KEYS_MAX)
		list->seen[list->seen_count++] = *key;
}

/* Keys that no file holds: a statement leads to them. */
static void list_successors(struct list *list)
{
	size_t in_files = list->seen_count;
	for (size_t i = 0; i < list->trust.count; i++) {
		bool seen = false;
		for (size_t s = 0; s < in_files && !seen; s++)
			seen = memcmp(&list->seen[s], &list->trust.keys[i], sizeof(list->seen[s])) == 0;
		if (!seen)
			list_one(list, "successor", NULL, &list->trust.keys[i]);
	}
}

static int keys_list(const struct keys *k)
{
	static struct list list;
	struct writer_options options_of;
	struct target target;
	int status = output_writer_options(&k->output, QUERY_KIND_KEY, &options_of);
	if (status == CLI_DONE)
		status = target_open(&target, k->output.write, k->output.force);
	if (status != CLI_DONE)
		return status;
	writer_start(&list.writer, &target.out, QUERY_KIND_KEY, &options_of);
	list.trust.quiet = true;
	(void)trust_load(&list.trust);
	trust_walk(list_one, &list);
	list_successors(&list);
	writer_end(&list.writer, NULL);
	return target_close(&target, true);
}

static int trust_write(const char *path, const struct ind_key_public *public)
{
	struct target target;
	char text[IND_KEY_TEXT_MAX];
	int status = target_open(&target, path, true);
	if (status != CLI_DONE)
		return status;
	ind_key_public_to_text(public, text);
	out_text(&target.out, text);
	out_char(&target.out, '\n');
	return target_close(&target, true);
}

/* Where nothing was installed the folder above it is missing, too. */
int keys_trust_folder(void)
{
	const char *folder = trust_folder();
	char above[KEYFILE_PATH_MAX];
	const char *slash = strrchr(folder, '/');
	if (slash && slash != folder && snprintf(above, sizeof(above), "%.*s", (int)(slash - folder), folder) < (int)sizeof(above))
		(void)!mkdir(above, 0755);
	if ((mkdir(folder, 0755) == 0 || errno == EEXIST) && access(folder, W_OK | X_OK) == 0)
		return CLI_DONE;
	return tell_error("%s: %s; this needs the rights of its owner, and 'verify --trust FILE' needs none", folder, strerror(errno)), CLI_FAILED;
}

static int keys_trust(const struct keys *k)
{
	struct ind_key_public public;
	char id[9], path[KEYFILE_PATH_MAX];
	if (!k->operand)
		return tell_error("keys trust: name a public key (indicia+hash+key), or the file that holds it or a statement"), CLI_USAGE;
	if (keynote_is(k->operand))
		return keys_trust_note(k);
	int status = trust_key_of("keys trust", k->operand, &public);
	if (status == CLI_DONE)
		status = keys_trust_folder();
	if (status != CLI_DONE)
		return status;
	keys_id(&public, id);
	if (snprintf(path, sizeof(path), "%s/%s.pub", trust_folder(), id) >= (int)sizeof(path))
		return tell_error("%s: its name is too long", trust_folder()), CLI_FAILED;
	status = trust_write(path, &public);
	if (status == CLI_DONE)
		tell_note("key %s is trusted from now on (%s)", id, path);
	return status;
}

static int keys_option(struct keys *k, int id, const char *value)
{
	int status = CLI_DONE;
	if (output_option(&k->output, id, value, &status))
		return status;
	if (id == OPT_KEY)
		k->key_file = value;
	else if (id == OPT_REASON)
		k->reason = value;
	else if (id == OPT_AT)
		k->at = value;
	else if (id == OPT_TPM)
		k->in_tpm = true;
	else if (!k->action)
		k->action = value;
	else if (!k->operand)
		k->operand = value;
	else
		return tell_error("keys: '%s' is one word too many", value), CLI_USAGE;
	return CLI_DONE;
}

static int run(int argc, char **argv)
{
	static const struct { const char *name; int (*run)(const struct keys *); } actions[] = {
		{ "new", keys_new }, { "list", keys_list }, { "show", keys_show }, { "trust", keys_trust },
		{ "rotate", keys_rotate }, { "revoke", keys_revoke },
	};
	struct args args;
	struct keys k = { 0 };
	int status = CLI_DONE;
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args))
		status = keys_option(&k, id, args.value);
	if (status != CLI_DONE)
		return status;
	for (size_t i = 0; k.action && i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(actions[i].name, k.action) == 0)
			return actions[i].run(&k);
	tell_error("keys: say what to do: new, list, show, trust, rotate or revoke");
	return CLI_USAGE;
}

const struct cli_verb cmd_keys = {
	"keys", "Trust", "new|list|show|trust|rotate|revoke [KEY|FILE]", "new list show trust rotate revoke", "the signing key, and the keys of others that are trusted",
	"new makes a signing key, show prints its public half, list prints the keys that verify trusts, trust adds one, or a statement about one. rotate puts a "
	"new signing key in the place of the old one, which certifies it and is overwritten; revoke declares a key, by default this one, void from a time on. "
	"Both print a statement, for those who trust the key: they hand it to trust, or to verify --trust. The private key (Ed25519, PEM, mode "
	"0600) is identity.pem in the state directory: $XDG_STATE_HOME/indicia, else ~/.local/state/indicia; as root /var/lib/indicia. Trusted keys of others "
	"are in /etc/indicia/trust.d. A key made with --tpm is of P-256 and needs the package tpm2-openssl; its file is of no use without this machine's TPM.",
	"indicia keys new\n# for those who shall trust your bundles\nindicia keys show > fra-01.pub\n# trust what they gave you\nindicia keys trust fra-01.pub\n"
	"# a new key, and the old one not to be heeded after it\nindicia keys rotate > fra-01-successor.note\n"
	"indicia keys revoke --reason superseded identity-55d14885.pub > fra-01-revoked.note",
	OPTIONS_OF(options), run,
};
