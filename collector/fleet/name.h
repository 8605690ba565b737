/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_NAME_H
#define FLEET_NAME_H

#include "indicia/bundle.h"

/* Names of objects in an archive:
 * b/<sensor>/<yyyy>/<mm>/<dd>/<sha256>.ieb, beside it <sha256>.ieb.iec and <sha256>.ieb.<key id>.iec, and
 * r/<flows|signals|claims|origins>/<sensor>/<yyyy>/<mm>/<dd>/<sha256>.pb.gz. The day is that of the bundle's first record, UTC. */

enum { NAME_MAX_BYTES = 256, NAME_ROWS = 4 };

struct name {
	char sensor[IND_SENSOR_ID_MAX + 1];
	uint16_t year;
	uint8_t month, day;
	uint8_t sha256[IND_SHA256_BYTES];
};

/* "flows", "signals", "claims", "origins". */
extern const char *const name_rows[NAME_ROWS];

/* False if the sensor has no name that may stand in a key, or the time is beyond the year 9999. */
bool name_of(struct name *name, const char *sensor, uint64_t first_ns, const uint8_t sha256[static IND_SHA256_BYTES]);

void name_bundle(const struct name *name, char key[static NAME_MAX_BYTES]);

/* `tail` is what a sidecar's file name has behind the bundle's: ".iec" or ".0a1b2c3d.iec". */
void name_sidecar(const struct name *name, const char *tail, char key[static NAME_MAX_BYTES]);
void name_of_rows(const struct name *name, const char *kind, char key[static NAME_MAX_BYTES]);

/* Reads a key of a bundle; *tail is what stands behind ".ieb". False for any other key. */
bool name_parse(const char *key, struct name *name, const char **tail);

/* May this be the name of a sensor: [a-z0-9][a-z0-9._-]{0,62}? */
bool name_sensor_ok(const char *sensor);

/* Is it a sidecar's tail? */
bool name_tail_ok(const char *tail);

/* Days since 1970 of the day in the name. */
uint32_t name_day(const struct name *name);

#endif
