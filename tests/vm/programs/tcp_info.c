// SPDX-License-Identifier: GPL-2.0
// A connection to itself: sends through it, and prints what the kernel tells of it, as TCP_INFO has it.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK 4096
#define CHUNKS 50

static void check(int ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(1);
}

int main(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0), server, i;
	socklen_t size = sizeof(to);
	struct tcp_info info;
	char data[CHUNK] = "";

	check(!bind(listener, (struct sockaddr *)&to, sizeof(to)) && !listen(listener, 1), "listen");
	check(!getsockname(listener, (struct sockaddr *)&to, &size), "getsockname");
	check(!connect(client, (struct sockaddr *)&to, sizeof(to)), "connect");
	server = accept(listener, NULL, NULL);
	check(server >= 0, "accept");
	for (i = 0; i < CHUNKS; i++) {
		check(write(client, data, CHUNK) == CHUNK, "write");
		check(recv(server, data, CHUNK, MSG_WAITALL) == CHUNK, "recv");
	}
	size = sizeof(info);
	check(!getsockopt(client, IPPROTO_TCP, TCP_INFO, &info, &size), "TCP_INFO");
	printf("info\t%d\t%u\t%u\t%u\n", info.tcpi_state, info.tcpi_rtt, info.tcpi_snd_cwnd, info.tcpi_total_retrans);
	return 0;
}
