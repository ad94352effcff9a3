# SPDX-License-Identifier: GPL-2.0
# Read by cpack: the files of a package are of one time, so that the same sources give the same package. That is
# SOURCE_DATE_EPOCH, else that of the last commit, else a fixed one.
if(NOT DEFINED ENV{SOURCE_DATE_EPOCH})
  execute_process(COMMAND git -C ${CPACK_KT2KO_SOURCE} log -1 --format=%ct
                  OUTPUT_VARIABLE time OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT time)
    set(time 1767225600)
  endif()
  set(ENV{SOURCE_DATE_EPOCH} ${time})
endif()
