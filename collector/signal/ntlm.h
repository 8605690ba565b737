/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_NTLM_H
#define SIGNAL_NTLM_H

#include "signal/signal.h"

/* Tokens with which someone logs on, as many protocols carry them: an NTLMSSP message (MS-NLMP), or one inside SPNEGO (RFC 4178), or a
 * Kerberos token of GSS-API (RFC 4121 section 4.1) there. The side of a signal follows from the kind of message, whoever carries it.
 *
 * A `put` emits what the token says and returns false if there is none. `cut` says that the end of the token is missing, so that what
 * points behind its end does not count as malformed.
 * A `hide` overwrites responses, session keys and encrypted parts in a copy, length kept: put() reads the same from what is left.
 * It returns false, and has overwritten all, if there is no token. */

bool ntlm_token_put(struct signal_ctx *ctx, struct cursor token, bool cut);
bool ntlm_token_hide(uint8_t *token, size_t count);

/* The same in base64, as lines of text protocols have it (HTTP, SMTP, IMAP, POP3, ...). `text` begins where the base64 does; what is behind
 * it is overwritten too. */
bool ntlm_base64_put(struct signal_ctx *ctx, const uint8_t *text, size_t count);
bool ntlm_base64_hide(uint8_t *text, size_t count);

/* Keeps a message from its first byte to the end of the token that stands in it, secrets of the token overwritten. */
void ntlm_exhibit_put(struct signal_ctx *ctx, enum ind_exhibit_kind kind, enum ind_side side, const uint8_t *message, struct cursor token);

/* One message that starts with the signature "NTLMSSP"; for ntlm_gss.c. */
bool ntlm_is_message(struct cursor token);
void ntlm_message_put(struct signal_ctx *ctx, struct cursor message, bool cut);
void ntlm_message_hide(uint8_t *message, size_t count);

#endif
