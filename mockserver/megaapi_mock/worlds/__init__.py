"""What a world's file may say, where in it a mistake is, and people in bulk."""
