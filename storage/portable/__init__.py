"""What an installation holds, carried from one database into another, or into a file and back.

Tables and columns are those that the database itself has, not those of the models: so a backup can be made before an upgrade, by
the program that will do it, and what is carried comes to this version's schema at its end.
"""
