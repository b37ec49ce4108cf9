// For tests: what each channel sends of `some_notice`, to the byte; as it is given to the client
// (wire_test.cpp), and as it arrives at a server (tests/integration/notify_test.cpp).
#pragma once

#include <map>
#include <string>

namespace certferry::notify {

/// One channel's request, to the byte, and an answer that is a yes.
struct WireCase {
  const char* kind;
  std::map<std::string, std::string> fields;
  const char* method;
  const char* url;
  const char* header;  ///< beside the content type: "Name: value"; empty: none
  const char* body;
  const char* yes;  ///< an answer that is one
  int status = 200;
};

// The text of `some_notice` in JSON: subject and body in one, and apart.
#define SUBJECT R"([certferry] failed: a <b> & \"c\")"
#define BODY R"(line one\nline 证书\n\naccount: doge\ncause: bind/http.insecure)"
#define WHOLE SUBJECT R"(\n\n)" BODY

inline const WireCase kWireCases[] = {
    {"webhook",
     {{"url", "https://hooks.example.com/in?key=k1"},
      {"body",
       R"({"m":"{{subject}} {{ text }}","l":"{{level}}","at":"{{time}}","t":"{{target}}"})"},
      {"authorization", "Basic xyz"}},
     "POST",
     "https://hooks.example.com/in?key=k1",
     "Authorization: Basic xyz",
     R"({"m":")" SUBJECT R"( line one\nline 证书","l":"error","at":"2026-01-15T08:29:00Z","t":""})",
     "whatever",
     204},
    {"webhook",
     {{"url", "http://127.0.0.1:8080/"}},
     "POST",
     "http://127.0.0.1:8080/",
     "",
     R"({"id":"00112233445566aa","time":"2026-01-15T08:29:00Z","level":"error","topic":"failure",)"
     R"("subject":")" SUBJECT R"(","text":"line one\nline 证书","account":"doge","certificate":"",)"
     R"("target":"","cause":"bind/http.insecure","action":""})",
     ""},
    {"dingtalk",
     {{"token", "tok+1"}, {"secret", "SECdingtalk-signing-secret"}},
     "POST",
     "https://oapi.dingtalk.com/robot/send?access_token=tok%2B1&timestamp=1768465800000"
     "&sign=YKTQQDJSghWuJJf%2BjccvWAMqrhwlyZDJbOdEY8nIlog%3D",
     "",
     R"({"msgtype":"text","text":{"content":")" WHOLE R"("}})",
     R"({"errcode":0,"errmsg":"ok"})"},
    {"dingtalk",
     {{"token", "t1"}, {"endpoint", "http://127.0.0.1:9/"}},
     "POST",
     "http://127.0.0.1:9/robot/send?access_token=t1",
     "",
     R"({"msgtype":"text","text":{"content":")" WHOLE R"("}})",
     R"({"errcode":0,"errmsg":"ok"})"},
    {"feishu",
     {{"token", "hook-1"}, {"secret", "feishu-signing-secret"}},
     "POST",
     "https://open.feishu.cn/open-apis/bot/v2/hook/hook-1",
     "",
     R"({"timestamp":"1768465800","sign":"yeA91DvPQGAV6dYgt0ZrUoSS620PAQARyc7bzU43gSw=","msg_type":"text",)"
     R"("content":{"text":")" WHOLE R"("}})",
     R"({"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"})"},
    {"feishu",
     {{"token", "hook-1"}, {"endpoint", "https://open.larksuite.com"}},
     "POST",
     "https://open.larksuite.com/open-apis/bot/v2/hook/hook-1",
     "",
     R"({"msg_type":"text","content":{"text":")" WHOLE R"("}})",
     R"({"code":0,"msg":"success"})"},
    {"wecom",
     {{"key", "693a91f6-7xxx"}},
     "POST",
     "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx",
     "",
     R"({"msgtype":"text","text":{"content":")" WHOLE R"("}})",
     R"({"errcode":0,"errmsg":"ok"})"},
    {"serverchan",
     {{"key", "SCT123abc"}},
     "POST",
     "https://sctapi.ftqq.com/SCT123abc.send",
     "",
     R"({"title":")" SUBJECT R"(","desp":")" WHOLE R"("})",
     R"({"code":0,"message":"","data":{"pushid":"1","errno":0}})"},
    {"serverchan",
     {{"key", "sctp4711tabc"}},
     "POST",
     "https://4711.push.ft07.com/send/sctp4711tabc.send",
     "",
     R"({"title":")" SUBJECT R"(","desp":")" WHOLE R"("})",
     R"({"code":0,"message":"SUCCESS"})"},
    {"bark",
     {{"key", "device-key"}, {"server", "https://bark.example.com/"}},
     "POST",
     "https://bark.example.com/push",
     "",
     R"({"device_key":"device-key","title":")" SUBJECT R"(","body":")" BODY
     R"(","level":"timeSensitive","group":"certferry"})",
     R"({"code":200,"message":"success","timestamp":1})"},
    {"pushplus",
     {{"token", "pp-token"}, {"topic", "team"}},
     "POST",
     "https://www.pushplus.plus/send",
     "",
     R"({"token":"pp-token","title":")" SUBJECT R"(","content":")" BODY
     R"(","template":"txt","topic":"team"})",
     R"({"code":200,"msg":"请求成功","data":"x"})"},
    {"telegram",
     {{"token", "123:abc"}, {"chat", "-100"}, {"thread", "7"}},
     "POST",
     "https://api.telegram.org/bot123:abc/sendMessage",
     "",
     R"({"chat_id":"-100","text":")" WHOLE
     R"(","link_preview_options":{"is_disabled":true},"message_thread_id":"7"})",
     R"({"ok":true,"result":{"message_id":1}})"},
    {"slack",
     {{"url", "https://hooks.slack.com/services/T0/B0/x"}},
     "POST",
     "https://hooks.slack.com/services/T0/B0/x",
     "",
     R"({"text":"[certferry] failed: a &lt;b&gt; &amp; \"c\"\n\n)" BODY R"("})",
     "ok"},
    {"discord",
     {{"url", "https://discord.com/api/webhooks/1/x?thread_id=2"}},
     "POST",
     "https://discord.com/api/webhooks/1/x?thread_id=2&wait=true",
     "",
     R"({"content":")" WHOLE R"(","allowed_mentions":{"parse":[]}})",
     R"({"id":"1"})"},
    {"mattermost",
     {{"url", "https://mattermost.example.com/hooks/x"}, {"channel", "ops"}},
     "POST",
     "https://mattermost.example.com/hooks/x",
     "",
     R"({"text":")" WHOLE R"(","channel":"ops"})",
     "ok"},
    {"matrix",
     {{"server", "https://matrix.example.com"}, {"room", "!a:example.com"}, {"token", "syt_x"}},
     "PUT",
     "https://matrix.example.com/_matrix/client/v3/rooms/%21a%3Aexample.com/send/m.room.message/"
     "certferry-00112233445566aa",
     "Authorization: Bearer syt_x",
     R"({"msgtype":"m.text","body":")" WHOLE R"("})",
     R"({"event_id":"$e"})"},
    {"teams",
     {{"url", "https://prod-1.westeurope.logic.azure.com/workflows/x?sig=y"}},
     "POST",
     "https://prod-1.westeurope.logic.azure.com/workflows/x?sig=y",
     "",
     R"({"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive",)"
     R"("contentUrl":null,"content":{"$schema":"http://adaptivecards.io/schemas/adaptive-card.json",)"
     R"("type":"AdaptiveCard","version":"1.4","body":[{"type":"TextBlock","text":")" SUBJECT
     R"(","wrap":true,"weight":"Bolder"},{"type":"TextBlock","text":"line one\nline 证书",)"
     R"("wrap":true},{"type":"FactSet","facts":[{"title":"account","value":"doge"},)"
     R"({"title":"cause","value":"bind/http.insecure"}]}]}}]})",
     "",
     202},
    {"ntfy",
     {{"topic", "long-topic"}, {"token", "tk_1"}, {"server", "https://ntfy.example.com"}},
     "POST",
     "https://ntfy.example.com",
     "Authorization: Bearer tk_1",
     R"({"topic":"long-topic","title":")" SUBJECT R"(","message":")" BODY R"(","priority":4})",
     R"({"id":"x","event":"message"})"},
    {"gotify",
     {{"server", "https://gotify.example.com"}, {"token", "A1"}},
     "POST",
     "https://gotify.example.com/message",
     "X-Gotify-Key: A1",
     R"({"title":")" SUBJECT R"(","message":")" BODY R"(","priority":8})",
     R"({"id":25,"appid":1})"},
    {"pushover",
     {{"token", "app"}, {"user", "usr"}},
     "POST",
     "https://api.pushover.net/1/messages.json",
     "",
     R"({"token":"app","user":"usr","title":")" SUBJECT R"(","message":")" BODY
     R"(","priority":0})",
     R"({"status":1,"request":"r"})"},
};

#undef SUBJECT
#undef BODY
#undef WHOLE

inline constexpr const char* kWireContentType = "application/json; charset=utf-8";

}  // namespace certferry::notify
