#include "sandbox/spoil.h"

namespace certferry::sandbox {

namespace {

constexpr std::size_t kHugeReplyBytes = std::size_t{5} * 1024 * 1024;
constexpr std::string_view kServerErrorPage =
    "<html><head><title>500 Internal Server "
    "Error</title></head><body>nginx</body></html>\r\n";
constexpr std::string_view kGatewayPage =
    "<html><head><title>504 Gateway "
    "Time-out</title></head><body>nginx</body></html>\r\n";
constexpr std::string_view kLoginPage =
    "<!DOCTYPE html><html><head><title>登录</title></head><body>captive "
    "portal</body></html>\r\n";

Reply page_reply(int status, std::string_view page) {
  Reply reply;
  reply.status = status;
  reply.content_type = "text/html; charset=utf-8";
  reply.body = page;
  return reply;
}

/// Pads inside the object, so that what comes before the limit looks like an
/// ordinary reply. Some success says nothing.
Reply padded(Reply reply) {
  if (!reply.body.empty()) reply.body.pop_back();
  reply.body += ",\"padding\":\"" + std::string(kHugeReplyBytes, 'x') + "\"}";
  return reply;
}

}  // namespace

Reply spoil_on_the_way(const Fault& fault, Reply reply) {
  switch (fault.kind) {
    case FaultKind::kServerError:
      return page_reply(500, kServerErrorPage);
    case FaultKind::kHtml:
      return page_reply(200, kLoginPage);
    case FaultKind::kApplyLate:
      return page_reply(504, kGatewayPage);
    case FaultKind::kEmptyBody:
      reply.status = 200;
      reply.body.clear();
      return reply;
    case FaultKind::kCutReply:
    case FaultKind::kCutBefore:
      reply.cut_after = reply.body.size() / 2;
      return reply;
    case FaultKind::kLostReply:
    case FaultKind::kLostRequest:
      reply.dropped = true;
      return reply;
    case FaultKind::kSlow:
      reply.delay = fault.delay;
      return reply;
    case FaultKind::kHugeReply:
      return padded(std::move(reply));
    default:
      return reply;
  }
}

}  // namespace certferry::sandbox
