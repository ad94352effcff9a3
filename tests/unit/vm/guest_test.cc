// SPDX-License-Identifier: GPL-2.0
// What a guest is made of, and what is made of its output; no guest is started here.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "driver/vm/cpio_writer.h"
#include "driver/vm/end_mark.h"
#include "driver/vm/file_io.h"
#include "driver/vm/guest_drivers.h"
#include "driver/vm/initramfs.h"
#include "driver/vm/kernel_image.h"
#include "driver/vm/kernel_log.h"
#include "driver/vm/program_files.h"

namespace fs = std::filesystem;
using namespace kt2ko;

namespace {

class TempFolder {
 public:
  TempFolder() {
    char name[] = "/tmp/kt2ko-test-XXXXXX";
    path = mkdtemp(name);
  }
  ~TempFolder() { fs::remove_all(path); }
  void write(const std::string& name, const std::string& text) {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name) << text;
  }
  fs::path path;
};

// Sets an environment variable for a scope.
class Environment {
 public:
  Environment(const char* name, const std::string& value) : name_(name) {
    setenv(name, value.c_str(), 1);
  }
  ~Environment() { unsetenv(name_); }

 private:
  const char* name_;
};

struct Entry {
  unsigned mode;
  std::string data;
};

unsigned field(const std::string& archive, size_t at, int number) {
  return static_cast<unsigned>(std::stoul(archive.substr(at + 6 + 8 * static_cast<size_t>(number), 8), nullptr, 16));
}

// Reads an archive back: later entries replace earlier ones, as in the kernel.
std::map<std::string, Entry> unpack(const std::string& archive) {
  std::map<std::string, Entry> entries;
  for (size_t at = 0;;) {
    REQUIRE(archive.substr(at, 6) == "070701");
    const unsigned size = field(archive, at, 6), name_size = field(archive, at, 11);
    const std::string name = archive.c_str() + at + 110;
    REQUIRE(name.size() + 1 == name_size);
    if (name == "TRAILER!!!") return entries;
    const unsigned mode = field(archive, at, 1);
    at = (at + 110 + name_size + 3) & ~size_t{3};
    entries[name] = {mode, archive.substr(at, size)};
    at = (at + size + 3) & ~size_t{3};
  }
}

}  // namespace

TEST_CASE("an archive holds what was put in, with the folders on the way") {
  CpioWriter cpio;
  cpio.add_file("/a/b/file", "text", 0755);
  cpio.add_link("/link", "a/b");
  cpio.add_file("/link/other", std::string(5, '\0'), 0600);
  cpio.add_char_device("/dev/null", 0666, 1, 3);
  cpio.add_folder("/tmp", 01777);
  auto entries = unpack(cpio.finish());
  CHECK(entries["a"].mode == 040755);
  CHECK(entries["a/b"].mode == 040755);
  CHECK(entries["a/b/file"].mode == 0100755);
  CHECK(entries["a/b/file"].data == "text");
  CHECK(entries["link"].mode == 0120777);
  CHECK(entries["link"].data == "a/b");
  CHECK(entries["link/other"].data == std::string(5, '\0'));
  CHECK(entries["dev/null"].mode == 020666);
  CHECK(entries["tmp"].mode == 041777);
  CHECK(entries.size() == 8);
}

TEST_CASE("equal input gives equal archives") {
  auto make = [] {
    CpioWriter cpio;
    cpio.add_file("/x", "1", 0644);
    return cpio.finish();
  };
  CHECK(make() == make());
}

TEST_CASE("a stream ends at its mark, wherever the reads cut it") {
  const std::string mark = "\036END-0123", text = "line\n\036EN not the mark \036\036END";
  const std::string all = text + mark + "later";
  for (size_t cut = 0; cut <= all.size(); cut++) {
    EndMark end(mark);
    std::string passed = end.feed(all.substr(0, cut));
    passed += end.feed(all.substr(cut));
    CHECK(passed == text);
    CHECK(end.seen());
  }
}

TEST_CASE("a stream that breaks off loses nothing") {
  EndMark end("MARK");
  CHECK(end.feed("text MA") == "text ");
  CHECK_FALSE(end.seen());
  CHECK(end.finish() == "MA");
}

TEST_CASE("complaints of the kernel count from the job's begin on") {
  KernelLog log;
  log.feed("[0.1] Spectre V2 : WARNING: this is none of ours\r\n[1.0] kt2ko: guest re");
  CHECK_FALSE(log.job_began());
  log.feed("ady\r\n");
  CHECK(log.job_began());
  CHECK(log.complaint().empty());
  log.feed("[2.0] ------------[ cut here ]------------\r\n[2.0] WARNING: CPU: 0 PID: 1 at x\r\n[2.0] Call Trace:\r\n");
  log.feed("[3.0] kt2ko: guest done\n");
  CHECK(log.job_done());
  REQUIRE(log.complaint().size() == 3);
  CHECK(log.complaint()[0] == "[2.0] WARNING: CPU: 0 PID: 1 at x");
}

TEST_CASE("a guest that does not come up tells why") {
  KernelLog log;
  log.feed("[0.5] kt2ko: guest failed: cannot load virtio.ko\n");
  CHECK(log.guest_failure() == "cannot load virtio.ko");
  KernelLog panic;
  panic.feed("[0.5] Kernel panic - not syncing: VFS: Unable to mount root fs");
  panic.finish();
  CHECK(panic.complaint().size() == 1);
}

TEST_CASE("ordinary lines are no complaints") {
  for (const char* line : {"e1000: link up", "toy: loading out-of-tree module taints kernel.",
                           "random: crng init done", "kt2ko: guest ready"}) {
    CHECK_FALSE(is_kernel_complaint(line));
  }
  for (const char* line : {"BUG: kernel NULL pointer dereference", "Oops: 0000 [#1]", "watchdog: BUG: soft lockup",
                           "rcu: INFO: rcu_sched self-detected stall on CPU", "WARNING: suspicious RCU usage"}) {
    CHECK(is_kernel_complaint(line));
  }
}

TEST_CASE("a kernel is found by release in a folder of its own") {
  TempFolder folder;
  Environment dir("KT2KO_KERNEL_DIR", folder.path.string());
  folder.write("boot/vmlinuz-9.9.9-test", "image");
  folder.write("lib/modules/9.9.9-test/kernel/x", "");
  KernelImage image;
  std::string error;
  REQUIRE(find_kernel("9.9.9-test", &image, &error));
  CHECK(image.path == (folder.path / "boot/vmlinuz-9.9.9-test").string());
  CHECK(image.modules_dir == (folder.path / "lib/modules/9.9.9-test").string());
  CHECK_FALSE(find_kernel("9.9.8-none", &image, &error));
  CHECK(error.find("no kernel image of 9.9.8-none") == 0);
  CHECK(error.find("KT2KO_KERNEL_DIR") != std::string::npos);
}

TEST_CASE("an image by path tells its release") {
  TempFolder folder;
  std::string image(0x400, '\0');
  image.replace(0x202, 4, "HdrS");
  image[0x20e] = 0x70;  // + 0x200
  image.replace(0x270, 20, "8.8.8-mine (me@here)");
  folder.write("bzImage", image);
  KernelImage found;
  std::string error;
  REQUIRE(find_kernel((folder.path / "bzImage").string(), &found, &error));
  CHECK(found.release == "8.8.8-mine");
  CHECK_FALSE(find_kernel((folder.path / "none").string(), &found, &error));
}

TEST_CASE("an image that cannot be unpacked is booted as it is") {
  TempFolder folder;
  Environment cache("XDG_CACHE_HOME", folder.path.string());
  std::string image(0x1000, '\0');
  image.replace(0x202, 4, "HdrS");
  image[0x1f1] = 1;
  image[0x24d] = 1;  // 256 bytes of payload that no unpacker knows
  for (const std::string& text : {image, std::string("short"), std::string()}) {
    folder.write("image", text);
    KernelImage found;
    found.path = (folder.path / "image").string();
    unpack_kernel(&found);
    CHECK_FALSE(found.unpacked);
    CHECK(found.path == (folder.path / "image").string());
  }
}

TEST_CASE("drivers are loaded after what they need; without them serial ports do") {
  TempFolder folder;
  KernelImage image;
  image.modules_dir = folder.path.string();
  folder.write("modules.builtin", "kernel/drivers/virtio/virtio_pci.ko\n");
  folder.write("modules.dep", "a/virtio_console.ko: a/virtio.ko a/virtio_ring.ko\na/virtio.ko: a/virtio_ring.ko\n");
  CHECK_FALSE(plan_transport(image).virtio);  // named, but not there
  for (const char* name : {"a/virtio_console.ko", "a/virtio.ko", "a/virtio_ring.ko"}) folder.write(name, name);
  GuestTransport transport = plan_transport(image);
  CHECK(transport.virtio);
  REQUIRE(transport.drivers.size() == 3);
  CHECK(transport.drivers[0].name == "virtio_ring.ko");
  CHECK(transport.drivers[1].name == "virtio.ko");
  CHECK(transport.drivers[2].data == "a/virtio_console.ko");
  folder.write("modules.builtin", "kernel/drivers/virtio/virtio_pci.ko\nkernel/drivers/char/virtio_console.ko\n");
  CHECK(plan_transport(image).drivers.empty());
  CHECK(plan_transport(image).virtio);
  CHECK_FALSE(plan_transport(image, true).virtio);  // disks without a driver
  folder.write("modules.dep", "a/virtio_blk.ko:\n");
  folder.write("a/virtio_blk.ko", "disk");
  REQUIRE(plan_transport(image, true).drivers.size() == 1);
  CHECK(plan_transport(image, true).drivers[0].data == "disk");
  CHECK(plan_transport(image).drivers.empty());
  image.modules_dir.clear();
  CHECK_FALSE(plan_transport(image).virtio);
}

TEST_CASE("a program brings its loader and its libraries") {
  std::vector<std::string> names;
  for (const GuestFile& file : program_files("cmake")) names.push_back(file.guest_path);
  auto has = [&](const std::string& part) {
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return name.find(part) != std::string::npos; });
  };
  CHECK(has("/cmake"));
  CHECK(has("libc.so.6"));
  CHECK(has("libstdc++.so.6"));
  CHECK(has("ld-linux"));
  CHECK(program_files("no-such-program-at-all").empty());
}

TEST_CASE("a script brings its interpreter") {
  TempFolder folder;
  folder.write("tool", "#!/bin/sh -e\ntrue\n");
  fs::permissions(folder.path / "tool", fs::perms::owner_all);
  std::vector<std::string> names;
  for (const GuestFile& file : program_files((folder.path / "tool").string())) names.push_back(file.guest_path);
  CHECK(std::find(names.begin(), names.end(), "/bin/sh") != names.end());
}

TEST_CASE("the guest's files are the job, the drivers and what is asked for") {
  TempFolder folder;
  folder.write("data", "bytes");
  VmBoot boot;
  boot.job = "echo job\n";
  boot.files.push_back({"/bin/tool", (folder.path / "data").string(), "", 0755});
  boot.files.push_back({"/etc/note", "", "a text", 0644});
  GuestTransport transport;
  transport.virtio = true;
  transport.drivers.push_back({"x.ko", "module"});
  std::string archive, error;
  REQUIRE(build_initramfs(boot, KernelImage(), transport, "MARK", &archive, &error));
  auto entries = unpack(archive);
  CHECK(entries["kt2ko/job"].data == "echo job\n");
  CHECK(entries["kt2ko/x.ko"].data == "module");
  CHECK(entries["kt2ko/drivers"].data == "x.ko\n");
  CHECK(entries["kt2ko/channels"].data.find("CONTROL=/dev/vport0p1\n") != std::string::npos);
  CHECK(entries["bin/tool"].data == "bytes");  // /bin is a link: the kernel follows it
  CHECK(entries["bin"].mode == 0120777);
  CHECK(entries["etc/note"].data == "a text");
  CHECK(entries["usr/bin/sh"].data == "busybox");
  CHECK(entries["init"].mode == 0100755);
  boot.files.push_back({"/x", "/no/such/file", "", 0644});
  CHECK_FALSE(build_initramfs(boot, KernelImage(), transport, "MARK", &archive, &error));
  CHECK(error == "cannot read /no/such/file: No such file or directory");
}

TEST_CASE("filters get all of their input and give all of their output") {
  std::string input(3 << 20, 'x'), output;
  int status = -1;
  REQUIRE(run_filter({"cat"}, input, &output, &status));
  CHECK(status == 0);
  CHECK(output == input);
  REQUIRE(run_filter({"head", "-c", "10"}, input, &output, &status));
  CHECK(output.size() == 10);
  CHECK_FALSE(run_filter({"no-such-filter"}, input, &output, &status));
}

TEST_CASE("words are quoted for the shell") {
  for (const std::string& word : {std::string("plain"), std::string("it's \"$HOME\" `x` \\"), std::string()}) {
    std::string output;
    int status;
    REQUIRE(run_filter({"sh", "-c", "printf %s " + shell_quote(word)}, "", &output, &status));
    CHECK(output == word);
  }
}

TEST_CASE("files appear whole, and keys follow the content") {
  TempFolder folder;
  const std::string path = (folder.path / "file").string();
  REQUIRE(write_file_atomic(path, "text", 0640));
  std::string text;
  REQUIRE(read_file(path, &text));
  CHECK(text == "text");
  CHECK_FALSE(write_file_atomic("/no/such/folder/file", "text", 0640));
  CHECK(content_key("abcdefgh1") != content_key("abcdefgh2"));
  CHECK(content_key("") != content_key(std::string(1, '\0')));
  CHECK(content_key("same") == content_key("same"));
}
