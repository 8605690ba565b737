/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "cli/live.h"

#include "cli/cli.h"
#include "cli/tell.h"
#include "daemon/keyfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_MS = 2000, SECOND_MS = 1000, AGAIN_MS = 50 };

static const char service_folder[] = "/run/indicia";

/* ---- finding ---- */

void live_add(struct live *l, const char *path)
{
	if (l->count < LIVE_SENSORS_MAX && strlen(path) < LIVE_PATH_MAX)
		snprintf(l->path[l->count++], LIVE_PATH_MAX, "%s", path);
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static void find_in(struct live *l, const char *folder)
{
	struct dirent **names = NULL;
	char path[LIVE_PATH_MAX + 256];
	struct stat info;
	int count = scandir(folder, &names, NULL, by_name);
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
		if (lstat(path, &info) == 0 && S_ISSOCK(info.st_mode))
			live_add(l, path);
		free(names[i]);
	}
	free(names);
}

void live_find(struct live *l)
{
	char folder[KEYFILE_PATH_MAX], error[KEYFILE_ERROR_BYTES];
	if (keyfile_state_dir(folder, error) == IND_OK)
		find_in(l, folder);
	find_in(l, service_folder);
}

/* ---- reading ---- */

static uint64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* The folder's descriptor stands in the address: a socket's address has room for a short name only. */
static int socket_to(const char *path, uint64_t until_ms)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char folder[LIVE_PATH_MAX];
	const char *slash = strrchr(path, '/');
	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
	int place = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC), fd = -1;
	int used = snprintf(at.sun_path, sizeof(at.sun_path), "/proc/self/fd/%d/%s", place, slash ? slash + 1 : path);
	if (place >= 0 && used < (int)sizeof(at.sun_path))
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* Where too many wait already, this one tries again. */
	int failed = fd >= 0 ? connect(fd, (const struct sockaddr *)&at, sizeof(at)) : -1;
	while (fd >= 0 && failed && errno == EAGAIN && now_ms() < until_ms) {
		poll(NULL, 0, AGAIN_MS);
		failed = connect(fd, (const struct sockaddr *)&at, sizeof(at));
	}
	if (failed && fd >= 0) {
		close(fd);
		fd = -1;
	}
	if (place >= 0)
		close(place);
	return fd;
}

bool live_read(const char *path, char text[static LIVE_BYTES])
{
	uint64_t until_ms = now_ms() + ANSWER_MS;
	struct pollfd wait = { .fd = socket_to(path, until_ms), .events = POLLIN };
	size_t used = 0;
	ssize_t got = 1;
	if (wait.fd < 0)
		return false;
	while (got > 0 && used < LIVE_BYTES - 1 && now_ms() < until_ms && poll(&wait, 1, (int)(until_ms - now_ms())) > 0) {
		got = read(wait.fd, text + used, LIVE_BYTES - 1 - used);
		used += got > 0 ? (size_t)got : 0;
	}
	close(wait.fd);
	text[used] = '\0';
	return got == 0 && used && text[used - 1] == '\n' && text[0] == '{' && strlen(text) == used;
}

/* ---- showing ---- */

static bool wants_json(const struct output_options *o) { return o->format && strcmp(o->format, "table") != 0; }

/* As many lines as there is room for, each with its end. */
static void put_lines(const char *screen, const char *line_end, size_t *rows)
{
	for (const char *at = screen; *at && *rows; (*rows)--) {
		size_t bytes = strcspn(at, "\n");
		printf("%.*s%s", (int)bytes, at, line_end);
		at += bytes;
		at += *at == '\n';
	}
}

/* What each sensor says, below what stands there already, at most so many lines; how many answered. */
static size_t put_all(const struct live *l, const struct output_options *o, const char *line_end, size_t rows)
{
	static char text[LIVE_BYTES], screen[LIVE_BYTES];
	size_t answered = 0;
	bool terminal = isatty(STDOUT_FILENO) == 1;
	for (size_t i = 0; i < l->count; i++) {
		if (!live_read(l->path[i], text))
			continue;
		if (wants_json(o)) {
			fputs(text, stdout);
			answered++;
			continue;
		}
		struct lines out = { .text = screen, .size = sizeof(screen) };
		if (!live_screen(text, output_width(), output_bold(o, terminal), &out))
			continue;
		if (answered++)
			put_lines("\n", line_end, &rows);
		put_lines(screen, line_end, &rows);
	}
	return answered;
}

int live_show(const struct live *l, const struct output_options *o, bool may_be_none)
{
	if (put_all(l, o, "\n", SIZE_MAX) || may_be_none)
		return CLI_DONE;
	tell_error("status: no sensor answers on this machine, or it is not for this user to ask");
	return CLI_MISSING;
}

static struct termios terminal_before;
static bool terminal_changed;
static volatile sig_atomic_t interrupted;

static void stop(int number)
{
	(void)number;
	interrupted = 1;
}

static void terminal_set(void)
{
	struct sigaction action = { .sa_handler = stop };
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &terminal_before) != 0)
		return;
	struct termios raw = terminal_before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	terminal_changed = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

/* Until a second is over, or someone wants to go. */
static bool second_wait(void)
{
	struct pollfd keys = { .fd = terminal_changed ? STDIN_FILENO : -1, .events = POLLIN };
	char key = 0;
	if (poll(&keys, 1, SECOND_MS) > 0 && read(STDIN_FILENO, &key, 1) == 1 && (key == 'q' || key == 'Q'))
		return false;
	return !interrupted;
}

/* What does not fit would scroll, each second; the last row is the cursor's. */
static size_t rows_of_terminal(void)
{
	struct winsize size = { 0 };
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 1 ? (size_t)size.ws_row - 1 : SIZE_MAX;
}

int live_watch(const struct live *l, const struct output_options *o)
{
	bool terminal = isatty(STDOUT_FILENO) == 1 && !wants_json(o);
	size_t answered;
	terminal_set();
	do {
		if (terminal)
			fputs("\033[H", stdout);
		answered = put_all(l, o, terminal ? "\033[K\n" : "\n", terminal ? rows_of_terminal() : SIZE_MAX);
		if (terminal)
			fputs("\033[J", stdout);
		fflush(stdout);
	} while (answered && second_wait());
	if (terminal_changed)
		tcsetattr(STDIN_FILENO, TCSANOW, &terminal_before);
	if (answered || interrupted)
		return CLI_DONE;
	tell_error("status: no sensor answers on this machine, or it is not for this user to ask");
	return CLI_MISSING;
}
