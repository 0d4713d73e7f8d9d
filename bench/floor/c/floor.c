// The floor in C: reads packets in batches, turns each into a response by its
// QR bit and sends it back. It parses nothing. No server that answers over UDP
// sockets can cost less on the same machine.
//
// Usage: floor ADDRESS PORT

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BATCH = 64, SIZE = 2048, BUFFER = 4 << 20 };

static struct mmsghdr messages[BATCH];
static struct iovec vectors[BATCH];
static struct sockaddr_in from[BATCH];
static unsigned char octets[BATCH][SIZE];

static int listen_udp(const char *address, const char *port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(atoi(port)) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), size = BUFFER;
	if (fd < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	return bind(fd, (struct sockaddr *)&to, sizeof to) == 0 ? fd : -1;
}

static int receive(int fd)
{
	for (int i = 0; i < BATCH; i++) {
		vectors[i] = (struct iovec){ octets[i], SIZE };
		memset(&messages[i], 0, sizeof messages[i]);
		messages[i].msg_hdr.msg_iov = &vectors[i];
		messages[i].msg_hdr.msg_iovlen = 1;
		messages[i].msg_hdr.msg_name = &from[i];
		messages[i].msg_hdr.msg_namelen = sizeof from[i];
	}
	return recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);
}

int main(int argc, char **argv)
{
	int fd = argc == 3 ? listen_udp(argv[1], argv[2]) : -1;
	if (fd < 0) {
		fprintf(stderr, "floor ADDRESS PORT: %s\n", strerror(errno));
		return 1;
	}
	for (;;) {
		int n = receive(fd);
		for (int i = 0; i < n; i++) {
			octets[i][2] |= 0x80;
			vectors[i].iov_len = messages[i].msg_len;
		}
		for (int sent = 0; sent < n;) {
			int k = sendmmsg(fd, messages + sent, n - sent, 0);
			sent += k > 0 ? k : 1;
		}
	}
}
