/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"
#include "cli/build.h"
#include "daemon/buildid.h"
#include "daemon/confine.h"
#include <stdio.h>

static const struct cli_option options[] = {
	{ OPT_BUILD, 0, "build", NULL, NULL, "also the build id, and the libraries in use and their licences" },
	OPTION_HELP,
};

static const struct { const char *name, *version, *licence; } libraries[] = {
	{ "libpcap", BUILD_PCAP, "BSD-3-Clause" },
	{ "libmaxminddb", BUILD_MAXMINDDB, "Apache-2.0" },
	{ "protobuf-c", BUILD_PROTOBUFC, "BSD-2-Clause" },
	{ "SQLite", BUILD_SQLITE, "blessing" },
	{ "Jansson", BUILD_JANSSON, "MIT" },
	{ "zlib", BUILD_ZLIB, "Zlib" },
	{ "libdeflate", BUILD_DEFLATE, "MIT" },
	{ "OpenSSL", BUILD_OPENSSL, "Apache-2.0" },
	{ "libseccomp", BUILD_SECCOMP, "LGPL-2.1-only" },
};

static int run(int argc, char **argv)
{
	struct args args;
	bool build = false;
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END; id = args_next(&args))
		build = build || id == OPT_BUILD;
	printf("indicia %s (%s)\n", BUILD_VERSION, BUILD_COMMIT);
	if (!build)
		return CLI_DONE;
	printf("build %s\n", buildid_hex()[0] ? buildid_hex() : "without an id");
	printf("licence Apache-2.0\nbundle format IEB1\ncompiler %s, %s\n", BUILD_COMPILER, BUILD_TYPE);
	printf("confinement %s\n", confine_applies() ? "Landlock, seccomp" : "none: built with sanitizers");
	for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++)
		if (libraries[i].version[0])
			printf("%s %s (%s)\n", libraries[i].name, libraries[i].version, libraries[i].licence);
	return CLI_DONE;
}

const struct cli_verb cmd_version = {
	"version", "Help", NULL, NULL, "which version this is", NULL, "indicia version --build", OPTIONS_OF(options), run,
};
