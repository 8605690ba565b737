/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_SMB_H
#define SIGNAL_SMB_H

#include "signal/signal.h"

/* SMB 1 to 3, with or without NetBIOS: the logon tokens of session setups. */
extern const struct signal_stream_parser smb_parser;

#endif
