"""The catalogue of the contracts: static HTML, one page for each contract and an index."""
