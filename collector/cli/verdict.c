/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verdict.h"
#include "base/hash.h"
#include "base/text.h"
#include <stdio.h>
#include <string.h>

enum { LINE_BYTES = 8192, NS_PER_US = 1000 };

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
		snprintf(text, LINE_BYTES, "%llu leaves, %llu records, key %s", (unsigned long long)r->leaves, (unsigned long long)r->records, id);
		if (v->has_gap)
			snprintf(text + strlen(text), LINE_BYTES - strlen(text), "; leaves %llu to %llu of its stream are missing before it",
				(unsigned long long)v->gap.from, (unsigned long long)v->gap.to - 1);
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
	default: snprintf(text, LINE_BYTES, "%s at byte %llu", r->reason, (unsigned long long)r->offset);
	}
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
	explain_number(out, "leaves", r->leaves, "");
	explain_number(out, "sealed leaves", r->authenticated_leaves, "");
	explain_number(out, "sealed bytes", r->authenticated_bytes, "");
	explain_number(out, "sealed records", r->records, "");
	if (r->authenticated_leaves) {
		hash_hex(r->root, sizeof(r->root), hex);
		explain_line(out, "root", hex);
	}
	if (has_key(v))
		explain_line(out, "key", v->key_text);
	explain_time(out, "not before", r->not_before_ns);
	explain_time(out, "not after", r->not_after_ns);
	if (r->clock_error_ns != IND_ABSENT_U64)
		explain_number(out, "clock error", r->clock_error_ns / NS_PER_US, " us");
	explain_line(out, "rollback", "not excluded: no state that others witnessed was compared");
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

static void row_header(struct verdict *v)
{
	const struct ind_verify_result *r = &v->result;
	struct query_row *row = &v->row;
	if (!r->has_header)
		return;
	row_hex(row, QUERY_VERIFY_stream, r->stream_id, sizeof(r->stream_id));
	row_u64(row, QUERY_VERIFY_first_leaf, r->first_leaf);
	row_hex(row, QUERY_VERIFY_key, v->key_id, sizeof(v->key_id));
	row_text(row, QUERY_VERIFY_key_text, v->key_text);
	if (r->not_before_ns)
		row_time(row, QUERY_VERIFY_not_before, r->not_before_ns);
	if (r->not_after_ns)
		row_time(row, QUERY_VERIFY_not_after, r->not_after_ns);
	if (r->clock_error_ns != IND_ABSENT_U64)
		row_u64(row, QUERY_VERIFY_clock_error_us, r->clock_error_ns / NS_PER_US);
}

/* In a valid bundle no leaf is missing, and before it only where a gap was seen; of any other it is not known. */
static void row_missing(struct verdict *v)
{
	struct query_row *row = &v->row;
	if (v->result.verdict != IND_VERDICT_VALID)
		return;
	row_no_items(row, QUERY_VERIFY_missing);
	size_t from = row->items_used;
	if (v->has_gap) {
		row_item_u64(row, NULL, v->gap.from);
		row_item_u64(row, NULL, v->gap.to);
	}
	row_items(row, QUERY_VERIFY_missing, CELL_RANGES, from);
}

const struct query_row *verdict_row(struct verdict *v)
{
	const struct ind_verify_result *r = &v->result;
	struct query_row *row = &v->row;
	row_start(row, QUERY_KIND_VERIFY);
	row_text(row, QUERY_VERIFY_verdict, verdict_word(v));
	row_text(row, QUERY_VERIFY_file, v->file);
	if (v->unreadable)
		return row;
	row_text(row, QUERY_VERIFY_reason, r->reason);
	if (r->verdict != IND_VERDICT_VALID && r->verdict != IND_VERDICT_UNTRUSTED)
		row_u64(row, QUERY_VERIFY_offset, r->offset);
	row_u64(row, QUERY_VERIFY_leaves, r->leaves);
	row_u64(row, QUERY_VERIFY_authenticated_leaves, r->authenticated_leaves);
	row_u64(row, QUERY_VERIFY_authenticated_bytes, r->authenticated_bytes);
	row_u64(row, QUERY_VERIFY_records, r->records);
	if (r->authenticated_leaves)
		row_hex(row, QUERY_VERIFY_root, r->root, sizeof(r->root));
	row_header(v);
	row_missing(v);
	row_text(row, QUERY_VERIFY_rollback, r->verdict == IND_VERDICT_ROLLBACK ? NULL : "not_excluded");
	return row;
}
