/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_DAEMON_WORLD_H
#define TEST_DAEMON_WORLD_H

#include "daemon/inside.h"
#include "simdisk.h"

/* A live keep on a simulated disk: the code of a real one, without tap and ring. */

struct world {
	struct sim sim;
	struct keep k;
	struct daemon_options options;
	struct keep_place place;
	struct say say;
	unsigned flows;              /* that were handed over */
};

/* A folder for state and reference data, once a program, and its end. */
void world_folder(void);
void world_folder_remove(void);

extern uint32_t world_epoch_s;     /* of the worlds that start; 0: the key changes at each seal */
void world_start(struct world *w);
void world_free(struct world *w);

/* A short life: two bundles, four seals that are not final, ten flows. The first error; what a real keep survives, this survives. */
enum { WORLD_FLOWS = 10 };
enum ind_err world_run(struct world *w);

/* `count` flows, and then a seal if asked for. */
enum ind_err world_flows(struct world *w, unsigned count, bool seal);

/* Ends with a final seal, or without one if it waits for space. */
enum ind_err world_end(struct world *w, enum ind_seal_reason reason);

/* What stands on the disk. */
struct stock {
	unsigned valid, unfinished;  /* bundles: NAME.ieb, and those with another name */
	unsigned false_valid;        /* of any name, not finished and VALID; or NAME.ieb and not VALID */
	uint64_t flows, disk_loss;   /* in the VALID ones */
	uint64_t leaves;             /* up to which they follow on each other without gap or overlap */
	unsigned chained;            /* how many of them do */
};
struct stock world_stock(struct world *w, struct sim *sim);

/* The bundle that has not got its name, or NULL. */
struct sim_file *world_open_bundle(struct sim *sim);

/* Every head that is signed in a file that was abandoned is one of the stream, or is declared by a RECOVERY. */
bool world_heads_declared(struct world *w);

#endif
