"""A person at the terminal, who does on a phone what no API can do."""
