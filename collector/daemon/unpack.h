/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_UNPACK_H
#define DAEMON_UNPACK_H

#include "daemon/message.h"
#include "indicia/err.h"

/* From messages to records. The process that wrote them has parsed hostile packets and may be under somebody's control: every length and
 * every enumeration is checked. IND_MALFORMED if a message is not what an honest tap would send. Records borrow the message. */

enum { UNPACK_SIGNALS_MAX = 1100 };

enum ind_err unpack_flow(const void *message, size_t bytes, struct ind_flow *flow, struct ind_signal *signals, size_t *count) IND_MUST_USE;
enum ind_err unpack_exhibit(const void *message, size_t bytes, struct ind_exhibit *exhibit) IND_MUST_USE;

/* Several taps number their flows and packets each for itself; in the bundle a number is that of one of them only (docs/bundle-format.md, `taps`). IND_MALFORMED if it is
 * beyond what can be counted. */
enum ind_err number_flow(struct ind_flow *flow, struct ind_signal *signals, size_t count, unsigned tap, unsigned taps) IND_MUST_USE;
enum ind_err number_exhibit(struct ind_exhibit *exhibit, unsigned tap, unsigned taps) IND_MUST_USE;

enum ind_err unpack_end(const void *message, size_t bytes, struct message_end *end) IND_MUST_USE;

#endif
