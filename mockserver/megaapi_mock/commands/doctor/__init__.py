"""What is wrong with a set-up: host, key, token, link, webhook, receiver. Reads only."""
