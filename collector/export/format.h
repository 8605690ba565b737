/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_FORMAT_H
#define EXPORT_FORMAT_H

#include "export/export.h"
#include "export/index.h"
#include "query/value.h"

/* What one file of this room tells the others of its format. */

enum { EXPORT_FILES_MAX = 8 };

/* Which column of the field table names what the format carries. */
enum export_column { EXPORT_BY_ZEEK, EXPORT_BY_EVE, EXPORT_BY_ECS, EXPORT_BY_IPFIX, EXPORT_BY_STIX, EXPORT_COLUMN_COUNT };

struct export_format {
	uint32_t wants;              /* IND_WANT of the kinds of records that it carries */
	bool needs_ends;             /* of flows, beside their exhibits */
	bool needs_signals;          /* puts derived signals, too */
	size_t state_bytes;
	/* Does it carry this field? NULL: all. Does it carry this signal? NULL: all. */
	bool (*carries)(enum query_kind_id kind, size_t field);
	bool (*carries_signal)(const struct ind_signal_info *info);
	const char *const *files;
	enum ind_err (*start)(struct export *e);
	void (*bundle)(struct export *e, const struct ind_record *header);
	/* The row of the record is e->row; of a flow, e->derived holds its derived signals. */
	void (*put)(struct export *e, const struct ind_record *record);
	void (*flush)(struct export *e);
	void (*end)(struct export *e);
	void (*drop)(struct export *e);
};

struct export {
	const struct export_info *info;
	const struct export_format *format;
	struct export_options options;
	struct out *out[EXPORT_FILES_MAX]; /* [0] is there unless it is a database */
	struct out nowhere;
	struct supply *supply;       /* of the record at hand */
	const struct rows_context *context;
	struct query_row row, signal_row;
	struct ind_derived derived;
	uint64_t created_ns;         /* when the bundle at hand was started */
	bool first_only;             /* of several files */
	enum ind_err err;            /* beside the outputs' */
	void *state;                 /* zero at start */
	uint64_t written[IND_REC_RECOVERY + 1];
	uint64_t lost_kind[QUERY_KIND_COUNT];
	uint64_t lost_field[QUERY_KIND_COUNT][QUERY_CELLS_MAX];
	uint64_t lost_signal[IND_SIGNAL_ID_END];
	bool signal_is_lost[IND_SIGNAL_ID_END];
	uint64_t lost_label, lost_marked; /* of indicators; claims of a marking stricter than the export's */
	bool field_is_lost[QUERY_KIND_COUNT][QUERY_CELLS_MAX];
};

/* A place in the table's columns; "" if the format has none. */
const char *export_name_of(enum export_column column, const struct query_field *field);
const char *export_name_of_signal(enum export_column column, unsigned id);

/* Has the format a name for the field? A signal that it has a name for says by that name which signal it is, and its value stands there. */
bool export_has_name(enum export_column column, enum query_kind_id kind, size_t field);

/* The recorded and derived signals of the flow at hand, by place; NULL behind the last. */
const struct ind_signal *export_signal(const struct export *e, const struct ind_record *record, size_t n);

/* May an export of this marking hold it? */
bool export_may_say(const struct export *e, unsigned signal);

#define FORMAT(symbol, name, flags, help) extern const struct export_format export_##symbol;
#include "export/formats.def"
#undef FORMAT

#endif
