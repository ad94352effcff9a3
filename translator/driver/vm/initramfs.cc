// SPDX-License-Identifier: GPL-2.0
#include "driver/vm/initramfs.h"

#include <elf.h>
#include <fmt/format.h>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <sstream>

#include "driver/vm/cpio_writer.h"
#include "driver/vm/file_io.h"
#include "driver/vm/guest_init.h"
#include "driver/vm/program_files.h"

namespace kt2ko {
namespace {

// The layout of today's distributions, so that paths of host programs and libraries mean the same
// in the guest.
void add_tree(CpioWriter* cpio) {
  for (const char* folder : {"/dev", "/proc", "/sys", "/tmp", "/run", "/etc", "/root", "/home",
                             "/kt2ko", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib64", "/var"}) {
    cpio->add_folder(folder, std::string(folder) == "/tmp" ? 01777 : 0755);
  }
  cpio->add_link("/bin", "usr/bin");
  cpio->add_link("/sbin", "usr/sbin");
  cpio->add_link("/lib", "usr/lib");
  cpio->add_link("/lib64", "usr/lib64");
  cpio->add_char_device("/dev/console", 0600, 5, 1);
  cpio->add_char_device("/dev/null", 0666, 1, 3);
  cpio->add_file("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n",
                 0644);
  cpio->add_file("/etc/group", "root:x:0:\nnogroup:x:65534:\n", 0644);
}

// e_machine of an ELF file; 0: it is none.
unsigned program_machine(const std::string& elf) {
  if (elf.size() < sizeof(Elf64_Ehdr) || elf.compare(0, SELFMAG, ELFMAG) != 0) return 0;
  Elf64_Half machine;
  std::memcpy(&machine, elf.data() + offsetof(Elf64_Ehdr, e_machine), sizeof(machine));
  return machine;
}

bool is_program_for(const Architecture& arch, const std::string& program) {
  std::string data;
  return read_file(find_program(program), &data) && program_machine(data) == arch.elf_machine;
}

bool add_busybox(CpioWriter* cpio, std::string* error) {
  std::string path = find_program("busybox"), data, tools, name;
  if (path.empty() || !read_file(path, &data)) {
    *error = "no busybox for the guest; install it: apt-get install busybox-static";
    return false;
  }
  int status;
  if (!run_filter({path, "--list"}, "", &tools, &status) || status != 0) {
    *error = path + " --list failed";
    return false;
  }
  for (const GuestFile& file : program_files(path)) {
    if (file.host_path == path || !read_file(file.host_path, &data)) continue;
    cpio->add_file(file.guest_path, data,
                   file.mode);  // libraries, when busybox is not a static one
  }
  read_file(path, &data);
  cpio->add_file("/usr/bin/busybox", data, 0755);
  std::istringstream lines(tools);
  while (std::getline(lines, name)) {
    if (name != "busybox") cpio->add_link("/usr/bin/" + name, "busybox");
  }
  return true;
}

// Its tools are linked by the guest itself: here it cannot be asked for them.
bool add_foreign_busybox(const Architecture& arch, CpioWriter* cpio, std::string* error) {
  const std::string path = extra_kernel_dir() + "/usr/bin/busybox";
  std::string data;
  if (extra_kernel_dir().empty() || !read_file(path, &data) || program_machine(data) != arch.elf_machine) {
    *error = fmt::format("no busybox for a guest of {}; unpack its static one into the folder that KT2KO_KERNEL_DIR names: "
                         "apt-get download busybox-static:{} && dpkg -x busybox-static_*.deb DIR", arch.name, arch.debian);
    return false;
  }
  cpio->add_file("/usr/bin/busybox", data, 0755);
  cpio->add_link("/usr/bin/sh", "busybox");
  return true;
}

bool add_guest_file(const GuestFile& file, CpioWriter* cpio, std::string* error) {
  std::string data = file.text;
  if (!file.host_path.empty() && !read_file(file.host_path, &data)) {
    *error = "cannot read " + file.host_path + ": " + std::strerror(errno);
    return false;
  }
  cpio->add_file(file.guest_path, data, file.mode);
  return true;
}

}  // namespace

bool build_initramfs(const VmBoot& boot, const KernelImage& kernel, const GuestTransport& transport,
                     const std::string& end_mark, std::string* archive, std::string* error) {
  CpioWriter cpio;
  add_tree(&cpio);
  if (is_foreign(kernel) ? !add_foreign_busybox(*kernel.arch, &cpio, error) : !add_busybox(&cpio, error)) return false;
  cpio.add_file("/init", guest_init_text(), 0755);
  std::string drivers;
  for (const GuestDriver& driver : transport.drivers) {
    cpio.add_file("/kt2ko/" + driver.name, driver.data, 0644);
    drivers += driver.name + "\n";
  }
  cpio.add_file(kGuestDriversPath, drivers, 0644);
  cpio.add_file(kGuestChannelsPath, guest_channels_text(transport.virtio, end_mark), 0644);
  cpio.add_file(kGuestJobPath, boot.job, 0755);
  for (const std::string& program : boot.programs) {
    if (is_foreign(kernel) && !is_program_for(*kernel.arch, program)) continue;  // busybox may have it
    for (const GuestFile& file : program_files(program)) {
      if (!add_guest_file(file, &cpio, error)) return false;
    }
  }
  for (const GuestFile& file : boot.files) {
    if (!add_guest_file(file, &cpio, error)) return false;
  }
  *archive = cpio.finish();
  return true;
}

}  // namespace kt2ko
