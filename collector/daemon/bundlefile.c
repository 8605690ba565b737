/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "daemon/inside.h"

#include "base/text.h"
#include "daemon/buildid.h"
#include "daemon/clock.h"
#include "indicia/catalogue.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SEAL_BYTES = 4 << 20, SEAL_EVERY_NS = 1000000000, HEARTBEAT_NS = 2000000000, BEGIN_TRIES = 3, VERIFY_RECORDS_MAX = 1 << 16 };

#define FIXED_NS UINT64_C(946684800000000000) /* 2000-01-01, the moment of deterministic runs */

uint64_t keep_realtime_ns(const struct keep *k) { return k->deterministic ? FIXED_NS : clock_realtime_ns(); }

static uint64_t keep_boottime_ns(const struct keep *k) { return k->deterministic ? 0 : clock_boottime_ns(); }

static struct ind_text text_of(const char *s) { return (struct ind_text){ s, (uint16_t)(s ? strlen(s) : 0) }; }

void bundle_header(const struct keep *k, struct ind_header *h)
{
	const struct daemon_options *o = k->options;
	const char *slash = o->savefile ? strrchr(o->savefile, '/') : NULL;
	*h = (struct ind_header){
		.sensor = text_of(k->sensor), .interface = text_of(o->interface), .source_file = text_of(slash ? slash + 1 : o->savefile),
		.link_type = text_of(k->opened.link.name), .link_type_number = k->opened.link.number, .snaplen = k->opened.snaplen,
		.taps = k->tap_count > 1 ? k->tap_count : 0,
		.capture_filter = text_of(o->filter), .authority = text_of(o->authority), .case_id = text_of(o->case_id),
		.clock_source = text_of(o->savefile ? "savefile" : "system"), .build_id = text_of(buildid_text()),
		.signals = text_of(o->signals_text), .exhibits = text_of(o->exhibits ? "signal" : "none"), .privacy = text_of(o->privacy),
		.created_ns = keep_realtime_ns(k), .deterministic = k->deterministic, .has_position = o->has_position,
		.latitude_1e4 = o->latitude_1e4, .longitude_1e4 = o->longitude_1e4, .position_error_km = o->position_error_km,
	};
	if (!k->deterministic) {
		struct machine machine;
		machine_read(&machine);
		memcpy(h->boot_id, machine.boot_id, sizeof h->boot_id);
	}
	h->retain_until_s = o->retain_s ? h->created_ns / 1000000000u + o->retain_s : o->retain_until_s;
	h->data_set_count = refdata_count(k->refdata);
	for (size_t i = 0; i < h->data_set_count; i++)
		h->data_sets[i] = *refdata_data_set(k->refdata, i);
}

/* A clock that was moved is told of before the next seal, and not only when a CLOCK is due. */
static enum ind_err clock_put(struct keep *k, bool due)
{
	if (k->deterministic)
		return IND_OK;
	struct ind_clock now;
	clock_read(k->clock.boottime_ns ? &k->clock : NULL, &now);
	if (!due && !now.step_ns)
		return IND_OK;
	enum ind_err err = ind_writer_clock(k->writer, &now);
	if (!err)
		k->clock = now;
	return err;
}

/* What the data sets in use could claim of some address. */
static unsigned answerable(const struct keep *k)
{
	struct refdata_scope scope = refdata_scope(k->refdata);
	return (scope.territory ? IND_CLAIM_COUNTRY | IND_CLAIM_AS | IND_CLAIM_PLACE : 0u) | (scope.lists ? IND_CLAIM_LIST : 0u);
}

/* The file and what stands in it before the first record. */
static enum ind_err writer_begin(struct keep *k)
{
	struct ind_sink sink;
	struct ind_header header;
	enum ind_err err = bundle_file(k, k->stream.leaves);
	if (err)
		return err;
	outfile_sink(&k->file, &sink);
	bundle_header(k, &header);
	err = ind_writer_new(&sink, &k->stream, &header, k->identity, k->by_boot ? NULL : k->epoch_key, k->deterministic ? k->seed : NULL, &k->writer);
	if (err && keep_live(k))
		outfile_discard(&k->file);
	return err;
}

enum ind_err bundle_begin(struct keep *k)
{
	enum ind_err err = writer_begin(k);
	for (unsigned tries = 1; err == IND_IO && keep_live(k) && tries < BEGIN_TRIES; tries++)
		err = writer_begin(k);
	if (err)
		return err;
	err = origin_set_new(k->options->signals, answerable(k), &k->origins);
	bundle_watch(k);
	if (!err)
		err = epochs_restart(k);
	k->begun_ns = k->sealed_ns = clock_boottime_ns();
	k->sealed_bytes = 0;
	k->writing = true;
	k->bundles++;
	return err ? err : clock_put(k, true);
}

void bundle_losses(const struct keep *k, uint64_t count[static IND_LOSS_MAX])
{
	const struct message_status *s = &k->status;
	count[IND_LOSS_KERNEL_DROP] = s->kernel_drops;
	count[IND_LOSS_INTERFACE_DROP] = s->interface_drops;
	count[IND_LOSS_FRAME_SHORT] = s->counters.frames_short;
	count[IND_LOSS_FRAME_MALFORMED] = s->counters.frames_malformed;
	count[IND_LOSS_FRAME_UNKNOWN] = s->counters.frames_unknown;
	count[IND_LOSS_HEAD_POOL] = s->counters.heads_lost;
	count[IND_LOSS_SIGNAL_POOL] = s->counters.signals_lost;
	count[IND_LOSS_FLOW_EVICTED] = s->counters.evicted;
	count[IND_LOSS_STREAM_GAP] = s->counters.gaps;
	count[IND_LOSS_SIGNAL_MALFORMED] = s->counters.malformed;
	count[IND_LOSS_EXHIBIT_CUT] = s->counters.exhibits_cut;
	count[IND_LOSS_FRAGMENT] = s->counters.fragmented;
	count[IND_LOSS_DISK] = k->disk_lost + (k->writer ? writer_dropped(k->writer) : 0);
	count[IND_LOSS_ORIGIN_TABLE] = k->overflow + (k->origins ? origin_set_overflow(k->origins) : 0);
}

static enum ind_err losses_put(struct keep *k, const struct message_end *end)
{
	uint64_t now[IND_LOSS_MAX] = { 0 };
	struct ind_loss before = k->told, loss = { .from_ns = k->status.counters.first_ns, .to_ns = keep_live(k) ? k->seen_ns : k->status.counters.last_ns };
	bool any = false;
	bundle_losses(k, now);
	now[IND_LOSS_CAPTURE_CUT] = end && end->cut;
	if (k->told.to_ns)
		loss.from_ns = k->told.to_ns;
	for (size_t i = 0; i < IND_LOSS_MAX; i++) {
		loss.count[i] = now[i] - k->told.count[i];
		any |= loss.count[i] != 0;
		k->told.count[i] = now[i];
	}
	k->told.to_ns = loss.to_ns;
	enum ind_err err = any ? ind_writer_loss(k->writer, &loss) : IND_OK;
	if (err)
		k->told = before;
	return err;
}

static enum ind_err seal(struct keep *k, enum ind_seal_reason reason, bool final, const struct message_end *end)
{
	struct ind_seal_info info = {
		.realtime_ns = keep_realtime_ns(k), .boottime_ns = keep_boottime_ns(k), .reason = reason, .final = final,
		.frames_seen = k->status.counters.frames, .has_source_sha256 = final && end && end->has_sha256,
	};
	info.link_type_count = final && end ? end->link_count : 0;
	if (info.link_type_count)
		memcpy(info.link_types, end->links, sizeof info.link_types);
	if (info.has_source_sha256)
		memcpy(info.source_sha256, end->source_sha256, sizeof info.source_sha256);
	uint64_t begun_ns = clock_boottime_ns();
	enum ind_err err = ind_writer_seal(k->writer, &info);
	if (!err)
		watch_sealed(k, clock_boottime_ns() - begun_ns);
	return err;
}

/* Bytes start again in a file that takes the place of another. */
static bool grown_since(const struct keep *k, uint64_t bytes) { return bytes - (bytes < k->sealed_bytes ? 0 : k->sealed_bytes) >= SEAL_BYTES; }

static enum ind_err sealed_on(struct keep *k, enum ind_seal_reason reason, uint64_t now_ns)
{
	struct ind_writer_totals totals;
	enum ind_err err = seal(k, reason, false, NULL);
	ind_writer_totals(k->writer, &totals);
	k->sealed_bytes = totals.bytes;
	k->sealed_ns = now_ns;
	if (!err)
		stream_publish(k);
	return err;
}

enum ind_err bundle_seal(struct keep *k) { return sealed_on(k, IND_SEAL_PERIODIC, clock_boottime_ns()); }

enum ind_err bundle_seal_if_due(struct keep *k)
{
	struct ind_writer_totals totals;
	ind_writer_totals(k->writer, &totals);
	bool grown = grown_since(k, totals.bytes);
	bool live = keep_live(k);
	if (!grown && !live)
		return IND_OK;
	uint64_t now_ns = clock_boottime_ns();
	bool idle = live && now_ns - k->sealed_ns >= SEAL_EVERY_NS;
	if (!grown && !idle)
		return IND_OK;
	enum ind_err err = IND_OK;
	if (live) {
		err = clock_put(k, now_ns / HEARTBEAT_NS != k->sealed_ns / HEARTBEAT_NS);
		if (!err)
			err = losses_put(k, NULL);
	}
	if (!err)
		err = sealed_on(k, grown ? IND_SEAL_PERIODIC : IND_SEAL_IDLE, now_ns);
	return err ? err : epochs_if_due(k);
}

enum ind_err bundle_values(struct keep *k, const struct ind_flow *flow, const struct ind_signal *signals, size_t count)
{
	struct ind_claim claims[REFDATA_CLAIMS_MAX];
	enum ind_err err = IND_OK;
	if (!refdata_scope(k->refdata).values)
		return IND_OK;
	for (size_t i = 0; i < count && !err; i++) {
		const uint8_t *addr = flow->addr[signals[i].from];
		size_t found = refdata_value_claims(k->refdata, flow->ip_version, addr, &signals[i], claims, REFDATA_CLAIMS_MAX);
		if (!found || !hits_add(&k->hits, flow->ip_version, addr, &signals[i]))
			continue;
		for (size_t c = 0; c < found && !err; c++)
			err = ind_writer_claim(k->writer, &claims[c]);
	}
	return err;
}

/* ---- the end of a bundle ---- */

/* What the country of an AS says is said of the AS, not of the address. */
static unsigned claim_said(const struct ind_claim *c)
{
	bool country = c->country[0] || (c->registered_country[0] && c->kind == IND_CLAIM_RIR);
	bool place = c->flags & IND_CLAIM_HAS_POSITION || c->region.bytes || c->city.bytes;
	bool list = (c->kind > IND_CLAIM_PFX2AS && c->kind != IND_CLAIM_RPKI) || c->flags & (IND_CLAIM_ANYCAST | IND_CLAIM_SATELLITE | IND_CLAIM_ANONYMISER | IND_CLAIM_HOSTING);
	return (country ? IND_CLAIM_COUNTRY : 0u) | (c->asn ? IND_CLAIM_AS : 0u) | (place ? IND_CLAIM_PLACE : 0u) | (list ? IND_CLAIM_LIST : 0u);
}

static unsigned claims_put(void *ctx, unsigned ip_version, const uint8_t *addr)
{
	struct keep *k = ctx;
	struct ind_claim claims[REFDATA_CLAIMS_MAX];
	unsigned said = hits_any(&k->hits, ip_version, addr) ? IND_CLAIM_LIST : 0u;
	size_t count = refdata_claims(k->refdata, ip_version, addr, claims, REFDATA_CLAIMS_MAX);
	for (size_t i = 0; i < count; i++) {
		const struct ind_claim *c = &claims[i];
		said |= claim_said(c);
		/* The writer keeps its first error and gives it again at the seal. */
		(void)!ind_writer_claim(k->writer, c);
	}
	return said;
}

/* What a live writer must remember stays small here too. For want of space the writer counts the record, and goes on. */
static enum ind_err origin_put(void *ctx, const struct ind_origin *origin)
{
	struct keep *k = ctx;
	struct ind_writer_totals totals;
	notify_progress(&k->notify);
	enum ind_err err = ind_writer_origin(k->writer, origin);
	ind_writer_totals(k->writer, &totals);
	if (!err && keep_live(k) && grown_since(k, totals.bytes))
		err = sealed_on(k, IND_SEAL_PERIODIC, clock_boottime_ns());
	return err == IND_FULL ? IND_OK : err;
}

static void sealed_tell(struct keep *k, const uint8_t sha256[IND_SHA256_BYTES])
{
	struct ind_writer_totals t;
	char hex[2 * IND_SHA256_BYTES + 1];
	ind_writer_totals(k->writer, &t);
	hash_hex(sha256, IND_SHA256_BYTES, hex);
	bool slash = k->place->folder[0] && k->place->folder[strlen(k->place->folder) - 1] != '/';
	say_note(k->say, "sealed %s%s%s: %.1f KiB, %" PRIu64 " flows, %" PRIu64 " signals, %" PRIu64 " origins, %" PRIu64 " dropped, read back, sha256 %s",
		k->place->folder, slash ? "/" : "", k->file.name, (double)k->file.bytes / 1024, t.flows, t.signals, t.origins,
		k->status.kernel_drops + k->status.interface_drops, hex);
}

/* -v: what was not recorded so far, by cause. */
static void losses_tell(const struct keep *k)
{
	say_note(k->say, "%" PRIu64 " frames read", k->status.counters.frames);
	for (unsigned i = 1; i < IND_LOSS_MAX; i++)
		if (k->told.count[i])
			say_note(k->say, "not recorded: %s %" PRIu64, ind_loss_name(i), k->told.count[i]);
}

static enum ind_err all_sealed(struct keep *k, enum ind_seal_reason reason, const struct message_end *end)
{
	k->file.closing = true;
	enum ind_err err = origin_set_finish(k->origins, claims_put, origin_put, k);
	if (!err && keep_live(k))
		err = writer_flush(k->writer);
	if (!err)
		err = losses_put(k, end);
	if (!err)
		err = clock_put(k, true);
	return err ? err : seal(k, reason, true, end);
}

/* The bundle is on the disk as it was meant, or keeps a name that says it is not. A live sensor goes on: the next bundle may be well. */
static enum ind_err read_back(struct keep *k)
{
	struct ind_verify_result result;
	struct ind_writer_totals t;
	ind_writer_totals(k->writer, &t);
	bool whole = t.flows + t.exhibits + t.claims + t.origins <= VERIFY_RECORDS_MAX;
	enum ind_err err = outfile_check(&k->file, k->identity, whole, &result);
	if (err != IND_MALFORMED)
		return err;
	say_error(k->say, "%s: what was read back is not what was written: %s at byte %" PRIu64 ", leaf %" PRIu64 "; it is %s.bad now and no evidence", k->file.name,
		ind_verdict_name(result.verdict), result.offset, result.first_leaf + result.leaves, k->file.name);
	k->failed = true;
	return keep_live(k) ? IND_OK : IND_MALFORMED;
}

/* The bundle bears its name and is whole: for want of its log a live sensor does not stop. */
static enum ind_err custody_begin(struct keep *k, const uint8_t sha256[static IND_SHA256_BYTES])
{
	enum ind_err err = keep_custody(k, sha256);
	if (!err || !keep_live(k))
		return err;
	say_error(k->say, "%s.iec: its custody log cannot be begun: %s; recording goes on", k->file.name,
		err == IND_EXISTS ? "a file of that name is there" : err == IND_IO ? strerror(errno) : ind_strerror(err));
	k->failed = true;
	return IND_OK;
}

static enum ind_err published(struct keep *k, bool follows)
{
	uint8_t sha256[IND_SHA256_BYTES];
	enum ind_err err = read_back(k);
	bool good = !err && k->file.fd >= 0;
	if (good)
		err = outfile_publish(&k->file, sha256);
	if (err && keep_live(k)) {
		/* It is whole and durable, and can be given its name later; the sensor goes on. */
		say_error(k->say, "%s.open is sealed and cannot get its name: %s; 'indicia recover' gives it", k->file.name,
			err == IND_EXISTS ? "that is taken" : strerror(errno));
		outfile_abandon(&k->file);
		k->failed = true;
		good = false;
		err = IND_OK;
	}
	if (!err && keep_live(k))
		err = stream_sealed(k, follows);
	if (!err && good) {
		watch_published(k, sha256);
		sealed_tell(k, sha256);
		retainer_sealed(k);
	}
	if (!err && good && k->options->custody)
		err = custody_begin(k, sha256);
	return err;
}

void bundle_let_go(struct keep *k)
{
	ind_writer_free(k->writer);
	origin_set_free(k->origins);
	hits_clear(&k->hits);
	k->writer = NULL;
	k->origins = NULL;
	k->writing = false;
}

enum ind_err bundle_end(struct keep *k, enum ind_seal_reason reason, const struct message_end *end)
{
	enum ind_err err = all_sealed(k, reason, end);
	if (err)
		return err == IND_FULL ? IND_IO : err;
	ind_writer_stream(k->writer, &k->stream);
	err = published(k, reason == IND_SEAL_ROTATE);
	if (!err && k->say->verbose)
		losses_tell(k);
	watch_ended(k);
	k->overflow += origin_set_overflow(k->origins);
	k->disk_lost += writer_dropped(k->writer);
	bundle_let_go(k);
	return err;
}
