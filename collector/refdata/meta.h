/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REFDATA_META_H
#define REFDATA_META_H

#include "indicia/err.h"
#include "indicia/record.h"

/* What stands in the file beside a list, "key = value" a line. */

struct meta {
	struct ind_text name, source, licence; /* borrow the bytes that were read */
	uint64_t date_s;             /* seconds since 1970; 0 if it is not there */
	char grade[2];               /* "\0\0" if it is not there */
	uint8_t kind;                /* enum ind_claim_kind; IND_CLAIM_DATABASE if it is not there */
};

/* What is wrong with a line of a file. */
struct complaint { uint64_t line; const char *why; };

/* IND_MALFORMED with the complaint. */
enum ind_err meta_read(const char *bytes, size_t count, struct meta *meta, struct complaint *complaint) IND_MUST_USE;

/* A letter A to F and a digit 1 to 6 (NATO STANAG 2511). */
bool meta_grade(const char *at, size_t bytes, char grade[static 2]);

/* A kind of list that a file can be, or IND_CLAIM_DATABASE. */
uint8_t meta_kind(const char *at, size_t bytes);

#endif
