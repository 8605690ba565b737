/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_FIELD_H
#define SIGNAL_FIELD_H

#include "signal/signal.h"

/* Lines, and header fields made of them (RFC 5322 section 2.2; SIP's are alike): for protocols other than HTTP, whose rules are its own. */

/* The next line without its line end, which is passed over too. False if the line's end is not there. */
bool line_next(struct cursor *bytes, struct cursor *line);

/* Whether the bytes begin with `upper`, whatever their case. MORE if they end before they can differ. */
enum probe line_begins(struct cursor bytes, const char *upper);

/* One field: the value without leading white space and without its last line end; folds are still in it. */
struct field {
	const uint8_t *name, *value;
	size_t name_bytes, value_bytes;
};

/* The next field with its continuation lines. False at an empty line, at a line that is none, at the end. */
bool field_next(struct cursor *block, struct field *field);
bool field_is(const struct field *field, const char *upper);

/* Emits the value with the line ends of folds taken out (RFC 5322 section 2.2.3). */
void field_put(struct signal_ctx *ctx, enum ind_signal_id id, enum ind_side side, const struct field *field);

/* Overwrites the values of all fields but those named, lines kept. True if anything was. */
bool fields_mask(uint8_t *bytes, size_t count, const char *const *kept, size_t kept_count);

#endif
