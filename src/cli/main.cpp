#include "cli/program.h"

int main(int argc, char** argv) {
  return certferry::cli::run_program(argc, argv);
}
