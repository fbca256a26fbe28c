"""From the contracts in schemas/*.avsc to everything that must agree with them."""
