// The process's own memory, for a program that works for seconds and waits for hours.
#pragma once

namespace certferry {

/// Gives back to the system what the last piece of work needed: freed heap, and the pages of code
/// and constants of the program and its libraries, which come back from the file when they are
/// touched again. Safe at any time, from any thread; costs a millisecond or two and, later, the
/// page faults of what is used again. What cannot be given back stays.
void give_back_memory();

}  // namespace certferry
