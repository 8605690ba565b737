/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "daemon/inside.h"

#include "base/hash.h"
#include "daemon/confine.h"
#include "daemon/config.h"
#include "daemon/keyfile.h"
#include "daemon/owner.h"

#include <ctype.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY_S 86400u

/* A host name as a sensor id: lower case, other characters become '-'. */
static void sensor_fold(const char *host, char *sensor)
{
	size_t n = 0;
	for (; *host && n < IND_SENSOR_ID_MAX; host++) {
		char c = (char)tolower((unsigned char)*host);
		bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (n && (c == '.' || c == '_'));
		if (fits || n)
			sensor[n++] = fits ? c : '-';
	}
	sensor[n] = '\0';
	if (!n)
		memcpy(sensor, "sensor", sizeof "sensor");
}

static void sensor_set(struct keep *k)
{
	char host[256] = "";
	if (k->options->sensor) {
		snprintf(k->sensor, sizeof k->sensor, "%s", k->options->sensor);
		return;
	}
	gethostname(host, sizeof host - 1);
	sensor_fold(host, k->sensor);
}

/* INDICIA_TEST_SEED, 64 hex digits: stream id, salts and epoch key follow from it, and the clock stands still. Such a bundle says in its
 * HEADER that it is no evidence, and so does one made under a test's own minimum, from a seed that nobody knows. */
static int seed_set(struct keep *k)
{
	const char *hex = getenv("INDICIA_TEST_SEED");
	if (!hex || !*hex) {
		k->deterministic = k->options->skew_min_s != 0;
		return k->deterministic && hash_random(k->seed, sizeof k->seed) ? 5 : 0;
	}
	if (strlen(hex) != 2 * sizeof k->seed || strspn(hex, "0123456789abcdefABCDEF") != 2 * sizeof k->seed) {
		say_error(k->say, "INDICIA_TEST_SEED must be 64 hexadecimal digits");
		return 2;
	}
	for (size_t i = 0; i < sizeof k->seed; i++) {
		char pair[3] = { hex[2 * i], hex[2 * i + 1], '\0' };
		k->seed[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
	k->deterministic = true;
	return 0;
}

static void seed_derive(const struct keep *k, const char *what, uint8_t out[HASH_SHA256_BYTES])
{
	struct hash_part parts[] = { { "INDICIA-TEST\0", 13 }, { what, strlen(what) }, { k->seed, sizeof k->seed } };
	hash_sha256_parts(parts, sizeof parts / sizeof *parts, out);
}

static int keys_load(struct keep *k)
{
	char path[KEYFILE_PATH_MAX], error[KEYFILE_ERROR_BYTES];
	uint8_t seed[HASH_SHA256_BYTES];
	bool made = false;
	enum ind_err err = keyfile_load(k->options->key_file, &k->identity, &made, path, error);
	if (err) {
		say_error(k->say, "%s", error);
		return 4;
	}
	if (made)
		say_now(k->say, "made a new signing key, %s; `indicia keys show` prints the public key that others need to verify", path);
	struct stat info;
	k->key_made_s = stat(path, &info) == 0 ? (uint64_t)info.st_mtim.tv_sec : 0;
	seed_derive(k, "epoch", seed);
	err = k->deterministic ? ind_key_from_seed(seed, &k->epoch_key) : ind_key_new(&k->epoch_key);
	if (err) {
		say_error(k->say, "cannot make an epoch key: %s", ind_strerror(err));
		return 5;
	}
	return 0;
}

static void data_age_tell(struct keep *k)
{
	uint64_t now_s = keep_realtime_ns(k) / 1000000000u;
	for (size_t i = 0; i < refdata_count(k->refdata); i++) {
		const struct ind_data_set *set = refdata_data_set(k->refdata, i);
		uint64_t age_days = now_s > set->build_epoch_s ? (now_s - set->build_epoch_s) / DAY_S : 0;
		if (age_days > refdata_old_days(k->refdata, i))
			say_note(k->say, "reference data %.*s is %llu days old: its claims may have changed since", (int)set->name.bytes, set->name.at,
				(unsigned long long)age_days);
	}
}

static void data_notes_tell(struct keep *k)
{
	const char *note;
	for (size_t i = 0; i < refdata_count(k->refdata); i++)
		if ((note = refdata_note(k->refdata, i)))
			say_note(k->say, "%s", note);
	for (size_t i = 0; (note = refdata_unused(k->refdata, i)); i++)
		say_note(k->say, "%s", note);
}

static int data_open(struct keep *k)
{
	char error[REFDATA_ERROR_BYTES] = "", *folder = k->data_folder;
	if (refdata_folder(k->options->data_dir, folder) != IND_OK) {
		say_error(k->say, "%s: no such folder of reference data", folder);
		return 4;
	}
	enum ind_err err = refdata_open(folder, &k->refdata, error);
	if (err) {
		say_error(k->say, "%s", error[0] ? error : ind_strerror(err));
		return err == IND_IO || err == IND_NOMEM ? 5 : 3;
	}
	data_notes_tell(k);
	if (refdata_count(k->refdata) == 0)
		say_note(k->say, "no reference data in %s: the bundle will hold no claims (%s makes a data set)", folder,
			access(INDICIA_REFDATA, X_OK) == 0 ? INDICIA_REFDATA : "deploy/refdata");
	else
		data_age_tell(k);
	return 0;
}

static int stream_open(struct keep *k)
{
	uint8_t derived[HASH_SHA256_BYTES];
	if (keep_live(k)) {
		int status = stream_begin(k);
		if (!status)
			stream_tidy(k);
		return status;
	}
	seed_derive(k, "stream", derived);
	memcpy(k->stream.id, derived, sizeof k->stream.id);
	if (k->deterministic || hash_random(k->stream.id, sizeof k->stream.id) == IND_OK)
		return 0;
	say_error(k->say, "no random numbers for a stream id");
	return 5;
}

/* A TPM that is simulated, or another machine's, is asked over a connection that is made anew each time. */
static bool tpm_is_far(const struct keep *k)
{
	const char *way = getenv("TPM2OPENSSL_TCTI");
	return ind_key_in_tpm(k->identity) && way && *way && strncmp(way, "device", 6) != 0;
}

/* From here on this process writes below the folder of bundles, of a live sensor its state directory, and where metrics and the status socket are; it reads
 * the folder of its configuration, the reference data and what tells one machine from another. As root it may write where another user owns the folder,
 * give that user the keys that it makes there, and end tap, which is another user. */
static int rights_drop(struct keep *k)
{
	char config_folder[32] = "";
	if (k->options->config)
		snprintf(config_folder, sizeof config_folder, "/proc/self/fd/%d", k->options->config->folder_fd);
	const struct confine_path paths[] = {
		{ k->place->folder[0] ? k->place->folder : ".", CONFINE_WRITE },
		{ k->state_folder[0] ? k->state_folder : k->place->folder[0] ? k->place->folder : ".", CONFINE_WRITE },
		{ k->watch.metrics.folder_fd >= 0 ? k->watch.metrics.folder : NULL, CONFINE_WRITE },
		{ k->watch.socket.folder_fd >= 0 ? k->watch.socket.folder : NULL, CONFINE_WRITE },
		{ k->options->config && k->options->config->file ? config_folder : NULL, CONFINE_READ },
		{ k->data_folder, CONFINE_READ },
		{ "/proc/self/exe", CONFINE_READ },
		{ "/proc/sys/kernel/random/boot_id", CONFINE_READ },
		{ "/etc/machine-id", CONFINE_READ },
		{ "/sys/class/dmi/id/product_uuid", CONFINE_READ },
	};
	unsigned long long kept = 1u << CAP_DAC_OVERRIDE | 1u << CAP_KILL | (unsigned)owner_is_other(k->state_folder) << CAP_CHOWN;
	enum ind_err err = IND_OK;
	if (confine_applies())
		err = confine_privileges(kept) ? confine_files(paths, sizeof paths / sizeof *paths, &k->landlock_abi) : IND_IO;
	if (!err && keep_live(k))
		err = loader_start(&k->loader, k->data_folder);
	if (!err && confine_applies()) {
		pid_t taps[RING_WRITERS_MAX];
		for (unsigned i = 0; i < k->tap_count; i++)
			taps[i] = k->taps[i].pid;
		err = confine_calls(tpm_is_far(k) ? CONFINE_KEEP_AND_CONNECT : CONFINE_KEEP, taps, k->tap_count);
		k->calls_filtered = !err;
	}
	if (!err || err == IND_MISSING)
		return 0;
	say_error(k->say, "the process that writes could not give up its rights: %s", strerror(errno));
	return 4;
}

int keep_setup(struct keep *k)
{
	sensor_set(k);
	notify_open(&k->notify);
	int status = seed_set(k);
	if (!status)
		status = keys_load(k);
	if (!status)
		status = data_open(k);
	if (!status)
		status = stream_open(k);
	if (!status)
		status = watch_open(k);
	if (!status)
		status = retainer_begin(k);
	if (!status)
		status = rights_drop(k);
	return status;
}

void keep_release(struct keep *k)
{
	loader_stop(&k->loader);
	retainer_end(k);
	notify_close(&k->notify);
	ind_writer_free(k->writer);
	origin_set_free(k->origins);
	refdata_close(k->refdata);
	hits_clear(&k->hits);
	ind_key_free(k->identity);
	ind_key_free(k->epoch_key);
	ind_key_free(k->spent_key);
	ind_key_free(k->spent_boot);
	ind_key_free(k->by_boot);
	streamfile_close(&k->streamfile);
	watch_close(k);
	free(k->first_file);
}
