/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CUSTODY_H
#define CLI_CUSTODY_H

#include "cli/trust.h"
#include "indicia/custody.h"
#include "query/row.h"

/* The custody log beside one bundle, and what is appended to it (docs/custody.md). */

enum { CUSTODY_PATH_MAX = 4096, CUSTODY_COPIES_MAX = 16 };

struct custody {
	const char *bundle;          /* its name */
	bool has_bundle;             /* it could be read */
	struct ind_verify_result result; /* with has_bundle */
	bool has_head;
	struct ind_bundle_head head; /* of the bundle, or, if that is not there, as its owner's events say */
	struct ind_custody_log *log;
	char *names[IND_CUSTODY_FILES_MAX];
	size_t name_count;
};

/* The names of the files of custody events in one folder: of many bundles in it, it is listed once. */
struct dirent;
struct custody_shelf {
	char folder[CUSTODY_PATH_MAX]; /* "" if none was listed */
	struct dirent **entries;
	int count;
};

/* Whose word counts, and where was looked last. */
struct custody_trust {
	struct trust keys;
	struct ind_stamp_roots *roots;
	bool roots_given;
	struct custody_shelf shelf;
};

/* Adds the certificates of a file of --ca; CLI_DONE, or a status with its message said. */
int custody_trust_ca(struct custody_trust *t, const char *path);

/* Keys of --trust or the default places; without --ca, the certificates of /etc/indicia/tsa.d ($INDICIA_TSA_DIR in its place). */
int custody_trust_load(struct custody_trust *t);
void custody_trust_free(struct custody_trust *t);

/* Reads the bundle, the files beside it and `copies`, and checks them. The bundle may be missing if there is a log. CLI_DONE, or a status
 * with its message said; custody_close in any case. */
int custody_open(struct custody *c, const char *bundle, struct custody_trust *trust, const char *const *copies, size_t copy_count);

/* The same for a bundle that was read already: `result` is what ind_verify said of it, `source` its bytes. Says nothing of a log that is
 * not there, and then reads the bundle once more only if it is to be `named` by an event. */
int custody_beside(struct custody *c, const char *bundle, const struct ind_source *source, const struct ind_verify_result *result,
	struct custody_trust *trust, bool named);
bool custody_is_owner(const struct custody *c, const struct ind_key_public *key);
void custody_close(struct custody *c);

/* One event to append. Texts that are NULL are not stated; `actor` and `place` then come from $INDICIA_ACTOR and $INDICIA_PLACE. */
struct custody_add {
	enum ind_custody_type type;
	const char *actor, *place, *purpose, *legal_basis, *note, *tlp;
	const char *key_file;        /* NULL: the key in the state directory */
	const char *after_torn;      /* first 8 hex digits of what is torn, or NULL */
	const char *object;          /* file whose digest the event names, or NULL */
	const char *from;            /* received: the release, or NULL if there is but one */
	bool has_other_key;
	struct ind_key_public other_key;
	const struct ind_stamp *stamp; /* timestamped */
};

/* Does it say what an event must say, in a form that one may? CLI_DONE, or CLI_USAGE with its message said. */
int custody_add_check(const struct custody_add *add);

/* The same, and is its key there? */
int custody_add_ready(const struct custody_add *add);

/* Signs and appends; says on standard error what was written. CLI_DONE, or a status with its message said. */
int custody_append(struct custody *c, const struct custody_add *add);

/* True if the option was one of those that describe an event; *status is not CLI_DONE if its value is wrong. */
bool custody_add_option(struct custody_add *add, int id, const char *value, int *status);

/* "a3f0…" of an id: 16 digits. */
enum { CUSTODY_ID_TEXT = 17 };
void custody_id_text(const struct ind_custody_id *id, char text[static CUSTODY_ID_TEXT]);

/* True if the text begins with the lower-case digits of so many bytes. */
bool custody_hex(const char *text, uint8_t *bytes, size_t count);

/* Digest of all that a source gives. */
enum ind_err custody_digest(const struct ind_source *source, uint8_t digest[static IND_SHA256_BYTES]) IND_MUST_USE;

/* All of a file of at most `most` bytes, which the caller frees; CLI_DONE, or CLI_DAMAGED with its message said. */
enum { CUSTODY_FILE_BYTES_MAX = 16 << 20 };
int custody_file_read(const char *path, size_t most, uint8_t **bytes, size_t *count);

#endif
