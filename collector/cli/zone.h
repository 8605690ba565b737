/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ZONE_H
#define CLI_ZONE_H

#include <stddef.h>
#include <stdint.h>

/* Local time, by the C library's time zone data. */

/* The zone of all later calls: a name of the IANA database, such as Europe/Madrid. CLI_DONE, or a status with its message said. */
int zone_use(const char *name);

/* RFC 3339 with six decimals and the offset of the zone; 33 bytes. */
size_t zone_time(uint64_t ns, char *out, size_t size);

#endif
