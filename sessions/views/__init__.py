"""The pages of the sessions room, by family."""
