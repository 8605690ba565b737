/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/collector.h"
#include "cli/cli.h"
#include "cli/tell.h"
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Nobody listening is told by a later ICMP error, on a connected socket as ECONNREFUSED of a later datagram: UDP goes on. */
static enum ind_err send_message(void *ctx, const void *bytes, size_t count)
{
	struct collector *c = ctx;
	ssize_t done;
	do
		done = send(c->fd, bytes, count, 0);
	while (done < 0 && errno == EINTR);
	if (done < 0 && errno != ECONNREFUSED) {
		c->error = errno;
		return IND_IO;
	}
	if (done < 0)
		c->error = errno;
	c->sent += done >= 0;
	return IND_OK;
}

/* HOST and PORT; brackets around an IPv6 address, whose colons would part it elsewhere. */
static bool split(const char *where, char *host, size_t size, const char **port)
{
	bool bracket = where[0] == '[';
	const char *end = bracket ? strchr(where, ']') : strrchr(where, ':');
	const char *from = where + bracket;
	if (!end || end == from || (size_t)(end - from) >= size || (bracket && end[1] != ':'))
		return false;
	*port = end + (bracket ? 2 : 1);
	memcpy(host, from, (size_t)(end - from));
	host[end - from] = '\0';
	return **port && strspn(*port, "0123456789") == strlen(*port) && (bracket || !strchr(host, ':'));
}

static int connect_first(struct collector *c, const struct addrinfo *found)
{
	c->fd = -1;
	for (const struct addrinfo *a = found; a && c->fd < 0; a = a->ai_next) {
		c->fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
		if (c->fd < 0 || connect(c->fd, a->ai_addr, a->ai_addrlen) == 0)
			continue;
		int error = errno;
		close(c->fd);
		c->fd = -1;
		errno = error;
	}
	return c->fd;
}

int collector_open(struct collector *c, const char *where)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICSERV }, *found;
	char host[256];
	const char *port;
	*c = (struct collector){ .fd = -1 };
	snprintf(c->name, sizeof(c->name), "%s", where);
	out_start(&c->out, send_message, c);
	if (!split(where, host, sizeof(host), &port)) {
		tell_error("--to ipfix:%s: is not HOST:PORT, nor [IPV6]:PORT", where);
		return CLI_USAGE;
	}
	int error = getaddrinfo(host, port, &hints, &found);
	if (error) {
		tell_error("--to ipfix:%s: %s", where, gai_strerror(error));
		return CLI_MISSING;
	}
	int fd = connect_first(c, found);
	freeaddrinfo(found);
	if (fd >= 0)
		return CLI_DONE;
	tell_error("--to ipfix:%s: %s", where, strerror(errno));
	return CLI_FAILED;
}

int collector_close(struct collector *c)
{
	enum ind_err err = out_flush(&c->out);
	out_free(&c->out);
	if (c->fd >= 0)
		close(c->fd);
	if (err == IND_OK && !c->error)
		return CLI_DONE;
	if (c->error == ECONNREFUSED)
		tell_error("%s: nothing listens there; %llu messages were sent all the same", c->name, (unsigned long long)c->sent);
	else
		tell_error("%s: %s", c->name, c->error ? strerror(c->error) : "out of memory");
	return CLI_FAILED;
}
