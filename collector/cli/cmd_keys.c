/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "cli/args.h"
#include "cli/target.h"
#include "cli/tell.h"
#include "cli/trust.h"
#include "daemon/keyfile.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct cli_option options[] = {
	{ OPT_KEY, 0, "key", "FILE", NULL, "the private key's file (new, show), instead of the one in the state directory" },
	OPTIONS_OUTPUT,
	OPTION_QUIET,
	OPTION_HELP,
};

struct keys {
	const char *action, *operand, *key_file;
	struct output_options output;
};

static void id_text(const struct ind_key_public *public, char text[static 9])
{
	uint8_t id[4];
	ind_key_id(public, "indicia", id);
	hash_hex(id, sizeof(id), text);
}

static int status_of(enum ind_err err)
{
	if (err == IND_EXISTS)
		return CLI_USAGE;
	return err == IND_MISSING || err == IND_KEY ? CLI_MISSING : CLI_FAILED;
}

static int default_path(const struct keys *k, char path[static KEYFILE_PATH_MAX + 16])
{
	char folder[KEYFILE_PATH_MAX], error[KEYFILE_ERROR_BYTES];
	if (k->key_file) {
		snprintf(path, KEYFILE_PATH_MAX, "%s", k->key_file);
		return CLI_DONE;
	}
	if (keyfile_state_dir(folder, error) != IND_OK)
		return tell_error("%s", error), CLI_MISSING;
	snprintf(path, KEYFILE_PATH_MAX + 16, "%s/identity.pem", folder);
	return CLI_DONE;
}

static int keys_new(const struct keys *k)
{
	char path[KEYFILE_PATH_MAX + 16], error[KEYFILE_ERROR_BYTES], text[IND_KEY_TEXT_MAX];
	struct ind_key *key = NULL;
	struct ind_key_public public;
	int status = default_path(k, path);
	if (status != CLI_DONE)
		return status;
	enum ind_err err = keyfile_new(path, &key, error);
	if (err == IND_EXISTS)
		tell_error("%s: exists already; a new key needs another name (--key)", path);
	else if (err != IND_OK)
		tell_error("%s", error);
	if (err != IND_OK)
		return status_of(err);
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
	char path[KEYFILE_PATH_MAX + 16], pub[KEYFILE_PATH_MAX], error[KEYFILE_ERROR_BYTES], used[KEYFILE_PATH_MAX], text[IND_KEY_TEXT_MAX];
	struct ind_key_public public;
	struct ind_key *key = NULL;
	size_t count;
	bool made;
	int status = default_path(k, path);
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
		return tell_error("%s", error), status_of(err);
	ind_key_public_to_text(&public, text);
	puts(text);
	return CLI_DONE;
}

static void list_one(void *ctx, const char *whose, const char *file, const struct ind_key_public *key)
{
	struct writer *writer = ctx;
	struct query_row row;
	char id[9], text[IND_KEY_TEXT_MAX];
	id_text(key, id);
	ind_key_public_to_text(key, text);
	row_start(&row, QUERY_KIND_KEY);
	row_text(&row, QUERY_KEY_id, id);
	row_text(&row, QUERY_KEY_whose, whose);
	row_text(&row, QUERY_KEY_file, file);
	row_text(&row, QUERY_KEY_text, text);
	writer_row(writer, &row);
}

static int keys_list(const struct keys *k)
{
	struct writer_options options_of;
	struct writer writer;
	struct target target;
	int status = output_writer_options(&k->output, QUERY_KIND_KEY, &options_of);
	if (status == CLI_DONE)
		status = target_open(&target, k->output.write, k->output.force);
	if (status != CLI_DONE)
		return status;
	writer_start(&writer, &target.out, QUERY_KIND_KEY, &options_of);
	trust_walk(list_one, &writer);
	writer_end(&writer, NULL);
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

static int keys_trust(const struct keys *k)
{
	struct ind_key_public public;
	char id[9], path[KEYFILE_PATH_MAX];
	if (!k->operand)
		return tell_error("keys trust: name a public key (indicia+hash+key) or the file that holds it"), CLI_USAGE;
	int status = trust_key_of("keys trust", k->operand, &public);
	if (status != CLI_DONE)
		return status;
	const char *folder = trust_folder();
	id_text(&public, id);
	if (mkdir(folder, 0755) != 0 && errno != EEXIST && errno != ENOENT)
		return tell_error("%s: %s; this needs the rights of its owner", folder, strerror(errno)), CLI_FAILED;
	if (snprintf(path, sizeof(path), "%s/%s.pub", folder, id) >= (int)sizeof(path))
		return tell_error("%s: its name is too long", folder), CLI_FAILED;
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
	tell_error("keys: say what to do: new, list, show or trust");
	return CLI_USAGE;
}

const struct cli_verb cmd_keys = {
	"keys", "Trust", "new|list|show|trust [KEY|FILE]", "new list show trust", "the signing key, and the keys of others that are trusted",
	"new makes a signing key, show prints its public half, list prints the keys that verify trusts, trust adds one. The private key (Ed25519, PEM, mode "
	"0600) is identity.pem in the state directory: $XDG_STATE_HOME/indicia, else ~/.local/state/indicia; as root /var/lib/indicia. Trusted keys of others "
	"are in /etc/indicia/trust.d.",
	"indicia keys new\n# for those who shall trust your bundles\nindicia keys show > fra-01.pub\n# trust what they gave you\nindicia keys trust fra-01.pub",
	OPTIONS_OF(options), run,
};
