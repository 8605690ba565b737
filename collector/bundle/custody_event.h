/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_CUSTODY_EVENT_H
#define BUNDLE_CUSTODY_EVENT_H

#include "indicia.pb-c.h"
#include "indicia/custody.h"

/* The message of a custody event (docs/custody.md section 2). */

/* Decodes; the event borrows *message, which the caller frees (message_free). IND_MALFORMED for what is not canonical or breaks a rule; IND_NOMEM. */
enum ind_err custody_unpack(const uint8_t *bytes, size_t count, struct ind_custody_event *event, Indicia__V1__CustodyEvent **message) IND_MUST_USE;

/* IND_OK if the signature by event->actor_key is right, else IND_KEY; IND_NOMEM. */
enum ind_err custody_signature_check(const struct ind_key_public *by, const uint8_t *event, size_t count, const uint8_t *signature) IND_MUST_USE;

#endif
