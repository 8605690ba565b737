/* SPDX-License-Identifier: Apache-2.0 */
/* A file of configuration: whatever it holds, each value that was taken is one that its key takes, and an error is one line. */
#include "daemon/config.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config_file file;
	static char error[CONFIG_ERROR_BYTES], wanted[CONFIG_WANTED_BYTES];
	struct daemon_options options = { 0 };
	if (size > CONFIG_FILE_BYTES)
		return 0;
	if (size)
		memcpy(file.text, data, size);
	file.text[size] = '\0';
	error[0] = '\0';
	enum ind_err err = config_parse(&file, size, "fuzz.conf", error);
	if ((err == IND_OK) != !error[0] || strchr(error, '\n'))
		abort();
	for (unsigned i = 0; i < CONFIG_KEYS && !err; i++)
		if (file.value[i] && config_set(&options, (enum config_key)i, file.value[i], wanted) != IND_OK)
			abort();
	return 0;
}
