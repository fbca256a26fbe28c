"""The road of a breaking change: a new contract beside the old one, until the old is withdrawn."""
