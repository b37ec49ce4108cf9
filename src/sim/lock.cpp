#include "sim/lock.h"

namespace certferry::sim {

class SimulatedLock::Opening final : public state::LockFile {
 public:
  explicit Opening(SimulatedLock& lock) : lock_(lock) {}
  Opening(const Opening&) = delete;
  Opening& operator=(const Opening&) = delete;
  ~Opening() override {
    if (lock_.holder_ == this) lock_.holder_ = nullptr;
  }

  const std::string& path() const override { return path_; }
  bool try_lock() override {
    if (lock_.holder_ == nullptr) lock_.holder_ = this;
    return lock_.holder_ == this;
  }
  std::string words() override { return lock_.words_; }
  void set_words(const std::string& words) override {
    if (!died_) lock_.words_ = words;
  }
  void wait() override {}  // nobody else is awake meanwhile

  void die() { died_ = true; }

 private:
  SimulatedLock& lock_;
  std::string path_ = "/state.db.lock";
  bool died_ = false;
};

std::unique_ptr<state::LockFile> SimulatedLock::open() {
  return std::make_unique<Opening>(*this);
}

void SimulatedLock::holder_dies() {
  if (holder_ == nullptr) return;
  holder_->die();
  holder_ = nullptr;
}

}  // namespace certferry::sim
