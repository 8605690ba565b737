/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_SIP_H
#define SIGNAL_SIP_H

#include "signal/field.h"

/* SIP over UDP and TCP on any port: which program a user agent or server says it is. */
extern const struct signal_stream_parser sip_stream_parser;
extern const struct signal_datagram_parser sip_parser;

#endif
