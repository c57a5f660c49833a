"""The words of the field as values: frozen, without I/O, standard library only."""
