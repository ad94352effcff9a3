# SPDX-License-Identifier: GPL-2.0
# Debian packages, by `cpack` in the build directory: kt2ko where scripts are built, ktrun where they run.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME kt2ko)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_VENDOR kt2ko)
set(KT2KO_MAINTAINER "kt2ko developers <kt2ko@localhost>" CACHE STRING "Who is named as maintainer of the packages")
set(CPACK_PACKAGE_CONTACT ${KT2KO_MAINTAINER})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_STRIP_FILES ON)

set(CPACK_COMPONENTS_ALL kt2ko ktrun)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_COMPONENTS_IGNORE_GROUPS ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)

set(CPACK_DEBIAN_KT2KO_PACKAGE_NAME kt2ko)
set(CPACK_COMPONENT_KT2KO_DESCRIPTION "Makes Linux kernel modules from ktap tracing scripts
kt2ko turns a script into a kernel module that traces events of the kernel and
of programs. The machine that is traced needs ktrun only.")
# What kbuild calls; headers belong to kernels, and there may be several.
set(CPACK_DEBIAN_KT2KO_PACKAGE_DEPENDS "ktrun (= ${PROJECT_VERSION}), make, gcc, binutils")
set(CPACK_DEBIAN_KT2KO_PACKAGE_RECOMMENDS "linux-headers-generic")
set(CPACK_DEBIAN_KT2KO_PACKAGE_SUGGESTS "qemu-system-x86, busybox-static, cpio, dkms")
set(CPACK_DEBIAN_KT2KO_PACKAGE_SHLIBDEPS ON)

set(CPACK_DEBIAN_KTRUN_PACKAGE_NAME ktrun)
set(CPACK_DEBIAN_KTRUN_PACKAGE_SECTION utils)
set(CPACK_COMPONENT_KTRUN_DESCRIPTION "Runs kernel modules that kt2ko has made
ktrun loads a script's module, or the module of a bundle that fits the running
kernel, prints what the script prints, and unloads it. It is one static program.")

set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_CURRENT_LIST_DIR}/package_time.cmake)
set(CPACK_KT2KO_SOURCE ${PROJECT_SOURCE_DIR})

include(CPack)
