/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDICIA_CUSTODY_H
#define INDICIA_CUSTODY_H

#include "indicia/stamp.h"

/* The custody log of a bundle: signed events in append-only files beside it (docs/custody.md, with the fields that ISO/IEC 27037 asks for).
 * Files arrive through a source and records leave as bytes, so nothing here knows folders. */

enum {
	IND_CUSTODY_TEXT_MAX = 1024,       /* bytes of one text */
	IND_CUSTODY_PARENTS_MAX = 64,
	IND_CUSTODY_EVENT_MAX = 1 << 20,   /* bytes of one event */
	IND_CUSTODY_FILES_MAX = 64,        /* of a log */
	IND_CUSTODY_BYTES_MAX = 64 << 20,  /* of all its files */
	IND_CUSTODY_RECORDS_MAX = 16384,   /* in them */
	IND_CUSTODY_COSTLY_MAX = 256,      /* of these: time stamps, revocations, and what stands behind a mend */
	IND_CUSTODY_PREAMBLE_BYTES = 16,
	IND_CUSTODY_MEND_BYTES = 20,
};

/* The numbers are part of the format. */
#define IND_CUSTODY_TYPE_LIST(X) \
	X(CREATED, 1, "created") \
	X(SEALED, 2, "sealed") \
	X(RELEASED, 3, "released") \
	X(RECEIVED, 4, "received") \
	X(OPENED, 5, "opened") \
	X(VERIFIED, 6, "verified") \
	X(EXPORTED, 7, "exported") \
	X(DISCLOSED, 8, "disclosed") \
	X(TIMESTAMPED, 9, "timestamped") \
	X(WITNESSED, 10, "witnessed") \
	X(KEY_REVOKED, 11, "key_revoked") \
	X(DESTROYED, 12, "destroyed") \
	X(REVIEWED, 13, "reviewed") \
	X(CORRECTED, 14, "corrected")

enum ind_custody_type {
#define IND_CUSTODY_TYPE_ENUM(name, number, text) IND_CUSTODY_##name = number,
	IND_CUSTODY_TYPE_LIST(IND_CUSTODY_TYPE_ENUM)
#undef IND_CUSTODY_TYPE_ENUM
	IND_CUSTODY_TYPE_END = 15,
};

/* "released"; "?" for a number outside the list. Static storage. */
IND_API const char *ind_custody_type_name(unsigned type);

/* 0 if there is no such name. */
IND_API unsigned ind_custody_type_of(const char *name);

struct ind_custody_id { uint8_t bytes[IND_SHA256_BYTES]; };

/* Which bundle: the head of its tree at the last good checkpoint, and the file. */
struct ind_bundle_head {
	uint8_t stream_id[IND_STREAM_ID_BYTES];
	uint64_t tree_size;
	uint8_t root[IND_SHA256_BYTES];
	uint8_t sha256[IND_SHA256_BYTES];
};

/* One event. Texts and stamps are borrowed; an empty text is not stated. */
struct ind_custody_event {
	enum ind_custody_type type;
	size_t parent_count;
	struct ind_custody_id parents[IND_CUSTODY_PARENTS_MAX]; /* ascending */
	struct ind_bundle_head bundle;
	struct ind_key_public actor_key;
	struct ind_text actor, place, purpose, legal_basis, note, tool;
	uint64_t claimed_ns;
	uint64_t clock_error_ns;     /* IND_ABSENT_U64: the system does not say */
	uint8_t tlp;                 /* enum ind_tlp */
	bool has_other_key, has_tool_sha256, has_object_sha256, has_torn_sha256, has_stamp;
	struct ind_key_public other_key; /* released: to whom; received: from whom; key_revoked: which */
	uint8_t tool_sha256[IND_SHA256_BYTES], object_sha256[IND_SHA256_BYTES], torn_sha256[IND_SHA256_BYTES];
	struct ind_stamp stamp;
};

/* ---- writing ---- */

/* The 16 bytes that a file begins with, and the 20 that stand behind torn bytes which begin at `torn_offset`. */
IND_API void ind_custody_preamble(uint8_t preamble[static IND_CUSTODY_PREAMBLE_BYTES]);
IND_API void ind_custody_mend(uint64_t torn_offset, uint8_t mend[static IND_CUSTODY_MEND_BYTES]);

/* One record, signed by `by`, whose public half becomes actor_key; parents are put in order. The caller frees *record (free). IND_USAGE
 * if the event breaks a rule of docs/custody.md section 2, IND_LIMIT if it is too large; IND_NOMEM, IND_CRYPTO. */
IND_API enum ind_err ind_custody_pack(
	const struct ind_custody_event *event, const struct ind_key *by, uint8_t **record, size_t *bytes) IND_MUST_USE;

/* ---- reading ---- */

/* Codes of docs/custody.md section 3. All but EARLIER are faults. */
#define IND_CUSTODY_CODE_LIST(X) \
	X(FORM, "form", "is no event in the one form that the format allows") \
	X(SIGNATURE, "signature", "its signature is not right") \
	X(PARENT, "parent_unknown", "names an event that no file here holds: events are missing") \
	X(ORDER, "order", "does not name the event before it in its file") \
	X(HAND, "hand", "is signed by another key than its file's") \
	X(BUNDLE, "bundle", "speaks of another bundle") \
	X(RELEASE, "release", "receives what was not released to it") \
	X(REVOKED, "revoked", "its key is revoked, and the revocation does not vouch for it") \
	X(STAMP, "stamp", "its time stamp is of no use") \
	X(KEY_UNKNOWN, "key_unknown", "its key is not trusted here") \
	X(EARLIER, "earlier", "claims an earlier time than an event that it follows")

enum ind_custody_code {
#define IND_CUSTODY_CODE_ENUM(name, text, help) IND_CUSTODY_CODE_##name,
	IND_CUSTODY_CODE_LIST(IND_CUSTODY_CODE_ENUM)
#undef IND_CUSTODY_CODE_ENUM
	IND_CUSTODY_CODE_END,
};

IND_API const char *ind_custody_code_name(enum ind_custody_code code);
IND_API const char *ind_custody_code_help(enum ind_custody_code code);

/* What a file is to the log. A COPY of one of the other files, as a counterpart kept it, only tells what they should hold. */
enum ind_custody_role { IND_CUSTODY_OWNER, IND_CUSTODY_PARTY, IND_CUSTODY_COPY };

enum ind_custody_file_state {
	IND_CUSTODY_FILE_OK, IND_CUSTODY_FILE_TORN, IND_CUSTODY_FILE_DAMAGED, IND_CUSTODY_FILE_MAGIC, IND_CUSTODY_FILE_VERSION,
};

/* "ok", "torn", "damaged", "magic", "version". */
IND_API const char *ind_custody_file_state_name(enum ind_custody_file_state state);

struct ind_custody_file {
	const char *name;            /* borrowed from the one who gave it */
	enum ind_custody_role role;
	bool has_key_id;
	uint8_t key_id[4];           /* that its name says */
	enum ind_custody_file_state state;
	uint64_t bad_offset;         /* of the first byte that is not read, with TORN and DAMAGED */
	uint64_t bad_bytes;
	uint8_t torn_sha256[IND_SHA256_BYTES]; /* of these bytes, with TORN */
	uint64_t bytes;              /* of the file */
	size_t events;               /* records that were read */
	struct ind_key_public hand;  /* key of its first event; all zero without one */
	struct ind_custody_id last;  /* id of its last event */
	size_t cut;                  /* events of its hand that others hold and it does not */
};

struct ind_custody_log;

IND_API enum ind_err ind_custody_log_new(struct ind_custody_log **log) IND_MUST_USE;
IND_API void ind_custody_log_free(struct ind_custody_log *log);

/* Reads a file into the log. `key_id`: four bytes that the name of a party's file says, or NULL. IND_OK also for a file that is torn or
 * damaged: its readable events are in the log, its state says so. IND_LIMIT if the file or the log is larger than the format allows; IND_IO, IND_NOMEM. */
IND_API enum ind_err ind_custody_log_read(struct ind_custody_log *log, const char *name, enum ind_custody_role role, const uint8_t *key_id,
	const struct ind_source *source) IND_MUST_USE;

/* What the log is held against. Borrowed for the call. */
struct ind_custody_known {
	const struct ind_bundle_head *bundle; /* NULL: the bundle is not there */
	const struct ind_key_public *owner;   /* NULL: not known */
	const struct ind_key_public *trusted;
	size_t trusted_count;
	const uint8_t *note_sha256;           /* what time stamps are of: SHA-256 of the last checkpoint's payload; NULL: not known */
	const struct ind_stamp_roots *roots;  /* of authorities that are trusted; NULL: none */
};

/* Puts the events in order (each behind those that it follows, else by claimed time) and finds what is wrong with them. May be called
 * again after more files were read. IND_LIMIT, IND_NOMEM. */
IND_API enum ind_err ind_custody_log_check(struct ind_custody_log *log, const struct ind_custody_known *known) IND_MUST_USE;

/* One event of the log. */
struct ind_custody_entry {
	struct ind_custody_id id;
	uint32_t codes;              /* bit n: enum ind_custody_code n */
	size_t file;                 /* that it was found in first */
	size_t missing_parents;
	bool readable;               /* `event` is filled; not so with FORM */
	bool signature_ok, key_trusted;
	bool open;                   /* a release without its receipt */
	bool has_receipt;
	struct ind_custody_id receipt; /* of a release */
	struct ind_custody_event event;
	struct ind_stamp_result stamp; /* with event.has_stamp */
};

#define IND_CUSTODY_FAULTS(codes) ((codes) & ~(UINT32_C(1) << IND_CUSTODY_CODE_EARLIER))

IND_API size_t ind_custody_log_count(const struct ind_custody_log *log);

/* Event `at` in order; borrowed until the next call. IND_USAGE behind the last one or before a check; IND_NOMEM. */
IND_API enum ind_err ind_custody_log_event(struct ind_custody_log *log, size_t at, const struct ind_custody_entry **entry) IND_MUST_USE;

IND_API size_t ind_custody_log_file_count(const struct ind_custody_log *log);
IND_API const struct ind_custody_file *ind_custody_log_file(const struct ind_custody_log *log, size_t at);

/* Ids that the next event in file `file` names (IND_CUSTODY_FILES_MAX: in a file that is not there yet): its last one, and the heads of
 * the log; how many. After a check. */
IND_API size_t ind_custody_log_heads(
	const struct ind_custody_log *log, size_t file, struct ind_custody_id heads[static IND_CUSTODY_PARENTS_MAX]);

/* True if nothing is wrong with any event or file. After a check. */
IND_API bool ind_custody_log_sound(const struct ind_custody_log *log);

/* The earliest end of the interval that a time stamp of the log proves; false if none does. After a check. */
IND_API bool ind_custody_log_not_after(const struct ind_custody_log *log, struct ind_stamp_result *earliest);

#endif
