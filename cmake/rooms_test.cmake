# One test a room: what the picture in docs/ARCHITECTURE.md forbids it to include cannot be found from there.
#
# The picture is written down a second time here, on purpose: a DEPS entry that breaks it compiles, and fails this.
# Each test preprocesses a few lines with the include folders that the room's own files are compiled with.

set(rooms)
file(GLOB folders RELATIVE ${CMAKE_SOURCE_DIR}/src CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/*)
foreach(folder ${folders})
  if(TARGET certferry_${folder})
    list(APPEND rooms ${folder})
  endif()
endforeach()

# certferry_room_sees(ROOM [other...]): nothing but itself and these.
function(certferry_room_sees room)
  if(NOT room IN_LIST rooms)
    return()
  endif()
  set(lines "")
  foreach(other ${rooms})
    file(GLOB_RECURSE headers RELATIVE ${CMAKE_SOURCE_DIR}/src CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${other}/*.h)
    foreach(header ${headers})
      if(other STREQUAL room)
        # Its own headers are found, so not finding others means something.
        string(APPEND lines "#if !__has_include(\"${header}\")\n#error ${room} does not see its own ${header}\n#endif\n")
      elseif(NOT other IN_LIST ARGN)
        string(APPEND lines "#if __has_include(\"${header}\")\n#error ${room} must not see ${header}\n#endif\n")
      endif()
    endforeach()
  endforeach()
  set(probe ${CMAKE_BINARY_DIR}/rooms/${room}.cpp)
  file(CONFIGURE OUTPUT ${probe} CONTENT "${lines}" @ONLY)
  set(folders $<TARGET_PROPERTY:certferry_${room},INTERFACE_INCLUDE_DIRECTORIES>)
  add_test(NAME rooms.${room} COMMAND_EXPAND_LISTS
           COMMAND ${CMAKE_CXX_COMPILER} -E -o /dev/null -I$<JOIN:${folders},$<SEMICOLON>-I> ${probe})
endfunction()

certferry_room_sees(base)
certferry_room_sees(disk base)
certferry_room_sees(model base)
certferry_room_sees(policy base model)
certferry_room_sees(ports base model)
certferry_room_sees(virtual_time base model ports)
certferry_room_sees(engine base model policy ports)
# The simulator runs the program in a world of its own: it sees all but sockets, files and the command line.
certferry_room_sees(sim base disk model policy ports engine crypto signing providers sources sandbox state virtual_time web)
# Adapters never include the engine nor each other, but for crypto and signing.
foreach(adapter config crypto net notify providers signing sources state web)
  certferry_room_sees(${adapter} base model ports crypto signing)
endforeach()
# A vendor is asked over HTTP: the sandbox serves it as the daemon serves its own pages.
certferry_room_sees(sandbox base model ports crypto signing web)
