// Private to this room: sources that ask over the network.
#pragma once

#include <memory>
#include <string>

#include "ports/http_client.h"
#include "sources/source_ports.h"

namespace certferry {

/// A URL as one configures it: https, or http to this machine; without a user or a password in it.
/// Throws: invalid_input `source.settings`.
std::string url_field(const SourceInputs& inputs, const std::string& key);

/// A client that trusts the roots in the file of the field `trust` beside the system's.
/// Throws: as FileSystem; invalid_input `pem.*` when there is no certificate in it.
std::unique_ptr<HttpClient> make_client(const SourceInputs& inputs, const SourcePorts& ports);

/// What a status other than 200 means. `what` names what was asked: "https://example.com/cert.pem".
Error error_of_status(const HttpResponse& response, const std::string& what);

}  // namespace certferry
