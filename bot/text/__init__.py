"""The one analyser of text: matching, search and storage all use it."""
