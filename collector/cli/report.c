/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report.h"
#include "base/hash.h"
#include "base/i18n.h"
#include "cli/build.h"
#include "cli/chain.h"
#include "cli/cli.h"
#include "cli/target.h"
#include "cli/tell.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static int failed(enum ind_err err) { return tell_error("%s", ind_strerror(err)), CLI_FAILED; }

/* ---- the assessment ---- */

static int assess_now(struct reporting *r, int opened)
{
	int status = assessing_weigh(&r->assessing, opened);
	if (status != CLI_DONE && status != CLI_DAMAGED)
		return status;
	assess_json(r->assessing.assess, &r->json);
	return r->json.err == IND_OK ? status : failed(r->json.err);
}

static int assessment_read(struct reporting *r, int opened)
{
	uint8_t *bytes = NULL;
	size_t count;
	if (custody_file_read(r->assessment, MODEL_JSON_MAX, &bytes, &count) != CLI_DONE)
		return CLI_MISSING;
	out_bytes(&r->json, bytes, count);
	free(bytes);
	return r->json.err == IND_OK ? opened : failed(r->json.err);
}

/* An assessment of other bundles says nothing of these. */
static int same_bundles(const struct reporting *r)
{
	char hex[2 * IND_SHA256_BYTES + 1];
	for (size_t i = 0; i < r->assessing.bundle_count; i++) {
		bool found = false;
		hash_hex(r->assessing.bundles[i].sha256, IND_SHA256_BYTES, hex);
		for (size_t k = 0; k < r->model.digest_count && !found; k++)
			found = strcmp(hex, r->model.digests[k]) == 0;
		if (!found) {
			tell_error("%s: the assessment is not of this bundle (SHA-256 %s)", r->assessing.bundles[i].name, hex);
			return CLI_USAGE;
		}
	}
	if (r->assessing.bundle_count == r->model.digest_count)
		return CLI_DONE;
	tell_error("the assessment is of %zu bundles, and %zu of them are given; name all of them", r->model.digest_count, r->assessing.bundle_count);
	return CLI_USAGE;
}

/* With *made there is a model, also of a damaged bundle. */
static int model_make(struct reporting *r, int opened, bool *made)
{
	char error[MODEL_ERROR_BYTES];
	int status = r->assessment ? assessment_read(r, opened) : assess_now(r, opened);
	*made = false;
	if (status != CLI_DONE && status != CLI_DAMAGED)
		return status;
	enum ind_err err = model_read(&r->model, r->json.at, r->json.used, error);
	if (err == IND_MALFORMED) {
		tell_error("%s: %s; a file that 'indicia assess -o json' wrote is wanted", r->assessment ? r->assessment : "assessment", error);
		return CLI_DAMAGED;
	}
	if (err != IND_OK)
		return failed(err);
	int same = same_bundles(r);
	*made = same == CLI_DONE;
	return same == CLI_DONE ? status : same;
}

/* ---- the bundles ---- */

/* Standard input stays open. */
static int bundle_open(const struct reporting *r, size_t at, struct input *in, bool *owned)
{
	*owned = strcmp(r->assessing.bundles[at].name, "-") != 0;
	*in = r->assessing.stdin_input;
	int status = *owned ? input_open(in, r->assessing.bundles[at].name) : CLI_DONE;
	in->source.ctx = in;
	return status;
}

/* With a head, whether that state of the stream is in the bundle. */
static int verify_one(const struct reporting *r, size_t at, const struct ind_kept_head *head, struct ind_verify_result *result)
{
	struct ind_verify_options options = trust_options(&r->trust.keys);
	struct input in;
	bool owned;
	options.heads = head;
	options.head_count = head != NULL;
	int status = bundle_open(r, at, &in, &owned);
	if (status != CLI_DONE)
		return status;
	enum ind_err err = ind_verify(&in.source, &options, result);
	if (owned)
		input_close(&in);
	return err == IND_OK ? CLI_DONE : failed(err);
}

static bool holds(void *ctx, size_t at, const struct ind_kept_head *head)
{
	struct ind_verify_result *again = malloc(sizeof(*again));
	bool held = again && verify_one(ctx, at, head, again) == CLI_DONE && again->head_differing == IND_ABSENT_U64;
	free(again);
	return held;
}

/* Each by itself, then what those of one stream say of each other. */
static int verify_all(struct reporting *r)
{
	size_t count = r->assessing.bundle_count;
	struct chain_link *links = calloc(count + 1, sizeof(*links));
	int status = CLI_DONE;
	r->results = calloc(count + 1, sizeof(*r->results));
	if (!links || !r->results)
		status = failed(IND_NOMEM);
	for (size_t i = 0; status == CLI_DONE && i < count; i++) {
		links[i].result = &r->results[i];
		status = verify_one(r, i, NULL, links[i].result);
	}
	if (status == CLI_DONE && !chain_judge(links, count, holds, r))
		status = failed(IND_NOMEM);
	free(links);
	return status;
}

static void *verify_beside(void *reporting)
{
	struct reporting *r = reporting;
	r->verified = verify_all(r);
	return NULL;
}

/* Verifying asks every byte and nothing of the assessment, which takes as long: both at once. */
static int model_and_verdicts(struct reporting *r, int opened, bool *made)
{
	pthread_t thread;
	bool beside = pthread_create(&thread, NULL, verify_beside, r) == 0;
	int status = model_make(r, opened, made);
	if (beside)
		pthread_join(thread, NULL);
	else
		verify_beside(r);
	return r->verified > status ? r->verified : status;
}

static int gather_one(struct reporting *r, struct gather *g, size_t at)
{
	const struct assess_bundle *b = &r->assessing.bundles[at];
	struct custody custody = { .bundle = b->name };
	struct input in;
	bool owned;
	int status = bundle_open(r, at, &in, &owned);
	if (status != CLI_DONE)
		return status;
	status = custody_beside(&custody, b->name, &in.source, &r->results[at], &r->trust, false);
	if (status == CLI_DONE) {
		struct report_source source = { b->name, &in.source, b->sha256, &r->results[at], custody.log };
		enum ind_err err = gather_bundle(g, &source);
		status = err == IND_OK ? CLI_DONE : failed(err);
	}
	custody_close(&custody);
	if (owned)
		input_close(&in);
	return status;
}

static int gather_all(struct reporting *r)
{
	struct gather *g = NULL;
	enum ind_err err = gather_new(&r->model, r->records_max, &g);
	int status = CLI_DONE;
	if (err != IND_OK)
		status = err == IND_MALFORMED ? (tell_error("a subject of the assessment is neither address, network nor filter"), CLI_DAMAGED) : failed(err);
	for (size_t i = 0; status == CLI_DONE && i < r->assessing.bundle_count; i++)
		status = gather_one(r, g, i);
	if (status == CLI_DONE && r->assessing.review_log && (err = gather_statements(g, r->assessing.review_log)) != IND_OK)
		status = failed(err);
	if (status == CLI_DONE && (err = gather_end(g)) != IND_OK)
		status = failed(err);
	gather_free(g);
	return status;
}

/* ---- the page ---- */

static void command_bundles(struct reporting *r)
{
	out_text(&r->command, " --lang ");
	out_text(&r->command, i18n_language()->code);
	for (size_t i = 0; i < r->model.bundle_count; i++) {
		out_char(&r->command, ' ');
		out_shell_word(&r->command, r->model.bundles[i].name);
	}
	out_char(&r->command, '\0');
	r->options.command = r->command.at;
	r->options.build = "indicia " BUILD_VERSION;
}

static int page_write(struct reporting *r)
{
	struct target target;
	if (pdf_wanted(r->write))
		return pdf_write(&r->model, &r->options, r->write, r->force);
	int status = target_open(&target, r->write, r->force);
	if (status != CLI_DONE)
		return status;
	report_html(&r->model, &r->options, &target.out);
	return target_close(&target, true);
}

static struct custody_add correction(const struct reporting *r)
{
	return (struct custody_add){ .type = IND_CUSTODY_CORRECTED, .actor = r->actor, .place = r->place, .purpose = "a report is replaced by a corrected one", .note = r->options.erratum,
		.object = r->options.supersedes, .key_file = r->key_file };
}

/* No correction is published that no log could hold. */
static int correct_ready(const struct reporting *r)
{
	struct custody_add add = correction(r);
	if (!r->options.supersedes)
		return CLI_DONE;
	for (size_t i = 0; i < r->inputs.count; i++)
		if (strcmp(r->inputs.names[i], "-") == 0)
			return tell_error("report: a correction is noted in the custody log beside each bundle, and standard input has none; name the file"), CLI_USAGE;
	return custody_add_ready(&add);
}

/* What was wrong is said in the log of every bundle that the report is of, by a key. */
static int correct_one(struct reporting *r, const char *name)
{
	struct custody_add add = correction(r);
	struct custody custody;
	int status = custody_open(&custody, name, &r->trust, NULL, 0);
	if (status == CLI_DONE)
		status = custody_append(&custody, &add);
	custody_close(&custody);
	return status;
}

static int correct_all(struct reporting *r)
{
	int status = CLI_DONE;
	for (size_t i = 0; r->options.supersedes && i < r->assessing.bundle_count && status == CLI_DONE; i++)
		status = correct_one(r, r->assessing.bundles[i].name);
	return status;
}

static int json_write(struct reporting *r)
{
	struct target target;
	int status = r->write_json ? target_open(&target, r->write_json, r->force) : CLI_DONE;
	if (!r->write_json || status != CLI_DONE)
		return status;
	out_bytes(&target.out, r->json.at, r->json.used);
	return target_close(&target, true);
}

static void tell_choice(const struct reporting *r)
{
	if (!r->model.subject_count)
		tell_note("no address has a validated flow; name what to assess with --subject");
	if (r->model.subjects_left_out)
		tell_note("the page shows %zu subjects; %zu more are in the assessment", r->model.subject_count, r->model.subjects_left_out);
	size_t stricter = 0;
	for (size_t i = 0; i < r->model.record_count; i++)
		stricter += r->model.records[i].tlp > r->options.tlp;
	if (stricter)
		tell_note("%zu of the claims on the page have a marking of their own that is stricter than --tlp: their indicators are left out, that they are listed is not", stricter);
	size_t listed = model_records_listed(&r->model);
	if (r->model.records_matching > listed)
		tell_note("the page lists %zu of %llu flows, claims and origin records; --records raises that", listed, (unsigned long long)r->model.records_matching);
}

/* "es_ES.UTF-8:en" of $LANGUAGE, or what LC_MESSAGES is by its variables: the first one that there is a catalogue of. */
static bool language_of_user(void)
{
	static const char *const names[] = { "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *wish = NULL;
	char code[16];
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && (!wish || !*wish); i++)
		wish = getenv(names[i]);
	while (wish && *wish) {
		size_t whole = strcspn(wish, ":"), bytes = strcspn(wish, ":.@");
		for (int cut = 0; cut < 2; cut++, bytes = strcspn(wish, ":.@_")) {
			if (bytes >= sizeof(code))
				continue;
			memcpy(code, wish, bytes);
			code[bytes] = '\0';
			if (i18n_open(code) == IND_OK)
				return true;
		}
		wish += whole + (wish[whole] == ':');
	}
	return false;
}

static int language_open(struct reporting *r)
{
	char list[256];
	if (!r->language)
		(void)language_of_user();
	enum ind_err err = r->language ? i18n_open(r->language) : IND_OK;
	r->options.language = i18n_language()->tag;
	r->options.right_to_left = i18n_is_rtl();
	if (err == IND_OK)
		return CLI_DONE;
	if (err == IND_NOMEM)
		return failed(err);
	tell_error("--lang %s: %s; there are: %s", r->language, err == IND_UNKNOWN ? "no language of this program" : "its catalogue is not installed", i18n_available(list, sizeof(list)));
	return err == IND_UNKNOWN ? CLI_USAGE : CLI_MISSING;
}

int reporting_run(struct reporting *r)
{
	int status = language_open(r);
	if (status == CLI_DONE)
		status = correct_ready(r);
	if (status != CLI_DONE)
		return status;
	bool whole;
	int opened = assessing_open(&r->assessing, &r->inputs);
	if ((opened != CLI_DONE && opened != CLI_DAMAGED) || !r->assessing.bundle_count)
		return opened; /* of no bundle there is no page: nothing would be wrong on it */
	if ((status = custody_trust_load(&r->trust)) != CLI_DONE)
		return status;
	status = model_and_verdicts(r, opened, &whole);
	if (whole && r->verified == CLI_DONE) {
		int gathered = gather_all(r);
		status = gathered > status ? gathered : status;
	}
	whole = status == CLI_DONE || (whole && r->verified == CLI_DONE && status == CLI_DAMAGED && r->model.bundle_count == r->assessing.bundle_count);
	if (!whole)
		return status;
	command_bundles(r);
	int written = json_write(r);
	if (written == CLI_DONE)
		written = page_write(r);
	if (written == CLI_DONE)
		written = correct_all(r);
	if (written == CLI_DONE)
		tell_choice(r);
	return written == CLI_DONE ? status : written;
}

void reporting_free(struct reporting *r)
{
	model_free(&r->model);
	free(r->results);
	out_free(&r->context);
	out_free(&r->json);
	out_free(&r->command);
	custody_trust_free(&r->trust);
	assessing_close(&r->assessing);
	inputs_free(&r->inputs);
}
