/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_SMB_SETUP_H
#define SIGNAL_SMB_SETUP_H

#include "signal/signal.h"

enum { SMB1_HEAD_BYTES = 32, SMB2_HEAD_BYTES = 64 };

/* One message, as far as it is there. */
struct smb_message {
	const uint8_t *stream; /* where it begins in the stream, frame included */
	struct cursor bytes;   /* from the SMB header on */
	bool cut;              /* its end is missing */
};

/* Whether the header is that of a session setup, or of several messages in one among which one may be. */
bool smb1_is_setup(struct cursor header);
bool smb2_may_be_setup(struct cursor header);

/* Emits what a session setup says, and keeps it. False if there is no logon in it. */
bool smb1_setup_see(struct signal_ctx *ctx, const struct smb_message *m);
bool smb2_setup_see(struct signal_ctx *ctx, const struct smb_message *m);

#endif
