"""Records of what visitors chose: the proof an owner can show."""
