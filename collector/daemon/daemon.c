/* SPDX-License-Identifier: Apache-2.0 */
/* Starts the two processes: what each may do stands in the first lines of tap.h and keep.h. */
#define _GNU_SOURCE
#include "daemon/daemon.h"

#include "daemon/config.h"
#include "daemon/keep.h"
#include "daemon/signals.h"
#include "daemon/tap.h"
#include "indicia/catalogue.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, EXIT_IO = 5 };

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool ends_in_ieb(const char *name)
{
	size_t length = strlen(name);
	return length > 4 && strcmp(name + length - 4, ".ieb") == 0;
}

/* Splits the output into folder and file. An existing target ends the run before any work. */
static int place_open(const struct daemon_options *o, struct keep_place *place, char folder[static PATH_BYTES], struct say *say)
{
	struct stat st;
	char open_as[PATH_BYTES + 8], log_as[PATH_BYTES + 8];
	const char *slash = strrchr(o->output, '/');
	*place = (struct keep_place){ .folder_fd = -1, .folder = folder };
	if (is_folder(o->output)) {
		snprintf(folder, PATH_BYTES, "%s", o->output);
	} else if (o->keep.count || o->keep.bytes || o->keep.age_ns || o->keep.free_bytes) {
		say_error(say, "%s: is no folder; --keep-count, --keep-age, --keep-bytes and --keep-free go with -w FOLDER", o->output);
		return 2;
	} else {
		place->file = slash ? slash + 1 : o->output;
		snprintf(folder, PATH_BYTES, "%.*s", slash ? (int)(slash - o->output + (slash == o->output)) : 0, o->output);
		snprintf(open_as, sizeof open_as, "%s.open", o->output);
		if (!place->file[0]) {
			say_error(say, "%s: no such folder", o->output);
			return 2;
		}
		/* Whoever asks for bundle after bundle means a folder; a file would not be found where the folder was looked for. */
		if (o->rotate_s && !ends_in_ieb(place->file)) {
			say_error(say, "%s: no such folder; make it first, or name a bundle that ends in .ieb", o->output);
			return 2;
		}
		if (lstat(o->output, &st) == 0) {
			say_error(say, "%s exists already; evidence is never overwritten", o->output);
			return 2;
		}
		snprintf(log_as, sizeof log_as, "%s.iec", o->output);
		if (o->custody && lstat(log_as, &st) == 0) {
			say_error(say, "%s exists already: the custody log of another bundle; move it away first", log_as);
			return 2;
		}
		if (lstat(open_as, &st) == 0) {
			say_error(say, "%s is there: a run that did not end by sealing left it; 'indicia recover' may seal it, else move it away", open_as);
			return 2;
		}
	}
	place->folder_fd = open(folder[0] ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (place->folder_fd < 0 || faccessat(place->folder_fd, ".", W_OK, AT_EACCESS) != 0) {
		say_error(say, "cannot write into %s: %s", folder[0] ? folder : "the current folder", strerror(errno));
		return 5;
	}
	return 0;
}

static int source_open(const struct daemon_options *o, int *fd, struct say *say)
{
	struct stat st;
	*fd = -1;
	if (!o->savefile)
		return 0;
	*fd = open(o->savefile, O_RDONLY | O_CLOEXEC);
	if (*fd < 0) {
		say_error(say, "cannot read %s: %s", o->savefile, strerror(errno));
		return 3;
	}
	if (fstat(*fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		say_error(say, "cannot read %s: it is a folder, not a capture", o->savefile);
		close(*fd);
		return 3;
	}
	return 0;
}

static int user_find(const struct daemon_options *o, struct tap_user *user, struct say *say)
{
	*user = (struct tap_user){ 0 };
	if (geteuid() != 0) {
		if (!o->user)
			return 0;
		say_error(say, "--user %s: only root can become another user", o->user);
		return 2;
	}
	const char *name = o->user ? o->user : getpwnam("indicia") ? "indicia" : "nobody";
	const struct passwd *entry = getpwnam(name);
	if (!entry || entry->pw_uid == 0) {
		say_error(say, entry ? "--user %s: that is root itself" : "--user %s: no such user", name);
		return 4;
	}
	*user = (struct tap_user){ entry->pw_uid, entry->pw_gid };
	say_note(say, "packets are read as user %s", name);
	return 0;
}

/* Privacy "reduced": no names of users, hosts or queries, neither as signals nor in the bytes they would be read from. */
static struct daemon_options policy_apply(const struct daemon_options *options)
{
	static const uint8_t names[] = {
		IND_SIG_TLS_SNI, IND_SIG_TLS_CERT_SUBJECT, IND_SIG_HTTP_HOST, IND_SIG_DNS_QNAME, IND_SIG_DNS_ANSWER, IND_SIG_DNS_NXDOMAIN,
		IND_SIG_DHCP_HOSTNAME, IND_SIG_MDNS_HOST, IND_SIG_NBNS_NAME, IND_SIG_SMTP_EHLO,
		/* greetings name the host that gives them, and sometimes the user */
		IND_SIG_SMTP_BANNER, IND_SIG_FTP_BANNER, IND_SIG_POP3_BANNER, IND_SIG_IMAP_BANNER,
	};
	struct daemon_options o = *options;
	o.leave_names = o.privacy && strcmp(o.privacy, "reduced") == 0;
	for (size_t i = 0; o.leave_names && i < sizeof names; i++)
		o.signals[names[i] / 64] &= ~(UINT64_C(1) << names[i] % 64);
	return o;
}

/* INDICIA_TEST_SKEW_MIN_S: a clock's skew is told of shorter connections than the method asks for. Such a bundle is no evidence either. */
static int tests_apply(struct daemon_options *o, struct say *say)
{
	const char *text = getenv("INDICIA_TEST_SKEW_MIN_S");
	if (!text || !*text)
		return 0;
	if (strlen(text) > 4 || strspn(text, "0123456789") != strlen(text) || !strtoul(text, NULL, 10)) {
		say_error(say, "INDICIA_TEST_SKEW_MIN_S must be a number of seconds from 1 to 9999");
		return 2;
	}
	o->skew_min_s = (uint32_t)strtoul(text, NULL, 10);
	return 0;
}

/* What both kinds of process need before there are several. */
static bool room_make(const struct daemon_options *o, struct ring **ring, struct capture_gate **gate)
{
	*gate = NULL;
	if (ring_new(o->workers, ring) != IND_OK)
		return false;
	if (o->workers == 1 || capture_gate_new(o->workers, gate) == IND_OK)
		return true;
	ring_free(*ring);
	return false;
}

/* Those that were started end by themselves when this process does. */
static bool taps_start(struct tap_start *start, const struct keep_place *place, pid_t *taps)
{
	const struct config *config = start->options->config;
	fflush(NULL);
	signals_hold(SIG_BLOCK);
	start->keep = getpid();
	for (start->index = 0; start->index < start->options->workers; start->index++) {
		pid_t tap = fork();
		if (tap < 0)
			return false;
		if (tap == 0) {
			close(place->folder_fd);
			if (config && config->folder_fd >= 0)
				close(config->folder_fd);
			tap_run(start);
		}
		taps[start->index] = tap;
	}
	return true;
}

int daemon_collect(const struct daemon_options *asked)
{
	struct daemon_options applied = policy_apply(asked);
	const struct daemon_options *options = &applied;
	struct say say;
	struct keep_place place;
	struct tap_user user;
	struct tap_start start = { .options = options, .user = &user };
	pid_t taps[RING_WRITERS_MAX];
	char folder[PATH_BYTES];
	say_init(&say, options->quiet, options->verbose);
	say.patient = !options->interface;
	/* Nobody reads what is said any more (a pipe, a session that was lost): evidence is recorded all the same. */
	signal(SIGPIPE, SIG_IGN);
	int status = tests_apply(&applied, &say);
	if (!status)
		status = place_open(options, &place, folder, &say);
	if (!status)
		status = source_open(options, &start.fd, &say);
	if (!status)
		status = user_find(options, &user, &say);
	if (status)
		return status;
	if (!room_make(options, &start.ring, &start.gate)) {
		say_error(&say, "not enough memory");
		return EXIT_IO;
	}
	if (!taps_start(&start, &place, taps)) {
		say_error(&say, "cannot start a process: %s", strerror(errno));
		return EXIT_IO;
	}
	if (start.fd >= 0)
		close(start.fd);
	status = keep_run(options, &place, start.ring, taps, &say);
	close(place.folder_fd);
	capture_gate_free(start.gate);
	ring_free(start.ring);
	return status;
}
