// A drawn world of one vendor's product: its adapter under the production engine, over its
// emulator.
//
// The worlds of simulation.h have one vendor and everything else that can go wrong; these have
// every product, and what can go wrong between its adapter and its vendor: calls fail in each way
// there is, jobs take their time, domains are off, the program dies. What holds is asked of the
// emulated vendor's truth, in terms that each of them knows.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/products/rig.h"
#include "sim/simulation.h"

namespace certferry::sim {

/// Every product of every vendor that is reached by an API, once in each variation.
const std::vector<Product>& all_products();

/// The products of that name, "aliyun/cdn", or of that vendor; all for an empty one. Throws:
/// invalid_input, with the nearest name.
std::vector<Product> products_named(const std::string& name);

/// Each seed is a world of one of the products, by turns.
const Product& product_of(std::uint64_t seed, const std::vector<Product>& products);

/// Runs the seed's world. `trace` gets each line of what happens; none: nothing is written.
SeedResult simulate_product(std::uint64_t seed,
                            const std::vector<Product>& products,
                            std::function<void(const std::string&)> trace = {});

}  // namespace certferry::sim
