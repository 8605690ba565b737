/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/reload.h"

#include "daemon/config.h"
#include "daemon/inside.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static volatile sig_atomic_t asked;

void reload_ask(void) { asked = 1; }

static bool same_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

/* One key whose value in force is another now. */
static void key_take(struct keep *k, enum config_key key, const char *before)
{
	char wanted[CONFIG_WANTED_BYTES];
	const struct config_row *row = &config_rows[key];
	const char *now = config_value(k->options->config, key);
	if (same_text(before, now))
		return;
	if (row->when != CONFIG_RELOAD) {
		say_note(k->say, "configuration: %s is %s, and waits for the next start", row->name, now ? now : "not set any more");
		return;
	}
	memset((char *)&k->own + row->offset, 0, row->bytes);
	/* It was checked when it was read. */
	if (now)
		(void)!config_set(&k->own, key, now, wanted);
	say_note(k->say, "configuration: %s is %s now", row->name, now ? now : "not set");
}

/* What the first file said stays for as long as the run: texts of it are in use. */
static void file_forget(struct keep *k, struct config_file *file)
{
	if (!k->first_file)
		k->first_file = file;
	else
		free(file);
}

static void configuration_reload(struct keep *k)
{
	static char error[CONFIG_ERROR_BYTES];
	const char *before[CONFIG_KEYS];
	struct config *c = k->options->config;
	struct config_file *old;
	if (!c || !c->file) {
		say_note(k->say, "there is no file of configuration to read again (-C)");
		return;
	}
	for (size_t i = 0; i < CONFIG_KEYS; i++)
		before[i] = config_value(c, (enum config_key)i);
	if (config_again(c, &old, error) != IND_OK) {
		k->watch.refused_reloads++;
		say_error(k->say, "%s; the configuration stays what it was", error);
		return;
	}
	k->own = *k->options;
	for (size_t i = 0; i < CONFIG_KEYS; i++)
		key_take(k, (enum config_key)i, before[i]);
	k->options = &k->own;
	k->say->quiet = k->own.quiet;
	k->say->verbose = k->own.verbose;
	k->watch.reloads++;
	file_forget(k, old);
	say_note(k->say, "configuration: %s is in force", c->path);
}

/* ---- reference data ---- */

static bool same_data(const struct refdata *a, const struct refdata *b)
{
	bool same = refdata_count(a) == refdata_count(b);
	for (size_t i = 0; same && i < refdata_count(a); i++) {
		const struct ind_data_set *x = refdata_data_set(a, i), *y = refdata_data_set(b, i);
		same = memcmp(x->sha256, y->sha256, sizeof x->sha256) == 0 && x->name.bytes == y->name.bytes && memcmp(x->name.at, y->name.at, x->name.bytes) == 0 &&
			x->build_epoch_s == y->build_epoch_s;
	}
	return same;
}

/* A bundle names the data that made its claims: the one that is being written ends with the old ones. */
static enum ind_err data_take(struct keep *k)
{
	struct refdata *now, *before = k->refdata;
	enum ind_err err;
	if (!loader_take(&k->loader, &now, &err))
		return IND_OK;
	if (err) {
		say_error(k->say, "%s; the reference data stay what they were", k->loader.error[0] ? k->loader.error : ind_strerror(err));
		return IND_OK;
	}
	if (same_data(before, now)) {
		refdata_close(now);
		return IND_OK;
	}
	bool writing = k->writing;
	err = writing ? bundle_end(k, IND_SEAL_ROTATE, NULL) : IND_OK;
	if (err) {
		refdata_close(now);
		return err;
	}
	k->refdata = now;
	refdata_close(before);
	say_note(k->say, "reference data: %zu sets are in use now, from the next bundle on", refdata_count(now));
	return writing ? bundle_next(k) : IND_OK;
}

enum ind_err reload_turn(struct keep *k)
{
	if (!k->loader.running)
		return IND_OK;
	if (asked) {
		asked = 0;
		configuration_reload(k);
		loader_ask(&k->loader);
	}
	return data_take(k);
}
