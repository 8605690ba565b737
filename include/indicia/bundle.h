/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDICIA_BUNDLE_H
#define INDICIA_BUNDLE_H

#include "indicia/err.h"
#include "indicia/key.h"
#include "indicia/record.h"

/* Evidence bundles: docs/bundle-format.md is the normative text. Bytes leave through a function and arrive through one, so
 * nothing here knows files. */

enum {
	IND_STREAM_ID_BYTES = 16, IND_SENSOR_ID_MAX = 63, IND_FRONTIER_MAX = 64, IND_DATA_SETS_MAX = 64, IND_LINK_TYPES_MAX = 16, IND_LINK_NAME_BYTES = 32,
	IND_ABANDONED_MAX = 16,
};

/* ---- what the HEADER says ---- */

struct ind_data_set {
	struct ind_text name;        /* file name without folder */
	struct ind_text type;        /* as a database calls itself; the kind of a list */
	struct ind_text licence;     /* empty if it does not say */
	struct ind_text title, source; /* of a list: its name, and who made it */
	uint64_t build_epoch_s;
	uint8_t sha256[IND_SHA256_BYTES];
};

enum { IND_TAPS_MAX = 64 };

struct ind_header {
	struct ind_text sensor;      /* [a-z0-9][a-z0-9._-]{0,62} */
	struct ind_text interface;   /* of a live capture, else empty */
	struct ind_text source_file; /* base name of a savefile, else empty */
	uint8_t source_sha256[IND_SHA256_BYTES]; /* all zero: not a savefile, or not yet known (see ind_seal_info) */
	struct ind_text link_type;   /* of the first frame: libpcap's name, "EN10MB" */
	struct ind_text capture_filter;
	struct ind_text authority, case_id;
	struct ind_text clock_source;
	struct ind_text build_id;    /* "indicia VERSION (GNU build id in hexadecimal)" */
	struct ind_text signals;     /* the set in force: "default", "all", "none" or a list */
	struct ind_text exhibits;    /* "signal" or "none" */
	struct ind_text privacy;     /* "full" or "reduced" */
	struct ind_text beacon, beacon_source;
	struct ind_text config_sha256;
	uint64_t created_ns;         /* realtime of the sensor when the bundle was started */
	uint64_t retain_until_s;     /* 0: not stated */
	uint32_t link_type_number;
	uint32_t snaplen;
	uint32_t taps;               /* how many processes shared the packets of the interface; 0: one read them all */
	bool has_position;
	bool deterministic;          /* made with a test seed: never evidence */
	int32_t latitude_1e4, longitude_1e4;
	uint32_t position_error_km;
	uint8_t boot_id[16];
	size_t data_set_count;
	struct ind_data_set data_sets[IND_DATA_SETS_MAX];
	/* filled by the writer, read by readers */
	uint8_t stream_id[IND_STREAM_ID_BYTES];
	uint64_t first_leaf;
	uint64_t epoch;
	struct ind_key_public identity, epoch_key;
	struct ind_key_public boot_key; /* all zero: none */
	struct ind_text origin;      /* of the checkpoints: "indicia.example/<stream id in hex>" */
};

/* ---- writing ---- */

/* Where bytes go. write appends all or fails; sync makes what was written durable. Both return IND_OK or what happened. */
struct ind_sink {
	enum ind_err (*write)(void *ctx, const void *bytes, size_t count);
	enum ind_err (*sync)(void *ctx);
	void *ctx;
};

/* The place of a stream: how many leaves it has, the roots of its perfect subtrees, largest first (RFC 9162), and the keys in force. Starts
 * as zero but for its id and, if a restart is to continue it, its first boot key. */
struct ind_stream {
	uint8_t id[IND_STREAM_ID_BYTES];
	uint64_t leaves;
	uint64_t epoch;
	struct ind_key_public key;      /* all zero: none yet */
	struct ind_key_public boot_key; /* may certify the next epoch key after a restart; all zero: none */
	size_t frontier_count;
	uint8_t frontier[IND_FRONTIER_MAX][IND_SHA256_BYTES];
};

enum ind_seal_reason { IND_SEAL_PERIODIC = 0, IND_SEAL_IDLE = 1, IND_SEAL_ROTATE = 2, IND_SEAL_SHUTDOWN = 3, IND_SEAL_RECOVERY = 4 };

struct ind_writer;

/* Starts a bundle: writes preamble and HEADER. `identity` certifies `epoch_key`, which signs the checkpoints; both are borrowed
 * until ind_writer_free. That key is of Ed25519 (another one is IND_USAGE), and that of the stream, or any if the stream has none yet (another one is IND_USAGE); NULL if nobody has the
 * secret of the stream's key any more: then the boot key makes the next one (ind_writer_epoch) before anything can be sealed. `test_seed`,
 * 32 bytes or NULL, makes all salts follow from it. */
IND_API enum ind_err ind_writer_new(const struct ind_sink *sink, const struct ind_stream *stream, const struct ind_header *header,
	const struct ind_key *identity, const struct ind_key *epoch_key, const uint8_t *test_seed, struct ind_writer **writer) IND_MUST_USE;

/* Adds one record. A flow comes with all its signals and shares a committed leaf with them. Records are batched, 8,192 to a frame.
 * The first error of a writer is kept: all later calls return it. */
IND_API enum ind_err ind_writer_flow(struct ind_writer *w, const struct ind_flow *flow, const struct ind_signal *signals, size_t signal_count) IND_MUST_USE;
IND_API enum ind_err ind_writer_exhibit(struct ind_writer *w, const struct ind_exhibit *exhibit) IND_MUST_USE;
IND_API enum ind_err ind_writer_claim(struct ind_writer *w, const struct ind_claim *claim) IND_MUST_USE;
IND_API enum ind_err ind_writer_origin(struct ind_writer *w, const struct ind_origin *origin) IND_MUST_USE;
IND_API enum ind_err ind_writer_clock(struct ind_writer *w, const struct ind_clock *clock) IND_MUST_USE;
IND_API enum ind_err ind_writer_loss(struct ind_writer *w, const struct ind_loss *loss) IND_MUST_USE;

struct ind_link_type { uint32_t number; char name[IND_LINK_NAME_BYTES]; };

/* What a seal says besides the tree head. */
struct ind_seal_info {
	uint64_t realtime_ns, boottime_ns;
	enum ind_seal_reason reason;
	bool final;
	uint64_t frames_seen;        /* by the capture so far */
	bool has_source_sha256;      /* final seal of a savefile: digest of the whole file as read */
	uint8_t source_sha256[IND_SHA256_BYTES];
	size_t link_type_count;      /* 0 where all frames were of the header's link type, else at least 2 */
	struct ind_link_type link_types[IND_LINK_TYPES_MAX]; /* ascending */
};

/* Writes the batches that are waiting, then SEALINFO, makes both durable, and only then signs and writes the CHECKPOINT.
 * After a final seal nothing can be added. */
IND_API enum ind_err ind_writer_seal(struct ind_writer *w, const struct ind_seal_info *info) IND_MUST_USE;

/* The next epoch (docs/bundle-format.md section 6.1): writes an EPOCH frame and makes it durable. */
struct ind_epoch_change {
	const struct ind_key *key;      /* signs from now on; borrowed until ind_writer_free or the next change */
	const struct ind_key_public *boot_key; /* in force from now on; NULL: none */
	const struct ind_key *by_boot;  /* after a restart: the boot key that was in force; NULL: the key that was in force signs */
	uint64_t realtime_ns;
};

/* The caller seals next, and then erases the key before, and the boot key before: until that seal is durable they may be asked to sign again. IND_USAGE, and nothing is written, if a seal that is not final was not
 * the last thing written (it need not be with by_boot), or if by_boot is not the boot key in force. */
IND_API enum ind_err ind_writer_epoch(struct ind_writer *w, const struct ind_epoch_change *change) IND_MUST_USE;

/* Where the stream stands now: after a final seal, where the next bundle begins. */
IND_API void ind_writer_stream(const struct ind_writer *w, struct ind_stream *stream);

struct ind_writer_totals { uint64_t bytes, frames, flows, signals, exhibits, claims, origins; };
IND_API void ind_writer_totals(const struct ind_writer *w, struct ind_writer_totals *totals);

IND_API void ind_writer_free(struct ind_writer *w);

/* ---- reading ---- */

/* Where bytes come from. read_at fills up to `count` bytes from `offset` and says how many in *got (fewer only at the end). */
struct ind_source {
	enum ind_err (*read_at)(void *ctx, uint64_t offset, void *bytes, size_t count, size_t *got);
	void *ctx;
};

/* Which record: the leaf of the stream tree (frame), the row in it, and for a signal its place among the flow's signals. */
struct ind_record_id {
	uint8_t stream_id[IND_STREAM_ID_BYTES];
	uint64_t leaf;
	uint32_t row;
	uint32_t part;               /* 0: the record itself; k: its k-th signal, from 1, the derived ones (derive.h) behind the others */
};

enum { IND_RECORD_ID_TEXT = 64 };
/* "3f9a6c01:12:345" or "3f9a6c01:12:345:2": first four bytes of the stream id in hex, leaf, row, part. */
IND_API const char *ind_record_id_text(const struct ind_record_id *id, char text[static IND_RECORD_ID_TEXT]);

enum ind_record_kind {
	IND_REC_HEADER, IND_REC_FLOW, IND_REC_EXHIBIT, IND_REC_CLAIM, IND_REC_ORIGIN, IND_REC_CLOCK, IND_REC_LOSS, IND_REC_SEAL, IND_REC_RECOVERY,
};

/* A tree head that was signed and never made durable: who finds it on a disk has found no fork. */
struct ind_head { uint64_t size; uint8_t root[IND_SHA256_BYTES]; };

/* What a writer that failed or was interrupted left, and what became of it (docs/bundle-format.md section 2.2). */
struct ind_recovery {
	uint64_t last_sealed_leaf;   /* 0: none was sealed */
	uint64_t recovered_to_leaf;
	uint64_t torn_bytes;         /* that made no whole frame */
	uint8_t torn_sha256[IND_SHA256_BYTES];
	bool again;                  /* false: the end of a torn file; true: a new file that says again what memory still held */
	size_t abandoned_count;
	struct ind_head abandoned[IND_ABANDONED_MAX];
};

/* One record as read. A flow comes with its signals; id of signal k is id with part = k + 1. */
struct ind_record {
	enum ind_record_kind kind;
	struct ind_record_id id;
	union {
		struct ind_header header;
		struct { struct ind_flow flow; const struct ind_signal *signals; size_t signal_count; } flow;
		struct ind_exhibit exhibit;
		struct ind_claim claim;
		struct ind_origin origin;
		struct ind_clock clock;
		struct ind_loss loss;
		struct ind_seal_info seal;
		struct ind_recovery recovery;
	};
};

struct ind_reader;

/* Which kinds a reader hands out; the others are skipped unread where the format allows it. */
#define IND_WANT(kind) (1u << (kind))
#define IND_WANT_ALL UINT32_MAX

/* Opens a bundle for reading its records in recorded order. Reading checks CRCs and forms, not signatures: see verify.h.
 * The caller owns *reader; source is borrowed. Memory is bounded (64 MiB) whatever the file claims. */
IND_API enum ind_err ind_reader_new(const struct ind_source *source, uint32_t want, struct ind_reader **reader) IND_MUST_USE;

/* The next record; borrowed until the next call. IND_END after the last one of an undamaged file; IND_SHORT if the file ends inside
 * a frame or without a final checkpoint; IND_MALFORMED or IND_UNKNOWN if it is damaged here: all records before were handed out. */
IND_API enum ind_err ind_reader_next(struct ind_reader *r, const struct ind_record **record) IND_MUST_USE;

/* ---- reading flows by columns ---- */

/* Columns of flows that are numbers, by the ids of docs/bundle-format.md section 4.1; those with two sides: the source's, then the destination's. */
enum ind_flow_column {
	IND_COL_START = 1, IND_COL_DURATION = 2, IND_COL_SERIAL = 3, IND_COL_PARENT = 4, IND_COL_VERSION = 5, IND_COL_PROTO = 6, IND_COL_ADDR = 7,
	IND_COL_PORT = 9, IND_COL_PACKETS = 11, IND_COL_BYTES = 13, IND_COL_OVERHEAD = 15, IND_COL_FRAGMENTS = 17, IND_COL_RETRANSMITS = 19,
	IND_COL_CLIENT_RTT = 21, IND_COL_SERVER_RTT = 22, IND_COL_FLAGS = 23, IND_COL_TTL_MIN = 25, IND_COL_TTL_SPAN = 27, IND_COL_ORIENT = 29,
	IND_COL_VALIDATED = 30, IND_COL_END = 31, IND_COL_CARRIES = 32, IND_COL_VLANS = 33, IND_COL_VLAN = 34, IND_COL_TUNNELS = 35, IND_COL_TUNNEL = 36,
	IND_COL_SIGNALS = 37, IND_COL_SIGNAL_ID = 38, IND_COL_SIGNAL_BITS = 39, IND_COL_VALUE = 42,
};

/* A frame of flows, of which nothing is inflated yet: what its zone map says. */
struct ind_batch {
	uint64_t leaf;
	size_t rows;
	uint64_t min_start_ns, max_end_ns;
	uint32_t min_src_port, max_src_port;
};

/* Goes on to the next frame of flows, whatever rows of the one before were not handed out; other records are passed over. Errors as of
 * ind_reader_next. A zone map is taken at its word: that it is right is checked by verify.h. */
IND_API enum ind_err ind_reader_batch(struct ind_reader *r, struct ind_batch *batch) IND_MUST_USE;

/* Of the batch at hand: false only if no row of it has this address at an end, destination port, protocol, or recorded signal. */
IND_API bool ind_batch_may_hold_address(const struct ind_reader *r, unsigned ip_version, const uint8_t addr[static IND_ADDR_BYTES]);
IND_API bool ind_batch_may_hold_dst_port(const struct ind_reader *r, uint16_t port);
IND_API bool ind_batch_may_hold_protocol(const struct ind_reader *r, uint8_t protocol);
IND_API bool ind_batch_may_hold_signal(const struct ind_reader *r, unsigned id);

/* The numbers of a column of the batch at hand: inflates it, and what says how long it is, and no other column. Times are in ns since 1970,
 * differences are resolved; of lists *count is the sum of the column with their lengths. Borrowed until the reader goes on to another
 * batch. IND_MALFORMED if the column is not in form; IND_USAGE for a column that is not of numbers. */
IND_API enum ind_err ind_batch_numbers(struct ind_reader *r, enum ind_flow_column column, const uint64_t **numbers, size_t *count) IND_MUST_USE;

/* The addresses of one end, one behind the other, 4 bytes where IND_COL_VERSION is 4, else 16; *count in bytes. As ind_batch_numbers. */
IND_API enum ind_err ind_batch_addresses(struct ind_reader *r, enum ind_dir end, const uint8_t **bytes, size_t *count) IND_MUST_USE;

/* For each recorded signal of the batch a reference to its value: 0 if it is empty, else a number from 1 to *distinct, the same for the same
 * value. ind_batch_value gives the text. As ind_batch_numbers. */
IND_API enum ind_err ind_batch_values(struct ind_reader *r, const uint64_t **references, size_t *count, size_t *distinct) IND_MUST_USE;
IND_API struct ind_text ind_batch_value(const struct ind_reader *r, uint64_t reference);

/* Inflates all of the batch at hand: ind_reader_next hands out its rows, from the first on, and then goes on as ever. */
IND_API enum ind_err ind_batch_rows(struct ind_reader *r) IND_MUST_USE;

/* Byte offset of the frame where reading stands; for messages. */
IND_API uint64_t ind_reader_offset(const struct ind_reader *r);
IND_API void ind_reader_free(struct ind_reader *r);

#endif
