"""The contracts in the formats of other languages and tools, one module each."""
