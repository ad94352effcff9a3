# SPDX-License-Identifier: GPL-2.0
# Toolchain for a static ktrun for arm64, with the libraries that scripts/arm64.sh has unpacked into KT2KO_ARM64_DIR.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES KT2KO_ARM64_DIR)
set(CMAKE_FIND_ROOT_PATH ${KT2KO_ARM64_DIR} /usr/aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
# The libraries' own headers, and nothing of this machine's.
set(CMAKE_C_FLAGS_INIT "-idirafter ${KT2KO_ARM64_DIR}/usr/include -idirafter ${KT2KO_ARM64_DIR}/usr/include/aarch64-linux-gnu")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-L${KT2KO_ARM64_DIR}/usr/lib/aarch64-linux-gnu")
