/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_LDAP_H
#define SIGNAL_LDAP_H

#include "signal/signal.h"

/* LDAP: the logon tokens of binds. */
extern const struct signal_stream_parser ldap_parser;

#endif
