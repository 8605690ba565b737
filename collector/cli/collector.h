/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COLLECTOR_H
#define CLI_COLLECTOR_H

#include "query/out.h"

/* A collector of IPFIX that the user names: messages leave as UDP datagrams (RFC 7011 section 10.3). The only place of this program that sends
 * anything to a network, and never to anyone who was observed. */

struct collector {
	struct out out;              /* each flush is one datagram */
	int fd;
	int error;                   /* errno of the first that could not be sent */
	uint64_t sent;
	char name[300];
};

/* `where` is HOST:PORT, or [IPV6]:PORT. CLI_DONE, or a status with its message said. */
int collector_open(struct collector *c, const char *where);

/* CLI_DONE, or CLI_FAILED with its message said. */
int collector_close(struct collector *c);

#endif
