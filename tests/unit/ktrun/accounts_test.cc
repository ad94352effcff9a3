// SPDX-License-Identifier: GPL-2.0
// /etc/passwd and /etc/group; who is meant; signatures.
#include <catch2/catch.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "accounts.h"
#include "identity.h"
#include "load_errors.h"

namespace {

const char kPasswd[] =
    "root:x:0:0:root:/root:/bin/bash\n"
    "broken:x:12\n"
    "empty:x::1:::\n"
    "+::::::\n"
    "alice:x:1000:1001:Alice,,,:/home/alice:/bin/sh\n"
    "1000:x:77:78:a number:/seven:/bin/false\n"
    "alicent:x:1002:1002::/home/alicent:\n"
    "last:x:1003:1003::/l:/s";

const char kGroup[] =
    "root:x:0:\n"
    "alice:x:1001:\n"
    "\n"
    "odd\n"
    "wheel:x:10:bob,alicent\n"
    "tracers:x:2000:bob,alice\n"
    "many:x:2001:alice,bob\n"
    "own:x:1001:alice\n"
    "nobody:x:4294967295:alice\n"
    "only:x:2002:alice";

std::vector<gid_t> groups_of(const char* user, gid_t first) {
  size_t n = 0;
  gid_t* list = kt_groups_of(kGroup, user, first, &n);
  std::vector<gid_t> out(list, list + n);
  free(list);
  return out;
}

// Prints nothing while it lives. By the descriptor: stderr stays the unbuffered stream that other tests want.
struct Quiet {
  Quiet() : kept(dup(2)) {
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, 2);
    close(nowhere);
  }
  ~Quiet() {
    dup2(kept, 2);
    close(kept);
  }
  int kept;
};

}  // namespace

TEST_CASE("numbers of users and groups") {
  unsigned id = 7;
  CHECK((kt_parse_id("0", &id) && id == 0));
  CHECK((kt_parse_id("4294967294", &id) && id == 4294967294u));
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "x", "1x", "0x1", "4294967295", "4294967296", "99999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(kt_parse_id(text, &id));
  }
  CHECK_FALSE(kt_parse_id(nullptr, &id));
}

TEST_CASE("accounts are found by name and by number") {
  kt_account a;
  REQUIRE(kt_account_by_name(kPasswd, "alice", &a));
  CHECK(a.uid == 1000);
  CHECK(a.gid == 1001);
  CHECK(std::string(a.home) == "/home/alice");
  CHECK(std::string(a.shell) == "/bin/sh");
  kt_account_free(&a);
  REQUIRE(kt_account_by_uid(kPasswd, 1000, &a));
  CHECK(std::string(a.name) == "alice");
  kt_account_free(&a);
  REQUIRE(kt_account_by_name(kPasswd, "1000", &a));  // a name that looks like a number
  CHECK(a.uid == 77);
  kt_account_free(&a);
  REQUIRE(kt_account_by_name(kPasswd, "last", &a));  // no newline at the end
  CHECK(std::string(a.shell) == "/s");
  kt_account_free(&a);
  REQUIRE(kt_account_by_name(kPasswd, "alicent", &a));
  CHECK(std::string(a.shell).empty());
  kt_account_free(&a);
  for (const char* name : {"ali", "alice:x", "", "broken", "empty", "+", "Alice"}) {
    CAPTURE(name);
    CHECK_FALSE(kt_account_by_name(kPasswd, name, &a));
  }
  CHECK_FALSE(kt_account_by_uid(kPasswd, 12, &a));
  CHECK_FALSE(kt_account_by_name("", "root", &a));
}

TEST_CASE("groups of a member, its own first and once") {
  CHECK(groups_of("alice", 1001) == std::vector<gid_t>{1001, 2000, 2001, 2002});
  CHECK(groups_of("alicent", 5) == std::vector<gid_t>{5, 10});
  CHECK(groups_of("ali", 5) == std::vector<gid_t>{5});
  CHECK(groups_of("", 5) == std::vector<gid_t>{5});
  CHECK(groups_of(nullptr, 5) == std::vector<gid_t>{5});
  gid_t gid = 0;
  CHECK((kt_group_by_name(kGroup, "tracers", &gid) && gid == 2000));
  CHECK_FALSE(kt_group_by_name(kGroup, "odd", &gid));
  CHECK_FALSE(kt_group_by_name(kGroup, "nobody", &gid));
  CHECK_FALSE(kt_group_by_name(kGroup, "", &gid));
}

TEST_CASE("who is meant by --user") {
  kt_identity id;
  Quiet quiet;
  REQUIRE(kt_identity_find(&id, "root") == 0);
  CHECK(id.other);
  CHECK(id.uid == 0);
  CHECK(std::string(id.account.home) == "/root");
  kt_identity_free(&id);
  REQUIRE(kt_identity_find(&id, "987654:43210") == 0);
  CHECK(id.uid == 987654);
  CHECK(id.gid == 43210);
  CHECK(id.n_groups == 1);
  CHECK(id.account.name == nullptr);
  kt_identity_free(&id);
  for (const char* text : {"", ":", "no-such-user", "987654", "987654:", "987654:no-such-group", "4294967295:1", "root:-1"}) {
    CAPTURE(text);
    CHECK(kt_identity_find(&id, text) == -1);
    CHECK(id.groups == nullptr);
  }
}

TEST_CASE("who called sudo, where that can be told") {
  kt_identity id;
  Quiet quiet;
  auto find = [&id](const char* uid, const char* gid) {
    setenv("SUDO_UID", uid, 1);
    setenv("SUDO_GID", gid, 1);
    int err = kt_identity_find(&id, nullptr);
    unsetenv("SUDO_UID");
    unsetenv("SUDO_GID");
    return err;
  };
  if (geteuid() != 0) {
    CHECK(find("1", "1") == 0);
    CHECK_FALSE(id.other);
    return;
  }
  CHECK(find("0", "0") == 0);
  CHECK_FALSE(id.other);
  CHECK(find("987654", "43210") == 0);
  CHECK(id.other);
  CHECK(id.gid == 43210);
  kt_identity_free(&id);
  CHECK(find("x", "1") == -1);
  CHECK(find("1", "") == -1);
  CHECK(find("-1", "1") == -1);
}

TEST_CASE("the end of a file tells that it is signed") {
  char path[] = "/tmp/ktrun-test-XXXXXX";
  int fd = mkstemp(path);
  unlink(path);
  CHECK_FALSE(kt_is_signed(fd));
  REQUIRE(write(fd, "module~Module signature appended~\n", 34) == 34);
  CHECK(kt_is_signed(fd));
  REQUIRE(write(fd, "\n", 1) == 1);
  CHECK_FALSE(kt_is_signed(fd));
  close(fd);
}

TEST_CASE("what the kernel says about signatures") {
  auto says = [](int error, bool is_signed, bool lockdown, const char* words) {
    const char* text = kt_signature_error(error, is_signed, lockdown);
    return text && strstr(text, words);
  };
  CHECK(says(EKEYREJECTED, false, false, "kt2ko --sign"));
  CHECK(says(ENOKEY, false, false, "kt2ko --sign"));
  CHECK(says(EPERM, false, true, "locked down"));
  CHECK(says(EPERM, true, true, "does not know the key"));
  CHECK(says(EKEYREJECTED, true, false, "mokutil --import"));
  CHECK(says(EBADMSG, true, false, "damaged"));
  CHECK(kt_signature_error(EPERM, true, false) == nullptr);
  CHECK(kt_signature_error(ENOEXEC, true, true) == nullptr);
}
