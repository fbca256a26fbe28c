"""Readers and writers of the contracts: the job's statements, Python modules, other teams."""
