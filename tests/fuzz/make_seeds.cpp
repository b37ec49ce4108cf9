// Writes the seeds that hold keys, or certificates, for these are worth nothing without their keys;
// and one that is long.
//
//   make_seeds FOLDER      fills FOLDER/pem, FOLDER/edge_certificate, FOLDER/sandbox_requests,
//                          FOLDER/acme_json, FOLDER/pkcs12, FOLDER/panel_replies and
//                          FOLDER/web_requests

#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/test_certificates.h"
#include "crypto/test_pkcs12.h"
#include "crypto/throwaway_ca.h"

namespace certferry::fuzz {

namespace {

namespace fs = std::filesystem;
using namespace testing_certificates;  // NOLINT(google-build-using-namespace)

class Folder {
 public:
  explicit Folder(fs::path path) : path_(std::move(path)) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }

  void add(const std::string& name, std::string_view bytes) const {
    std::ofstream out(path_ / name, std::ios::binary);
    out << bytes;
    if (out.flush()) return;
    std::cerr << "make_seeds: cannot write " << path_ / name << "\n";
    std::exit(2);
  }

 private:
  fs::path path_;
};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string encrypted_key(const EVP_PKEY& key) {
  const openssl::Bio bio = openssl::memory_bio();
  // Any passphrase: nobody is to read it.
  PEM_write_bio_PKCS8PrivateKey(bio.get(), &key, EVP_aes_256_cbc(), "none", 4, nullptr, nullptr);
  return std::string(openssl::text_of(bio));
}

openssl::Key ed25519_key() {
  return openssl::Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
}

/// The same bundle in the spellings that files really have.
void add_spellings(const Folder& folder, const Family& family) {
  const std::string leaf = family.leaf.pem();
  const std::string chain = leaf + family.intermediate.pem();
  const std::string key = family.leaf.key_pem();
  folder.add("chain_then_key", chain + key);
  folder.add("key_apart", chain + "\f" + key);
  folder.add("key_first_leaf_last", key + family.intermediate.pem() + leaf);
  folder.add("with_root_and_duplicate", chain + leaf + family.root.pem() + key);
  folder.add("crlf_and_mark", "\xef\xbb\xbf" + replaced(chain + key, "\n", "\r\n"));
  folder.add("bag_headers", "Bag Attributes\n    friendlyName: x\n" + chain + "Key:\n" + key);
  folder.add("one_line_each", replaced(replaced(leaf, "-----\n", "----- "), "\n", " ") + key);
  folder.add("sec1", chain + pem_of(*family.leaf.key, KeyForm::kTraditional));
  folder.add("trusted_form", replaced(leaf, " CERTIFICATE", " X509 CERTIFICATE") + key);
  folder.add("encrypted", chain + encrypted_key(*family.leaf.key));
  folder.add("two_keys", chain + key + family.root.key_pem());
  folder.add("foreign_element", leaf + make_ca(nullptr, "Stranger").pem() + key);
  folder.add("key_of_another", chain + family.root.key_pem());
  folder.add("cut", chain.substr(0, chain.size() / 2));
  folder.add("der", der_of(*family.leaf.x509));
  folder.add("roots", family.root.pem() + family.intermediate.pem());
}

/// One leaf of each kind that a parser might stumble over, with its key.
std::vector<std::pair<std::string, Pair>> odd_leaves(const Pair& issuer) {
  std::vector<std::pair<std::string, Pair>> out;
  out.emplace_back("rsa", make_pair(&issuer, {.key = openssl::make_rsa_key(2048)}));
  out.emplace_back("rsa_small", make_pair(&issuer, {.key = openssl::make_rsa_key(1024)}));
  out.emplace_back("p384", make_pair(&issuer, {.key = openssl::make_ec_key("P-384")}));
  out.emplace_back("odd_curve", make_pair(&issuer, {.key = openssl::make_ec_key("secp256k1")}));
  out.emplace_back("ed25519", make_pair(&issuer, {.key = ed25519_key()}));
  out.emplace_back("no_names", make_pair(&issuer, {.extensions = {}}));
  out.emplace_back(
      "many_kinds_of_names",
      make_pair(&issuer,
                {.name = "例子",
                 .extensions = {{NID_subject_alt_name,
                                 "DNS:*.example.com,IP:192.0.2.7,IP:2001:db8::1,email:a@b.example,"
                                 "URI:https://a.example/,RID:1.2.3"},
                                {NID_basic_constraints, "critical,CA:FALSE"},
                                {NID_ext_key_usage, "serverAuth"},
                                {NID_key_usage, "critical,digitalSignature"}}}));
  out.emplace_back("raw_names",
                   make_pair(&issuer,
                             {.change = with_raw_names({std::string("a.example\0.b", 12),
                                                        "xn--fsqu00a.example",
                                                        "*.a.example",
                                                        "",
                                                        "\x1b[2Ja.example"})}));
  out.emplace_back("ends_before_it_begins",
                   make_pair(&issuer, {.not_before = kEnd, .not_after = kBegin}));
  out.emplace_back("far_future", make_pair(&issuer, {.not_after = at("9999-12-31T23:59:59Z")}));
  out.emplace_back("constrained",
                   make_pair(&issuer,
                             {.extensions = {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                                             {NID_name_constraints, "permitted;DNS:example.com"},
                                             {NID_subject_alt_name, "DNS:www.example.com"}}}));
  return out;
}

/// As a client sends it to the emulated vendor.
std::string upload_request(const Family& family) {
  const std::string key = family.leaf.key_pem();
  const std::string chain = family.leaf.pem() + family.intermediate.pem();
  return "POST /cdn/cert/upload.json\napplication/json\n\n{\"note\":\"certferry-aa\",\"cert\":\"" +
         replaced(chain, "\n", "\\n") + "\",\"private\":\"" + replaced(key, "\n", "\\n") + "\"}";
}

/// As Traefik writes it.
std::string acme_json(const Family& family) {
  const std::string chain = family.leaf.pem() + family.intermediate.pem();
  return R"({"le":{"Account":{"Email":"a@example.com"},"Certificates":[{"domain":{"main":)"
         R"("www.example.com"},"certificate":")" +
         base64_encode(chain) + R"(","key":")" + base64_encode(family.leaf.key_pem()) +
         R"(","Store":"default"}]}})";
}

/// As 1Panel lists it, the newest version of its API and the one before.
void add_panel_lists(const Folder& folder, const Family& family) {
  const auto item = [](const std::string& chain, const std::string& key) {
    return R"({"id":1,"primaryDomain":"www.example.com","pem":")" + replaced(chain, "\n", "\\n") +
           R"(","privateKey":")" + replaced(key, "\n", "\\n") + R"("})";
  };
  const std::string chain = family.leaf.pem() + family.intermediate.pem();
  const std::string good = item(chain, family.leaf.key_pem());
  const std::string before = "200\ncontent-type: application/json\n\n" +
                             std::string(R"({"code":200,"message":"","data":{"total":2,"items":[)");
  folder.add("whole", before + good + "]}}");
  folder.add("twice", before + good + "," + good + "]}}");
  folder.add("key_of_another", before + item(chain, family.root.key_pem()) + "]}}");
  folder.add("version_1", "404\ncontent-type: text/html\n\n<html>\f" + before + good + "]}}");
}

std::string many_requests() {
  std::string out = "4000\n";
  for (int i = 0; i < 1100; ++i) out += "HEAD /metrics HTTP/1.1\r\n\r\n";
  return out;
}

void add_archives(const Folder& folder, const Family& family) {
  folder.add("whole", "pass\n" + make_archive(family));
  folder.add("wrong_password", "else\n" + make_archive(family));
  folder.add("no_password", "\n" + make_archive(family, {.password = ""}));
  folder.add("plain",
             "pass\n" + make_archive(family, {.key_cipher = -1, .certificate_cipher = -1}));
  folder.add("no_check", "pass\n" + make_archive(family, {.mac_rounds = -1}));
  folder.add("old_cipher", "pass\n" + make_old_archive(family));
  folder.add("endless", "pass\n" + with_mac_rounds(make_archive(family), 2'000'000'000));
}

void make_all(const fs::path& where) {
  const Folder pem(where / "pem");
  const Folder edge(where / "edge_certificate");
  const Family family;
  add_spellings(pem, family);
  Folder(where / "acme_json").add("whole", acme_json(family));
  add_archives(Folder(where / "pkcs12"), family);
  add_panel_lists(Folder(where / "panel_replies"), family);
  Folder(where / "web_requests").add("more_than_one_connection_may_ask", many_requests());
  Folder(where / "sandbox_requests").add("upload_of_a_pair", upload_request(family));

  const std::string intermediate = der_of(*family.intermediate.x509);
  const std::string root = der_of(*family.root.x509);
  const std::string leaf = der_of(*family.leaf.x509);
  edge.add("whole_chain", leaf + intermediate + root);
  edge.add("out_of_order", leaf + root + intermediate);
  edge.add("leaf_alone", leaf);
  edge.add("self_signed", root);
  const std::string issuers = intermediate + root;
  for (const auto& [name, pair] : odd_leaves(family.intermediate)) {
    pem.add(name, join(std::array{pair.pem(), family.intermediate.pem(), pair.key_pem()}, ""));
    edge.add(name, der_of(*pair.x509) + issuers);
  }
}

}  // namespace

}  // namespace certferry::fuzz

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: make_seeds FOLDER\n";
    return 2;
  }
  certferry::fuzz::make_all(argv[1]);
  return 0;
}
