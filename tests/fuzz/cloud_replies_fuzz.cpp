// Any reply to any call of any vendor of the registry, through the adapter as it is used; and a
// vendor that sends our own secrets back in every spelling does not get them into an error.
//
// What an input looks like stands in echoing_http.h, with "VENDOR PRODUCT CALL" for its call. What
// DogeCloud's adapter promises beyond this has a fuzzer of its own.

#include <algorithm>
#include <array>

#include "base/fixed_random.h"
#include "echoing_http.h"
#include "properties.h"
#include "providers/common/store_name.h"
#include "providers/registry.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"
#include "target.h"

namespace certferry::fuzz {

namespace {

// Those that json_api.h, xml_api.h, page_walk.h and each vendor's replies.h promise.
constexpr std::array<std::string_view, 38> kCodes = {"reply.not_json",
                                                     "reply.not_xml",
                                                     "reply.malformed",
                                                     "reply.shape",
                                                     "reply.no_id",
                                                     "reply.too_large",
                                                     "reply.paging",
                                                     "vendor.unauthorized",
                                                     "vendor.permission",
                                                     "vendor.signature",
                                                     "vendor.clock",
                                                     "vendor.not_found",
                                                     "vendor.conflict",
                                                     "vendor.in_use",
                                                     "vendor.quota",
                                                     "vendor.throttled",
                                                     "vendor.unavailable",
                                                     "vendor.maybe_applied",
                                                     "vendor.no_such_call",
                                                     "vendor.rejected",
                                                     "vendor.busy",
                                                     "vendor.moved",
                                                     "vendor.role",
                                                     "vendor.task",
                                                     "vendor.client_certificate",
                                                     "vendor.two_certificates",
                                                     "vendor.unasked_regions",
                                                     "vendor.unknown_user",
                                                     "vendor.unchanged",
                                                     "vendor.changed",
                                                     "vendor.session",
                                                     "vendor.api_key",
                                                     "vendor.halfway",
                                                     "vendor.no_contact",
                                                     "vendor.jobs_spent",
                                                     "vendor.names_cut_off",
                                                     "vendor.path",
                                                     "vendor.region"};

/// One account of the vendor, with the same secret wherever it takes one, and with a region and a
/// key of the API where there may be one: some products are of no use without. Of a variation, with
/// its field.
ProviderOptions account_of(const ProviderMetadata& vendor, const Variation* variation) {
  ProviderOptions options;
  if (variation != nullptr) {
    options.credentials.emplace(variation->field, Secret(std::string(variation->value)));
  }
  for (const FieldMetadata& field : vendor.fields) {
    if (!field.required && field.key != "region" && field.key != "api_key") continue;
    const std::string_view value = field.secret ? kSecretKey : field.example;
    options.credentials.emplace(field.key, Secret(std::string(value)));
  }
  return options;
}

class Account {
 public:
  Account(const ProviderMetadata& vendor, const Variation* variation, const HttpResponse& response)
      : ids_are_names_(vendor.id == "ctyun"),
        http_(response),
        provider_(make_provider(std::string(vendor.id),
                                account_of(vendor, variation),
                                {.http = http_, .clock = clock_, .random = random_})) {}

  void try_call(std::string_view call, const std::string& product) {
    if (call == "list_stored") return try_stored(product);
    if (call == "upload") return try_change(provider_->upload(bundle(), "certferry-aa"));
    if (call == "bind") return try_change(provider_->bind(bind_of(product)));
    // It reads what uses the certificate first, and such a failure leaves all as it was.
    if (call == "remove") return require_refused(testing::finish(provider_->remove("10001")));
    try_bindings(product);
  }

 private:
  static BindRequest bind_of(const std::string& product) {
    return {.product = product,
            .binding = {.name = "cdn.example.com", .vendor_name = "cdn.example.com"},
            .stored_id = "10001",
            .bundle = bundle(),
            .label = "certferry-aa"};
  }

  void try_bindings(const std::string& product) {
    const auto all = testing::finish(provider_->list_bindings(product));
    if (!all) return require_nothing_done(all);
    for (const Binding& binding : *all) {
      require(!binding.vendor_name.empty(), "a domain has a name");
      require_one_line(binding.status, "a status");
      if (!binding.stored_id) continue;
      require_one_line(*binding.stored_id, "an id");
      require(!binding.stored_id->empty() && (*binding.stored_id != "0" || ids_are_names_),
              "an id stands for something",
              *binding.stored_id);
    }
  }

  void try_stored(const std::string& product) {
    // What its names have for themselves is listed once somebody wants to know of the product.
    (void)testing::finish(provider_->list_bindings(product));
    const auto all = testing::finish(provider_->list_stored());
    if (!all) return require_nothing_done(all);
    for (const StoredCertificate& stored : *all) {
      require_one_line(stored.id, "an id");
      for (const Time time : {stored.not_before, stored.not_after}) {
        require(format_time(time).size() == 20 && time >= Time{}, "dates are of our era");
      }
    }
  }

  template <typename T>
  void try_change(Task<T> call) {
    const Result<T> result = testing::finish(std::move(call));
    if (result) return;
    const ErrorKind kind = result.error().kind;
    const bool unsent = http_.calls == 0;
    // UPYUN wants the key in another form, and the one here is none: nothing is sent.
    if (unsent && result.error().code == "pem.truncated") return;
    // One that is busy with an earlier change says so, and has done nothing.
    const bool busy = result.error().code == "vendor.busy";
    require(unsent || busy || http_.last_reads ||
                (kind != ErrorKind::kUnavailable && kind != ErrorKind::kTimedOut),
            "an unusable answer to a change decides nothing",
            result.error().text());
    require_refused(result);
  }

  template <typename T>
  void require_nothing_done(const Result<T>& read) {
    require(read.error().kind != ErrorKind::kMaybeApplied, "a read changes nothing");
    require_refused(read);
  }

  template <typename T>
  void require_refused(const Result<T>& result) {
    if (result) return;
    const Error& error = result.error();
    require_sound(error, kCodes);
    const std::string text =
        error.text() + error.vendor_message + error.vendor_code + error.request_id;
    const std::string_view authorization = http_.authorization;
    const std::string_view signature = authorization.substr(authorization.find_last_of("=: /") + 1);
    for (const std::string_view how : {"", "hex", "base64", "url", "json"}) {
      require_hidden(text, spelled(key_line(), how), "a private key");
      require_hidden(text, spelled(kSecretKey, how), "the account's secret");
      require_hidden(text, spelled(signature, how), "a signature");
    }
  }

  bool ids_are_names_;
  EchoingHttp http_;
  testing::StillClock clock_;
  testing::FixedRandom random_{7};
  std::unique_ptr<Provider> provider_;
};

void require_name(std::string_view name) {
  const std::optional<StoreName> read = read_store_name(name);
  if (!read) return;
  const std::string again = store_name(read->label, read->end_since(Time{}));
  require(read_store_name(again)->label == read->label, "a name comes back as it was", again);
}

}  // namespace

void try_input(std::string_view bytes) {
  const ReplyInput input = read_input(bytes);
  require_name(input.response.body);
  std::string_view call = input.call;
  // "aws", or of a variation of its accounts "aws:iam".
  std::string_view vendor_id = take_until(call, " ");
  const auto mark = vendor_id.find(':');
  const std::string_view value = mark == vendor_id.npos ? "" : vendor_id.substr(mark + 1);
  vendor_id = vendor_id.substr(0, mark);
  const std::string_view product_id = take_until(call, " ");
  const auto vendors = provider_metadata();
  const auto vendor = std::ranges::find(vendors, vendor_id, &ProviderMetadata::id);
  if (vendor == vendors.end() || !vendor->has_api()) return;
  const auto product = std::ranges::find(vendor->products, product_id, &ProductMetadata::id);
  if (product == vendor->products.end()) return;
  const auto variations = variations_of(vendor->id);
  const auto variation = std::ranges::find(variations, value, &Variation::value);
  const bool varied = variation != variations.end();
  Account(*vendor, varied ? &*variation : nullptr, input.response)
      .try_call(call, std::string(product_id));
}

}  // namespace certferry::fuzz
