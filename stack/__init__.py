"""Local runtime: Java artifacts, services under supervisord, health checks.

Imports only `connect`.
"""
