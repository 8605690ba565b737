/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

/* The command line: verbs and options are tables; parsing, help, completion and the check of the manual pages read them. */

enum cli_exit {
	CLI_DONE = 0,
	CLI_NEGATIVE = 1,            /* a negative finding */
	CLI_USAGE = 2,
	CLI_DAMAGED = 3,             /* input is damaged or unreadable; what could be read was given */
	CLI_MISSING = 4,             /* something needed is missing */
	CLI_FAILED = 5,              /* input/output, memory */
	CLI_DIED = 70,               /* a process of ours died */
	CLI_AGAIN = 75,              /* try again later */
};

enum cli_option_id {
	OPT_ACTOR = 256, OPT_AFTER_TORN, OPT_AGGREGATE, OPT_ASKS, OPT_ASSESSMENT, OPT_AT, OPT_ATTACH, OPT_BIN, OPT_BUCKET, OPT_BUILD, OPT_CA, OPT_CHECKPOINT,
	OPT_CLAIMS, OPT_COLOR, OPT_COMMAND, OPT_CONFIG_FILE, OPT_CONTACT, OPT_CONTACT_KEY, OPT_CONTEXT, OPT_COPY, OPT_COUNT_ONLY, OPT_CREDENTIALS, OPT_CRL,
	OPT_CSV_RAW, OPT_CUSTODY, OPT_DATA, OPT_DIR, OPT_ENDPOINT, OPT_ERRATUM, OPT_EXHIBITS, OPT_EXPECT, OPT_EXPLAIN, OPT_FAMILY, OPT_FILTER, OPT_FILTER_FILE,
	OPT_FLOWS, OPT_FORCE, OPT_FORMAT, OPT_FROM, OPT_FROM_DIR, OPT_GROUPS, OPT_HELP, OPT_HELP_SHORT, OPT_HISTORY, OPT_HOLDER, OPT_HYPOTHESES, OPT_IGNORE,
	OPT_INPUT, OPT_JSON, OPT_KEY, OPT_LANG, OPT_LEGAL_BASIS, OPT_LIMIT, OPT_LIVE, OPT_LOSS, OPT_NOTE, OPT_NO_ROWS, OPT_OBJECT, OPT_ONCE, OPT_ORIGINS,
	OPT_PLACE, OPT_POLICY, OPT_POSITION, OPT_PRINT_CONFIG, OPT_PURPOSE, OPT_QUIET, OPT_REASON, OPT_RECORD, OPT_RECORDS, OPT_REDERIVE, OPT_REFERENCE,
	OPT_REGION, OPT_REPLY_BY, OPT_REQUEST, OPT_REVIEW, OPT_SAVE_CHECKPOINT, OPT_SCHEMA, OPT_SECTIONS, OPT_SENSOR, OPT_SHOW, OPT_SINCE_DATA, OPT_SORT,
	OPT_SPEED, OPT_STAT, OPT_STEP, OPT_STRICT, OPT_SUBJECT, OPT_SUPERSEDES, OPT_TIME, OPT_TIMEOUT, OPT_TITLE, OPT_TLP, OPT_TO, OPT_TO_DIR, OPT_TPM,
	OPT_TRACKABLE, OPT_TRIES, OPT_TRUST, OPT_TYPE, OPT_TZ, OPT_UNTRUSTED, OPT_VERIFY, OPT_VIRTUAL_HOST, OPT_WATCH, OPT_WORKERS, OPT_WRITE,
	OPT_CONFIG = 1024,           /* and above: the keys of daemon/config.def */
	OPT_CONFIG_MORE = 2048,      /* and above: those of them that the one screen of -h leaves out */
};

struct cli_option {
	enum cli_option_id id;
	char short_name;             /* 0 if none */
	const char *name;            /* long, without dashes */
	const char *argument;        /* NULL if it takes none */
	const char *choices;         /* words with spaces between; NULL if any value will do */
	const char *help;
};

struct cli_verb {
	const char *name;
	const char *section;         /* of the overview */
	const char *operands;        /* as in a synopsis */
	const char *words;           /* what an operand may be, for completion; NULL: files */
	const char *summary;
	const char *about;           /* paragraphs of --help */
	const char *examples;        /* one command a line, "# " before its explanation */
	const struct cli_option *options;
	size_t option_count;
	int (*run)(int argc, char **argv);
};

/* Every verb, in order of the overview; *count of them. */
const struct cli_verb *const *cli_verbs(size_t *count);

/* The verb with this name, or NULL. */
const struct cli_verb *cli_verb_find(const char *name);

/* Runs the command line; the exit status. */
int cli_run(int argc, char **argv);

/* What stands behind a verb: help and errors of usage, which are the same for all of them, else `run`. */
int cli_run_verb(const struct cli_verb *verb, int (*run)(int argc, char **argv), int argc, char **argv);

#define OPTIONS_OF(table) (table), sizeof(table) / sizeof((table)[0])

/* Rows that many tables share. */
#define OPTION_HELP \
	{ OPT_HELP_SHORT, 'h', NULL, NULL, NULL, "one screen of help" }, \
	{ OPT_HELP, 0, "help", NULL, NULL, "all of the help, with examples" }
#define OPTION_QUIET { OPT_QUIET, 'q', "quiet", NULL, NULL, "no messages but errors" }
#define OPTION_COLOR { OPT_COLOR, 0, "color", "WHEN", "auto always never", "emphasis in tables: auto, always or never" }
#define OPTION_ZONE { OPT_TZ, 0, "tz", "ZONE", NULL, "tables: times in this zone, too, such as Europe/Madrid" }
#define OPTIONS_FILTER \
	{ OPT_FILTER, 'f', "filter", "FILTER", NULL, "only what this filter selects; the language is in indicia-filter(7)" }, \
	{ OPT_FILTER_FILE, 'F', "filter-file", "FILE", NULL, "the filter stands in FILE" }, \
	{ OPT_TIME, 't', "time", "FROM/TO", NULL, "only what was active from FROM until before TO: 2026-11-20T09:10/09:25" }, \
	{ OPT_FAMILY, 0, "family", "T,P,...", NULL, "only what a signal of one of these families speaks of; V: validated" }
#define OPTIONS_SELECTION \
	OPTIONS_FILTER, \
	{ OPT_COUNT_ONLY, 0, "count", NULL, NULL, "print how many there are, and nothing of them" }
#define OPTIONS_STORE \
	{ OPT_ENDPOINT, 0, "endpoint", "URL", NULL, "the store: https://HOST or https://HOST:PORT" }, \
	{ OPT_BUCKET, 0, "bucket", "NAME", NULL, "the bucket, which is there already" }, \
	{ OPT_REGION, 0, "region", "NAME", NULL, "its region; us-east-1 if none is given" }, \
	{ OPT_VIRTUAL_HOST, 0, "virtual-host", NULL, NULL, "the bucket is in the host's name" }, \
	{ OPT_CA, 0, "ca", "PEM", NULL, "trust these certificates, and no others" }, \
	{ OPT_CREDENTIALS, 0, "credentials", "FILE", NULL, "the store's keys; else what systemd hands over as indicia-store" }
#define OPTIONS_OUTPUT \
	{ OPT_FORMAT, 'o', "format", "FORMAT", "table ndjson json csv tsv", "table, ndjson, json, csv or tsv; FORMAT:key,key chooses columns" }, \
	{ OPT_JSON, 0, "json", NULL, NULL, "the same as -o json" }, \
	{ OPT_WRITE, 'w', "write", "FILE", NULL, "write to FILE instead of standard output" }, \
	{ OPT_FORCE, 0, "force", NULL, NULL, "let -w replace a file" }, \
	{ OPT_LIMIT, 'n', "limit", "N", NULL, "at most N rows; says so when it cuts" }, \
	{ OPT_CSV_RAW, 0, "csv-raw", NULL, NULL, "no quote mark before text that a spreadsheet takes for a formula" }, \
	OPTION_COLOR

extern const struct cli_verb cmd_assess, cmd_collect, cmd_completion, cmd_custody, cmd_data, cmd_diff, cmd_disclose, cmd_export, cmd_fields,
	cmd_fleet, cmd_flows, cmd_help, cmd_keys, cmd_method, cmd_origins, cmd_query, cmd_recover, cmd_replay, cmd_report, cmd_request, cmd_ship, cmd_show,
	cmd_signals, cmd_stamp, cmd_stats, cmd_status, cmd_verify, cmd_version;

#endif
