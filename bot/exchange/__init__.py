"""Settings and newsrooms as files: docs/FORMAT.md says what stands in them."""
