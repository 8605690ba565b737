/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/assess.h"
#include "cli/cli.h"
#include "base/number.h"
#include "cli/custody.h"
#include "cli/data.h"
#include "cli/selection.h"
#include "cli/tell.h"
#include "query/when.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failed(enum ind_err err) { return tell_error("%s", ind_strerror(err)), err == IND_NOMEM || err == IND_IO ? CLI_FAILED : CLI_USAGE; }

/* Names of places, firms and people are words; no filter is only words that it does not know. */
static bool is_words(const char *text)
{
	for (; *text; text++)
		if (strchr("0123456789=<>@(){}[]/:&|!,\"", *text))
			return false;
	return true;
}

/* Lists in files are not read: the text of a subject stands among the inputs, the file would not. */
static enum ind_err no_list(void *ctx, const char *name, char **text, size_t *bytes)
{
	(void)name;
	*text = NULL;
	*bytes = 0;
	*(bool *)ctx = true;
	return IND_MISSING;
}

static int subject_filter(const char *text, struct query_filter **filter)
{
	bool list = false;
	struct filter_options options = { .kind = QUERY_KIND_FLOW, .list = no_list, .list_ctx = &list };
	struct filter_error error;
	enum ind_err err = query_filter_compile(text, strlen(text), &options, filter, &error);
	if (err == IND_OK)
		return CLI_DONE;
	if (err == IND_NOMEM)
		return failed(err);
	if (list)
		return tell_error("--subject '%s': a list in a file cannot be asked, since the assessment would not tell what it held; name each subject", text), CLI_USAGE;
	if (is_words(text))
		return tell_error("--subject '%s': %s", text, ASSESS_NO_SUBJECT), CLI_USAGE;
	tell_error("--subject: filter: %s", error.text);
	selection_tell_place(text, strlen(text), error.at < strlen(text) ? error.at : strlen(text));
	fputs("  " ASSESS_NO_SUBJECT "\n", stderr);
	return CLI_USAGE;
}

/* Without blanks around it, as copied out of a table. */
static void trim(const char *text, char trimmed[static SUBJECT_TEXT_MAX])
{
	size_t from = strspn(text, " \t\r\n"), to = strlen(text);
	while (to > from && strchr(" \t\r\n", text[to - 1]))
		to--;
	size_t bytes = to - from < SUBJECT_TEXT_MAX ? to - from : SUBJECT_TEXT_MAX - 1;
	memcpy(trimmed, text + from, bytes);
	trimmed[bytes] = '\0';
}

static int take_subject(struct assessing *s, const char *text)
{
	struct query_filter *filter = NULL;
	char error[ASSESS_ERROR_BYTES] = "", trimmed[SUBJECT_TEXT_MAX];
	trim(text, trimmed);
	if (assess_is_address(trimmed))
		text = trimmed;
	if (!*trimmed)
		return tell_error("--subject is empty: %s", ASSESS_NO_SUBJECT), CLI_USAGE;
	int status = assess_is_address(text) ? CLI_DONE : subject_filter(text, &filter);
	if (status != CLI_DONE)
		return status;
	enum ind_err err = assess_subject(s->assess, text, filter, error);
	if (err == IND_OK)
		return CLI_DONE;
	query_filter_free(filter);
	if (err == IND_NOMEM)
		return failed(err);
	tell_error("--subject '%s': %s", text, error);
	return CLI_USAGE;
}

static int take_position(struct assessing *s, const char *text)
{
	struct assess_position position = { .sensor = "" };
	struct position p;
	const char *equals = strchr(text, '=');
	size_t bytes = equals ? (size_t)(equals - text) : 0;
	if (!bytes || bytes >= sizeof(position.sensor) || !position_read(equals + 1, &p)) {
		tell_error("--position %s: a sensor, latitude, longitude and error are wanted, as in fra-01=52.52,13.40,5", text);
		return CLI_USAGE;
	}
	memcpy(position.sensor, text, bytes);
	position.latitude_1e4 = p.latitude_1e4;
	position.longitude_1e4 = p.longitude_1e4;
	position.error_km = p.error_km;
	enum ind_err err = assess_position(s->assess, &position);
	return err == IND_OK ? CLI_DONE : failed(err);
}

typedef enum ind_err file_reader(struct assess *a, const char *text, size_t bytes, char error[static ASSESS_ERROR_BYTES]);

static int file_read(struct assessing *s, const char *path, file_reader *read)
{
	uint8_t *bytes = NULL;
	size_t count = 0;
	char error[ASSESS_ERROR_BYTES] = "";
	if (custody_file_read(path, CUSTODY_FILE_BYTES_MAX, &bytes, &count) != CLI_DONE)
		return CLI_MISSING;
	enum ind_err err = read(s->assess, (const char *)bytes, count, error);
	free(bytes);
	if (err == IND_OK)
		return CLI_DONE;
	tell_error("%s: %s", path, error);
	return CLI_USAGE;
}

static int take_hypotheses(struct assessing *s, const char *path) { return file_read(s, path, assess_hypotheses); }
static int take_policy(struct assessing *s, const char *path) { return file_read(s, path, assess_policy); }

static int take_data(struct assessing *s, const char *given)
{
	char found[DATA_PATH_MAX], error[REFDATA_ERROR_BYTES] = "";
	const char *folder;
	int status = data_folder(given, found, &folder);
	if (status != CLI_DONE)
		return status;
	enum ind_err err = refdata_open(folder, &s->refdata, error);
	if (err != IND_OK) {
		tell_error("%s", error[0] ? error : ind_strerror(err));
		return err == IND_IO || err == IND_NOMEM ? CLI_FAILED : CLI_DAMAGED;
	}
	err = assess_refdata(s->assess, s->refdata);
	return err == IND_OK ? CLI_DONE : failed(err);
}

static int take_since(struct assessing *s, const char *text)
{
	struct when when;
	if (!when_parse(text, strlen(text), &when)) {
		tell_error("--since-data %s: a day or time is wanted, as in 2026-10-01", text);
		return CLI_USAGE;
	}
	assess_since_data(s->assess, when.first_ns / 1000000000);
	return CLI_DONE;
}

bool assessing_option(struct assessing *s, int id, const char *value, int *status)
{
	*status = CLI_DONE;
	switch (id) {
	case OPT_SUBJECT: *status = take_subject(s, value); break;
	case OPT_HYPOTHESES: *status = take_hypotheses(s, value); break;
	case OPT_POLICY: *status = take_policy(s, value); break;
	case OPT_POSITION: *status = take_position(s, value); break;
	case OPT_SINCE_DATA: *status = take_since(s, value); break;
	case OPT_DATA: s->data = value; break;
	case OPT_REVIEW: s->review = value; break;
	default: return false;
	}
	s->has_options = true;
	return true;
}

/* Signed by a key that is trusted here and not revoked; that one file of a log names events of another is no fault of this one. */
static bool vouches(const struct ind_custody_entry *e, const uint8_t id[static IND_SHA256_BYTES])
{
	const uint32_t bad = UINT32_C(1) << IND_CUSTODY_CODE_FORM | UINT32_C(1) << IND_CUSTODY_CODE_SIGNATURE | UINT32_C(1) << IND_CUSTODY_CODE_REVOKED;
	return e->readable && e->signature_ok && e->key_trusted && !(e->codes & bad) && e->event.type == IND_CUSTODY_REVIEWED && e->event.has_object_sha256 &&
		memcmp(e->event.object_sha256, id, IND_SHA256_BYTES) == 0;
}

/* The log is kept: a report shows what reviewers say. */
static enum ind_err review_find(struct assessing *s, const struct input *in, const struct trust *trust, bool *found)
{
	const struct ind_custody_known known = { .trusted = trust->keys, .trusted_count = trust->count };
	const struct ind_custody_entry *entry;
	uint8_t id[IND_SHA256_BYTES];
	enum ind_err err = ind_custody_log_new(&s->review_log);
	struct ind_custody_log *log = s->review_log;
	*found = false;
	assess_id(s->assess, id);
	if (err == IND_OK)
		err = ind_custody_log_read(log, in->name, IND_CUSTODY_PARTY, NULL, &in->source);
	if (err == IND_OK)
		err = ind_custody_log_check(log, &known);
	for (size_t i = 0; err == IND_OK && i < ind_custody_log_count(log); i++) {
		err = ind_custody_log_event(log, i, &entry);
		*found |= err == IND_OK && vouches(entry, id);
	}
	return err;
}

/* A file of custody events: does one of type `reviewed`, by a key that is trusted here, name this assessment? */
static int take_review(struct assessing *s, const char *path)
{
	static struct trust trust;
	struct input in;
	bool found;
	int status = trust_load(&trust);
	if (status == CLI_DONE)
		status = input_open(&in, path);
	if (status != CLI_DONE)
		return status == CLI_DAMAGED ? CLI_MISSING : status;
	enum ind_err err = review_find(s, &in, &trust, &found);
	input_close(&in);
	if (err != IND_OK)
		return tell_error("%s: %s", path, ind_strerror(err)), err == IND_NOMEM ? CLI_FAILED : CLI_DAMAGED;
	if (!found) {
		tell_error("--review %s: no event of type reviewed by a trusted key names this assessment; its inputs (-o inputs) are the object of such an event", path);
		return CLI_MISSING;
	}
	enum ind_err again = assess_reviewed(s->assess);
	return again == IND_OK ? CLI_DONE : failed(again);
}

static int open_one(struct assessing *s, const char *name, struct input *in, bool *owned)
{
	*owned = true;
	if (strcmp(name, "-") != 0)
		return input_open(in, name);
	*owned = false;
	int status = s->has_stdin ? CLI_DONE : input_open(&s->stdin_input, name);
	s->has_stdin |= status == CLI_DONE;
	*in = s->stdin_input;
	in->source.ctx = in;
	return status;
}

static int by_digest(const void *a, const void *b)
{
	const struct assess_bundle *x = a, *y = b;
	return memcmp(x->sha256, y->sha256, sizeof(x->sha256));
}

/* A bundle that is named twice counts once. */
static void settle(struct assessing *s)
{
	size_t kept = 0;
	if (s->bundle_count)
		qsort(s->bundles, s->bundle_count, sizeof(*s->bundles), by_digest);
	for (size_t i = 0; i < s->bundle_count; i++) {
		if (kept && by_digest(&s->bundles[kept - 1], &s->bundles[i]) == 0)
			tell_note("%s: the same bundle as %s; it counts once", s->bundles[i].name, s->bundles[kept - 1].name);
		else
			s->bundles[kept++] = s->bundles[i];
	}
	s->bundle_count = kept;
}

int assessing_open(struct assessing *s, const struct inputs *inputs)
{
	int status = s->data ? take_data(s, s->data) : CLI_DONE;
	if (status != CLI_DONE)
		return status;
	s->bundles = calloc(inputs->count, sizeof(*s->bundles));
	if (!s->bundles)
		return failed(IND_NOMEM);
	for (size_t i = 0; i < inputs->count; i++) {
		struct assess_bundle *b = &s->bundles[s->bundle_count];
		struct input in;
		bool owned;
		int one = open_one(s, inputs->names[i], &in, &owned);
		if (one == CLI_DONE) {
			b->name = inputs->names[i];
			if (custody_digest(&in.source, b->sha256) == IND_OK)
				s->bundle_count++;
			else
				one = (input_tell_damage(&in, 0, IND_IO), CLI_FAILED);
			if (owned)
				input_close(&in);
		}
		status = one > status ? one : status;
	}
	settle(s);
	return status;
}

static int read_one(struct assessing *s, const struct assess_bundle *b, bool say)
{
	struct input in;
	bool owned;
	uint64_t offset;
	int status = open_one(s, b->name, &in, &owned);
	if (status != CLI_DONE)
		return status;
	enum ind_err err = assess_bundle(s->assess, &in.source, b->sha256, &offset);
	if (err != IND_OK && err != IND_END) {
		status = err == IND_NOMEM ? CLI_FAILED : CLI_DAMAGED;
		if (say || err == IND_NOMEM)
			input_tell_damage(&in, offset, err);
	}
	if (owned)
		input_close(&in);
	return status;
}

static int read_all(struct assessing *s)
{
	int status = CLI_DONE;
	bool again = true;
	if (s->bundle_count > 1)
		assess_several(s->assess);
	for (unsigned pass = 0; again; pass++) {
		for (size_t i = 0; i < s->bundle_count; i++) {
			int one = read_one(s, &s->bundles[i], pass == 0);
			status = one > status ? one : status;
		}
		enum ind_err err = status == CLI_FAILED ? IND_NOMEM : assess_next_pass(s->assess, &again);
		if (err != IND_OK)
			return failed(err);
	}
	enum ind_err err = assess_conclude(s->assess);
	return err == IND_OK ? status : failed(err);
}

int assessing_weigh(struct assessing *s, int opened)
{
	int status = opened == CLI_DONE || opened == CLI_DAMAGED ? read_all(s) : opened;
	status = opened > status ? opened : status;
	return s->review && status == CLI_DONE ? take_review(s, s->review) : status;
}

void assessing_close(struct assessing *s)
{
	assess_free(s->assess);
	refdata_close(s->refdata);
	ind_custody_log_free(s->review_log);
	if (s->has_stdin)
		input_close(&s->stdin_input);
	free(s->bundles);
}
