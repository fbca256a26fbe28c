"""Backup and restore of an installation: topics, schemas, offsets and settings."""
