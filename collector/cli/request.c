/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/request.h"
#include "base/hash.h"
#include "base/i18n.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/custody.h"
#include "cli/target.h"
#include "cli/tell.h"
#include "indicia/catalogue.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int failed(enum ind_err err) { return tell_error("%s", ind_strerror(err)), CLI_FAILED; }

static int asks_open(struct requesting *r)
{
	char error[LETTER_ERROR_BYTES];
	size_t bytes;
	r->asks_text = selection_read_file(r->asks_file, LETTER_ASKS_BYTES_MAX, &bytes);
	if (!r->asks_text) {
		tell_error("--asks %s: %s", r->asks_file, errno == EFBIG ? "larger than 64 KiB" : strerror(errno));
		return CLI_MISSING;
	}
	if (asks_read(r->asks_text, bytes, &r->asks, error) == IND_OK)
		return CLI_DONE;
	tell_error("--asks %s: %s", r->asks_file, error);
	return CLI_USAGE;
}

static int language_open(const char *language)
{
	char list[64];
	enum ind_err err = i18n_open(language);
	if (err == IND_OK)
		return CLI_DONE;
	i18n_available(list, sizeof(list));
	tell_error(err == IND_UNKNOWN ? "--lang %s: there is no such language here; there are: %s" : "--lang %s: its catalogue is not installed; there are: %s", language, list);
	return err == IND_UNKNOWN ? CLI_USAGE : CLI_MISSING;
}

/* ---- flows ---- */

static struct letter_end end_of(const struct ind_flow *flow, enum ind_dir dir)
{
	struct letter_end end = { .ip_version = flow->ip_version, .has_port = !flow->no_ports, .port = flow->port[dir] };
	memcpy(end.addr, flow->addr[dir], sizeof(end.addr));
	return end;
}

/* Lines `name TAB side TAB value LF`, in the order recorded. */
static void signals_digest(const struct ind_record *record, uint8_t digest[static IND_SHA256_BYTES])
{
	struct hash_sha256_state state;
	hash_sha256_start(&state);
	for (size_t i = 0; i < record->flow.signal_count; i++) {
		const struct ind_signal *s = &record->flow.signals[i];
		const struct ind_signal_info *info = ind_signal_info(s->id);
		const char *name = info ? info->name : "";
		hash_sha256_add(&state, name, strlen(name));
		hash_sha256_add(&state, s->side == IND_CLIENT ? "\tclient\t" : "\tserver\t", 8);
		hash_sha256_add(&state, s->value, s->value_bytes);
		hash_sha256_add(&state, "\n", 1);
	}
	hash_sha256_end(&state, digest);
}

static int end_order(const struct letter_end *x, const struct letter_end *y)
{
	int addr = memcmp(x->addr, y->addr, sizeof(x->addr));
	return addr ? addr : (x->port > y->port) - (x->port < y->port);
}

/* By time, then by ends: the same whatever the order of the bundles. 0: the same flow. */
static int flow_order(const struct letter_flow *x, const struct letter_flow *y)
{
	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	if (x->proto != y->proto || x->theirs.ip_version != y->theirs.ip_version)
		return (x->theirs.ip_version << 8 | x->proto) < (y->theirs.ip_version << 8 | y->proto) ? -1 : 1;
	int theirs = end_order(&x->theirs, &y->theirs);
	return theirs ? theirs : end_order(&x->ours, &y->ours);
}

/* Of two records of a flow the one that holds more of it, then the one of the lower id. */
static bool says_more(const struct letter_flow *x, const struct letter_flow *y)
{
	if (x->packets != y->packets || x->signals != y->signals)
		return x->packets != y->packets ? x->packets > y->packets : x->signals > y->signals;
	int stream = memcmp(x->record.stream_id, y->record.stream_id, sizeof(x->record.stream_id));
	if (stream || x->record.leaf != y->record.leaf)
		return stream ? stream < 0 : x->record.leaf < y->record.leaf;
	return x->record.row < y->record.row;
}

/* The earliest ones are kept, each once: a later one than all of them takes no place. */
static void flow_keep(struct requesting *r, const struct letter_flow *flow)
{
	struct letter *l = &r->letter;
	size_t at = l->flow_count;
	while (at && flow_order(flow, &r->flows[at - 1]) < 0)
		at--;
	if (at && flow_order(flow, &r->flows[at - 1]) == 0) {
		if (says_more(flow, &r->flows[at - 1]))
			r->flows[at - 1] = *flow;
		return;
	}
	if (at == r->flows_max)
		return;
	l->flow_count += l->flow_count < r->flows_max;
	memmove(&r->flows[at + 1], &r->flows[at], (l->flow_count - 1 - at) * sizeof(*flow));
	r->flows[at] = *flow;
}

/* Was it met before, maybe in another bundle? 1 if not, 0 if so, -1 if there is no more room to tell. */
static int flow_new(struct requesting *r, const struct letter_flow *flow)
{
	const struct letter_end *theirs = &flow->theirs, *ours = &flow->ours;
	uint64_t words[6] = { (uint64_t)theirs->ip_version << 40 | (uint64_t)flow->proto << 32 | (uint64_t)theirs->port << 16 | ours->port, flow->start_ns };
	memcpy(words + 2, theirs->addr, IND_ADDR_BYTES);
	memcpy(words + 4, ours->addr, IND_ADDR_BYTES);
	return tally_add(&r->seen, hash_words(&r->secret, words, 6));
}

static void ask_mark(struct requesting *r, const struct ind_flow *flow)
{
	for (size_t i = 0; i < r->asks.count; i++) {
		const struct letter_end *end = &r->asks.list[i].end;
		for (unsigned dir = 0; dir < 2; dir++)
			r->named[i] |= r->asks.list[i].kind == ASK_TEXT || (end->ip_version == flow->ip_version && memcmp(end->addr, flow->addr[dir], IND_ADDR_BYTES) == 0);
	}
}

static enum ind_err flow_take(struct requesting *r, const struct ind_record *record)
{
	const struct ind_flow *f = &record->flow.flow;
	struct letter *l = &r->letter;
	bool theirs_is_dst = !asks_name(&r->asks, f->ip_version, f->addr[IND_SRC]);
	if (theirs_is_dst && !asks_name(&r->asks, f->ip_version, f->addr[IND_DST]))
		return IND_OK;
	struct letter_flow flow = {
		.start_ns = f->start_ns, .end_ns = f->end_ns, .proto = f->proto, .record = record->id, .has_signals = record->flow.signal_count > 0,
		.packets = f->packets[IND_SRC] + f->packets[IND_DST], .signals = record->flow.signal_count,
		.theirs = end_of(f, theirs_is_dst ? IND_DST : IND_SRC), .ours = end_of(f, theirs_is_dst ? IND_SRC : IND_DST),
	};
	int first = flow_new(r, &flow);
	if (first < 0)
		return IND_LIMIT;
	ask_mark(r, f);
	l->first_ns = !l->flows_seen || f->start_ns < l->first_ns ? f->start_ns : l->first_ns;
	l->last_ns = f->end_ns > l->last_ns ? f->end_ns : l->last_ns;
	l->flows_seen += (uint64_t)first;
	if (flow.has_signals)
		signals_digest(record, flow.signals_sha256);
	flow_keep(r, &flow);
	return IND_OK;
}

/* ---- bundles ---- */

static int flows_read(struct requesting *r, const struct input *in, struct letter_bundle *b)
{
	struct rows_context context = { .sensor = "" };
	struct filter_claims *claims = NULL;
	struct ind_reader *reader = NULL;
	const struct ind_record *record;
	enum ind_err err = r->filter && query_filter_asks_claims(r->filter) ? filter_claims_load(r->filter, &in->source, &claims) : IND_OK;
	if (err == IND_OK)
		err = ind_reader_new(&in->source, IND_WANT(IND_REC_HEADER) | IND_WANT(IND_REC_FLOW), &reader);
	struct filter_context asked = { &context, claims };
	while (err == IND_OK && (err = ind_reader_next(reader, &record)) == IND_OK) {
		if (record->kind == IND_REC_HEADER) {
			rows_context_of(&context, &record->header);
			memcpy(b->sensor, context.sensor, sizeof(b->sensor));
		} else if (record->kind == IND_REC_FLOW && (!r->filter || query_filter_matches(r->filter, record, &asked) == TRUTH_YES)) {
			err = flow_take(r, record);
		}
	}
	uint64_t offset = reader ? ind_reader_offset(reader) : 0;
	ind_reader_free(reader);
	filter_claims_free(claims);
	if (err == IND_END)
		return CLI_DONE;
	if (err == IND_LIMIT)
		return tell_error("request: more flows have the addresses asked about than can be told apart; choose fewer with -f or -t"), CLI_FAILED;
	input_tell_damage(in, offset, err);
	return err == IND_NOMEM ? CLI_FAILED : CLI_DAMAGED;
}

static int bundle_check(struct requesting *r, const struct input *in, struct letter_bundle *b)
{
	struct ind_verify_options options = trust_options(&r->trust);
	struct ind_verify_result *result = malloc(sizeof(*result));
	enum ind_err err = result ? ind_verify(&in->source, &options, result) : IND_NOMEM;
	if (err == IND_OK)
		err = custody_digest(&in->source, b->sha256);
	if (err == IND_OK) {
		uint64_t error_ns = result->clock_error_ns;
		b->verdict = ind_verdict_name(result->verdict);
		if (result->has_header)
			ind_key_public_to_text(&result->identity, b->key);
		r->letter.clock_error_ns = error_ns > r->letter.clock_error_ns ? error_ns : r->letter.clock_error_ns;
		if (result->verdict != IND_VERDICT_VALID)
			tell_note("%s: %s; the letter says so", in->name, b->verdict);
	}
	free(result);
	return err == IND_OK ? CLI_DONE : failed(err);
}

/* Is it one that was taken already, maybe under another name? */
static bool bundle_again(const struct requesting *r, const struct input *in, const struct letter_bundle *b)
{
	for (size_t i = 0; i < r->letter.bundle_count; i++)
		if (memcmp(r->bundles[i].sha256, b->sha256, sizeof(b->sha256)) == 0)
			return tell_note("%s: the same bundle as %s; it counts once", in->name, r->bundles[i].name), true;
	return false;
}

static int bundle_take(struct requesting *r, const char *name)
{
	struct input in;
	struct letter_bundle *b = &r->bundles[r->letter.bundle_count];
	const char *slash = strrchr(name, '/');
	int status = input_open(&in, name);
	if (status != CLI_DONE)
		return status;
	*b = (struct letter_bundle){ .name = NULL };
	b->name = slash && slash[1] ? slash + 1 : in.name;
	status = bundle_check(r, &in, b);
	bool again = status == CLI_DONE && bundle_again(r, &in, b);
	int read = status == CLI_DONE && !again ? flows_read(r, &in, b) : status;
	r->letter.bundle_count += status == CLI_DONE && !again;
	input_close(&in);
	return read > status ? read : status;
}

static int bundle_order(const void *a, const void *b)
{
	const struct letter_bundle *x = a, *y = b;
	return memcmp(x->sha256, y->sha256, sizeof(x->sha256));
}

static int bundles_take(struct requesting *r)
{
	int status = CLI_DONE;
	r->flows = malloc((r->flows_max + 1) * sizeof(*r->flows));
	r->bundles = calloc(r->inputs.count, sizeof(*r->bundles));
	enum ind_err err = r->flows && r->bundles ? hash_random(&r->secret, sizeof(r->secret)) : IND_NOMEM;
	if (err != IND_OK)
		return failed(err);
	for (size_t i = 0; i < r->inputs.count && status < CLI_FAILED; i++) {
		int one = bundle_take(r, r->inputs.names[i]);
		status = one > status ? one : status;
	}
	qsort(r->bundles, r->letter.bundle_count, sizeof(*r->bundles), bundle_order);
	r->letter.flows = r->flows;
	r->letter.bundles = r->bundles;
	r->letter.asks = &r->asks;
	return status;
}

/* A letter asks about what was observed, and about nothing else. */
static int all_observed(const struct requesting *r)
{
	char text[LETTER_END_TEXT];
	for (size_t i = 0; i < r->asks.count; i++) {
		if (r->named[i] || (r->asks.list[i].kind == ASK_TEXT && r->letter.flows_seen))
			continue;
		if (r->asks.list[i].kind == ASK_TEXT)
			tell_error("no selected flow has an address that the letter asks about: 'preserve', 'netflow', 'lease' and 'relay' name them");
		else
			tell_error("%s: no selected flow has this address, and a letter asks only about what was observed", letter_end_text(&r->asks.list[i].end, text));
		return CLI_MISSING;
	}
	return CLI_DONE;
}

static int letter_write(const struct requesting *r)
{
	struct target target;
	size_t bytes = r->write ? strlen(r->write) : 0;
	int status = target_open(&target, r->write, r->force);
	if (status != CLI_DONE)
		return status;
	if (bytes > 5 && strcmp(r->write + bytes - 5, ".html") == 0)
		letter_html(&r->letter, &target.out);
	else
		letter_text(&r->letter, &target.out);
	return target_close(&target, true);
}

int requesting_run(struct requesting *r)
{
	int status = language_open(r->language);
	if (status == CLI_DONE)
		status = asks_open(r);
	if (status == CLI_DONE)
		status = selection_open(&r->selection, QUERY_KIND_FLOW, &r->filter);
	if (status == CLI_DONE)
		status = trust_load(&r->trust);
	if (status == CLI_DONE)
		status = bundles_take(r);
	if (status != CLI_DONE && (status != CLI_DAMAGED || !r->letter.bundle_count))
		return status;
	int observed = all_observed(r);
	if (observed != CLI_DONE)
		return observed;
	int written = letter_write(r);
	if (written == CLI_DONE && r->letter.flows_seen > r->letter.flow_count)
		tell_note("%zu of %llu flows are listed; --limit raises that", r->letter.flow_count, (unsigned long long)r->letter.flows_seen);
	return written == CLI_DONE ? status : written;
}

void requesting_free(struct requesting *r)
{
	inputs_free(&r->inputs);
	query_filter_free(r->filter);
	free(r->asks_text);
	free(r->flows);
	free(r->bundles);
	tally_free(&r->seen);
}
