"""Every command, one small module per family, behind one registry and one router."""
