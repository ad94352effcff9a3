# SPDX-License-Identifier: GPL-2.0
# Core's objects for kernels that are known by their flags, see runtime-c/compat/core_objects.sh. kt2ko finds them beside itself
# (translator/project/core_objects.h), built or installed.

set(core_objects ${PROJECT_BINARY_DIR}/lib/kt2ko/core)
file(GLOB core_inputs CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/runtime-c/include/* ${PROJECT_SOURCE_DIR}/runtime-c/port/* ${PROJECT_SOURCE_DIR}/runtime-c/core/*.[ch]
  ${PROJECT_SOURCE_DIR}/runtime-c/units/core.c ${PROJECT_SOURCE_DIR}/runtime-c/units/core/*.c
  ${PROJECT_SOURCE_DIR}/runtime-c/compat/core_*
  ${PROJECT_SOURCE_DIR}/runtime-c/compat/core_flags/*)
list(FILTER core_inputs EXCLUDE REGEX "/core_flags$")
add_custom_command(OUTPUT ${core_objects}/stamp
  COMMAND sh ${PROJECT_SOURCE_DIR}/runtime-c/compat/core_objects.sh ${core_objects}
  COMMAND ${CMAKE_COMMAND} -E touch ${core_objects}/stamp
  DEPENDS ${core_inputs} COMMENT "Core for kernels that are known by their flags" VERBATIM)
add_custom_target(core_objects ALL DEPENDS ${core_objects}/stamp)
install(DIRECTORY ${core_objects} DESTINATION lib/kt2ko COMPONENT kt2ko PATTERN stamp EXCLUDE)
