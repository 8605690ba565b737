/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

#include "daemon/retain.h"
#include "indicia/key.h"
#include "indicia/record.h"
#include <stdbool.h>
#include <stdint.h>

/* The sensor and the offline reader: two processes, tap and keep (docs/architecture.md). */

struct config;

/* What `indicia collect` was asked to do. Texts are borrowed; NULL is "not given". */
struct daemon_options {
	struct config *config;       /* what it was read from, for reading it again; NULL: never */
	const char *savefile;        /* exactly one of savefile and interface */
	const char *interface;
	const char *output;          /* OUT.ieb, or a folder: bundles are then named <sensor>-<start>.ieb */
	const char *filter;          /* capture filter, libpcap's language */
	const char *data_dir;        /* NULL: the default places; a given one must exist */
	const char *key_file;        /* PEM; NULL: the key in the state directory, made on first use */
	const char *sensor;          /* NULL: the host name folded to [a-z0-9][a-z0-9._-]{0,62} */
	const char *authority, *case_id;
	const char *signals_text;    /* the set as it was asked for: "default", "all", "none" or a list */
	const char *privacy;         /* "full" or "reduced" */
	const char *metrics_path, *status_path; /* NULL: no metrics; the socket in the state directory */
	uint32_t metrics_every_s, stats_every_s; /* 0: never */
	const char *user;            /* to drop to as root; NULL: "indicia" if there is one, else "nobody" */
	uint64_t signals[IND_SIGNAL_SET_WORDS];
	bool exhibits;
	bool source_digest;          /* SHA-256 of a savefile, in the final seal */
	bool custody;                /* begin a custody log beside each bundle */
	bool leave_names;            /* set by daemon_collect for privacy "reduced" */
	bool promiscuous;
	bool quiet, verbose;
	bool has_position;
	int32_t latitude_1e4, longitude_1e4;
	uint32_t position_error_km;
	uint32_t snaplen;            /* 0: as the source has it */
	uint32_t ring_mib;           /* kernel ring of a live capture */
	uint32_t rotate_s;           /* 0: one bundle */
	uint64_t rotate_bytes;       /* 0: whatever its size */
	struct retain_limits keep;   /* of the bundles that a live sensor has sealed */
	uint64_t retain_s, retain_until_s; /* the HEADER's date: so long after a bundle begins, or that moment; 0: neither */
	const struct ind_key_public *shippers; /* whose word counts that a bundle was shipped */
	size_t shipper_count;
	uint32_t epoch_s;            /* of a live capture: how long an epoch key signs */
	uint32_t flow_table;         /* flows that are open at once */
	uint32_t workers;            /* taps that share the packets of an interface; 1: one reads them all */
	uint32_t ballast_kib;        /* of a live capture: disk space kept free to end a bundle with when the disk is full */
	uint32_t skew_min_s;         /* set by daemon_collect: a test's own minimum, 0: none */
	uint64_t max_frames, max_flows, max_bytes, max_duration_s; /* 0: no limit */
};

/* Runs to the end and says what happened on stderr. Returns the exit status of interface.md: 0 sealed; 2 usage (wrong filter, target
 * exists); 3 input damaged (its readable part is sealed) or unreadable (nothing is written); 4 something needed is missing; 5 I/O;
 * 70 the tap process died. */
int daemon_collect(const struct daemon_options *options);

#endif
