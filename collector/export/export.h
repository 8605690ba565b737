/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_EXPORT_H
#define EXPORT_EXPORT_H

#include "query/feed.h"
#include "query/out.h"

/* Records of bundles in the formats of other programs (docs/export.md). An exporter takes records one by one, so that the caller decides
 * when each is written; a supply gives the selected ones of a bundle. Several supplies may feed one exporter in turn. */

enum export_flag {
	EXPORT_BINARY = 1,           /* not for terminals */
	EXPORT_MARKED = 2,           /* for exchange: a TLP marking is needed */
	EXPORT_FOLDER = 4,           /* several files; the first alone can go to standard output */
	EXPORT_DATABASE = 8,         /* writes a file by its path and not through struct out */
	EXPORT_PACKETS = 16,         /* what it writes are the exhibits */
};

struct export_info {
	const char *name, *help;
	unsigned flags;              /* enum export_flag */
};

/* The table of formats (formats.def), as words with spaces between, and as rows. */
#define FORMAT(symbol, name, flags, help) " " name
static const char export_words[] =
#include "export/formats.def"
	;
#undef FORMAT
#define EXPORT_NAMES (export_words + 1)
size_t export_count(void);
const struct export_info *export_at(size_t n);
const struct export_info *export_find(const char *name);

enum { EXPORT_MESSAGE_BYTES = 1400, EXPORT_FLOWS_MAX = 1 << 21, EXPORT_OBJECTS_MAX = 1 << 20 };

struct export_options {
	/* Where text and bytes go: called once for each file, with its name, or NULL if the format has one. It may return NULL for all files but
	 * the first: then these are not made, and what would stand in them is lost. */
	struct out *(*open)(void *ctx, const char *file);
	void *ctx;
	const char *path;            /* with EXPORT_DATABASE, a file that is not there yet */
	unsigned tlp;                /* enum ind_tlp, with EXPORT_MARKED */
	bool count_all;              /* counts records of kinds that the format does not carry, too */
	bool csv_raw, on_terminal;   /* as in struct writer_options */
	bool datagrams;              /* IPFIX: messages of at most EXPORT_MESSAGE_BYTES, each handed over whole, templates again at times */
	bool guarded;                /* leaves signals out that follow a person or name a query, as a marked export does */
	uint64_t trackable[IND_SIGNAL_SET_WORDS]; /* of these signals, those which a marked or guarded export may hold */
};

struct export;

/* The caller frees *e. `info` is of the table. IND_NOMEM, IND_IO. */
enum ind_err export_new(const struct export_info *info, const struct export_options *options, struct export **e) IND_MUST_USE;

/* Ends what is begun, so that it is well-formed. Errors as of the outputs, which are not flushed. IND_LIMIT: EXPORT_OBJECTS_MAX. */
enum ind_err export_end(struct export *e) IND_MUST_USE;
void export_free(struct export *e);

/* Hands over what waits for more: what was put so far has left for the outputs. For a replay, after each record. */
enum ind_err export_flush(struct export *e) IND_MUST_USE;

/* ---- the selected records of one bundle ---- */

struct supply;

/* Opens a bundle for this exporter. With a filter, which is borrowed and of flows, it gives the flows that it selects and what belongs to
 * them: their exhibits, and the claims and origins of their ends. That, and formats that need both ends of a flow beside its exhibits, reads
 * the bundle twice and keeps 80 bytes for each selected flow: more than EXPORT_FLOWS_MAX are IND_LIMIT. Otherwise as feed_new. */
enum ind_err supply_open(const struct export *e, const struct ind_source *source, struct query_filter *filter, struct supply **s) IND_MUST_USE;
void supply_close(struct supply *s);

/* The same of some kinds of records only (IND_WANT), so that each can be read at its own pace. `e` NULL: for no format, all of these kinds. */
enum ind_err supply_open_kinds(const struct export *e, uint32_t kinds, const struct ind_source *source, struct query_filter *filter, struct supply **s) IND_MUST_USE;

/* What rows repeat of the HEADER and of the flow around the one at hand. */
const struct rows_context *supply_context(const struct supply *s);

/* The next record, not yet written; borrowed until the next call. Ends as feed_next does. */
enum ind_err supply_next(struct supply *s, const struct ind_record **record) IND_MUST_USE;

/* Writes the record at hand of this supply. The error of the outputs, which is kept. */
enum ind_err export_put(struct export *e, struct supply *s) IND_MUST_USE;

/* Flows that there were and that were selected; with no filter both are 0. Where reading stands, for messages. */
uint64_t supply_asked(const struct supply *s);
uint64_t supply_selected(const struct supply *s);
uint64_t supply_offset(const struct supply *s);

/* ---- what could not be carried ---- */

struct export_lost {
	const char *record;          /* kind of row */
	const char *field;           /* its key, the name of a signal, or NULL: the kind as a whole */
	const char *why;
	uint64_t count;              /* in this run; IND_ABSENT_U64 if it was not counted */
};

/* The n-th thing that the format has no place for, from 0; false behind the last. */
bool export_lost(const struct export *e, size_t n, struct export_lost *lost);

/* Is the signal one of those that follow a person or name a query (docs/export.md)? */
bool export_is_trackable(unsigned id);

/* Records that were put, by kind, and signals beside their flows. */
uint64_t export_written(const struct export *e, enum ind_record_kind kind);

#endif
