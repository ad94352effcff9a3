# SPDX-License-Identifier: GPL-2.0
# Generates lexer and parser from grammar/ at build time and adds them to kt2ko_parse. Nothing generated is committed.
find_program(ANTLR4_TOOL antlr4 REQUIRED)
find_path(ANTLR4_RUNTIME_INCLUDE antlr4-runtime.h PATH_SUFFIXES antlr4-runtime REQUIRED)
find_library(ANTLR4_RUNTIME_LIB antlr4-runtime REQUIRED)

get_filename_component(ktap_grammar_dir ${CMAKE_CURRENT_LIST_DIR}/../../grammar ABSOLUTE)
set(ktap_parser_dir ${CMAKE_CURRENT_BINARY_DIR}/ktap_parser)
file(MAKE_DIRECTORY ${ktap_parser_dir})

# clang refuses one header of the packaged runtime, which nothing here needs (its default constructor leaves a const
# member uninitialised): it gets the runtime's main header without that line.
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  file(READ ${ANTLR4_RUNTIME_INCLUDE}/antlr4-runtime.h runtime_header)
  string(REPLACE "#include \"misc/InterpreterDataReader.h\"" "" runtime_header "${runtime_header}")
  file(CONFIGURE OUTPUT ${ktap_parser_dir}/antlr4-runtime.h CONTENT "${runtime_header}" @ONLY)
endif()

# ktap_grammar(NAME DEPENDS...): one grammar to one pair of .cpp and .h.
function(ktap_grammar name)
  add_custom_command(
    OUTPUT ${ktap_parser_dir}/${name}.cpp ${ktap_parser_dir}/${name}.h ${ktap_parser_dir}/${name}.tokens
    COMMAND ${ANTLR4_TOOL} -Dlanguage=Cpp -no-listener -no-visitor -Werror -package kt2ko::antlr
            -lib ${ktap_parser_dir} -Xexact-output-dir -o ${ktap_parser_dir} ${ktap_grammar_dir}/${name}.g4
    DEPENDS ${ktap_grammar_dir}/${name}.g4 ${ARGN}
    WORKING_DIRECTORY ${ktap_grammar_dir}
    COMMENT "Generating ${name}"
    VERBATIM)
endfunction()
ktap_grammar(KtapLexer)
ktap_grammar(KtapParser ${ktap_parser_dir}/KtapLexer.tokens)

add_library(kt2ko_ktap_parser STATIC ${ktap_parser_dir}/KtapLexer.cpp ${ktap_parser_dir}/KtapParser.cpp)
target_include_directories(kt2ko_ktap_parser SYSTEM PUBLIC ${ktap_parser_dir} ${ANTLR4_RUNTIME_INCLUDE})
target_link_libraries(kt2ko_ktap_parser PUBLIC ${ANTLR4_RUNTIME_LIB})
target_compile_options(kt2ko_ktap_parser PRIVATE -w)
if(KT2KO_SANITIZE)
  target_compile_options(kt2ko_ktap_parser PRIVATE -fsanitize=address,undefined -fno-omit-frame-pointer)
endif()
if(KT2KO_FUZZ)
  target_compile_options(kt2ko_ktap_parser PRIVATE -fsanitize=fuzzer-no-link)
endif()

target_link_libraries(kt2ko_parse PRIVATE kt2ko_ktap_parser)
