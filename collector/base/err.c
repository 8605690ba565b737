/* SPDX-License-Identifier: Apache-2.0 */
#include "indicia/err.h"

#include <stddef.h>

const char *ind_strerror(enum ind_err err)
{
	static const char *const texts[] = {
#define IND_ERR_TEXT(name, text) [name] = text,
		IND_ERR_LIST(IND_ERR_TEXT)
#undef IND_ERR_TEXT
	};
	size_t i = (size_t)err;
	return i < sizeof texts / sizeof *texts ? texts[i] : "an unknown error";
}
