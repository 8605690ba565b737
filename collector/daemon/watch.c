/* SPDX-License-Identifier: Apache-2.0 */
/* Who may look at a running sensor, and when. The status socket answers whoever connects with one line and closes: nothing is read from a client, nothing
 * waits for one, nothing is kept of one. */
#define _GNU_SOURCE
#include "daemon/inside.h"

#include "daemon/clock.h"
#include "daemon/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { TURN_NS = 100000000, ANSWERS_A_TURN = 8, CLIENTS_WAITING = 64, EXIT_MISSING = 4 };

#define SECOND_NS UINT64_C(1000000000)

static volatile sig_atomic_t asked;

void watch_ask(void) { asked = 1; }

/* ---- what is opened before the rights are dropped ---- */

static int place_open(struct keep *k, struct watch_place *p, const char *option, const char *path)
{
	struct stat info;
	const char *slash = strrchr(path, '/');
	int folder = snprintf(p->folder, sizeof p->folder, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
	int name = snprintf(p->name, sizeof p->name, "%s", slash ? slash + 1 : path);
	if (name <= 0 || name >= (int)sizeof p->name - 8 || folder >= (int)sizeof p->folder) {
		say_error(k->say, "%s %s: wanted is the name of a file in a folder", option, path);
		return EXIT_MISSING;
	}
	p->folder_fd = open(p->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->folder_fd < 0)
		say_error(k->say, "%s %s: %s: %s", option, path, p->folder, strerror(errno));
	else if (fstatat(p->folder_fd, p->name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode))
		say_error(k->say, "%s %s: that is a folder; name a file in it", option, path);
	else
		return 0;
	return EXIT_MISSING;
}

/* A socket that a run left, and nothing else. The stream's lock is held: no other run of this sensor listens. */
static void socket_remove(const struct watch_place *p)
{
	struct stat info;
	if (fstatat(p->folder_fd, p->name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISSOCK(info.st_mode))
		unlinkat(p->folder_fd, p->name, 0);
}

static bool socket_listen(struct watch *w)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	/* The name of a socket is short, that of a folder need not be. */
	if (snprintf(at.sun_path, sizeof at.sun_path, "/proc/self/fd/%d/%s", w->socket.folder_fd, w->socket.name) >= (int)sizeof at.sun_path) {
		errno = ENAMETOOLONG;
		return false;
	}
	socket_remove(&w->socket);
	w->listening = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	mode_t before = umask(0117);
	bool good = w->listening >= 0 && bind(w->listening, (const struct sockaddr *)&at, sizeof at) == 0 && listen(w->listening, CLIENTS_WAITING) == 0;
	umask(before);
	return good;
}

static int socket_open(struct keep *k)
{
	char path[WATCH_PATH_MAX + 2 * IND_SENSOR_ID_MAX];
	struct watch *w = &k->watch;
	if (!k->options->status_path)
		snprintf(path, sizeof path, "%s/status.%s", k->state_folder, k->sensor);
	else
		snprintf(path, sizeof path, "%s", k->options->status_path);
	int status = place_open(k, &w->socket, "--status", path);
	if (status || socket_listen(w))
		return status;
	say_error(k->say, "%s: cannot listen for 'indicia status': %s", path, strerror(errno));
	return EXIT_MISSING;
}

int watch_open(struct keep *k)
{
	int status = 0;
	k->watch = (struct watch){ .begun_ns = clock_boottime_ns(), .listening = -1, .metrics.folder_fd = -1, .socket.folder_fd = -1 };
	if (k->options->metrics_path)
		status = place_open(k, &k->watch.metrics, "--metrics", k->options->metrics_path);
	if (!status && keep_live(k))
		status = socket_open(k);
	return status;
}

void watch_close(struct keep *k)
{
	struct watch *w = &k->watch;
	if (!w->begun_ns)
		return;
	if (w->listening >= 0) {
		close(w->listening);
		socket_remove(&w->socket);
	}
	if (w->socket.folder_fd >= 0)
		close(w->socket.folder_fd);
	if (w->metrics.folder_fd >= 0)
		close(w->metrics.folder_fd);
	w->listening = w->socket.folder_fd = w->metrics.folder_fd = -1;
}

/* ---- what is told of a bundle ---- */

void watch_sealed(struct keep *k, uint64_t took_ns)
{
	k->watch.seals++;
	k->watch.seal_ns = took_ns;
}

void watch_published(struct keep *k, const uint8_t sha256[static IND_SHA256_BYTES])
{
	struct watch *w = &k->watch;
	w->bundles++;
	w->last_bytes = k->file.bytes;
	w->last_realtime_ns = clock_realtime_ns();
	memcpy(w->last_name, k->file.name, sizeof w->last_name);
	memcpy(w->last_sha256, sha256, sizeof w->last_sha256);
}

/* ---- telling ---- */

static void line_make(const struct keep *k, char text[static WATCH_TEXT_BYTES], struct lines *out)
{
	struct figures f;
	*out = (struct lines){ .text = text, .size = WATCH_TEXT_BYTES };
	figures_gather(k, &f);
	figures_json(k, &f, out);
}

static void line_say(const struct keep *k)
{
	char text[WATCH_TEXT_BYTES];
	struct lines out;
	line_make(k, text, &out);
	say_text(k->say, text);
}

/* What does not fit into a client's own buffer at once, it does not get. */
static void socket_serve(const struct keep *k)
{
	char text[WATCH_TEXT_BYTES];
	struct lines out = { .used = 0 };
	for (unsigned i = 0; i < ANSWERS_A_TURN; i++) {
		int client = accept4(k->watch.listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (client < 0)
			return;
		if (!out.used)
			line_make(k, text, &out);
		(void)!send(client, text, out.used, MSG_DONTWAIT | MSG_NOSIGNAL);
		close(client);
	}
}

static bool all_written(int fd, const char *text, size_t bytes)
{
	while (bytes) {
		ssize_t done = write(fd, text, bytes);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		text += done;
		bytes -= (size_t)done;
	}
	return true;
}

/* A reader sees the figures before or these, never a part of them. */
static bool file_put(const struct watch_place *p, const char *text, size_t bytes)
{
	char part[sizeof p->name + 8];
	snprintf(part, sizeof part, ".%s.part", p->name);
	int fd = openat(p->folder_fd, part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return false;
	bool good = fchmod(fd, 0644) == 0 && all_written(fd, text, bytes);
	good = close(fd) == 0 && good;
	good = good && renameat(p->folder_fd, part, p->folder_fd, p->name) == 0;
	int reason = errno;
	if (!good)
		unlinkat(p->folder_fd, part, 0);
	errno = reason;
	return good;
}

static void metrics_put(struct keep *k, bool running)
{
	char text[WATCH_TEXT_BYTES];
	struct lines out = { .text = text, .size = sizeof text };
	struct figures f;
	struct watch *w = &k->watch;
	if (w->metrics.folder_fd < 0)
		return;
	figures_gather(k, &f);
	metrics_text(k, &f, running, &out);
	bool good = !out.full && file_put(&w->metrics, text, out.used);
	if (!good && !w->metrics_failed)
		say_error(k->say, "metrics: %s%s: %s", w->metrics.folder, w->metrics.name, out.full ? "too many figures" : strerror(errno));
	w->metrics_failed = !good;
}

/* ---- when ---- */

static bool is_due(uint64_t *last_ns, uint64_t now_ns, uint64_t every_ns)
{
	if (!every_ns || (*last_ns && now_ns - *last_ns < every_ns))
		return false;
	*last_ns = now_ns;
	return true;
}

static void second_measure(struct keep *k, uint64_t now_ns)
{
	struct watch *w = &k->watch;
	const struct engine_counters *c = &k->status.counters;
	double seconds = (double)(now_ns - w->second_ns) / 1e9;
	if (w->second_ns && now_ns - w->second_ns < SECOND_NS)
		return;
	if (w->second_ns) {
		w->frames_per_s[w->seconds++ % WATCH_SECONDS] = (uint32_t)((double)(c->frames - w->frames_then) / seconds);
		w->bits_per_s = (double)(c->bytes - w->bytes_then) * 8 / seconds;
	}
	w->second_ns = now_ns;
	w->frames_then = c->frames;
	w->bytes_then = c->bytes;
	if (keep_live(k) && say_has_line(k->say)) {
		char text[512];
		struct lines out = { .text = text, .size = sizeof text };
		struct figures f;
		figures_gather(k, &f);
		figures_line(k, &f, say_columns(k->say), &out);
		say_line(k->say, text);
	}
}

void watch_turn(struct keep *k)
{
	struct watch *w = &k->watch;
	uint64_t now_ns = clock_boottime_ns();
	if (now_ns - w->turned_ns < TURN_NS)
		return;
	w->turned_ns = now_ns;
	second_measure(k, now_ns);
	if (w->listening >= 0)
		socket_serve(k);
	if (is_due(&w->metrics_ns, now_ns, k->options->metrics_every_s * SECOND_NS))
		metrics_put(k, true);
	bool due = k->options->stats_every_s && w->stats_ns && is_due(&w->stats_ns, now_ns, k->options->stats_every_s * SECOND_NS);
	w->stats_ns = w->stats_ns ? w->stats_ns : now_ns;
	if (asked || due)
		line_say(k);
	asked = 0;
}

void watch_end(struct keep *k)
{
	if (k->options->stats_every_s)
		line_say(k);
	metrics_put(k, false);
}
