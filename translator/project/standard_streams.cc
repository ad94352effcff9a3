// SPDX-License-Identifier: GPL-2.0
#include "project/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

namespace kt2ko {

void take_standard_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
    if (fcntl(fd, F_GETFD) < 0) open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);  // gets the lowest number, fd
}

}  // namespace kt2ko
