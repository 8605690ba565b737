/* SPDX-License-Identifier: Apache-2.0 */
/* latency: nanoseconds of one read from memory that no cache holds and no prefetcher foresees: a walk along one random cycle through 256 MiB, in
 * processor time. Figures of a flow table mean little without it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LINE = 64, LINES = 1 << 22, STEPS = 1000000 };

int main(void)
{
	uint64_t state = 88172645463325252;
	uint32_t(*at)[LINE / sizeof(uint32_t)] = malloc((size_t)LINES * LINE);
	if (!at)
		return 5;
	for (uint32_t i = 0; i < LINES; i++)
		at[i][0] = i;
	for (uint32_t i = LINES - 1; i > 0; i--) { /* Sattolo: one cycle through all of them */
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		uint32_t other = (uint32_t)(state >> 32) % i, kept = at[i][0];
		at[i][0] = at[other][0];
		at[other][0] = kept;
	}
	struct timespec from, to;
	uint32_t i = 0;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (int step = 0; step < STEPS; step++)
		i = at[i][0];
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	printf("%.1f\n", ((double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec)) / STEPS + (i == UINT32_MAX));
	free(at);
	return 0;
}
