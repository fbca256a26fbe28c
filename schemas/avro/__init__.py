"""Avro schemas as the Avro 1.12 specification defines them."""
