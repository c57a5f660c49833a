"""From bytes to releases: what a feed document says, whatever its format and its faults. `parse` is the way in."""
