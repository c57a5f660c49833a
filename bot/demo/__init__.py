"""The main job, played offline: a small newsroom on this machine, and a bot that does not know that it is one."""
