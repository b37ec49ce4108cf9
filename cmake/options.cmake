# Compiler settings, the same for every target of ours.

if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
  message(FATAL_ERROR "certferry is built with clang 19 or newer (GCC 12 miscompiles coroutines); "
                      "run ./scripts/packages, then: cmake --preset release")
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # Sloppiness is what makes precompiled headers cacheable; the header's own contents still count.
  # The program env, for CMake's own takes thirty times as long to begin, before each of a thousand files. The compiler's
  # memory comes in large pages where there are any: a tenth of its time goes into asking for small ones.
  set(launcher env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
                   GLIBC_TUNABLES=glibc.malloc.hugetlb=1)
  if(CERTFERRY_SANITIZE)
    # The compiler says what a file includes; finding out by the preprocessor first is a tenth of a new build. Paths are then
    # not made relative, so no build that is packed does it.
    list(APPEND launcher CCACHE_DEPEND=1)
  endif()
  if(NOT DEFINED ENV{CCACHE_BASEDIR})
    # Paths below this are given to the compiler as relative ones, so that the folder leaves no trace in what it makes.
    list(APPEND launcher CCACHE_BASEDIR=${CMAKE_SOURCE_DIR})
  endif()
  list(APPEND launcher ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

add_library(certferry_options INTERFACE)
target_compile_options(certferry_options INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Werror
  # Designated initializers name what differs; the rest has its default beside its declaration.
  -Wno-missing-designated-field-initializers
  -fstack-protector-strong -fstack-clash-protection -fcf-protection
  -ftrivial-auto-var-init=zero
  # Rooms end up in programs only; one mode for both, since a precompiled header serves just one.
  -fPIE
  # Lets ccache and clang share a precompiled header built in another checkout of the same tree.
  -Xclang -fno-pch-timestamp)
# Library assertions stay on in releases: our own bugs end the process instead of going on.
target_compile_definitions(certferry_options INTERFACE
  CERTFERRY_VERSION="${PROJECT_VERSION}"
  _GLIBCXX_ASSERTIONS
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_DISABLE_BOOST_DATE_TIME
  SPDLOG_FMT_EXTERNAL SPDLOG_COMPILED_LIB)
target_link_options(certferry_options INTERFACE -fuse-ld=lld -Wl,-z,relro,-z,now,-z,noexecstack)

if(CERTFERRY_SANITIZE)
  # Tests, and rooms that mostly wait, are not optimised: the passes over what the sanitizers add to their long bodies
  # take several times as long as all else.
  target_compile_options(certferry_options INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -gline-tables-only
    $<IF:$<BOOL:$<TARGET_PROPERTY:CERTFERRY_UNOPTIMISED>>,-O0,-O1>)
  # At a fixed address: a quarter of the time in which a program with sanitizers begins was spent on moving its tables,
  # and tests start thousands of them.
  target_link_options(certferry_options INTERFACE -fsanitize=address,undefined -no-pie)
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  # What the targets' property CERTFERRY_HURRY says: as written, small, or else with all that there is.
  set(as_written $<STREQUAL:$<TARGET_PROPERTY:CERTFERRY_HURRY>,AS_WRITTEN>)
  set(small $<STREQUAL:$<TARGET_PROPERTY:CERTFERRY_HURRY>,SMALL>)
  target_compile_definitions(certferry_options INTERFACE $<$<NOT:${as_written}>:_FORTIFY_SOURCE=3>)
  target_compile_options(certferry_options INTERFACE
    $<IF:${as_written},-O0,$<IF:${small},-Os,-O2>>
    $<$<NOT:$<OR:${as_written},${small}>>:-flto=thin>
    # The folder it was built in is nobody's business, and would make two builds differ.
    -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
  target_link_options(certferry_options INTERFACE
    -flto=thin -pie -Wl,--thinlto-jobs=2 -Wl,--as-needed -Wl,--strip-all
    # After a small change only what it touches is optimised again.
    -Wl,--thinlto-cache-dir=${CMAKE_BINARY_DIR}/thinlto-cache)
endif()

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
# Of the libraries that few programs share, the archive is linked: a start loads that much less, and the package needs
# less beside it. What meets the network stays shared, so that the distribution's updates reach it.
find_path(YAML_CPP_INCLUDE_DIR yaml-cpp/yaml.h REQUIRED)
find_library(YAML_CPP_LIBRARY NAMES libyaml-cpp.a REQUIRED)
mark_as_advanced(YAML_CPP_INCLUDE_DIR YAML_CPP_LIBRARY)
if(NOT TARGET certferry_yaml)
  add_library(certferry_yaml INTERFACE)
  target_include_directories(certferry_yaml SYSTEM INTERFACE ${YAML_CPP_INCLUDE_DIR})
  target_link_libraries(certferry_yaml INTERFACE ${YAML_CPP_LIBRARY})
endif()
find_path(PUGIXML_INCLUDE_DIR pugixml.hpp REQUIRED)
find_library(PUGIXML_LIBRARY NAMES libpugixml.a REQUIRED)
mark_as_advanced(PUGIXML_INCLUDE_DIR PUGIXML_LIBRARY)
if(NOT TARGET certferry_pugixml)
  add_library(certferry_pugixml INTERFACE)
  target_include_directories(certferry_pugixml SYSTEM INTERFACE ${PUGIXML_INCLUDE_DIR})
  target_link_libraries(certferry_pugixml INTERFACE ${PUGIXML_LIBRARY})
endif()
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(CARES REQUIRED IMPORTED_TARGET libcares)
pkg_check_modules(IDN2 REQUIRED IMPORTED_TARGET libidn2)
pkg_check_modules(SQLITE3 REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
