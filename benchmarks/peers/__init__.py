"""The same figures by other means: what the job is compared with."""
