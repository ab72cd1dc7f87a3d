"""Accounts of offices and persons, and how they prove who they are; personal data lives only here."""
