// SPDX-License-Identifier: GPL-2.0
#include "driver/vm/kernel_image.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "driver/vm/cache_dir.h"
#include "driver/vm/file_io.h"

namespace kt2ko {
namespace {

// Offsets in the x86 boot protocol's header (Documentation/arch/x86/boot.rst).
constexpr size_t kSetupSectors = 0x1f1;
constexpr size_t kBootMagic = 0x202;
constexpr size_t kVersionPointer = 0x20e;
constexpr size_t kPayloadOffset = 0x248;
constexpr size_t kPayloadLength = 0x24c;
constexpr size_t kHeaderEnd = 0x250;
constexpr unsigned kXenElfNotePhys32Entry = 18;

template <typename T>
T load(std::string_view data, size_t offset) {
  T value{};
  if (offset <= data.size() && sizeof(T) <= data.size() - offset) {
    std::memcpy(&value, data.data() + offset, sizeof(T));
  }
  return value;
}

bool is_boot_image(std::string_view data) {
  return data.size() > kHeaderEnd && data.substr(kBootMagic, 4) == "HdrS";
}

// arm64's image begins with a header too (Documentation/arch/arm64/booting.rst); the kernel's version is somewhere in it.
bool is_arm64_image(std::string_view data) {
  constexpr size_t kMagic = 0x38;
  return data.size() > kMagic + 4 && data.substr(kMagic, 4) == "ARM\x64";
}

std::string arm64_release(std::string_view data) {
  constexpr std::string_view kBefore = "Linux version ";
  for (size_t at = 0; (at = data.find(kBefore, at)) != std::string_view::npos;) {
    at += kBefore.size();
    const std::string_view text = data.substr(at, 256);
    if (isdigit(static_cast<unsigned char>(text[0])) != 0) return std::string(text.substr(0, text.find(' ')));
  }
  return "";
}

// The release at the head of the image's version text.
std::string release_of(std::string_view data) {
  if (is_arm64_image(data)) return arm64_release(data);
  if (!is_boot_image(data)) return "";
  size_t at = load<uint16_t>(data, kVersionPointer) + size_t{0x200};
  if (at >= data.size()) return "";
  std::string_view text = data.substr(at, 256);
  return std::string(text.substr(0, text.find_first_of(std::string_view(" \0", 2))));
}

bool begins_as_arm64(const std::string& path) {
  char head[64] = {};
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const ssize_t n = fd ? read(fd.get(), head, sizeof(head)) : 0;
  return n > 0 && is_arm64_image(std::string_view(head, static_cast<size_t>(n)));
}

bool has_folder(const std::string& path) {
  struct stat st;
  return stat(path.c_str(), &st) == 0 && S_ISDIR(st.st_mode);
}

std::string find_modules_dir(const std::string& release) {
  std::vector<std::string> roots;
  const std::string dir = extra_kernel_dir();
  if (!dir.empty()) {
    roots.push_back(dir + "/lib/modules/");
    roots.push_back(dir + "/usr/lib/modules/");
  }
  roots.push_back("/lib/modules/");
  for (const std::string& root : roots) {
    // A folder that only links to the headers (no modules.dep) is of no use here.
    if (!release.empty() && has_folder(root + release + "/kernel")) return root + release;
  }
  return "";
}

std::vector<std::string> image_candidates(const std::string& release) {
  std::vector<std::string> candidates;
  const std::string dir = extra_kernel_dir();
  if (!dir.empty()) {
    candidates.push_back(dir + "/vmlinuz-" + release);
    candidates.push_back(dir + "/boot/vmlinuz-" + release);
    candidates.push_back(dir + "/usr/lib/modules/" + release + "/vmlinuz");
  }
  candidates.push_back("/boot/vmlinuz-" + release);
  candidates.push_back("/lib/modules/" + release + "/vmlinuz");
  return candidates;
}

std::string how_to_get(const std::string& release) {
  return "; unpack the package into a folder and name it in KT2KO_KERNEL_DIR: apt-get download "
         "linux-image-" +
         release + " && dpkg -x linux-image-*.deb DIR";
}

std::optional<std::string> choose_image(const std::string& release, std::string* error) {
  std::string unreadable;
  for (const std::string& path : image_candidates(release)) {
    if (access(path.c_str(), R_OK) == 0) return path;
    if (errno == EACCES && unreadable.empty()) unreadable = path;
  }
  if (!unreadable.empty()) {
    *error = "cannot read " + unreadable + ": only root may" + how_to_get(release) +
             "; or: sudo chmod a+r " + unreadable;
  } else {
    *error = "no kernel image of " + release + " (looked for /boot/vmlinuz-" + release + ")" +
             how_to_get(release);
  }
  return std::nullopt;
}

// ---- unpacking
// ----------------------------------------------------------------------------------------------------

std::vector<std::string> unpacker_for(std::string_view payload) {
  auto begins = [&](std::string_view magic) { return payload.substr(0, magic.size()) == magic; };
  if (begins("\x1f\x8b")) return {"gzip", "-dc"};
  if (begins("\xfd"
             "7zXZ"))
    return {"xz", "-dc"};
  if (begins("\x28\xb5\x2f\xfd")) return {"zstd", "-dc"};
  if (begins("\x02\x21\x4c\x18")) return {"lz4", "-dc"};
  if (begins("BZh")) return {"bzip2", "-dc"};
  return {};
}

// True when the note at p_offset.. tells QEMU where to enter the unpacked kernel.
bool has_pvh_note(std::string_view notes) {
  size_t at = 0;
  while (at + sizeof(Elf64_Nhdr) <= notes.size()) {
    auto note = load<Elf64_Nhdr>(notes, at);
    std::string_view name = notes.substr(at + sizeof(note)).substr(0, note.n_namesz);
    if (note.n_type == kXenElfNotePhys32Entry && name == std::string_view("Xen\0", 4)) return true;
    at += sizeof(note) + ((size_t{note.n_namesz} + 3) & ~size_t{3}) +
          ((size_t{note.n_descsz} + 3) & ~size_t{3});
  }
  return false;
}

// A complete ELF image with a PVH entry? The unpackers leave a non-zero status because of the
// length that the kernel build appends to the compressed data, so the result is judged by itself.
bool is_bootable_elf(std::string_view elf) {
  auto header = load<Elf64_Ehdr>(elf, 0);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_machine != EM_X86_64) {
    return false;
  }
  bool pvh = false;
  for (unsigned i = 0; i < header.e_phnum; i++) {
    auto segment = load<Elf64_Phdr>(elf, header.e_phoff + i * sizeof(Elf64_Phdr));
    if (segment.p_offset > elf.size() || segment.p_filesz > elf.size() - segment.p_offset) {
      return false;
    }
    if (segment.p_type == PT_NOTE) {
      pvh = pvh || has_pvh_note(elf.substr(segment.p_offset, segment.p_filesz));
    }
  }
  return pvh;
}

std::string unpack(std::string_view image) {
  if (!is_boot_image(image)) return "";
  size_t sectors = static_cast<unsigned char>(image[kSetupSectors]);
  size_t begin = ((sectors != 0 ? sectors : 4) + 1) * 512 + load<uint32_t>(image, kPayloadOffset);
  size_t length = load<uint32_t>(image, kPayloadLength);
  if (begin > image.size() || length > image.size() - begin) return "";
  std::string_view payload = image.substr(begin, length);
  std::vector<std::string> argv = unpacker_for(payload);
  std::string elf;
  int status;
  if (argv.empty() || !run_filter(argv, payload, &elf, &status) || !is_bootable_elf(elf)) return "";
  return elf;
}

// Marks an unpacked image as used now; a new one makes those go that nobody has used for a month.
void touch(const std::string& path) { utimensat(AT_FDCWD, path.c_str(), nullptr, 0); }

void drop_unused(const std::string& cache) {
  constexpr auto kMonth = std::chrono::hours(24 * 30);
  const auto now = std::filesystem::file_time_type::clock::now();
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(cache, error)) {
    const auto used = entry.last_write_time(error);
    if (!error && now - used > kMonth) std::filesystem::remove(entry.path(), error);
  }
}

}  // namespace

std::string extra_kernel_dir() {
  const char* dir = getenv("KT2KO_KERNEL_DIR");
  return dir != nullptr ? dir : "";
}

bool find_kernel(const std::string& kernel, KernelImage* image, std::string* error) {
  *image = KernelImage();
  if (kernel.find('/') != std::string::npos) {
    std::string data;
    if (!read_file(kernel, &data)) {
      *error = "cannot read the kernel image " + kernel + ": " + std::strerror(errno);
      return false;
    }
    image->path = kernel;
    image->release = release_of(data);
  } else {
    image->release = kernel;
    if (kernel.empty()) {
      utsname name;
      uname(&name);
      image->release = name.release;
    }
    std::optional<std::string> path = choose_image(image->release, error);
    if (!path) return false;
    image->path = *path;
  }
  if (begins_as_arm64(image->path)) image->arch = find_architecture("arm64");
  image->modules_dir = find_modules_dir(image->release);
  return true;
}

void unpack_kernel(KernelImage* image) {
  const std::string cache = vm_cache_dir();
  std::string data;
  if (cache.empty() || !read_file(image->path, &data)) return;
  const std::string key = cache + "/kernel-" + content_key(data);
  if (!file_exists(key + ".elf")) {
    const std::string elf = unpack(data);
    if (elf.empty() || !write_file_atomic(key + ".elf", elf, 0600)) return;
    drop_unused(cache);
  }
  touch(key + ".elf");
  image->path = key + ".elf";
  image->unpacked = true;
}

}  // namespace kt2ko
