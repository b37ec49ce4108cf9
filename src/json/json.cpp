// What cmake/pch.h says is compiled elsewhere: here.
#include <nlohmann/json.hpp>
#include <string>

using TextInput = nlohmann::detail::iterator_input_adapter<std::string::const_iterator>;

template class nlohmann::basic_json<>;
template class nlohmann::detail::serializer<nlohmann::json>;
template class nlohmann::detail::lexer<nlohmann::json, TextInput>;
template class nlohmann::detail::parser<nlohmann::json, TextInput>;
