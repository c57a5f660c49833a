"""From markup to prose: what is left of a newsroom's HTML for a reader. `clean` is the way in."""
