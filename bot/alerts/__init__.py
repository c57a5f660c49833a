"""Who is owed an alert, and how it gets there."""
