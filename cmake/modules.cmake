# certferry_module(NAME [DEPS room...] [LINK lib...] [APART file...]) makes one target of a folder.
#
# A folder sees its own headers and those of the rooms it names, and no others: each room's headers are reachable only
# through a link of its own below the build folder, so an include that the picture does not allow does not compile.
# foo.cpp and foo_test.cpp stand side by side; the tests become the program NAME_test, and what is below testing/ is
# compiled into that alone.

add_library(certferry_pch OBJECT ${CMAKE_SOURCE_DIR}/cmake/pch.cpp)
target_link_libraries(certferry_pch PRIVATE certferry_options)
target_precompile_headers(certferry_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.h)

# Rooms that mostly wait for people and vendors: in the build with sanitizers, where optimising them takes longer than it
# ever saves, they are compiled as written. Not those that fuzzers are fastest in: config read 6,000 inputs in a third of
# the time when optimised, providers in four fifths; web took over a second for one. A precompiled header serves one mode.
set(certferry_waiting cli net notify providers sandbox sources)
# Rooms whose files have the same names for things of their own throughout, a source or a channel each.
set(certferry_apart notify sources state)
# Rooms of which a release is in no hurry: what talks to people and to vendors, and the emulators. They are made small, and
# not optimised again with the whole program: that was two minutes of the eight that a first build may take. For the
# adapters it costs a thousandth of the instructions of an apply that has nothing to do. Folders of the sandbox, a
# vendor's emulator each, are compiled as written, which takes less than half of the time: nobody waits for one. So is what
# the simulator knows of each vendor.
set(certferry_unhurried cli notify providers sandbox)
set(certferry_as_written_folders sandbox sim)
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT CERTFERRY_SANITIZE)
  foreach(hurry SMALL AS_WRITTEN)
    string(TOLOWER certferry_${hurry}_pch pch)
    add_library(${pch} OBJECT ${CMAKE_SOURCE_DIR}/cmake/pch.cpp)
    target_link_libraries(${pch} PRIVATE certferry_options)
    set_target_properties(${pch} PROPERTIES CERTFERRY_HURRY ${hurry})
    target_precompile_headers(${pch} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.h)
  endforeach()
endif()
if(CERTFERRY_SANITIZE)
  add_library(certferry_unoptimised_pch OBJECT ${CMAKE_SOURCE_DIR}/cmake/pch.cpp)
  target_link_libraries(certferry_unoptimised_pch PRIVATE certferry_options)
  set_target_properties(certferry_unoptimised_pch PROPERTIES CERTFERRY_UNOPTIMISED ON)
  target_precompile_headers(certferry_unoptimised_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.h)
endif()

# Rooms whose coverage tools/coverage prints, after the tests of the build with sanitizers.
set(certferry_measured policy engine state)
# Rooms that none of tests/fuzz reaches, and all that it reaches of one; counting elsewhere is a fifth of the compiler's
# time for nothing.
set(certferry_unfuzzed cli engine policy sim virtual_time)
set(certferry_fuzzed_of_sandbox fields.cpp dogecloud_calls.cpp pair.cpp world.cpp)

# certferry_instrument(NAME): what a room is built with besides the sanitizers, for fuzzing and for measuring.
function(certferry_instrument name)
  # Which of its branches an input reaches. It is what -fsanitize=fuzzer-no-link stands for, in words that go with a
  # precompiled header; libFuzzer's main() is linked to the fuzzers alone.
  set(counting -fsanitize-coverage=inline-8bit-counters,indirect-calls,trace-cmp,pc-table)
  if(DEFINED certferry_fuzzed_of_${name})
    set_source_files_properties(${certferry_fuzzed_of_${name}} PROPERTIES COMPILE_OPTIONS ${counting})
  elseif(NOT name IN_LIST certferry_unfuzzed)
    target_compile_options(certferry_${name} PRIVATE ${counting})
  endif()
  if(name IN_LIST certferry_measured)
    # Programs add what they counted to one file each, wherever they run.
    target_compile_options(certferry_${name} PRIVATE
      -fprofile-instr-generate=${CMAKE_BINARY_DIR}/coverage/%4m.profraw -fcoverage-mapping)
    target_link_options(certferry_${name} INTERFACE -fprofile-instr-generate)
  endif()
endfunction()

# Rooms whose tests sweep: everything that can fail fails once, in thousands of lives. With sanitizers a quarter of all
# tests' time went there, for what a sweep looks for shows without them: it is the optimised programs that sweep whole, and
# what sweeps in the build with sanitizers is a sample. The other tests of these rooms are where all tests are.
set(certferry_swept sim state)
set(certferry_whole_sweeps "*SweepTest*:*/CorpusTest*:*/DeathTest*:*/FaultTest*any*:*/FaultTest*write*:*/FaultTest*read*:*/FaultTest*shm*:FailedFlushTest*:FullSimulatedDiskTest*")

# certferry_join(TARGET SOURCES file... APART file...)
#
# A release compiles the files of a folder together, some at a time: what they all instantiate is then instantiated once, and
# a first build takes two thirds of the time. Names without linkage meet there, so files that use the same ones for things
# of their own, as the pages of a vendor's products do, stay APART. Where people work a file is compiled alone. clang-tidy looks
# at them together as well (tools/tidy).
function(certferry_join target)
  cmake_parse_arguments(ARG "" "" "SOURCES;APART" ${ARGN})
  set(together_most 8)
  foreach(source ${ARG_SOURCES})
    file(RELATIVE_PATH place ${CMAKE_CURRENT_SOURCE_DIR} ${source})
    if(place IN_LIST ARG_APART)
      set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
      continue()
    endif()
    get_filename_component(folder ${place} DIRECTORY)
    string(MAKE_C_IDENTIFIER "of_${folder}" group)
    math(EXPR number "${${group}} + 0")
    math(EXPR ${group} "${number} + 1")
    math(EXPR part "${number} / ${together_most}")
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP "${group}_${part}")
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP
                        UNITY_BUILD_CODE_BEFORE_INCLUDE "// NOLINTNEXTLINE(bugprone-suspicious-include)")
endfunction()

function(certferry_module name)
  cmake_parse_arguments(ARG "" "" "DEPS;LINK;APART" ${ARGN})
  file(GLOB_RECURSE all CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(tests ${all})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER all EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER all EXCLUDE REGEX "/main\\.cpp$")
  file(GLOB_RECURSE fakes CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/testing/*.cpp)
  if(fakes)
    list(REMOVE_ITEM all ${fakes})
  endif()

  set(view ${CMAKE_BINARY_DIR}/include/${name})
  file(MAKE_DIRECTORY ${view})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${view}/${name} SYMBOLIC)

  set(deps ${ARG_DEPS})
  list(TRANSFORM deps PREPEND certferry_)
  if(TARGET certferry_as_written_pch AND name IN_LIST certferry_as_written_folders)
    set(below ${all})
    list(FILTER below INCLUDE REGEX "^${CMAKE_CURRENT_SOURCE_DIR}/.+/")
    list(REMOVE_ITEM all ${below})
    add_library(certferry_${name}_folders OBJECT ${below})
    target_include_directories(certferry_${name}_folders PRIVATE ${view})
    target_link_libraries(certferry_${name}_folders PRIVATE certferry_options ${deps} ${ARG_LINK})
    set_target_properties(certferry_${name}_folders PROPERTIES CERTFERRY_HURRY AS_WRITTEN)
    target_precompile_headers(certferry_${name}_folders REUSE_FROM certferry_as_written_pch)
    certferry_join(certferry_${name}_folders SOURCES ${below} APART ${ARG_APART})
    list(APPEND all $<TARGET_OBJECTS:certferry_${name}_folders>)
  endif()
  if(all)
    add_library(certferry_${name} STATIC ${all})
    target_include_directories(certferry_${name} PUBLIC ${view})
    target_link_libraries(certferry_${name} PUBLIC certferry_options ${deps} ${ARG_LINK})
    if(CERTFERRY_SANITIZE AND name IN_LIST certferry_waiting)
      set_target_properties(certferry_${name} PROPERTIES CERTFERRY_UNOPTIMISED ON)
      target_precompile_headers(certferry_${name} REUSE_FROM certferry_unoptimised_pch)
    elseif(TARGET certferry_small_pch AND name IN_LIST certferry_unhurried)
      set_target_properties(certferry_${name} PROPERTIES CERTFERRY_HURRY SMALL)
      target_precompile_headers(certferry_${name} REUSE_FROM certferry_small_pch)
    else()
      target_precompile_headers(certferry_${name} REUSE_FROM certferry_pch)
    endif()
    if(CERTFERRY_SANITIZE)
      certferry_instrument(${name})
    elseif(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT name IN_LIST certferry_apart)
      list(FILTER all EXCLUDE REGEX "^\\$<")
      certferry_join(certferry_${name} SOURCES ${all} APART ${ARG_APART})
    endif()
  else()
    add_library(certferry_${name} INTERFACE)
    target_include_directories(certferry_${name} INTERFACE ${view})
    target_link_libraries(certferry_${name} INTERFACE certferry_options ${deps} ${ARG_LINK})
  endif()

  if(tests AND (CERTFERRY_TESTS OR (CERTFERRY_SWEEPS AND GTest_FOUND AND name IN_LIST certferry_swept)))
    certferry_test(${name}_test SOURCES ${tests} ${fakes} DEPS ${name})
  endif()
endfunction()

# Reading GoogleTest's headers takes longer than reading a test; once is enough.
function(certferry_make_test_pch)
  if(TARGET certferry_test_pch)
    return()
  endif()
  add_library(certferry_test_pch OBJECT ${CMAKE_SOURCE_DIR}/cmake/pch_test.cpp)
  target_link_libraries(certferry_test_pch PRIVATE certferry_options GTest::gmock_main)
  set_target_properties(certferry_test_pch PROPERTIES CERTFERRY_UNOPTIMISED ON)
  target_precompile_headers(certferry_test_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch_test.h)
endfunction()

# certferry_add_cases(NAME PROGRAM PARTS [FILTER filter] [COST seconds])
#
# A program of GoogleTest's as so many tests of CTest's, NAME.0 and so on. Not one for each of its cases: to start a program
# with sanitizers takes longer than most of them. Which cases passed it writes into results/NAME.N.xml of the build.
function(certferry_add_cases name program parts)
  cmake_parse_arguments(ARG "" "FILTER;COST" "" ${ARGN})
  math(EXPR last "${parts} - 1")
  foreach(part RANGE ${last})
    set(test ${name}.${part})
    add_test(NAME ${test} COMMAND ${program} --gtest_output=xml:${CMAKE_BINARY_DIR}/results/${test}.xml
                                             --gtest_filter=${ARG_FILTER})
    # They work, where some tests of the built program only wait: each takes the place of two.
    set_tests_properties(${test} PROPERTIES TIMEOUT 600 PROCESSORS 2 COST "${ARG_COST}"
                         FAIL_REGULAR_EXPRESSION "Running 0 tests"
                         ENVIRONMENT "GTEST_TOTAL_SHARDS=${parts};GTEST_SHARD_INDEX=${part}")
  endforeach()
endfunction()

# certferry_test(NAME SOURCES file... DEPS room... [LINK lib...])
function(certferry_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;LINK" ${ARGN})
  set(deps ${ARG_DEPS})
  list(TRANSFORM deps PREPEND certferry_)
  certferry_make_test_pch()
  add_executable(${name} ${ARG_SOURCES})
  # The precompiled header names Asio, so even a program that never waits needs its compiled half.
  target_link_libraries(${name} PRIVATE ${deps} certferry_asio certferry_options GTest::gmock_main ${ARG_LINK})
  set_target_properties(${name} PROPERTIES CERTFERRY_UNOPTIMISED ON)
  target_precompile_headers(${name} REUSE_FROM certferry_test_pch)
  if(NOT CERTFERRY_TESTS)
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
    # Optimised as each file was; the whole program once more takes longer than it saves here.
    target_link_options(${name} PRIVATE -Wl,--lto-O0)
    return()
  endif()
  string(REPLACE "_test" "" room ${name})
  list(LENGTH ARG_SOURCES parts)
  math(EXPR parts "(${parts} + 7) / 8")
  set(filter "*")
  set(cost 20)
  if(room IN_LIST certferry_swept)
    # Those that take longest: begun early, beside what waits longest.
    set(parts 4)
    set(cost 120)
    if(CERTFERRY_SANITIZE)
      set(filter "-${certferry_whole_sweeps}")
    endif()
  endif()
  certferry_add_cases(unit.${room} ${name} ${parts} FILTER "${filter}" COST ${cost})
endfunction()
