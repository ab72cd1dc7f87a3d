"""What has been tried against a challenge, where, and how it went."""
