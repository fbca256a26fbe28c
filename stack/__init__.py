"""The local runtime: Java parts, processes under a supervisor, health. Imports only `connect`."""
