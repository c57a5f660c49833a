"""Chat platforms: one package each, the same file names in every one."""
