/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verdict.h"
#include "base/hash.h"
#include "base/text.h"
#include "indicia/catalogue.h"
#include <stdio.h>
#include <string.h>

enum { LINE_BYTES = 8192, NS_PER_US = 1000, NS_PER_MS = 1000000 };

static bool has_key(const struct verdict *v) { return !v->unreadable && v->result.has_header; }

void verdict_of(struct verdict *v, const char *file, enum ind_err err)
{
	v->file = file;
	v->unreadable = err != IND_OK;
	if (!has_key(v))
		return;
	ind_key_id(&v->result.identity, "indicia", v->key_id);
	ind_key_public_to_text(&v->result.identity, v->key_text);
}

static const char *verdict_word(const struct verdict *v) { return v->unreadable ? "UNREADABLE" : ind_verdict_name(v->result.verdict); }

static void put_shown(struct out *out, const char *text)
{
	char shown[LINE_BYTES];
	out_bytes(out, shown, text_to_display(text, strlen(text), shown, sizeof(shown)));
}

static void rollback_text(const struct verdict *v, char text[static LINE_BYTES])
{
	const struct ind_verify_result *r = &v->result;
	if (v->conflict)
		snprintf(text, LINE_BYTES, "%s: %s holds another state of the same stream at %llu leaves; nothing in them says which one is the branch", r->reason,
			v->conflict, (unsigned long long)r->head_differing);
	else if (r->head_differing != IND_ABSENT_U64)
		snprintf(text, LINE_BYTES, "%s: another state was kept of its stream at %llu leaves", r->reason, (unsigned long long)r->head_differing);
	else
		snprintf(text, LINE_BYTES, "%s: a state of %llu leaves was kept of its stream, and it ends at %llu", r->reason, (unsigned long long)r->head_beyond,
			(unsigned long long)(r->first_leaf + r->authenticated_leaves));
}

static void reason_text(const struct verdict *v, char text[static LINE_BYTES])
{
	const struct ind_verify_result *r = &v->result;
	char id[9];
	hash_hex(v->key_id, sizeof(v->key_id), id);
	text[0] = '\0';
	if (v->unreadable)
		return;
	switch (r->verdict) {
	case IND_VERDICT_VALID:
		if (v->is_proof) {
			snprintf(text, LINE_BYTES, "%llu of %llu records shown, key %s; " IND_DISCLOSURE_LABEL, (unsigned long long)r->records,
				(unsigned long long)v->proof.bundle_records, id);
			break;
		}
		snprintf(text, LINE_BYTES, "%llu leaves, %llu records, key %s", (unsigned long long)r->leaves, (unsigned long long)r->records, id);
		if (v->link->has_gap)
			snprintf(text + strlen(text), LINE_BYTES - strlen(text), "; leaves %llu to %llu of its stream are missing before it",
				(unsigned long long)v->link->gap_from, (unsigned long long)r->first_leaf - 1);
		if (r->clock.undeclared)
			snprintf(text + strlen(text), LINE_BYTES - strlen(text), "; its clock moved %llu times without a record that says so",
				(unsigned long long)r->clock.undeclared);
		break;
	case IND_VERDICT_ROLLBACK:
		rollback_text(v, text);
		break;
	case IND_VERDICT_UNTRUSTED:
		if (strcmp(r->reason, "key_revoked") == 0)
			snprintf(text, LINE_BYTES, "%s: key %s was revoked before this bundle began", r->reason, id);
		else
			snprintf(text, LINE_BYTES, "%s: key %s; to trust it: indicia keys trust %s", r->reason, id, v->key_text);
		break;
	case IND_VERDICT_INCOMPLETE:
		snprintf(text, LINE_BYTES, "%s at byte %llu; sealed are %llu of %llu leaves", r->reason, (unsigned long long)r->offset,
			(unsigned long long)r->authenticated_leaves, (unsigned long long)r->leaves);
		break;
	default:
		snprintf(text, LINE_BYTES, "%s at byte %llu%s", r->reason, (unsigned long long)r->offset,
			strcmp(r->reason, "magic") == 0 ? ": it does not begin as a bundle or a proof does" : "");
	}
}

/* What existed when an authority saw it cannot have been sealed later than that. */
static bool stamp_contradicts(const struct verdict *v)
{
	uint64_t error_ns = v->result.clock_error_ns == IND_ABSENT_U64 ? 0 : v->result.clock_error_ns;
	return v->has_stamp && v->result.not_after_ns > error_ns && v->result.not_after_ns - error_ns > v->stamp.not_after_ns;
}

static void explain_line(struct out *out, const char *name, const char *text)
{
	if (!text || !*text)
		return;
	out_text(out, "  ");
	out_text(out, name);
	out_fill(out, ' ', strlen(name) < 20 ? 20 - strlen(name) : 1);
	put_shown(out, text);
	out_char(out, '\n');
}

static void explain_number(struct out *out, const char *name, uint64_t number, const char *unit)
{
	char text[64];
	snprintf(text, sizeof(text), "%llu%s", (unsigned long long)number, unit);
	explain_line(out, name, text);
}

static void explain_time(struct out *out, const char *name, uint64_t ns)
{
	char text[32];
	if (!ns)
		return;
	text_time(ns, text, sizeof(text));
	explain_line(out, name, text);
}

/* The reason stands at a byte of the file. */
static bool has_place(const struct ind_verify_result *r)
{
	return r->verdict != IND_VERDICT_VALID && r->verdict != IND_VERDICT_UNTRUSTED && r->verdict != IND_VERDICT_ROLLBACK;
}

static void explain_place(struct out *out, const struct ind_verify_result *r)
{
	char text[128];
	int bytes = snprintf(text, sizeof(text), "byte %llu", (unsigned long long)r->offset);
	if (r->has_frame)
		bytes += snprintf(text + bytes, sizeof(text) - (size_t)bytes, ", frame %s at leaf %llu", ind_frame_name(r->frame_type), (unsigned long long)r->frame_leaf);
	if (r->row != IND_ABSENT_U64)
		snprintf(text + bytes, sizeof(text) - (size_t)bytes, ", row %llu", (unsigned long long)r->row);
	explain_line(out, "place", text);
}

/* Who says each bound belongs to it: a bare moment would say more than is known. */
static void explain_interval(const struct verdict *v, struct out *out)
{
	const struct ind_verify_result *r = &v->result;
	char time[32], text[LINE_BYTES];
	if (!r->authenticated_leaves)
		return;
	text_time(ind_not_before_ns(r), time, sizeof(time));
	snprintf(text, sizeof(text), "%s, by the sensor's own clock only", time);
	explain_line(out, "not before", text);
	text_time(v->has_stamp ? v->stamp.not_after_ns : r->not_after_ns, time, sizeof(time));
	if (v->has_stamp)
		snprintf(text, sizeof(text), "%s, by the time stamp of %s%s%s", time, v->stamp.authority,
			v->stamp.accuracy_ns == IND_ABSENT_U64 ? ", which states no accuracy" : "", v->stamp.revocation_checked ? "" : "; revocation not checked");
	else
		snprintf(text, sizeof(text), "%s, by the sensor's own clock only", time);
	explain_line(out, "not after", text);
	if (!v->has_stamp)
		return;
	explain_time(out, "sealed", r->not_after_ns);
	if (stamp_contradicts(v))
		explain_line(out, "warning", "the time stamp is earlier than the seal by the sensor's clock: that clock was ahead");
}

static void explain_clock(const struct verdict *v, struct out *out)
{
	const struct ind_verify_result *r = &v->result;
	char text[LINE_BYTES];
	if (r->clock_error_ns != IND_ABSENT_U64)
		explain_number(out, "clock error", r->clock_error_ns / NS_PER_US, " us");
	else
		explain_line(out, "clock error", "no CLOCK record says one");
	if (!r->clock.frames)
		return;
	explain_line(out, "clock kept by", ind_clock_sync_name(r->clock.worst_sync));
	if (r->clock.steps)
		explain_number(out, "clock moved", r->clock.steps, " times, as CLOCK records say");
	if (!r->clock.undeclared)
		return;
	snprintf(text, sizeof(text), "the clock moved %llu times without a CLOCK record that says so, up to %llu ms", (unsigned long long)r->clock.undeclared,
		(unsigned long long)(r->clock.largest_ns / NS_PER_MS));
	explain_line(out, "warning", text);
}

/* How much is shown of how much. */
static void explain_proof(const struct ind_disclosure_result *p, struct out *out)
{
	const struct ind_verify_result *r = &p->verify;
	if (!r->has_header)
		return;
	explain_number(out, "records shown", r->records, "");
	explain_number(out, "in frames", r->leaves, "");
	explain_number(out, "records in these", p->frame_records, "");
	explain_number(out, p->final ? "records in bundle" : "records up to seal", p->bundle_records, "");
	explain_line(out, "not shown", IND_DISCLOSURE_LABEL);
	if (p->deterministic)
		explain_line(out, "deterministic", "made with a test seed: never evidence");
}

static void explain_bundle(const struct ind_verify_result *r, struct out *out)
{
	explain_number(out, "leaves", r->leaves, "");
	explain_number(out, "sealed leaves", r->authenticated_leaves, "");
	explain_number(out, "sealed bytes", r->authenticated_bytes, "");
	explain_number(out, "sealed records", r->records, "");
}

static void explain(const struct verdict *v, struct out *out)
{
	const struct ind_verify_result *r = &v->result;
	char hex[2 * IND_SHA256_BYTES + 1];
	explain_line(out, "meaning", ind_verdict_help(r->verdict));
	if (r->has_header) {
		hash_hex(r->stream_id, sizeof(r->stream_id), hex);
		explain_line(out, "stream", hex);
		explain_number(out, "first leaf", r->first_leaf, "");
	}
	if (has_place(r))
		explain_place(out, r);
	if (v->is_proof)
		explain_proof(&v->proof, out);
	else
		explain_bundle(r, out);
	if (r->authenticated_leaves || (v->is_proof && r->has_header)) {
		hash_hex(r->root, sizeof(r->root), hex);
		explain_line(out, "root", hex);
	}
	if (has_key(v))
		explain_line(out, "key", v->key_text);
	explain_interval(v, out);
	explain_clock(v, out);
	if (r->verdict == IND_VERDICT_ROLLBACK)
		return;
	explain_line(out, "rollback", v->link->rollback_excluded ? "excluded: it holds what was kept elsewhere, to its end"
															 : "not excluded: no state that others kept was compared, or it does not reach the end");
}

void verdict_line(const struct verdict *v, struct out *out, bool with_explanation)
{
	char text[LINE_BYTES];
	reason_text(v, text);
	out_text(out, verdict_word(v));
	out_char(out, ' ');
	put_shown(out, v->file);
	if (*text) {
		out_char(out, ' ');
		put_shown(out, text);
	}
	out_char(out, '\n');
	if (with_explanation && !v->unreadable)
		explain(v, out);
}

static void row_interval(const struct verdict *v, struct query_row *row)
{
	const struct ind_verify_result *r = &v->result;
	if (r->not_before_ns) {
		row_time(row, QUERY_VERIFY_not_before, ind_not_before_ns(r));
		row_text(row, QUERY_VERIFY_not_before_by, "sensor");
	}
	if (r->not_after_ns) {
		row_time(row, QUERY_VERIFY_not_after, v->has_stamp ? v->stamp.not_after_ns : r->not_after_ns);
		row_text(row, QUERY_VERIFY_not_after_by, v->has_stamp ? "time_stamp" : "sensor");
		row_time(row, QUERY_VERIFY_seal_time, r->not_after_ns);
	}
	if (v->has_stamp)
		row_text(row, QUERY_VERIFY_stamp_authority, v->stamp.authority);
	if (r->clock_error_ns != IND_ABSENT_U64)
		row_u64(row, QUERY_VERIFY_clock_error_us, r->clock_error_ns / NS_PER_US);
}

static void row_header(const struct verdict *v, struct query_row *row)
{
	const struct ind_verify_result *r = &v->result;
	if (!r->has_header)
		return;
	row_hex(row, QUERY_VERIFY_stream, r->stream_id, sizeof(r->stream_id));
	row_u64(row, QUERY_VERIFY_first_leaf, r->first_leaf);
	row_hex(row, QUERY_VERIFY_key, v->key_id, sizeof(v->key_id));
	row_text(row, QUERY_VERIFY_key_text, v->key_text);
	row_interval(v, row);
	if (!r->clock.frames)
		return;
	row_text(row, QUERY_VERIFY_clock_sync, ind_clock_sync_name(r->clock.worst_sync));
	row_u64(row, QUERY_VERIFY_clock_steps, r->clock.steps);
	row_u64(row, QUERY_VERIFY_clock_undeclared, r->clock.undeclared);
}

/* In a valid bundle no leaf is missing, and before it only where a gap was seen; of any other it is not known. */
static void row_missing(const struct verdict *v, struct query_row *row)
{
	if (v->result.verdict != IND_VERDICT_VALID)
		return;
	row_no_items(row, QUERY_VERIFY_missing);
	size_t from = row->items_used;
	if (v->link->has_gap) {
		row_item_u64(row, NULL, v->link->gap_from);
		row_item_u64(row, NULL, v->result.first_leaf);
	}
	row_items(row, QUERY_VERIFY_missing, CELL_RANGES, from);
}

/* The place of what was found. */
static void row_place(const struct ind_verify_result *r, struct query_row *row)
{
	if (!has_place(r))
		return;
	row_u64(row, QUERY_VERIFY_offset, r->offset);
	if (r->has_frame) {
		row_text(row, QUERY_VERIFY_frame, ind_frame_name(r->frame_type));
		row_u64(row, QUERY_VERIFY_frame_leaf, r->frame_leaf);
	}
	if (r->row != IND_ABSENT_U64)
		row_u64(row, QUERY_VERIFY_row, r->row);
}

static void row_bundle(const struct verdict *v, struct query_row *row)
{
	const struct ind_verify_result *r = &v->result;
	row_u64(row, QUERY_VERIFY_leaves, r->leaves);
	row_u64(row, QUERY_VERIFY_authenticated_leaves, r->authenticated_leaves);
	row_u64(row, QUERY_VERIFY_authenticated_bytes, r->authenticated_bytes);
	row_u64(row, QUERY_VERIFY_records, r->records);
	if (r->authenticated_leaves)
		row_hex(row, QUERY_VERIFY_root, r->root, sizeof(r->root));
	row_missing(v, row);
	row_text(row, QUERY_VERIFY_conflict, v->conflict);
	row_bytes(row, QUERY_VERIFY_checkpoint, r->checkpoint, r->checkpoint_bytes);
}

static void row_proof(const struct verdict *v, struct query_row *row)
{
	if (!v->result.has_header)
		return;
	row_u64(row, QUERY_VERIFY_records, v->proof.bundle_records);
	row_u64(row, QUERY_VERIFY_shown, v->result.records);
	row_u64(row, QUERY_VERIFY_frame_records, v->proof.frame_records);
	row_text(row, QUERY_VERIFY_label, IND_DISCLOSURE_LABEL);
	row_hex(row, QUERY_VERIFY_root, v->result.root, sizeof(v->result.root));
}

const struct query_row *verdict_row(const struct verdict *v, struct query_row *row)
{
	const struct ind_verify_result *r = &v->result;
	row_start(row, QUERY_KIND_VERIFY);
	row_text(row, QUERY_VERIFY_verdict, verdict_word(v));
	row_text(row, QUERY_VERIFY_file, v->file);
	if (v->unreadable)
		return row;
	row_text(row, QUERY_VERIFY_reason, r->reason);
	row_place(r, row);
	if (v->is_proof)
		row_proof(v, row);
	else
		row_bundle(v, row);
	row_header(v, row);
	if (r->verdict != IND_VERDICT_ROLLBACK)
		row_text(row, QUERY_VERIFY_rollback, v->link->rollback_excluded ? "excluded" : "not_excluded");
	return row;
}

/* docs/threat-model.md, "What remains"; a test compares the two. */
static const char *const threats[] = {
	"A sensor that is compromised before the capture records what its intruder wants; all signatures will be good.",
	"A tap or switch that lies, drops or mirrors selectively. Integrity is not truth.",
	"Spoofed, borrowed and relayed traffic. Indicia says what it can (validated, round-trip times) and no more.",
	"Who holds the current keys can roll back or fork what nobody else has seen yet. Hand bundles, or their checkpoints, over soon.",
	"The clock of the sensor is believed within the error that it admits; CLOCK frames record that error. A time stamp bounds one end of the interval; the other is by that "
	"clock alone.",
	"The identity key, unless a TPM holds it, lies on disk, readable by its owner only, and in the memory of the running sensor. Who copies it can make single bundles that verify, with any time "
	"in them; only beside other bundles of the stream, or by a revocation, are they told from real ones. The time of a revocation is compared with what a bundle says of itself.",
	"Who takes over a running sensor has its epoch key and its boot key, and can write anew what was recorded since the last change of the epoch key (an hour), and "
	"everything after. A snapshot of a whole machine that is taken back with all of its files continues its stream a second time: only a bundle that somebody else received shows that.",
	"SSDs keep copies of what was overwritten: a boot key, an identity key that was succeeded. Encrypt the disk. Swap, hibernation and hypervisors see locked pages, too.",
	"An exhibit holds bytes of handshakes and heads of plain-text protocols. A secret in a place where no protocol puts secrets (a path, a header of "
	"one's own invention) is not known to be one. --exhibits none keeps no bytes at all.",
	"Ed25519 and P-256 do not withstand a large quantum computer; hashes do.",
	"The last events of a custody log can be cut by its holder before anyone else has seen them. What nobody wrote down is in no log.",
	"Selective disclosure is selective. A proof says how many records there are, not what the others say; whoever holds the bundle can choose to please. The core of a "
	"record and its place are always shown, and link two proofs of it. Salts protect short fields only as long as nobody else has the bundle.",
	"A signature is not an attribution. Who is responsible is not visible on a wire.",
};

void threats_put(struct out *out)
{
	out_text(out, "\nWhat no verdict excludes:\n");
	for (size_t i = 0; i < sizeof(threats) / sizeof(threats[0]); i++) {
		out_text(out, "  - ");
		out_text(out, threats[i]);
		out_char(out, '\n');
	}
}
