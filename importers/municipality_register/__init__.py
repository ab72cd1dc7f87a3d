"""The official register of German municipalities (GV-ISys)."""
