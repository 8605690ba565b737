/* SPDX-License-Identifier: Apache-2.0 */
#include "export/loss.h"

/* Kinds of records that an export can carry, and the rows that they become. The HEADER is what record ids lead back to. */
static const struct { enum ind_record_kind record; enum query_kind_id kind; } kinds[] = {
	{ IND_REC_FLOW, QUERY_KIND_FLOW }, { IND_REC_FLOW, QUERY_KIND_SIGNAL }, { IND_REC_EXHIBIT, QUERY_KIND_EXHIBIT }, { IND_REC_CLAIM, QUERY_KIND_CLAIM },
	{ IND_REC_ORIGIN, QUERY_KIND_ORIGIN }, { IND_REC_CLOCK, QUERY_KIND_CLOCK }, { IND_REC_LOSS, QUERY_KIND_LOSS }, { IND_REC_RECOVERY, QUERY_KIND_RECOVERY },
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static bool wants(const struct export *e, size_t k) { return e->format->wants & IND_WANT(kinds[k].record); }

static const char one_only[] = "the format has room for one value of several";
static const char own_file[] = "it stands in a file of its own: -w DIR writes all of them";

/* Signals that follow a person through networks, or name a person or a query. */
static const uint8_t trackable[] = {
	IND_SIG_TCP_CLOCK_SKEW, IND_SIG_TLS_PSK, IND_SIG_TLS_SESSION_ID, IND_SIG_TLS_TICKET, IND_SIG_ADDR_EUI64, IND_SIG_SSH_HOSTKEY, IND_SIG_DNS_QNAME,
	IND_SIG_DNS_ANSWER, IND_SIG_DNS_NXDOMAIN, IND_SIG_RDP_COOKIE, IND_SIG_RDP_CLIENT_NAME, IND_SIG_NTLM_USER, IND_SIG_KRB_CNAME, IND_SIG_MAIL_DATE,
};

bool export_is_trackable(unsigned id)
{
	for (size_t i = 0; i < sizeof(trackable); i++)
		if (trackable[i] == id)
			return true;
	return false;
}

bool export_may_say(const struct export *e, unsigned id)
{
	return !(e->info->flags & EXPORT_MARKED || e->options.guarded) || !export_is_trackable(id) || ind_signal_set_has(e->options.trackable, id);
}

void loss_start(struct export *e)
{
	size_t count;
	const struct ind_signal_info *list = ind_signal_list(&count);
	for (size_t k = 0; k < KINDS; k++)
		for (size_t i = 0; wants(e, k) && e->format->carries && i < query_kinds[kinds[k].kind].count; i++)
			e->field_is_lost[kinds[k].kind][i] = !e->format->carries(kinds[k].kind, i);
	if (!(e->format->wants & IND_WANT(IND_REC_FLOW)))
		return;
	for (size_t i = 0; i < count; i++)
		e->signal_is_lost[list[i].id] = e->first_only || (e->format->carries_signal && !e->format->carries_signal(&list[i])) || !export_may_say(e, list[i].id);
}

static void count_row(struct export *e, const struct query_row *row)
{
	enum query_kind_id kind = (enum query_kind_id)(row->kind - query_kinds);
	for (size_t i = 0; i < row->kind->count; i++)
		if (e->field_is_lost[kind][i] && row->cell[i].form != CELL_ABSENT)
			e->lost_field[kind][i]++;
}

/* Of a signal that is carried its fields count. */
static void count_signals(struct export *e, const struct ind_record *r)
{
	const struct ind_signal *s;
	for (size_t n = 0; (s = export_signal(e, r, n)) != NULL; n++) {
		if (s->id >= IND_SIGNAL_ID_END)
			continue;
		if (e->signal_is_lost[s->id]) {
			e->lost_signal[s->id]++;
			continue;
		}
		if (!e->format->carries)
			continue;
		if (n < r->flow.signal_count)
			row_of_signal(&e->signal_row, r, n);
		else
			row_of_derived(&e->signal_row, r, &e->derived, n - r->flow.signal_count);
		count_row(e, &e->signal_row);
	}
}

bool loss_count(struct export *e, const struct ind_record *r)
{
	enum query_kind_id kind = (enum query_kind_id)(e->row.kind - query_kinds);
	if (!(e->format->wants & IND_WANT(r->kind)) || (e->first_only && r->kind != IND_REC_FLOW)) {
		e->lost_kind[kind]++;
		return false;
	}
	if (r->kind == IND_REC_CLAIM && e->info->flags & EXPORT_MARKED && r->claim.tlp > e->options.tlp) {
		e->lost_marked++;
		return false;
	}
	/* A list that names the value of such a signal says that it was seen. */
	if (r->kind == IND_REC_CLAIM && r->claim.signal && r->claim.signal < IND_SIGNAL_ID_END && !export_may_say(e, r->claim.signal)) {
		e->lost_signal[r->claim.signal]++;
		return false;
	}
	count_row(e, &e->row);
	if (r->kind == IND_REC_FLOW)
		count_signals(e, r);
	return true;
}

static bool lost_kind(const struct export *e, size_t k, struct export_lost *lost)
{
	uint64_t left = e->lost_kind[kinds[k].kind];
	if (kinds[k].kind == QUERY_KIND_SIGNAL || (wants(e, k) && !left))
		return false;
	if (wants(e, k)) {
		*lost = (struct export_lost){ query_kinds[kinds[k].kind].name, NULL, e->first_only ? own_file : "no flow that they belong to is there, or they have no time or packet", left };
		return true;
	}
	*lost = (struct export_lost){ query_kinds[kinds[k].kind].name, NULL, "the format does not carry these records",
		e->options.count_all ? left : IND_ABSENT_U64 };
	return true;
}

static bool lost_signal(const struct export *e, const struct ind_signal_info *info, struct export_lost *lost)
{
	if (!e->signal_is_lost[info->id] && !e->lost_signal[info->id])
		return false;
	const char *why = e->first_only ? own_file : !e->signal_is_lost[info->id] ? one_only : export_may_say(e, info->id) ? "the format has no place for it" :
		"it follows a person or names a query, and --trackable does not name it";
	*lost = (struct export_lost){ query_kinds[QUERY_KIND_SIGNAL].name, info->name, why, e->lost_signal[info->id] };
	return true;
}

static bool lost_claim(const struct export *e, bool marked, struct export_lost *lost)
{
	*lost = (struct export_lost){ query_kinds[QUERY_KIND_CLAIM].name, marked ? NULL : "label", marked ? "its own marking is stricter than that of the export" :
		"what a list of indicators calls an entry, and who says so, stays in the bundle", marked ? e->lost_marked : e->lost_label };
	return lost->count != 0;
}

bool export_lost(const struct export *e, size_t n, struct export_lost *lost)
{
	size_t count;
	const struct ind_signal_info *list = ind_signal_list(&count);
	for (size_t k = 0; k < KINDS; k++)
		if (lost_kind(e, k, lost) && n-- == 0)
			return true;
	for (int marked = 0; marked < 2; marked++)
		if (lost_claim(e, marked, lost) && n-- == 0)
			return true;
	for (size_t k = 0; k < KINDS; k++) {
		enum query_kind_id kind = kinds[k].kind;
		for (size_t i = 0; i < query_kinds[kind].count; i++) {
			if ((!e->field_is_lost[kind][i] && !e->lost_field[kind][i]) || n-- != 0)
				continue;
			*lost = (struct export_lost){ query_kinds[kind].name, query_kinds[kind].fields[i].key,
				e->field_is_lost[kind][i] ? "the format has no place for it" : one_only, e->lost_field[kind][i] };
			return true;
		}
	}
	for (size_t i = 0; i < count; i++)
		if (lost_signal(e, &list[i], lost) && n-- == 0)
			return true;
	return false;
}
