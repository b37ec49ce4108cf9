#include "providers/aws/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace certferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr AwsService kAcm{
    .host = "acm.us-east-1", .scope = "acm", .iam = "acm", .target = "CertificateManager"};
constexpr AwsAction kRead{.service = &kAcm, .name = "ListCertificates"};
constexpr AwsAction kChange{
    .service = &kAcm, .name = "DeleteCertificate", .effect = Effect::kChanges};
constexpr AwsAction kImport{.service = &kAcm,
                            .name = "ImportCertificate",
                            .effect = Effect::kChanges,
                            .carries_key = true,
                            .also_needed = "acm:AddTagsToCertificate"};

Error json_error(int status, const std::string& body, const AwsAction& action) {
  const auto reply = read_aws_json({.status = status, .headers = {}, .body = body}, action);
  return reply ? Error(ErrorKind::kInternal, "a success") : reply.error();
}

Error xml_error(int status, const std::string& body, const AwsAction& action) {
  const auto reply =
      read_aws_xml({.status = status, .headers = {}, .body = body}, action, "Distribution");
  return reply ? Error(ErrorKind::kInternal, "a success") : reply.error();
}

std::string json_no(const std::string& code, const std::string& message = "No.") {
  return nlohmann::json{{"__type", "com.amazonaws#" + code}, {"message", message}}.dump();
}

std::string xml_no(const std::string& code, const std::string& message = "No.") {
  return "<?xml version=\"1.0\"?>\n<ErrorResponse xmlns=\"x\"><Error><Type>Sender</Type><Code>" +
         code + "</Code><Message>" + message + "</Message></Error><RequestId>r-1</RequestId>" +
         "</ErrorResponse>";
}

TEST(AwsRepliesTest, TellsKindsOfErrorsApart) {
  struct Case {
    int status;
    std::string code;
    ErrorKind change;
    ErrorKind read;
  };
  using enum ErrorKind;
  const Case cases[] = {
      {400, "ThrottlingException", kThrottled, kThrottled},
      {200, "Throttling", kThrottled, kThrottled},
      {400, "TooManyRequestsException", kThrottled, kThrottled},
      {400, "UnrecognizedClientException", kUnauthorized, kUnauthorized},
      {403, "SignatureDoesNotMatch", kUnauthorized, kUnauthorized},
      {400, "ExpiredTokenException", kUnauthorized, kUnauthorized},
      {403, "InvalidClientTokenId", kUnauthorized, kUnauthorized},
      {400, "AccessDeniedException", kUnauthorized, kUnauthorized},
      {403, "AccessDenied", kUnauthorized, kUnauthorized},
      {400, "LimitExceededException", kQuota, kQuota},
      {400, "ResourceInUseException", kInUse, kInUse},
      {400, "ResourceNotFoundException", kNotFound, kNotFound},
      {400, "InvalidArnException", kNotFound, kNotFound},
      {404, "NoSuchDistribution", kNotFound, kNotFound},
      {409, "LimitExceeded", kQuota, kQuota},
      {409, "DeleteConflict", kInUse, kInUse},
      {404, "NoSuchEntity", kNotFound, kNotFound},
      {409, "EntityAlreadyExists", kRejected, kRejected},
      {400, "MalformedCertificate", kRejected, kRejected},
      {400, "KeyPairMismatch", kRejected, kRejected},
      {409, "EntityTemporarilyUnmodifiable", kUnavailable, kUnavailable},
      {409, "ConcurrentModification", kUnavailable, kUnavailable},
      {500, "ServiceFailure", kMaybeApplied, kUnavailable},
      {412, "PreconditionFailed", kUnavailable, kUnavailable},
      {400, "InvalidIfMatchVersion", kUnavailable, kUnavailable},
      {400, "ConflictException", kUnavailable, kUnavailable},
      {400, "RequestInProgressException", kUnavailable, kUnavailable},
      {400, "InvalidViewerCertificate", kRejected, kRejected},
      {400, "ValidationException", kRejected, kRejected},
      {400, "IllegalUpdate", kRejected, kRejected},
      {409, "CNAMEAlreadyExists", kRejected, kRejected},
      {200, "IllegalUpdate", kRejected, kRejected},
      {500, "InternalFailure", kMaybeApplied, kUnavailable},
      {503, "ServiceUnavailable", kMaybeApplied, kUnavailable},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(json_error(one.status, json_no(one.code), kChange).kind, one.change) << one.code;
    EXPECT_EQ(json_error(one.status, json_no(one.code), kRead).kind, one.read) << one.code;
    EXPECT_EQ(xml_error(one.status, xml_no(one.code), kChange).kind, one.change) << one.code;
    EXPECT_EQ(xml_error(one.status, xml_no(one.code), kRead).kind, one.read) << one.code;
  }
  for (const int status : {302, 400, 503}) {
    for (const char* body : {"<html>", "", "{}", "<a/>"}) {
      EXPECT_EQ(json_error(status, body, kChange).kind, kMaybeApplied) << status << body;
      EXPECT_EQ(xml_error(status, body, kRead).kind, kUnavailable) << status << body;
    }
  }
  for (const char* code : {"PreconditionFailed", "ConflictException"}) {
    EXPECT_EQ(xml_error(412, xml_no(code), kChange).code, "vendor.busy") << code;
  }
}

TEST(AwsRepliesTest, WaitsForAnEarlierChangeOfTheCertificate) {
  const std::string words = "Only one viewer certificate change may be in progress at a time.";
  const Error error = xml_error(400, xml_no("IllegalUpdate", words), kChange);
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(error.code, "vendor.busy");
}

TEST(AwsRepliesTest, TellsAWrongClockFromAWrongKey) {
  for (const char* message :
       {"Signature expired: 20260102T030405Z is now earlier than 20260102T040405Z",
        "Signature not yet current: 20260102T050405Z is still later than 20260102T040905Z"}) {
    EXPECT_EQ(json_error(400, json_no("InvalidSignatureException", message), kRead).code,
              "vendor.clock");
    EXPECT_EQ(xml_error(403, xml_no("SignatureDoesNotMatch", message), kRead).code, "vendor.clock");
  }
  EXPECT_THAT(json_error(400, json_no("ExpiredTokenException"), kRead).text(),
              HasSubstr("temporary keys"));
}

TEST(AwsRepliesTest, NamesThePermissionAndTheRequest) {
  const Error error = json_error(400, json_no("AccessDeniedException"), kImport);
  EXPECT_EQ(error.code, "vendor.permission");
  EXPECT_THAT(error.text(), HasSubstr("acm:ImportCertificate and acm:AddTagsToCertificate"));
  EXPECT_EQ(error.vendor_code, "AccessDeniedException");
  const Error other = xml_error(403, xml_no("AccessDenied", "User x may not"), kRead);
  EXPECT_EQ(other.vendor_message, "User x may not");
  EXPECT_EQ(other.request_id, "r-1");
  // The code in a header alone, as some answers have it.
  const auto reply = read_aws_json(
      {.status = 400,
       .headers = {{"x-amzn-errortype", "ResourceInUseException:http://internal.amazon.com/"},
                   {"x-amzn-requestid", "r-2"}},
       .body = R"({"Message":"It is used."})"},
      kChange);
  EXPECT_EQ(reply.error().kind, ErrorKind::kInUse);
  EXPECT_EQ(reply.error().vendor_code, "ResourceInUseException");
  EXPECT_EQ(reply.error().vendor_message, "It is used.");
  EXPECT_EQ(reply.error().request_id, "r-2");
}

TEST(AwsRepliesTest, AYesWithoutABodyHasARequestId) {
  const HttpResponse yes{.status = 200, .headers = {{"x-amzn-requestid", "r"}}, .body = ""};
  EXPECT_TRUE(read_aws_json(yes, kChange).has_value());
  EXPECT_EQ(json_error(200, "", kChange).kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(json_error(200, "[]", kChange).code, "reply.shape");
  EXPECT_EQ(xml_error(200, "<Distributions/>", kChange).code, "reply.shape");
  EXPECT_EQ(xml_error(200, "<html>", kRead).code, "reply.not_xml");
}

TEST(AwsRepliesTest, SaysWhatAnImportTakesWhereACMsWordsAreNotQuoted) {
  const Error error = json_error(400, json_no("ValidationException", "canary"), kImport);
  EXPECT_EQ(error.kind, ErrorKind::kRejected);
  EXPECT_EQ(error.vendor_code, "ValidationException");
  EXPECT_THAT(error.text(), HasSubstr("same algorithm as its CA's"));
}

TEST(AwsRepliesTest, SaysWhichOfBothStoresIsFull) {
  EXPECT_THAT(json_error(400, json_no("LimitExceededException"), kImport).text(),
              HasSubstr("ACM holds as many"));
  EXPECT_THAT(xml_error(409, xml_no("LimitExceeded"), kChange).text(),
              HasSubstr("IAM holds as many"));
  EXPECT_EQ(xml_error(400, xml_no("RequestLimitExceeded"), kChange).kind, ErrorKind::kThrottled);
}

TEST(AwsRepliesTest, SaysNothingAgainOfAnAnswerToACallWithAKey) {
  for (const std::string& body : {json_no("Canary", "canary"),
                                  std::string("<html>canary</html>"),
                                  json_no("ValidationException", "canary")}) {
    EXPECT_THAT(json_error(400, body, kImport).text(), Not(HasSubstr("anary"))) << body;
  }
  EXPECT_THAT(xml_error(502, "<html>canary</html>", kRead).text(), Not(HasSubstr("canary")));
  EXPECT_THAT(json_error(502, "<html>canary</html>", kRead).text(), Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace certferry
