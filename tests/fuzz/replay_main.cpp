// Feeds files to a fuzz target, without libFuzzer: so that every ordinary test run tries again what
// once was found, and so that a debugger sees a plain program.
//
//   pem_replay FILE_OR_FOLDER...

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(  // NOLINT(readability-identifier-naming)
    const std::uint8_t* data,
    std::size_t size);

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_of(std::span<char*> arguments) {
  std::vector<fs::path> files;
  for (const char* argument : arguments) {
    // Not every target has both kinds of seeds.
    if (!fs::exists(argument)) continue;
    if (!fs::is_directory(argument)) {
      files.emplace_back(argument);
      continue;
    }
    for (const auto& entry : fs::directory_iterator(argument)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  return files;
}

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    std::cerr << "replay: cannot read " << file << "\n";
    std::exit(2);
  }
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<fs::path> files =
      files_of(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
  for (const fs::path& file : files) {
    // Said first, and flushed: what ends the process is then the last file named.
    std::cout << file.filename().string() << "\n" << std::flush;
    const std::string bytes = bytes_of(file);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  }
  std::cout << files.size() << " inputs\n";
  return files.empty() ? 2 : 0;
}
