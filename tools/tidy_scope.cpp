// A plugin that tools/tidy loads into clang-tidy: checks then walk our own files only.
//
// Without it each of some hundred checks also walks every system header a file includes, Asio and
// GoogleTest among them, and what it finds there is thrown away: 7 seconds for a file instead of
// one, for the same answers.
#include <clang/AST/ASTConsumer.h>
#include <clang/AST/ASTContext.h>
#include <clang/Frontend/FrontendPluginRegistry.h>

#include <memory>
#include <string>
#include <vector>

namespace {

class ScopeConsumer : public clang::ASTConsumer {
 public:
  void HandleTranslationUnit(clang::ASTContext& context) override {
    const clang::SourceManager& sources = context.getSourceManager();
    std::vector<clang::Decl*> ours;
    // What comes from the precompiled header is the system's; left where it is, it is not even
    // loaded.
    for (clang::Decl* one : context.getTranslationUnitDecl()->noload_decls()) {
      if (one->isFromASTFile() || sources.isInSystemHeader(one->getLocation())) continue;
      ours.push_back(one);
    }
    context.setTraversalScope(ours);
  }
};

class ScopeAction : public clang::PluginASTAction {
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance&,
                                                        llvm::StringRef) override {
    return std::make_unique<ScopeConsumer>();
  }
  bool ParseArgs(const clang::CompilerInstance&, const std::vector<std::string>&) override {
    return true;
  }
  ActionType getActionType() override { return AddBeforeMainAction; }
};

const clang::FrontendPluginRegistry::Add<ScopeAction> kRegistered("scope",
                                                                  "walks our own files only");

}  // namespace
