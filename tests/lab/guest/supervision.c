/* LD_PRELOAD for btvirt: whoever is connected to a controller that is reset
 * loses the connection by timeout, as over the air. The emulator takes such a
 * connection from both, tells nobody (BlueZ: emulator/btdev.c, btdev_reset), and
 * answers Disconnect with handle 0, so that the other's kernel keeps it for good.
 * It watches what goes between the kernel and each controller (/dev/vhci, H4). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FDS = 64, LINKS = 16 };

static struct {
	uint8_t address[6];
	struct {
		uint8_t up, handle[2], peer[6];
	} links[LINKS];
} of[FDS];

static void watch(int fd, const uint8_t *p, size_t n)
{
	static const uint8_t address[] = { 4, 0x0e, 10, 1, 0x09, 0x10, 0 }; /* Command Complete: Read BD_ADDR */
	if (n >= 13 && !memcmp(p, address, 3) && !memcmp(p + 4, address + 4, 3))
		memcpy(of[fd].address, p + 7, 6);
	/* LE Connection Complete, also the enhanced one: status, handle, role, kind of address, address */
	if (n >= 15 && p[0] == 4 && p[1] == 0x3e && (p[3] == 0x01 || p[3] == 0x0a) && !p[4])
		for (int i = 0; i < LINKS; i++)
			if (!of[fd].links[i].up) {
				of[fd].links[i].up = 1;
				memcpy(of[fd].links[i].handle, p + 5, 2);
				memcpy(of[fd].links[i].peer, p + 9, 6);
				break;
			}
	if (n >= 7 && p[0] == 4 && p[1] == 0x05 && !p[3]) /* Disconnection Complete: status, handle, reason */
		for (int i = 0; i < LINKS; i++)
			if (of[fd].links[i].up && !memcmp(of[fd].links[i].handle, p + 4, 2)) of[fd].links[i].up = 0;
}

ssize_t writev(int fd, const struct iovec *iov, int count)
{
	static ssize_t (*real)(int, const struct iovec *, int);
	uint8_t whole[64];
	size_t n = 0;
	if (!real) real = dlsym(RTLD_NEXT, "writev");
	for (int i = 0; i < count && n < sizeof whole; i++) {
		size_t more = iov[i].iov_len < sizeof whole - n ? iov[i].iov_len : sizeof whole - n;
		memcpy(whole + n, iov[i].iov_base, more);
		n += more;
	}
	if (fd >= 0 && fd < FDS) watch(fd, whole, n);
	return real(fd, iov, count);
}

ssize_t read(int fd, void *buf, size_t len)
{
	static ssize_t (*real)(int, void *, size_t);
	static const uint8_t reset[] = { 1, 0x03, 0x0c, 0 };
	if (!real) real = dlsym(RTLD_NEXT, "read");
	ssize_t n = real(fd, buf, len);
	if (n != sizeof reset || memcmp(buf, reset, sizeof reset) || fd < 0 || fd >= FDS) return n;
	for (int other = 0; other < FDS; other++)
		for (int i = 0; i < LINKS; i++) {
			uint8_t lost[] = { 4, 0x05, 4, 0, of[other].links[i].handle[0], of[other].links[i].handle[1], 0x08 };
			if (other == fd) of[other].links[i].up = 0;
			if (!of[other].links[i].up || memcmp(of[other].links[i].peer, of[fd].address, 6)) continue;
			of[other].links[i].up = 0;
			if (write(other, lost, sizeof lost) < 0) continue; /* that machine is gone too */
		}
	return n;
}
