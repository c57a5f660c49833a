"""What an operator's commands do beside the bot: backups, moving to another database, dead letters."""
